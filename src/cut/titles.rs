//! Draws cards, supers and burned captions.
//!
//! Knows words and a picture size; does not know films or time. All lengths are
//! in units of 1/540 of the picture's height.

use cosmic_text::Align;
use image::{Rgb, RgbImage};

use crate::breakdown::shot::{Card, CardKind};
use crate::lettering::{Block, DISPLAY, Mask, TEXT, TextLayout, Typesetter};

const IVORY: [f32; 3] = [240.0, 231.0, 212.0];
const PARCHMENT: [f32; 3] = [196.0, 184.0, 160.0];
const GOLD: [f32; 3] = [158.0, 130.0, 84.0];
const GROUND: [f32; 3] = [27.0, 23.0, 20.0];
const CORNER: [f32; 3] = [8.0, 7.0, 7.0];
const INK: [f32; 3] = [8.0, 7.0, 6.0];

/// Draws words for pictures of one size.
pub(crate) struct Titles {
    width: u32,
    height: u32,
    /// Pixels in a unit.
    unit: f32,
    typesetter: Typesetter,
}

/// A patch of drawn words to draw over many frames.
pub(crate) struct Overlay {
    x: u32,
    y: u32,
    width: u32,
    /// Premultiplied red, green, blue, then opacity; 0 to 255.
    pixels: Vec<[u8; 4]>,
}

