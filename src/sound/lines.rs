//! The spoken lines of a film: each speech as a row of voice takes and pauses.
//!
//! Knows speeches and voices; does not know samples.

use crate::breakdown::language::speakers::{Speakers, VoiceBlend};
use crate::breakdown::screenplay::{Captions, FilmSettings, SpeechPart};
use crate::breakdown::shot::ShotList;
use crate::sound::casting::VoiceCast;
use crate::sound::engines::OwnEngine;
use crate::sound::speech::SpeechRecipe;
use crate::source::language_tag;
use crate::time::Seconds;

/// A speech in the voices of those who speak it.
#[derive(Debug, Clone, PartialEq)]
pub struct VoicedLine {
    /// Index in [`ShotList::speeches`].
    pub speech: usize,
    /// The same words in every voice that speaks them.
    pub voices: Vec<Vec<VoicedPart>>,
}

/// A part of a speech in one voice.
#[derive(Debug, Clone, PartialEq)]
pub enum VoicedPart {
    /// Words without a pause between them.
    Words(SpeechRecipe),
    /// A silence.
    Pause(Seconds),
}

/// Speed of the usual line, in hundredths of the engine's own, which is fast for a drama.
const USUAL: u32 = 90;

/// Whether voices speak a film: the default engine speaks only English, the user's own any
/// language, and a film with intertitles is silent.
pub fn is_spoken(list: &ShotList) -> bool {
    let language = language_tag::primary(&list.settings.language);
    let FilmSettings { voices, captions, engine, .. } = &list.settings;
    *voices
        && *captions != Captions::Cards
        && (engine.is_some() || language.eq_ignore_ascii_case("en"))
        && !list.speeches.is_empty()
}

/// All speeches of a film in their voices.
pub fn voiced_lines(list: &ShotList, cast: &VoiceCast) -> Vec<VoicedLine> {
    let said = pronunciations(list);
    let own = list.settings.engine.as_deref().map(OwnEngine::named);
    let lines = list.speeches.iter().enumerate().map(|(index, line)| {
        let parts = parts(&line.speech.parts, list.settings.pace);
        let speed = USUAL * line.tempo / 100;
        let voices = cast.voices(&line.speech.speakers).into_iter().map(|voice| {
            let part = |part: &Part| match part {
                Part::Words(words) => {
                    let manner = &line.speech.delivery;
                    VoicedPart::Words(match &own {
                        None => SpeechRecipe::new(voice.clone(), pronounced(words, &said), speed),
                        Some(own) => own_recipe(own, voice.clone(), words, line.tempo, manner),
                    })
                }
                Part::Pause(time) => VoicedPart::Pause(*time),
            };
            parts.iter().map(part).collect()
        });
        VoicedLine { speech: index, voices: voices.collect() }
    });
    lines.collect()
}

/// The recipe of words that an engine of the user's speaks.
fn own_recipe(
    engine: &Result<OwnEngine, String>,
    voice: VoiceBlend,
    words: &str,
    speed: u32,
    manner: &[String],
) -> SpeechRecipe {
    let told = engine.as_ref().is_ok_and(OwnEngine::hears_manner);
    SpeechRecipe {
        // Nobody speaks for an engine that is not there.
        engine: engine.as_ref().map(OwnEngine::digest).unwrap_or_default(),
        voice,
        text: words.to_owned(),
        speed,
        manner: if told { manner.join(", ") } else { String::new() },
    }
}

impl VoicedLine {
    /// The recipes of its voice takes.
    pub fn recipes(&self) -> impl Iterator<Item = &SpeechRecipe> {
        self.voices.iter().flatten().filter_map(|part| match part {
            VoicedPart::Words(recipe) => Some(recipe),
            VoicedPart::Pause(_) => None,
        })
    }
}

enum Part {
    Words(String),
    Pause(Seconds),
}

/// The words between the pauses of a speech. A cut inside a speech does not stop it.
fn parts(speech: &[SpeechPart], pace: u32) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for part in speech {
        match (part, parts.last_mut()) {
            (SpeechPart::Words(more), Some(Part::Words(words))) => {
                words.push(' ');
                words.push_str(more.trim());
            }
            (SpeechPart::Words(words), _) => parts.push(Part::Words(words.trim().to_owned())),
            (SpeechPart::Pause(time), _) => {
                parts.push(Part::Pause(time.scale(i64::from(pace), 1000)));
            }
            (SpeechPart::Cut(_) | SpeechPart::CutBack, _) => {}
        }
    }
    parts
}

/// Names with their written pronunciation, and sounds that are no words; the longest
/// first.
fn pronunciations(list: &ShotList) -> Vec<(String, String)> {
    let sounds = Speakers::stdlib().sounds.iter();
    let mut said: Vec<_> = sounds.map(|(word, say)| (word.clone(), say.clone())).collect();
    for character in list.subjects.named() {
        let Some(say) = &character.say else { continue };
        said.push((character.name.to_lowercase(), say.clone()));
        let names: Vec<&str> = character.name.split_whitespace().collect();
        let words: Vec<&str> = say.split_whitespace().collect();
        // `IDA VOSS`, `ˈIdə fˈɔs`: each is said alone, too.
        if names.len() == words.len() && names.len() > 1 {
            let each = names.iter().zip(&words);
            said.extend(each.map(|(name, say)| (name.to_lowercase(), (*say).to_owned())));
        }
    }
    said.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    said
}

/// A text with the pronunciation of names in the form that the engine reads.
fn pronounced(text: &str, said: &[(String, String)]) -> String {
    // The author's own brackets are no pronunciation.
    let text = text.replace(['[', ']'], "");
    let mut spoken = String::new();
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        let begins = !spoken.chars().next_back().is_some_and(char::is_alphanumeric);
        let name = said.iter().filter(|_| begins).find_map(|(name, say)| {
            let head = rest.get(..name.len())?;
            let ends = !rest[name.len()..].chars().next().is_some_and(char::is_alphanumeric);
            (ends && head.to_lowercase() == *name).then_some((head, say))
        });
        match name {
            Some((head, say)) => {
                spoken.push_str(&format!("[{head}](/{say}/)"));
                rest = &rest[head.len()..];
            }
            None => {
                spoken.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_said_as_they_are_written() {
        let said = vec![
            ("ida voss".to_owned(), "ˈIdə fˈɔs".to_owned()),
            ("ida".to_owned(), "ˈIdə".to_owned()),
        ];
        let cases = [
            ("Ida Voss, I am Ida.", "[Ida Voss](/ˈIdə fˈɔs/), I am [Ida](/ˈIdə/)."),
            ("Idaho and Frida's", "Idaho and Frida's"),
            ("[x](/y/) Ida's", "x(/y/) [Ida](/ˈIdə/)'s"),
            ("Ÿ Ida", "Ÿ [Ida](/ˈIdə/)"),
        ];
        for (written, spoken) in cases {
            assert_eq!(pronounced(written, &said), spoken);
        }
    }
}
