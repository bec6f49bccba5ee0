//! Quotation marks.

/// The marks that open a quotation, each with the mark that closes it.
const PAIRS: [(char, char); 4] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')];

/// Whether a letter is a quotation mark.
pub(crate) fn is_quote(letter: char) -> bool {
    PAIRS.iter().any(|(opening, closing)| letter == *opening || letter == *closing)
}

/// Whether a letter opens a quotation. `“` closes one, too, after `„`.
pub(crate) fn opens(letter: char) -> bool {
    closing(letter).is_some()
}

/// The mark that closes what a mark opens.
pub(crate) fn closing(opening: char) -> Option<char> {
    PAIRS.iter().find(|(mark, _)| *mark == opening).map(|(_, closing)| *closing)
}

/// A text without the quotation marks and the spaces around it.
pub(crate) fn unquoted(text: &str) -> &str {
    text.trim_matches(|letter: char| letter == ' ' || is_quote(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_of_several_languages_are_taken_away() {
        for quoted in ["\"a b\"", "“a b”", "„a b“", "«a b»", "« a b »", " a b ", "a b"]
        {
            assert_eq!(unquoted(quoted), "a b");
        }
        assert!(is_quote('”') && !opens('”') && opens('„'));
    }
}
