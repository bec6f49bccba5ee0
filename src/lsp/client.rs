//! The capabilities of an editor.

/// The capabilities of an editor.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    /// Completions with tab stops (snippets).
    pub snippets: bool,
    /// Related locations of a diagnostic.
    pub related: bool,
    /// An outline with nested symbols.
    pub nested_symbols: bool,
    /// Watching files on behalf of the server.
    pub watches: bool,
    /// Progress of long work.
    pub progress: bool,
}
