//! Where a session is shown besides the preview page.

use std::sync::Arc;

use crate::cut::print::Printed;
use crate::preview::state::{PreviewState, PreviewWork};
use crate::project::CheckedScript;

/// Shows a session, for example in a terminal.
pub trait Display {
    /// The script was read; its messages replace those of the last one.
    fn script(&mut self, script: &CheckedScript);

    /// Something the author should know.
    fn note(&mut self, message: &str);

    /// A take of a shot was made, or a preview of it.
    fn take(&mut self, number: &str, preview: bool);

    /// What the camera works on changed.
    fn work(&mut self, work: Option<&PreviewWork>);

    /// Anything else changed. `picture` gives the JPEG of a thumbnail.
    fn state(
        &mut self,
        state: &PreviewState,
        work: Option<&PreviewWork>,
        printed: Option<&Printed>,
        picture: &dyn Fn(&str) -> Option<Arc<[u8]>>,
    );

    /// The session ends.
    fn close(&mut self);
}