impl Titles {
    /// For pictures of `width` × `height` pixels.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let unit = (height as f32 / 540.0).min(width as f32 / 720.0);
        Self { width, height, unit, typesetter: Typesetter::new() }
    }

    /// Draws a card as a whole picture.
    pub(crate) fn card(&mut self, card: &Card) -> RgbImage {
        let mut canvas = Canvas::new(self.width, self.height, self.unit);
        canvas.frame();
        match card.kind {
            CardKind::Title => self.title(&card.lines, &mut canvas),
            CardKind::Text => self.text(&card.lines, &mut canvas),
            CardKind::Intertitle => self.intertitle(&card.lines, &mut canvas),
            CardKind::End => self.end(&card.lines, &mut canvas),
        }
        canvas.picture
    }

    fn title(&mut self, lines: &[String], canvas: &mut Canvas) {
        let Some((title, credits)) = lines.split_first() else { return };
        let title = self.setting(DISPLAY, 66.0, 640.0, 230.0, title);
        let mut rows = vec![Row::Text(title, IVORY)];
        if !credits.is_empty() {
            rows.extend([Row::Space(26.0), Row::Rule(230.0), Row::Space(24.0)]);
        }
        let small = 30.0 * (4.0 / credits.len().max(4) as f32);
        for (index, credit) in credits.iter().enumerate() {
            // A credit, like `written by`, above a name; then the name.
            let last = index + 1 == credits.len();
            let (mut row, colour) = if last {
                (self.setting(DISPLAY, small, 640.0, 60.0, credit), IVORY)
            } else {
                (self.setting(TEXT, 0.8 * small, 640.0, 60.0, credit), PARCHMENT)
            };
            row.1.italic = !last;
            row.1.tracking = if last { 0.06 } else { 0.02 };
            rows.extend([Row::Text(row, colour), Row::Space(4.0)]);
        }
        self.stack(rows, canvas);
    }

    fn text(&mut self, lines: &[String], canvas: &mut Canvas) {
        let text = self.setting(DISPLAY, 42.0, 660.0, 340.0, &lines.join("\n"));
        self.stack(vec![Row::Text(text, IVORY)], canvas);
    }

    fn intertitle(&mut self, lines: &[String], canvas: &mut Canvas) {
        let Some((speaker, speech)) = lines.split_first() else { return };
        let mut speaker = self.setting(DISPLAY, 21.0, 600.0, 60.0, speaker);
        speaker.1.tracking = 0.22;
        let speech = self.setting(DISPLAY, 40.0, 640.0, 290.0, &speech.join("\n"));
        let rows = vec![
            Row::Text(speaker, GOLD.map(|value| value * 1.15)),
            Row::Space(26.0),
            Row::Text(speech, IVORY),
            Row::Space(20.0),
        ];
        self.stack(rows, canvas);
    }

    fn end(&mut self, lines: &[String], canvas: &mut Canvas) {
        let Some((end, rest)) = lines.split_first() else { return };
        let mut end = self.setting(TEXT, 64.0, 600.0, 220.0, end);
        end.1.italic = true;
        let mut rows =
            vec![Row::Rule(170.0), Row::Space(20.0), Row::Text(end, IVORY), Row::Space(26.0)];
        rows.push(Row::Rule(170.0));
        if !rest.is_empty() {
            let rest = self.setting(TEXT, 22.0, 600.0, 110.0, &rest.join("\n"));
            rows.extend([Row::Space(24.0), Row::Text(rest, PARCHMENT)]);
        }
        self.stack(rows, canvas);
    }

    fn setting(
        &self,
        family: cosmic_text::Family<'static>,
        size: f32,
        width: f32,
        height: f32,
        text: &str,
    ) -> (String, TextLayout) {
        let setting = TextLayout {
            family,
            italic: false,
            size: size * self.unit,
            leading: 1.28,
            tracking: 0.01,
            align: Align::Center,
            width: width * self.unit,
            height: height * self.unit,
        };
        (text.to_owned(), setting)
    }

    /// Draws rows below each other, with their middle a little above the
    /// picture's: viewers expect it there.
    fn stack(&mut self, rows: Vec<Row>, canvas: &mut Canvas) {
        let unit = self.unit;
        let mut blocks = Vec::new();
        let mut height = 0.0;
        for row in rows {
            let (length, drawn) = match row {
                Row::Text((text, setting), colour) => {
                    let block = self.typesetter.set(&text, setting);
                    (block.height, Drawn::Text(block, colour))
                }
                Row::Space(space) => (space * unit, Drawn::Space),
                Row::Rule(width) => (10.0 * unit, Drawn::Rule(width * unit)),
            };
            blocks.push((height, drawn));
            height += length;
        }
        let top = (self.height as f32 - height) / 2.0 - 4.0 * unit;
        for (offset, drawn) in blocks {
            let y = top + offset;
            match drawn {
                Drawn::Text(block, colour) => {
                    let x = (self.width as f32 - block.measure()) / 2.0;
                    let mut mask = Mask::new(self.width, self.height);
                    self.typesetter.draw(&block, x, y, &mut mask);
                    canvas.glow(&mask, colour);
                }
                Drawn::Space => {}
                Drawn::Rule(width) => {
                    let centre = self.width as f32 / 2.0;
                    canvas.rule(centre, y + 5.0 * unit, width);
                }
            }
        }
    }

    /// Draws words at the foot of the picture.
    pub(crate) fn caption(&mut self, text: &str, italic: bool) -> Overlay {
        let setting = TextLayout {
            family: TEXT,
            italic,
            size: 31.0 * self.unit,
            leading: 1.18,
            tracking: 0.012,
            align: Align::Center,
            width: 0.86 * self.width as f32,
            height: 0.34 * self.height as f32,
        };
        let block = self.typesetter.set(text, setting);
        let x = (self.width as f32 - block.measure()) / 2.0;
        let y = self.height as f32 - 30.0 * self.unit - block.height;
        self.overlay(&block, x, y)
    }

    /// Draws a super: words over the picture that give place or time.
    pub(crate) fn super_(&mut self, text: &str) -> Overlay {
        let setting = TextLayout {
            family: DISPLAY,
            italic: false,
            size: 30.0 * self.unit,
            leading: 1.25,
            tracking: 0.08,
            align: Align::Left,
            width: 0.7 * self.width as f32,
            height: 0.4 * self.height as f32,
        };
        let block = self.typesetter.set(text, setting);
        let y = 0.74 * self.height as f32 - block.height;
        self.overlay(&block, 0.07 * self.width as f32, y)
    }

    fn overlay(&mut self, block: &Block, x: f32, y: f32) -> Overlay {
        let unit = self.unit;
        let margin = (12.0 * unit).ceil();
        let left = (x - margin).floor().clamp(0.0, self.width as f32);
        let top = (y - margin).floor().clamp(0.0, self.height as f32);
        let right = (x + block.measure() + margin).ceil().clamp(left, self.width as f32);
        let bottom = (y + block.height + margin).ceil().clamp(top, self.height as f32);
        let mut letters = Mask::new((right - left) as u32, (bottom - top) as u32);
        self.typesetter.draw(block, x - left, y - top, &mut letters);
        let edge = letters.spread((1.7 * unit).max(0.8));
        let shadow = letters.spread(3.0 * unit).blur(5.0 * unit);
        let mut pixels = Vec::with_capacity(letters.coverage.len());
        let ground = edge.coverage.iter().zip(&shadow.coverage);
        for (letter, (edge, shadow)) in letters.coverage.iter().zip(ground) {
            let share = |value: u8| f32::from(value) / 255.0;
            let letter = share(*letter);
            let dark = 1.0 - (1.0 - 0.93 * share(*edge)) * (1.0 - 0.62 * share(*shadow));
            let opacity = letter + dark * (1.0 - letter);
            let colour = |channel: usize| {
                let value = IVORY[channel] * 1.04 * letter + INK[channel] * dark * (1.0 - letter);
                value.round().clamp(0.0, 255.0) as u8
            };
            pixels.push([colour(0), colour(1), colour(2), (opacity * 255.0).round() as u8]);
        }
        Overlay { x: left as u32, y: top as u32, width: letters.width, pixels }
    }
}

