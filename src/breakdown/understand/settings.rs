//! Settings of the whole film: `[[film: format 16:9 | style storybook]]`, and
//! the same keys on a title page.
//!
//! Knows what values mean; `stdlib/settings.yaml` has the keys, and the words of values.

use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::Deserialize;

use super::context::Context;
use crate::breakdown::control::TakeControl;
use crate::breakdown::language::film_settings::{FilmSetting, SettingEntry, key_and_value};
use crate::breakdown::language::words::part;
use crate::breakdown::screenplay::{Captions, FilmSettings, Title};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::script::tree::{Directive, TitleEntry};
use crate::script::{title_key, unstyled};
use crate::source::Spanned;
use crate::source::quotes::unquoted;
use crate::time::Rate;

/// Loudness in hundredths of LUFS.
fn loudness(words: &str) -> Option<i32> {
    let number = words.trim_end_matches("lufs").trim().replace(['−', '–'], "-");
    let hundredths = 100.0 * number.parse::<f64>().ok()?;
    (-4000.0..=-900.0).contains(&hundredths).then(|| hundredths.round() as i32)
}

/// The settings that a script has given so far.
#[derive(Debug, Default)]
pub(crate) struct Given(Vec<FilmSetting>);

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
        engine: None,
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
        match title_key(&entry.key.value) {
            Some("title") => title.title = lines(),
            Some("credit") => title.credit = lines(),
            Some("author") => title.authors = lines(),
            _ => {
                if let Some(setting) = FilmSetting::of(&entry.key.value.to_lowercase())
                    && let Some(value) = entry.values.first()
                {
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
        let (key, rest) = key_and_value(written);
        let start = field.value.len() - rest.len();
        let value = part(field, start..field.value.len());
        let lower = key.to_lowercase();
        if lower == PART {
            let message =
                "a film in several files is reserved for a later edition and not built yet";
            context.emit(errors::bad_directive(field.span, message, "keep the film in one file"));
        } else if let Some(setting) = FilmSetting::of(&lower) {
            set(context, settings, given, setting, &value);
        } else {
            let near = did_you_mean(&lower, SettingEntry::all().flat_map(SettingEntry::keys));
            let key = part(field, 0..key.len().min(field.value.len()));
            let known: Vec<&str> = SettingEntry::all().map(|entry| entry.key.as_str()).collect();
            context.emit(errors::unknown_field(&key, near, &known));
        }
    }
}

/// Applies a setting, and reports a value that it cannot have.
fn set(
    context: &mut Context<'_>,
    settings: &mut FilmSettings,
    given: &mut Given,
    setting: FilmSetting,
    value: &Spanned<String>,
) {
    let entry = setting.entry();
    // A format is a size at the usual height.
    let kind = if setting == FilmSetting::Format { FilmSetting::Size } else { setting };
    match apply(context, settings, setting, value) {
        Some(()) if given.0.contains(&kind) => {
            context.emit(set_twice(value, &entry.key, &kind.entry().key));
        }
        Some(()) => given.0.push(kind),
        None => {
            let near = (setting == FilmSetting::Size).then(|| nearest_size(&value.value)).flatten();
            let example = near.as_deref().unwrap_or(&entry.examples[0]);
            context.emit(errors::bad_setting(value, (&entry.key, example), &entry.expected()));
        }
    }
}

/// Applies a setting; `None` if it cannot have the value.
fn apply(
    context: &mut Context<'_>,
    settings: &mut FilmSettings,
    setting: FilmSetting,
    value: &Spanned<String>,
) -> Option<()> {
    let words = value.value.trim();
    let lower = words.to_lowercase();
    let entry = setting.entry();
    let is_on = || entry.choice(&lower).map(|switch| matches!(switch, Switch::On));
    match setting {
        FilmSetting::Format => (settings.width, settings.height) = format(&lower)?,
        FilmSetting::Size => (settings.width, settings.height) = size(&lower)?,
        FilmSetting::Rate => settings.rate = rate(&lower)?,
        FilmSetting::Seed => settings.seed = lower.parse().ok()?,
        FilmSetting::Pace => settings.pace = thousandths(&lower).filter(|it| PACES.contains(it))?,
        FilmSetting::Captions => settings.captions = entry.choice(&lower)?,
        FilmSetting::Motion => settings.motion = Some(entry.choice(&lower)?),
        FilmSetting::Loudness => settings.loudness = Some(loudness(&lower)?),
        FilmSetting::Cards => settings.cards = is_on()?,
        FilmSetting::Voices => settings.voices = is_on()?,
        FilmSetting::Ambience => settings.ambience = is_on()?,
        FilmSetting::Blocking => settings.blocking = is_on()?,
        FilmSetting::Control => {
            settings.control = Some(Spanned::new(TakeControl::of(words)?, value.span));
        }
        FilmSetting::Style if !words.is_empty() => {
            settings.style = context.vocabulary.style(words);
        }
        FilmSetting::Model if !words.is_empty() => {
            settings.model = Some(Spanned::new(unquoted(words).to_owned(), value.span));
        }
        FilmSetting::Engine if !words.is_empty() => {
            settings.engine = Some(unquoted(words).to_owned());
        }
        FilmSetting::Style | FilmSetting::Model | FilmSetting::Engine => return None,
        FilmSetting::Language => {
            if !Arc::make_mut(&mut context.vocabulary).speak(&lower) {
                return None;
            }
            settings.language = lower;
        }
    }
    Some(())
}

/// A setting that is on or off.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Switch {
    On,
    Off,
}

/// How slowly a film may go, in thousandths.
const PACES: RangeInclusive<u32> = 250..=4000;

/// A setting that the film has already; the later one holds.
fn set_twice(value: &Spanned<String>, key: &str, kind: &str) -> Diagnostic {
    let message = format!("the film already has a `{kind}`; this `{key}` takes its place");
    Diagnostic::warning(Code::WrittenTwice, value.span, message).help("keep one of the two")
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
