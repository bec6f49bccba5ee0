//! Tags of languages (BCP 47), like `de` and `en-GB`.

/// The language of a tag without its region or script, in the case it is written in:
/// `en` of `en-GB` and `en_GB`.
pub(crate) fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_left_out() {
        assert_eq!(["en", "en-gb", "zh_hant_tw", ""].map(primary), ["en", "en", "zh", ""]);
    }
}
