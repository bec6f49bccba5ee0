//! Fonts: the embedded ones, and those of this machine for letters that the embedded
//! ones lack.
//!
//! Knows which letters a font has; does not set words.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fontdb::{Database, FaceInfo, Stretch, Style, Weight};
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization as _;

/// Fonts under the SIL Open Font License; see `assets/fonts/README.md`.
pub(crate) const EMBEDDED: [&[u8]; 3] = [
    include_bytes!("../assets/fonts/OldStandard-Regular.ttf"),
    include_bytes!("../assets/fonts/EBGaramond08-Regular.otf"),
    include_bytes!("../assets/fonts/EBGaramond08-Italic.otf"),
];

static EMBEDDED_FACES: LazyLock<Vec<Face<'static>>> = LazyLock::new(|| {
    EMBEDDED.iter().map(|font| Face::parse(font, 0).expect("a font that we chose")).collect()
});

static OF_THIS_MACHINE: LazyLock<Fonts> = LazyLock::new(|| {
    let mut database = Database::new();
    database.load_system_fonts();
    Fonts(database)
});

/// Fonts besides the embedded ones.
#[derive(Debug, Default)]
struct Fonts(Database);

/// What a text needs besides the embedded fonts.
#[derive(Debug, Default)]
#[cfg_attr(not(feature = "ffmpeg"), expect(dead_code, reason = "nothing is set without a film"))]
pub(crate) struct Needed<'a> {
    /// The fonts that have the letters which the embedded ones lack, the one with most of
    /// them first. None for most texts.
    pub(crate) fonts: Vec<&'a FaceInfo>,
    /// The letters that no font has.
    pub(crate) lacking: BTreeSet<char>,
}

#[cfg(feature = "ffmpeg")]
impl Needed<'_> {
    /// The fonts' names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.fonts.iter().map(|font| font.post_script_name.clone()).collect()
    }
}

/// What a text needs of the fonts of this machine. Looks for them only if the embedded ones
/// lack a letter; equal texts are set alike.
pub(crate) fn needed(text: &str) -> Needed<'static> {
    let lacking = beyond_the_embedded(text);
    if lacking.is_empty() { Needed::default() } else { OF_THIS_MACHINE.needed(lacking) }
}

/// The file of a font of this machine, and the number of the font in it.
#[cfg(feature = "ffmpeg")]
pub(crate) fn file_of(font: &FaceInfo) -> Option<(Vec<u8>, u32)> {
    OF_THIS_MACHINE.0.with_face_data(font.id, |data, index| (data.to_vec(), index))
}

impl Fonts {
    /// The fonts that have some letters.
    fn needed(&self, mut lacking: BTreeSet<char>) -> Needed<'_> {
        let mut fonts = Vec::new();
        while !lacking.is_empty()
            && let Some(best) = self.best(&lacking)
        {
            lacking.retain(|letter| !self.has(best, *letter));
            fonts.push(best);
        }
        Needed { fonts, lacking }
    }

    /// The font with most of some letters, if one has any of them.
    fn best(&self, letters: &BTreeSet<char>) -> Option<&FaceInfo> {
        let count = |font: &&FaceInfo| {
            let of_font = |data: &[u8], index| {
                let face = Face::parse(data, index).ok()?;
                Some(letters.iter().filter(|letter| has(&face, **letter)).count())
            };
            self.0.with_face_data(font.id, of_font).flatten().unwrap_or(0)
        };
        let counted = self.0.faces().map(|font| (count(&font), font));
        let best = counted.filter(|(count, _)| *count > 0).max_by_key(|(count, font)| {
            let upright = font.style == Style::Normal && font.stretch == Stretch::Normal;
            let usual = (font.weight == Weight::NORMAL, upright, !font.monospaced);
            (*count, usual, std::cmp::Reverse(&font.post_script_name))
        });
        best.map(|(_, font)| font)
    }

    fn has(&self, font: &FaceInfo, letter: char) -> bool {
        let of_font = |data: &[u8], index| Some(has(&Face::parse(data, index).ok()?, letter));
        self.0.with_face_data(font.id, of_font).flatten().unwrap_or(false)
    }
}

fn has(face: &Face<'_>, letter: char) -> bool {
    face.glyph_index(letter).is_some_and(|glyph| glyph.0 != 0)
}

/// The letters of a text that the embedded fonts lack.
fn beyond_the_embedded(text: &str) -> BTreeSet<char> {
    if text.is_ascii() {
        return BTreeSet::new();
    }
    let seen = |letter: &char| !letter.is_control() && !letter.is_whitespace();
    let letters: BTreeSet<char> = text.nfc().filter(seen).collect();
    let lacks = |letter: &char| !EMBEDDED_FACES.iter().any(|face| has(face, *letter));
    letters.into_iter().filter(|letter| !is_ignorable(*letter)).filter(lacks).collect()
}

/// Whether a character says how its neighbours are drawn, and is not drawn itself:
/// `Default_Ignorable_Code_Point` of the Unicode Character Database.
fn is_ignorable(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_texts_need_no_other_font() {
        for text in ["", "You still work.", "Ünïcødé “–” été", "Кинотеатр", "a\u{200d}b\u{fe0f}"]
        {
            let needed = needed(text);
            assert!(needed.fonts.is_empty() && needed.lacking.is_empty(), "{text}: {needed:?}");
        }
    }

    #[test]
    fn letters_that_no_font_has_are_named() {
        let needed = |text| Fonts::default().needed(beyond_the_embedded(text)).lacking;
        assert_eq!(needed("你好, world. 你!"), BTreeSet::from(['你', '好']));
        assert_eq!(needed("\u{378}"), BTreeSet::from(['\u{378}']));
    }

    #[test]
    fn the_font_with_most_letters_is_taken() {
        let mut database = Database::new();
        for font in EMBEDDED {
            database.load_font_data(font.to_vec());
        }
        let fonts = Fonts(database);
        let best = fonts.best(&BTreeSet::from(['a', 'Ж', '你'])).expect("one has some of them");
        assert_eq!((best.style, best.weight), (Style::Normal, Weight::NORMAL));
        assert!(fonts.has(best, 'Ж') && !fonts.has(best, '你'));
        assert!(fonts.best(&BTreeSet::from(['你'])).is_none());
    }
}
