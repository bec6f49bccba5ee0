//! Lines at the foot of a terminal that are redrawn in place, and a picture
//! below them.
//!
//! Knows lines and escape sequences; does not know the words.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use console::{measure_text_width, truncate_str};

use super::picture::Protocol;

/// Rows of a picture.
const ROWS: usize = 8;

/// The part of the terminal that is drawn again and again.
#[derive(Debug, Default)]
pub struct Region {
    lines: Vec<String>,
    /// Name of the picture below the lines.
    picture: Option<String>,
}

impl Region {
    /// The escape sequences that replace the drawn lines by `lines`, cut to
    /// `width`. The name of a `picture` identifies it, so that one on the
    /// screen is not drawn again; it draws itself in a number of rows.
    pub fn draw(
        &mut self,
        lines: &[String],
        width: usize,
        picture: Option<(&str, &dyn Fn(usize) -> String)>,
    ) -> String {
        let lines: Vec<String> = lines
            .iter()
            .flat_map(|line| line.split('\n'))
            .map(|line| truncate_str(line, width.saturating_sub(1), "…").into_owned())
            .collect();
        let name = picture.map(|(name, _)| name);
        let same = lines.len() == self.lines.len() && name == self.picture.as_deref();
        let mut text = String::new();
        let mut put = |what: std::fmt::Arguments<'_>| {
            text.write_fmt(what).expect("a String takes everything");
        };
        if same && lines == self.lines {
            return text;
        }
        let below = if self.picture.is_some() { ROWS } else { 0 };
        let up = self.lines.len() + below;
        if up > 0 {
            put(format_args!("\x1b[{up}A"));
        }
        if same {
            // Over what is there, so that nothing flickers and the picture stays.
            for (line, before) in lines.iter().zip(&self.lines) {
                if line == before {
                    put(format_args!("\r\n"));
                } else {
                    put(format_args!("\r{line}\x1b[K\r\n"));
                }
            }
            if below > 0 {
                put(format_args!("\x1b[{below}B"));
            }
        } else {
            put(format_args!("\r\x1b[J"));
            for line in &lines {
                put(format_args!("{line}\r\n"));
            }
            if let Some((_, draw)) = picture {
                let drawn = draw(ROWS);
                put(format_args!(
                    "{}\x1b[{ROWS}A\x1b7{drawn}\x1b8\x1b[{ROWS}B",
                    "\r\n".repeat(ROWS)
                ));
            }
        }
        self.lines = lines;
        self.picture = name.map(str::to_owned);
        text
    }

    /// The escape sequences that erase the region.
    pub fn clear(&mut self) -> String {
        let up = self.lines.len() + if self.picture.is_some() { ROWS } else { 0 };
        *self = Self::default();
        if up > 0 { format!("\x1b[{up}A\r\x1b[J") } else { String::new() }
    }
}

/// Writes to the terminal, and ignores one that was closed.
pub fn send(text: &str) {
    let mut terminal = io::stderr().lock();
    let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
}

/// Two texts at the ends of a line.
pub fn apart(left: &str, right: &str, width: usize) -> String {
    let taken = measure_text_width(left) + measure_text_width(right) + 1;
    format!("{left}{}{right}", " ".repeat(width.saturating_sub(taken).max(2)))
}

/// The way of this terminal to show pictures, if it has one.
pub fn pictures() -> Option<Protocol> {
    Protocol::of(&|name| std::env::var(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn only_what_changed_is_drawn() {
        let mut region = Region::default();
        assert_eq!(region.draw(&lines(&["one", "two"]), 80, None), "\r\x1b[Jone\r\ntwo\r\n");
        assert_eq!(region.draw(&lines(&["one", "two"]), 80, None), "");
        let again = region.draw(&lines(&["one", "three"]), 80, None);
        assert_eq!(again, "\x1b[2A\r\n\rthree\x1b[K\r\n");
        assert_eq!(region.draw(&lines(&["one"]), 80, None), "\x1b[2A\r\x1b[Jone\r\n");
        assert_eq!(region.clear(), "\x1b[1A\r\x1b[J");
        assert_eq!(region.clear(), "");
    }

    #[test]
    fn a_picture_is_drawn_once_below_the_lines() {
        let mut region = Region::default();
        let picture = |rows: usize| format!("<{rows} rows>");
        let first = region.draw(&lines(&["one"]), 80, Some(("a", &picture)));
        assert!(first.contains("\x1b[8A\x1b7<8 rows>\x1b8\x1b[8B"), "{first:?}");
        let again = region.draw(&lines(&["two"]), 80, Some(("a", &picture)));
        assert_eq!(again, "\x1b[9A\rtwo\x1b[K\r\n\x1b[8B");
        assert!(region.draw(&lines(&["two"]), 80, Some(("b", &picture))).contains("rows"));
    }

    #[test]
    fn lines_are_cut_to_the_terminal() {
        let mut region = Region::default();
        assert_eq!(region.draw(&lines(&["\x1b[1mabcdef\x1b[0m"]), 5, None).matches('d').count(), 0);
        assert_eq!(apart("ab", "cd", 10), "ab     cd");
    }
}
