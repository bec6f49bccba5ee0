//! The dialect of a script: for Photoplay or for people.

use std::path::Path;

/// The dialect of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `.play`: written for Photoplay.
    Play,
    /// `.fountain`: written for people, often before Photoplay. Its notes may
    /// say anything, so a note that asks a question is a remark.
    Fountain,
}

/// The endings of file names that only scripts have.
const ENDINGS: [(&str, Dialect); 3] =
    [("play", Dialect::Play), ("fountain", Dialect::Fountain), ("spmd", Dialect::Fountain)];

/// The ending of a script that no scriptwriting program has named.
const PLAIN_TEXT: &str = "txt";

impl Dialect {
    /// The dialect of a file that somebody calls a script, by its name.
    pub fn of(path: &Path) -> Self {
        let plain = || path.extension().is_some_and(|it| it.eq_ignore_ascii_case(PLAIN_TEXT));
        Self::by_ending(path).unwrap_or(if plain() { Self::Fountain } else { Self::Play })
    }

    /// The dialect of a file that is a script by the ending of its name.
    pub(crate) fn by_ending(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        let known = ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known))?;
        Some(known.1)
    }

    /// Whether a file is a script by the ending of its name.
    pub(crate) fn is_script(path: &Path) -> bool {
        Self::by_ending(path).is_some()
    }

    /// The endings of file names that only scripts have.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn endings() -> impl Iterator<Item = &'static str> {
        ENDINGS.iter().map(|(ending, _)| *ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_name_says_what_a_file_is() {
        for (name, by_ending, dialect) in [
            ("a.play", Some(Dialect::Play), Dialect::Play),
            ("a.Fountain", Some(Dialect::Fountain), Dialect::Fountain),
            ("a.txt", None, Dialect::Fountain),
            ("a.yaml", None, Dialect::Play),
            ("a", None, Dialect::Play),
        ] {
            assert_eq!(Dialect::by_ending(Path::new(name)), by_ending, "{name}");
            assert_eq!(Dialect::of(Path::new(name)), dialect, "{name}");
        }
    }
}
