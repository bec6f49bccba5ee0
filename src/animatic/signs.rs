//! Words in the picture: names over heads, and the mark of the shot.
//!
//! Knows words and pixels; does not know where they go.

use std::collections::BTreeMap;

use cosmic_text::Align;
use tiny_skia::{Pixmap, PremultipliedColorU8};

use crate::lettering::{DISPLAY, Mask, TEXT, TextLayout, Typesetter};

/// Sets words once and keeps them.
pub(super) struct Signs {
    typesetter: Typesetter,
    /// Pixels in 1/540 of the picture's height.
    unit: f32,
    set: BTreeMap<(bool, String), Option<Pixmap>>,
}

impl Signs {
    pub(super) fn new(height: u32) -> Self {
        let unit = height as f32 / 540.0;
        Self { typesetter: Typesetter::new(), unit, set: BTreeMap::new() }
    }

    /// A name over a head.
    pub(super) fn name(&mut self, name: &str) -> Option<&Pixmap> {
        self.sign(name, false)
    }

    /// The mark of a shot.
    pub(super) fn mark(&mut self, mark: &str) -> Option<&Pixmap> {
        self.sign(mark, true)
    }

    fn sign(&mut self, words: &str, mark: bool) -> Option<&Pixmap> {
        let key = (mark, words.to_owned());
        if !self.set.contains_key(&key) {
            let drawn = self.draw(words, mark);
            self.set.insert(key.clone(), drawn);
        }
        self.set.get(&key)?.as_ref()
    }

    fn draw(&mut self, words: &str, mark: bool) -> Option<Pixmap> {
        let unit = self.unit;
        let setting = TextLayout {
            family: if mark { DISPLAY } else { TEXT },
            italic: false,
            size: if mark { 15.0 } else { 17.0 } * unit,
            leading: 1.2,
            tracking: if mark { 0.06 } else { 0.04 },
            align: Align::Left,
            width: if mark { 720.0 } else { 260.0 } * unit,
            height: 26.0 * unit,
        };
        let block = self.typesetter.set(words, setting);
        let margin = (5.0 * unit).ceil();
        let width = (block.width + 2.0 * margin).ceil() as u32;
        let height = (block.height + 2.0 * margin).ceil() as u32;
        let mut letters = Mask::new(width.max(1), height.max(1));
        self.typesetter.draw(&block, margin, margin, &mut letters);
        let shadow = letters.spread((1.6 * unit).max(0.8)).blur((2.0 * unit).max(1.0));
        let mut sign = Pixmap::new(letters.width, letters.height)?;
        let strength = if mark { 0.80 } else { 0.95 };
        let pixels =
            sign.pixels_mut().iter_mut().zip(letters.coverage.iter().zip(&shadow.coverage));
        for (pixel, (letter, shadow)) in pixels {
            let letter = f32::from(*letter) / 255.0 * strength;
            let dark = f32::from(*shadow) / 255.0 * 0.55;
            let opacity = letter + dark * (1.0 - letter);
            let tone = |white: f32| (white * letter * 255.0).round() as u8;
            let alpha = (opacity * 255.0).round() as u8;
            let [red, green, blue] = [0.97, 0.95, 0.90].map(|white| tone(white).min(alpha));
            if let Some(colour) = PremultipliedColorU8::from_rgba(red, green, blue, alpha) {
                *pixel = colour;
            }
        }
        Some(sign)
    }
}
