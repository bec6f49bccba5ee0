//! How text may look where it is read, and how counts are written.

use std::io::IsTerminal as _;

/// How text may look where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputStyle {
    /// Colours and weights.
    pub colour: bool,
    /// Box drawing and arrows beyond ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Lines may be drawn over (progress bars).
    pub live: bool,
}

impl OutputStyle {
    /// Text in a file.
    pub const PLAIN: Self = Self { colour: false, unicode: true, width: 80, live: false };

    /// Standard error as it is: a terminal or not, with `NO_COLOR` and `TERM`
    /// respected.
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
