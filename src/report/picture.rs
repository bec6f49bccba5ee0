//! Draws pictures in terminals by the protocols of kitty, iTerm2 and sixel,
//! chosen from the terminal's environment.
//!
//! Knows pixels and escape sequences. A terminal that does not announce a
//! protocol gets no picture: it would print the data as letters.

use std::fmt::Write as _;
use std::io::Cursor;

use image::{ImageFormat, RgbImage, imageops};

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// kitty's graphics protocol.
    Kitty,
    /// iTerm2's inline images.
    ITerm2,
    /// DEC's sixels.
    Sixel,
}

/// Pixels of a row, for terminals that do not scale pictures.
const ROW: u32 = 18;

/// Levels of each channel in a sixel palette.
const LEVELS: u32 = 6;

impl Protocol {
    /// Chooses from a terminal's environment.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let is = |name, values: &[&str]| {
            variable(name).is_some_and(|value| values.iter().any(|known| value.starts_with(known)))
        };
        // Terminal multiplexers pass on text but not pictures.
        if variable("TMUX").is_some() || is("TERM", &["screen", "tmux", "dumb"]) {
            return None;
        }
        if is("TERM", &["xterm-kitty", "xterm-ghostty"]) || variable("KITTY_WINDOW_ID").is_some() {
            return Some(Self::Kitty);
        }
        if is("TERM_PROGRAM", &["iTerm.app", "WezTerm", "mintty"]) || is("LC_TERMINAL", &["iTerm2"])
        {
            return Some(Self::ITerm2);
        }
        is("TERM", &["foot", "mlterm", "contour", "yaft"]).then_some(Self::Sixel)
    }

    /// Draws a picture of a number of rows at the cursor.
    pub fn draw(self, picture: &RgbImage, rows: usize) -> String {
        match self {
            Self::Kitty => kitty(picture, rows),
            Self::ITerm2 => {
                let png = png(picture);
                format!(
                    "\x1b]1337;File=inline=1;size={};height={rows};preserveAspectRatio=1:{}\x07",
                    png.len(),
                    base64(&png)
                )
            }
            Self::Sixel => sixel(picture, rows),
        }
    }
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("an RGB picture becomes PNG in memory");
    png.into_inner()
}

/// Sends chunks of 4096 letters, the protocol's limit; the cursor stays.
fn kitty(picture: &RgbImage, rows: usize) -> String {
    let letters = base64(&png(picture));
    let chunks: Vec<&[u8]> = letters.as_bytes().chunks(4096).collect();
    let mut text = String::new();
    for (index, chunk) in chunks.iter().enumerate() {
        let more = u8::from(index + 1 < chunks.len());
        let head = match index {
            0 => format!("a=T,f=100,q=2,C=1,r={rows},m={more}"),
            _ => format!("m={more}"),
        };
        let chunk = std::str::from_utf8(chunk).expect("base64 is ASCII");
        write!(text, "\x1b_G{head};{chunk}\x1b\\").expect("a String takes everything");
    }
    text
}

/// Six rows of pixels at a time, colour by colour (DEC STD 070, 9.3).
fn sixel(picture: &RgbImage, rows: usize) -> String {
    let height = rows as u32 * ROW;
    let width = (picture.width() * height / picture.height().max(1)).max(1);
    let picture = imageops::resize(picture, width, height, imageops::FilterType::Triangle);
    let mut text = String::from("\x1bP0;1q");
    let mut put = |what: std::fmt::Arguments<'_>| {
        text.write_fmt(what).expect("a String takes everything");
    };
    put(format_args!("\"1;1;{width};{height}"));
    for colour in 0..LEVELS.pow(3) {
        let percent = |level: u32| level % LEVELS * 100 / (LEVELS - 1);
        let [red, green, blue] = [colour / LEVELS.pow(2), colour / LEVELS, colour].map(percent);
        put(format_args!("#{colour};2;{red};{green};{blue}"));
    }
    let colour = |x: u32, y: u32| {
        let level = |value: u8| (u32::from(value) * (LEVELS - 1) + 127) / 255;
        let image::Rgb([red, green, blue]) = *picture.get_pixel(x, y);
        (level(red) * LEVELS + level(green)) * LEVELS + level(blue)
    };
    for band in (0..height).step_by(6) {
        let here = band..(band + 6).min(height);
        let colours: std::collections::BTreeSet<u32> = here
            .clone()
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| colour(x, y))
            .collect();
        for one in colours {
            put(format_args!("#{one}"));
            for x in 0..width {
                let bits = here
                    .clone()
                    .filter(|y| colour(x, *y) == one)
                    .fold(0u8, |bits, y| bits | 1 << (y - band));
                put(format_args!("{}", char::from(63 + bits)));
            }
            put(format_args!("$"));
        }
        put(format_args!("-"));
    }
    text.push_str("\x1b\\");
    text
}

/// Base64 (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for letter in 0..4 {
            text.push(if letter <= three.len() {
                char::from(LETTERS[(bits >> (18 - 6 * letter) & 63) as usize])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(variables: &'static [(&str, &str)]) -> Option<Protocol> {
        Protocol::of(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_terminals_that_say_so_get_pictures() {
        assert_eq!(terminal(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(terminal(&[("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::ITerm2));
        assert_eq!(terminal(&[("TERM", "foot")]), Some(Protocol::Sixel));
        for none in [
            &[("TERM", "xterm-256color")][..],
            &[("TERM", "linux")],
            &[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux")],
            &[("TERM", "screen"), ("KITTY_WINDOW_ID", "1")],
            &[],
        ] {
            assert_eq!(terminal(none), None, "{none:?}");
        }
    }

    #[test]
    fn letters_of_base64() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (bytes, letters) in cases {
            assert_eq!(base64(bytes.as_bytes()), letters);
        }
    }

    #[test]
    fn each_protocol_frames_its_picture() {
        let picture = RgbImage::from_fn(64, 36, |x, y| image::Rgb([x as u8 * 4, y as u8 * 7, 90]));
        let kitty = Protocol::Kitty.draw(&picture, 8);
        assert!(kitty.starts_with("\x1b_Ga=T,f=100,q=2,C=1,r=8,m=") && kitty.ends_with("\x1b\\"));
        let iterm = Protocol::ITerm2.draw(&picture, 8);
        assert!(iterm.starts_with("\x1b]1337;File=inline=1;") && iterm.ends_with('\x07'));
        let sixel = Protocol::Sixel.draw(&picture, 8);
        assert!(
            sixel.starts_with("\x1bP0;1q\"1;1;256;144#0;2;0;0;0") && sixel.ends_with("-\x1b\\")
        );
        assert_eq!(sixel.matches('-').count(), 24, "144 pixels in bands of six");
    }
}
