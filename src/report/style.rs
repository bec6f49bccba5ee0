//! The style of text for its output, and the form of counts.

use std::io::IsTerminal as _;

/// The style of text for its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputStyle {
    /// Colours and weights.
    pub colour: bool,
    /// Box drawing and arrows beyond ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Lines may be redrawn (progress bars).
    pub live: bool,
}

impl OutputStyle {
    /// The style for a file.
    pub const PLAIN: Self = Self { colour: false, unicode: true, width: 80, live: false };

    /// The style for standard error: asks whether it is a terminal, and
    /// respects `NO_COLOR` and `TERM`.
    pub fn of_stderr() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::PLAIN;
        }
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            colour: !set("NO_COLOR") && !dumb,
            unicode: true,
            width: usize::from(console_width()).clamp(40, 120),
            live: !dumb && !set("CI"),
        }
    }
}

fn console_width() -> u16 {
    terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| width.0)
}

/// `1 shot`, `2 shots`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
