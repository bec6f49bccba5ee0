//! Words as parts of file names.

/// A text with a hyphen for everything but letters, digits and full stops: `2.4 INSERT` is
/// `2.4-INSERT`.
pub(crate) fn as_file_name(text: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || letter == '.' { letter } else { '-' };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_folders_are_no_part_of_a_file_name() {
        assert_eq!(as_file_name("../a b/ü.2"), "..-a-b-ü.2");
    }
}
