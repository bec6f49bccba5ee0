//! Whose script it is: one for Photoplay, or one for people.

use std::path::Path;

/// Whose script it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `.play`: written for Photoplay.
    Play,
    /// `.fountain`: written for people, maybe long ago. Its notes may be
    /// anything, so one that asks a question is a remark.
    Fountain,
}

impl Dialect {
    /// By the file's name.
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
