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

impl Dialect {
    /// The dialect of a file name.
    pub fn of(path: &Path) -> Self {
        match path.extension() {
            Some(extension)
                if extension.eq_ignore_ascii_case("fountain")
                    || extension.eq_ignore_ascii_case("spmd")
                    || extension.eq_ignore_ascii_case("txt") =>
            {
                Self::Fountain
            }
            _ => Self::Play,
        }
    }
}
