//! A way that somebody goes in a shot, before it is known where it leads.
//!
//! Data only.

use super::rules::{Goes, Motion};

/// Somebody goes somewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trip {
    pub(super) goes: Goes,
    /// To or round whom: an index into the players.
    pub(super) object: Option<usize>,
    pub(super) rule: &'static Motion,
    /// Metres a second.
    pub(super) pace: f64,
    /// Seconds of the shot.
    pub(super) start: f64,
    pub(super) end: f64,
}