impl Overlay {
    /// Draws the words over a frame, with `visible` / `whole` of their opacity.
    pub(crate) fn draw_over(&self, frame: &mut RgbImage, visible: u32, whole: u32) {
        let whole = whole.max(1);
        for (row, pixels) in self.pixels.chunks(self.width.max(1) as usize).enumerate() {
            let y = self.y + row as u32;
            for (column, [red, green, blue, opacity]) in pixels.iter().enumerate() {
                if *opacity == 0 {
                    continue;
                }
                let Rgb(pixel) = frame.get_pixel_mut(self.x + column as u32, y);
                let rest = 255 * whole - u32::from(*opacity) * visible;
                for (value, over) in pixel.iter_mut().zip([red, green, blue]) {
                    let under = (u32::from(*value) * rest + 127) / 255;
                    *value = ((u32::from(*over) * visible + under) / whole).min(255) as u8;
                }
            }
        }
    }
}

/// A row of a card; cards have them from top to bottom.
enum Row {
    Text((String, TextLayout), [f32; 3]),
    Space(f32),
    Rule(f32),
}

enum Drawn {
    Text(Block, [f32; 3]),
    Space,
    Rule(f32),
}

/// A card in the making.
struct Canvas {
    picture: RgbImage,
    unit: f32,
}

impl Canvas {
    /// A dark ground, darker towards the corners. Its grain hides the steps of
    /// the shading; it never moves, so it costs almost nothing to encode.
    fn new(width: u32, height: u32, unit: f32) -> Self {
        let (half_width, half_height) = (width as f32 / 2.0, height as f32 / 2.0);
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let across = (x as f32 + 0.5 - half_width) / half_width;
            let down = (y as f32 + 0.5 - half_height) / half_height;
            let distance = (0.75 * across * across + 0.85 * down * down).min(1.6) / 1.6;
            let shade = distance * (2.0 - distance);
            let grain = noise(x, y) * 2.4 - 1.2;
            Rgb(std::array::from_fn(|channel| {
                let value = GROUND[channel] + (CORNER[channel] - GROUND[channel]) * shade;
                (value + grain).round().clamp(0.0, 255.0) as u8
            }))
        });
        Self { picture, unit }
    }

    fn tint(&mut self, x: u32, y: u32, colour: [f32; 3], share: f32) {
        let Rgb(pixel) = self.picture.get_pixel_mut(x, y);
        for (value, colour) in pixel.iter_mut().zip(colour) {
            let mixed = f32::from(*value) + (colour - f32::from(*value)) * share;
            *value = mixed.round().clamp(0.0, 255.0) as u8;
        }
    }

    /// Draws a double border with hollow corners, as on a ticket.
    fn frame(&mut self) {
        let unit = self.unit;
        let (width, height) = self.picture.dimensions();
        let (centre_x, centre_y) = (width as f32 / 2.0, height as f32 / 2.0);
        for y in 0..height {
            for x in 0..width {
                let across = (x as f32 + 0.5 - centre_x).abs();
                let down = (y as f32 + 0.5 - centre_y).abs();
                let line = |inset: f32, radius: f32, thickness: f32| {
                    let right = across - (centre_x - inset * unit);
                    let below = down - (centre_y - inset * unit);
                    let edge = right.max(below);
                    let hollow = radius * unit - right.hypot(below);
                    let distance = edge.max(hollow).abs();
                    (0.5 + 0.5 * thickness * unit.max(0.7) - distance).clamp(0.0, 1.0)
                };
                let diamond = |right: f32, below: f32, size: f32| {
                    let reach = (right.abs() + below.abs()) - size * unit;
                    (0.5 - reach * 0.7).clamp(0.0, 1.0)
                };
                let right = across - (centre_x - 29.0 * unit);
                let below = down - (centre_y - 29.0 * unit);
                let strength = (0.9 * line(24.0, 24.0, 1.6))
                    .max(0.55 * line(31.0, 24.0, 0.8))
                    .max(0.85 * diamond(right, below, 5.0))
                    .max(0.85 * diamond(across, down - (centre_y - 24.0 * unit), 6.0));
                if strength > 0.0 {
                    self.tint(x, y, GOLD, strength);
                }
            }
        }
    }

    /// Draws a line that swells towards a diamond in its middle.
    fn rule(&mut self, centre: f32, middle: f32, width: f32) {
        let unit = self.unit;
        let (picture_width, picture_height) = self.picture.dimensions();
        let top = (middle - 10.0 * unit).max(0.0) as u32;
        let bottom = ((middle + 10.0 * unit).max(0.0) as u32).min(picture_height);
        for y in top..bottom {
            for x in 0..picture_width {
                let across = (x as f32 + 0.5 - centre).abs();
                let down = (y as f32 + 0.5 - middle).abs();
                let half = width / 2.0;
                let swell = (1.0 - across / half).clamp(0.0, 1.0).powf(0.6);
                let thickness = 0.9 * unit * swell;
                let gap = if across < 12.0 * unit { 0.0 } else { 1.0 };
                let line = (0.5 + thickness - down).clamp(0.0, 1.0) * gap * swell.min(1.0);
                let diamond = (0.5 - (across + down - 5.5 * unit) * 0.7).clamp(0.0, 1.0);
                let dots = (0.5 + 1.5 * unit - (across - 12.0 * unit).hypot(down)).clamp(0.0, 1.0);
                let strength = line.max(diamond).max(dots);
                if strength > 0.0 {
                    self.tint(x, y, GOLD, 0.95 * strength);
                }
            }
        }
    }

    /// Draws letters with a faint halo, like light through film.
    fn glow(&mut self, letters: &Mask, colour: [f32; 3]) {
        let halo = letters.clone().blur((7.0 * self.unit).max(1.0));
        let width = letters.width as usize;
        for (at, (letter, halo)) in letters.coverage.iter().zip(&halo.coverage).enumerate() {
            if *letter > 0 || *halo > 0 {
                let share = f32::from(*letter) / 255.0;
                let share = share.max(0.10 * f32::from(*halo) / 255.0);
                self.tint((at % width) as u32, (at / width) as u32, colour, share);
            }
        }
    }
}

