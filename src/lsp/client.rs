//! What an editor can show.

/// What an editor can show.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    /// Text with stops to fill in.
    pub snippets: bool,
    /// Other places beside a message.
    pub related: bool,
    /// An outline that is a tree.
    pub nested_symbols: bool,
    /// Files to be watched for us.
    pub watches: bool,
    /// How far something is.
    pub progress: bool,
}
