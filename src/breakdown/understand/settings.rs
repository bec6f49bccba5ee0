//! Settings of the whole film: `[[film: format 16:9 | style storybook]]`, and
//! the same keys on a title page.
//!
//! Knows keys and values; does not know what the settings do.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::context::Context;
use crate::breakdown::control::TakeControl;
use crate::breakdown::screenplay::{Captions, FilmSettings, PictureMotion, Title};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::script::tree::{Directive, TitleEntry};
use crate::script::unstyled;
use crate::source::Spanned;
use crate::source::quotes::unquoted;
use crate::time::Rate;

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Format,
    Size,
    Rate,
    Style,
    Seed,
    Pace,
    Captions,
    Motion,
    Model,
    Language,
    Cards,
    Voices,
    Ambience,
    Loudness,
    Blocking,
    Control,
}

impl Setting {
    /// The keys that messages name.
    const KEYS: [&str; 17] = [
        "format", "aspect", "size", "rate", "style", "seed", "pace", "captions", "motion", "model",
        "language", "cards", "voices", "ambience", "loudness", "blocking", "control",
    ];

    /// By a key of the directive or the title page, in small letters.
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "format" | "aspect" | "aspect ratio" => Self::Format,
            "size" => Self::Size,
            "rate" | "fps" | "framerate" | "frame rate" | "frames per second" => Self::Rate,
            "style" => Self::Style,
            "seed" => Self::Seed,
            "pace" => Self::Pace,
            "captions" => Self::Captions,
            "motion" => Self::Motion,
            "model" => Self::Model,
            "language" => Self::Language,
            "cards" => Self::Cards,
            "voices" => Self::Voices,
            "ambience" => Self::Ambience,
            "loudness" => Self::Loudness,
            "blocking" => Self::Blocking,
            "control" => Self::Control,
            _ => return None,
        })
    }

    /// Its key, and a value as an example.
    fn example(self) -> (&'static str, &'static str) {
        match self {
            Self::Format => ("format", "16:9"),
            Self::Size => ("size", "1280x720"),
            Self::Rate => ("rate", "24"),
            Self::Style => ("style", "…"),
            Self::Seed => ("seed", "7"),
            Self::Pace => ("pace", "0.9"),
            Self::Captions => ("captions", "cards"),
            Self::Motion => ("motion", "reel"),
            Self::Model => ("model", "…"),
            Self::Language => ("language", "de"),
            Self::Cards => ("cards", "off"),
            Self::Voices => ("voices", "off"),
            Self::Ambience => ("ambience", "off"),
            Self::Loudness => ("loudness", "-23"),
            Self::Blocking => ("blocking", "off"),
            Self::Control => ("control", "depth"),
        }
    }
}

/// Loudness in hundredths of LUFS.
fn loudness(words: &str) -> Option<i32> {
    let number = words.trim_end_matches("lufs").trim().replace(['−', '–'], "-");
    let hundredths = 100.0 * number.parse::<f64>().ok()?;
    (-4000.0..=-900.0).contains(&hundredths).then(|| hundredths.round() as i32)
}

/// The settings that a script has given so far.
#[derive(Debug, Default)]
pub(crate) struct Given(Vec<Setting>);

/// Reserved: `[[film: part of FILE]]`.
const PART: &str = "part";

/// Height of a film that gives only its format.
const HEIGHT: u32 = 540;

/// The settings of a film whose script gives none.
pub(crate) fn standard() -> FilmSettings {
    FilmSettings {
        rate: Rate::FILM,
        width: 960,
        height: HEIGHT,
        style: String::new(),
        seed: 1,
        pace: 1000,
        captions: Captions::Burned,
        motion: None,
        model: None,
        language: "en".to_owned(),
        cards: true,
        voices: true,
        ambience: true,
        loudness: None,
        blocking: true,
        control: None,
    }
}

/// Reads a title page: returns the lines of the title card and applies the settings.
pub(crate) fn title_page(
    context: &mut Context<'_>,
    entries: &[TitleEntry],
    settings: &mut FilmSettings,
    given: &mut Given,
) -> Title {
    let mut title = Title::default();
    for entry in entries {
        let lines = || entry.values.iter().map(|value| unstyled(&value.value)).collect();
        match entry.key.value.to_lowercase().as_str() {
            "title" => title.title = lines(),
            "credit" => title.credit = lines(),
            "author" | "authors" => title.authors = lines(),
            key => {
                if let (Some(setting), Some(value)) = (Setting::of(key), entry.values.first()) {
                    set(context, settings, given, setting, value);
                }
            }
        }
    }
    title
}

