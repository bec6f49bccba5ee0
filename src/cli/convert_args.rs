//! The command line of `photoplay convert`.

use std::path::PathBuf;

/// `photoplay convert`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ConvertArgs {
    /// The script: `.play`, `.fountain` or `.fdx`
    pub script: PathBuf,
    /// The file to write; the ending of its name says in which form: `.play`, `.fountain`,
    /// `.fdx`, or `.pdf` for the screenplay in pages
    pub output: PathBuf,
}
