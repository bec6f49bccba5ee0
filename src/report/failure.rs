//! Failures outside the script in words: what failed, why, and the remedy.
//!
//! Knows chains of errors; does not know their subjects.

use std::error::Error;
use std::fmt::Write as _;

use super::style::OutputStyle;
use crate::diagnostic::chain;

/// `error: …`, each cause after a colon, then the remedy.
pub(crate) fn render(error: &dyn Error, help: Option<&str>, style: OutputStyle) -> String {
    let mut text = format!("{}: {}\n", strong("error", "31", style), chain(error));
    if let Some(help) = help {
        writeln!(text, "{}: {help}", strong("help", "36", style))
            .expect("a String takes everything");
    }
    text
}

/// `warning: …`.
pub(crate) fn warning(message: &str, style: OutputStyle) -> String {
    format!("{}: {message}\n", strong("warning", "33", style))
}

fn strong(word: &str, colour: &str, style: OutputStyle) -> String {
    if style.colour { format!("\u{1b}[1;{colour}m{word}\u{1b}[0m") } else { word.to_owned() }
}