/// Applies a `film` directive to the settings.
pub(crate) fn film(
    context: &mut Context<'_>,
    directive: &Directive,
    settings: &mut FilmSettings,
    given: &mut Given,
) {
    for field in std::iter::once(&directive.body).chain(&directive.fields) {
        let written = field.value.trim();
        if written.is_empty() {
            context.emit(errors::empty_directive(
                directive.span,
                "film",
                "format 16:9 | style storybook",
            ));
            continue;
        }
        let (key, rest) = written
            .split_once(|letter: char| letter.is_whitespace() || letter == ':')
            .unwrap_or((written, ""));
        let start = field.value.len() - rest.len();
        let value = crate::breakdown::language::words::part(field, start..field.value.len());
        let lower = key.to_lowercase();
        if lower == PART {
            let message =
                "a film in several files is reserved for a later edition and not built yet";
            context.emit(errors::bad_directive(field.span, message, "keep the film in one file"));
        } else if let Some(setting) = Setting::of(&lower) {
            set(context, settings, given, setting, &value);
        } else {
            let near = did_you_mean(&lower, Setting::KEYS);
            let key =
                crate::breakdown::language::words::part(field, 0..key.len().min(field.value.len()));
            context.emit(errors::unknown_field(&key, near, &Setting::KEYS));
        }
    }
}

/// Applies a setting, and tells of a value that it cannot have.
fn set(
    context: &mut Context<'_>,
    settings: &mut FilmSettings,
    given: &mut Given,
    setting: Setting,
    value: &Spanned<String>,
) {
    let (key, example) = setting.example();
    // A format is a size at the usual height.
    let kind = if setting == Setting::Format { Setting::Size } else { setting };
    match apply(context, settings, setting, value) {
        Ok(()) if given.0.contains(&kind) => {
            context.emit(set_twice(value, key, kind.example().0));
        }
        Ok(()) => given.0.push(kind),
        Err(expected) => {
            let near = (setting == Setting::Size).then(|| nearest_size(&value.value)).flatten();
            let example = near.as_deref().unwrap_or(example);
            context.emit(errors::bad_setting(value, (key, example), expected));
        }
    }
}

/// Applies a setting, or says what it expects.
#[expect(clippy::too_many_lines, reason = "a table of settings")]
fn apply(
    context: &mut Context<'_>,
    settings: &mut FilmSettings,
    setting: Setting,
    value: &Spanned<String>,
) -> Result<(), &'static str> {
    let words = value.value.trim();
    let lower = words.to_lowercase();
    let expected = match setting {
        Setting::Format => match format(&lower) {
            Some((width, height)) => {
                (settings.width, settings.height) = (width, height);
                return Ok(());
            }
            None => "two numbers like `16:9`, `2.39:1` or `4:3`, between 1:3 and 4:1",
        },
        Setting::Size => match size(&lower) {
            Some((width, height)) => {
                (settings.width, settings.height) = (width, height);
                return Ok(());
            }
            None => "an even width and height in pixels, like `1280x720`, from 64 to 4096",
        },
        Setting::Rate => match rate(&lower) {
            Some(rate) => {
                settings.rate = rate;
                return Ok(());
            }
            None => "frames per second from 1 to 120, like `24` or `23.976`",
        },
        Setting::Seed => match lower.parse() {
            Ok(seed) => {
                settings.seed = seed;
                return Ok(());
            }
            Err(_) => "a whole number, not negative",
        },
        Setting::Pace => match thousandths(&lower).filter(|pace| (250..=4000).contains(pace)) {
            Some(pace) => {
                settings.pace = pace;
                return Ok(());
            }
            None => "a number from 0.25 (quick) to 4 (slow)",
        },
        Setting::Captions => match captions(&lower) {
            Some(captions) => {
                settings.captions = captions;
                return Ok(());
            }
            None => "`burned`, `cards` or `track`",
        },
        Setting::Motion => match motion(&lower) {
            Some(motion) => {
                settings.motion = Some(motion);
                return Ok(());
            }
            None => "`network` or `reel`",
        },
        Setting::Loudness => match loudness(&lower) {
            Some(loudness) => {
                settings.loudness = Some(loudness);
                return Ok(());
            }
            None => "a number of LUFS from -40 to -9",
        },
        Setting::Cards | Setting::Voices | Setting::Ambience | Setting::Blocking => {
            match on_or_off(&lower) {
                Some(on) => {
                    match setting {
                        Setting::Ambience => settings.ambience = on,
                        Setting::Cards => settings.cards = on,
                        Setting::Voices => settings.voices = on,
                        _ => settings.blocking = on,
                    }
                    return Ok(());
                }
                None => "`on` or `off`",
            }
        }
        Setting::Control => match TakeControl::of(words) {
            Some(control) => {
                settings.control = Some(Spanned::new(control, value.span));
                return Ok(());
            }
            None => TakeControl::EXPECTED,
        },
        Setting::Style if !words.is_empty() => {
            settings.style = context.vocabulary.style(words);
            return Ok(());
        }
        Setting::Style => "words, like `storybook`",
        Setting::Model if !words.is_empty() => {
            let words = unquoted(words).to_owned();
            settings.model = Some(Spanned::new(words, value.span));
            return Ok(());
        }
        Setting::Model => "a folder with a model",
        Setting::Language => {
            if Arc::make_mut(&mut context.vocabulary).speak(&lower) {
                settings.language.clone_from(&lower);
                return Ok(());
            }
            "`en`, `de`, `fr` or `zh`"
        }
    };
    Err(expected)
}