/// Noise from 0 to 1 that depends on the position alone.
fn noise(x: u32, y: u32) -> f32 {
    let mut hash = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
    hash = (hash ^ (hash >> 12)).wrapping_mul(0x297A_2D39);
    (hash >> 16) as f32 / 65_535.0
}

/// Draws words on paper: a card with the colours of its ink and its ground
/// exchanged.
pub(crate) fn on_paper(lines: &[String], width: u32, height: u32) -> RgbImage {
    let card = Card { kind: CardKind::Text, lines: lines.to_vec() };
    let mut picture = Titles::new(width, height).card(&card);
    image::imageops::invert(&mut picture);
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(kind: CardKind, lines: &[&str]) -> Card {
        Card { kind, lines: lines.iter().map(ToString::to_string).collect() }
    }

    fn brightest(picture: &RgbImage) -> u8 {
        picture.iter().copied().max().unwrap_or_default()
    }

    #[test]
    fn every_script_and_length_can_be_set() {
        let mut titles = Titles::new(240, 136);
        let longest = "word ".repeat(4000);
        for text in [
            "",
            " ",
            "\n\n",
            "Ünïcødé",
            "Кинотеатр",
            "Κινηματογράφος",
            "映画館",
            "سينما",
            "סינמה",
            "चलचित्र",
            "👩🏽‍🚀 🎬",
            "a\u{0301}\u{0301}\u{0301}",
            "\u{202E}abc\u{0}\u{7}\t",
            &longest,
            &"Donaudampfschifffahrt".repeat(40),
        ] {
            for kind in [CardKind::Title, CardKind::Text, CardKind::Intertitle, CardKind::End] {
                let picture = titles.card(&card(kind, &[text, text]));
                assert_eq!(picture.dimensions(), (240, 136));
            }
            let mut frame = RgbImage::new(240, 136);
            titles.caption(text, true).draw_over(&mut frame, 1, 1);
            titles.super_(text).draw_over(&mut frame, 1, 2);
        }
        for (width, height) in [(2, 2), (16, 400), (400, 16)] {
            let mut titles = Titles::new(width, height);
            let picture = titles.card(&card(CardKind::Title, &["A Title", "by", "Me"]));
            assert_eq!(picture.dimensions(), (width, height));
            titles.caption("words", false).draw_over(&mut RgbImage::new(width, height), 1, 1);
        }
    }

    #[test]
    fn words_are_on_their_cards() {
        let mut titles = Titles::new(320, 180);
        for kind in [CardKind::Title, CardKind::Text, CardKind::Intertitle, CardKind::End] {
            let empty = titles.card(&card(kind, &["", ""]));
            let words = titles.card(&card(kind, &["Words", "words"]));
            assert!(brightest(&words) > 200 && brightest(&empty) < 180, "{kind:?}");
        }
    }

    #[test]
    fn captions_are_legible_on_white_and_on_black() {
        let mut titles = Titles::new(640, 360);
        let caption = titles.caption("You still work.", false);
        for ground in [0, 255] {
            let mut frame = RgbImage::from_pixel(640, 360, Rgb([ground; 3]));
            let clean = frame.clone();
            caption.draw_over(&mut frame, 0, 1);
            assert_eq!(frame, clean);
            caption.draw_over(&mut frame, 1, 1);
            let foot = image::imageops::crop_imm(&frame, 220, 310, 200, 40).to_image();
            assert!(brightest(&foot) > 225);
            assert!(foot.iter().copied().min() < Some(60));
        }
    }
}