/// A setting that the film has already; the later one holds.
fn set_twice(value: &Spanned<String>, key: &str, kind: &str) -> Diagnostic {
    let message = format!("the film already has a `{kind}`; this `{key}` takes its place");
    Diagnostic::warning(Code::WrittenTwice, value.span, message).help("keep one of the two")
}

fn captions(word: &str) -> Option<Captions> {
    match word {
        "burned" | "burnt" | "on" => Some(Captions::Burned),
        "cards" | "intertitles" => Some(Captions::Cards),
        "track" | "off" | "subtitles" => Some(Captions::Track),
        _ => None,
    }
}

fn motion(word: &str) -> Option<PictureMotion> {
    match word {
        "network" => Some(PictureMotion::Network),
        "reel" => Some(PictureMotion::Reel),
        _ => None,
    }
}

fn on_or_off(word: &str) -> Option<bool> {
    match word {
        "on" | "yes" => Some(true),
        "off" | "no" => Some(false),
        _ => None,
    }
}

/// A decimal number in thousandths, exactly.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    whole.checked_mul(1000)?.checked_add(fraction.parse().ok()?)
}

/// Width and height of a format at the standard height.
fn format(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once([':', '/', 'x', '×', '：'])?;
    let (width, height) = (thousandths(width.trim())?, thousandths(height.trim())?);
    if width == 0 || height == 0 || width > 4 * height || height > 3 * width {
        return None;
    }
    // The nearest even width.
    let pairs =
        (u64::from(HEIGHT) * u64::from(width) + u64::from(height)) / (2 * u64::from(height));
    Some((2 * u32::try_from(pairs).ok()?, HEIGHT))
}

/// Sides that a film can have, in pixels; they are even.
const SIDES: RangeInclusive<u32> = 64..=4096;

fn size(text: &str) -> Option<(u32, u32)> {
    let (width, height) = sides(text)?;
    let possible = |side: u32| SIDES.contains(&side) && side.is_multiple_of(2);
    (possible(width) && possible(height)).then_some((width, height))
}

fn sides(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(['x', '×', '*'])?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

/// The size that a film can have and that is nearest to an impossible one.
fn nearest_size(text: &str) -> Option<String> {
    let (width, height) = sides(text)?;
    let near = |side: u32| side.clamp(*SIDES.start(), *SIDES.end()) & !1;
    Some(format!("{}x{}", near(width), near(height)))
}

fn rate(text: &str) -> Option<Rate> {
    let text = text.trim_end_matches("fps").trim();
    let rate = match text {
        // "23.976" is 24000/1001, whatever its decimals say.
        "23.976" | "23.98" => Rate { numerator: 24_000, denominator: 1001 },
        "29.97" => Rate { numerator: 30_000, denominator: 1001 },
        "59.94" => Rate { numerator: 60_000, denominator: 1001 },
        _ => {
            if let Some((numerator, denominator)) = text.split_once('/') {
                Rate {
                    numerator: numerator.trim().parse().ok()?,
                    denominator: denominator.trim().parse().ok()?,
                }
            } else {
                let thousandths = thousandths(text)?;
                if thousandths % 1000 == 0 {
                    Rate { numerator: thousandths / 1000, denominator: 1 }
                } else {
                    Rate { numerator: thousandths, denominator: 1000 }
                }
            }
        }
    };
    let (numerator, denominator) = (u64::from(rate.numerator), u64::from(rate.denominator));
    (denominator > 0
        && denominator <= 100_000
        && numerator >= denominator
        && numerator <= 120 * denominator)
        .then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_give_even_sizes() {
        let cases = [
            ("16:9", Some((960, 540))),
            ("2.39:1", Some((1290, 540))),
            ("2:1", Some((1080, 540))),
            ("4:3", Some((720, 540))),
            ("9:16", Some((304, 540))),
            ("16", None),
            ("0:9", None),
            ("99:1", None),
            ("1e9:1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(format(text), expected, "{text}");
        }
    }

    #[test]
    fn rates_are_exact() {
        let rate = |text| rate(text).map(|rate| (rate.numerator, rate.denominator));
        assert_eq!(rate("24"), Some((24, 1)));
        assert_eq!(rate("23.976"), Some((24_000, 1001)));
        assert_eq!(rate("30000/1001"), Some((30_000, 1001)));
        assert_eq!(rate("12.5 fps"), Some((12_500, 1000)));
        assert_eq!(rate("0"), None);
        assert_eq!(rate("-24"), None);
        assert_eq!(rate("24/0"), None);
    }
}
