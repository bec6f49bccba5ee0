//! Makes the voice takes that a film lacks.
//!
//! Knows lines and the vault; does not know shots or how a line is spoken.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use super::answers;
use super::engines::{EngineFault, OwnEngine};
use super::lines::VoicedLine;
use super::remote::{Error, RemoteVoice};
use super::speech::{KOKORO, SpeechRecipe, SpokenAudio};
use super::voice_vault::VoiceVault;
use crate::breakdown::shot::ShotList;
use crate::diagnostic::chain;
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::vault::{Made, Vault};

/// How speaking ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// Every line that can be spoken has its voice takes.
    All,
    /// Somebody asked to stop. Every finished line is kept.
    Interrupted,
    /// Nobody speaks: the reason, and the remedy if there is one.
    Nobody(String, Option<&'static str>),
}

/// Makes every missing voice take of lines of a film. Reports a line that cannot be
/// spoken, and goes on.
pub(crate) fn speak(
    list: &ShotList,
    lines: &[VoicedLine],
    vault: &Vault,
    progress: &dyn Progress,
    goals: &dyn Goals,
) -> Spoken {
    let takes = VoiceVault::of(vault.root());
    let mut seen = BTreeSet::new();
    let missing: Vec<(&VoicedLine, &SpeechRecipe)> = lines
        .iter()
        .flat_map(|line| line.recipes().map(move |recipe| (line, recipe)))
        .filter(|(_, recipe)| seen.insert(recipe.key()) && takes.load(&recipe.key()).is_err())
        .collect();
    if missing.is_empty() {
        return Spoken::All;
    }
    let mut voice = match SpeakingEngine::of(list) {
        Ok(voice) => voice,
        Err(nobody) => return nobody,
    };
    let mut silent = SilentLines::default();
    for (done, (line, recipe)) in missing.iter().enumerate() {
        let key = recipe.key();
        if !goals.wants(&key) {
            return Spoken::Interrupted;
        }
        let speech = &list.speeches[line.speech].speech;
        let names = speech.speakers.iter().map(|who| list.subjects[*who].name.as_str());
        let speaker = names.collect::<Vec<_>>().join(", ");
        let report = |done| {
            let (speaker, lines) = (speaker.clone(), missing.len());
            progress.report(&ProgressEvent::Speak { speaker, done, lines });
        };
        report(done);
        let started = Instant::now();
        let failed = |reason: String| {
            let text = &recipe.text;
            let message = format!("{speaker} stays silent at `{text}`: {reason}");
            progress.report(&ProgressEvent::Note { message });
        };
        // Somebody else may be speaking the same line.
        let _claim = vault.claim(&key);
        match voice.speak(recipe, &vault.temp(&key)) {
            Heard::Take((samples, words)) => {
                let made = Made {
                    photoplay: env!("CARGO_PKG_VERSION").to_owned(),
                    device: voice.title(),
                    seconds: started.elapsed().as_secs_f64(),
                };
                if let Err(why) = takes.keep(recipe, &samples, words, made) {
                    failed(chain(&why));
                }
            }
            Heard::Refused(reason) if voice.is_own() => {
                silent.add(recipe, reason);
                if silent.count == MOST_REFUSED && done + 1 == MOST_REFUSED {
                    // It would refuse the others, too.
                    silent.count = missing.len();
                    break;
                }
            }
            Heard::Refused(reason) => failed(reason),
            Heard::Nobody(nobody) => return nobody,
        }
        if done + 1 == missing.len() {
            report(done + 1);
        }
    }
    if silent.count == seen.len() {
        return Spoken::Nobody(silent.of(&voice), None);
    }
    if silent.count > 0 {
        let count = format!("{} of {} lines stay silent", silent.count, missing.len());
        let message = format!("{count}: {}", silent.of(&voice));
        progress.report(&ProgressEvent::Note { message });
    }
    Spoken::All
}

/// So many lines at the beginning that an engine refuses are enough to know that it
/// speaks none.
const MOST_REFUSED: usize = 3;

/// Lines that an engine of the user's did not speak.
#[derive(Default)]
struct SilentLines {
    count: usize,
    first: String,
}

impl SilentLines {
    fn add(&mut self, recipe: &SpeechRecipe, reason: String) {
        if self.count == 0 {
            self.first = format!("{reason}, at `{}`", recipe.text);
        }
        self.count += 1;
    }

    /// Why, with the name of the engine.
    fn of(&self, speaker: &SpeakingEngine) -> String {
        format!("the engine `{}`: {}", speaker.name(), self.first)
    }
}

/// What came of a line.
enum Heard {
    Take(SpokenAudio),
    Refused(String),
    Nobody(Spoken),
}

/// Who speaks: the default engine, or one of the user's.
enum SpeakingEngine {
    Default(RemoteVoice),
    Own(OwnEngine),
}

impl SpeakingEngine {
    fn of(list: &ShotList) -> Result<Self, Spoken> {
        if let Some(name) = &list.settings.engine {
            let help = Some("docs/voices.md says how such a file is written");
            return OwnEngine::named(name).map(Self::Own).map_err(|why| Spoken::Nobody(why, help));
        }
        let mut voice = RemoteVoice::default();
        voice.start().map_err(|why| Spoken::Nobody(chain(&why), why.help()))?;
        Ok(Self::Default(voice))
    }

    fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    fn name(&self) -> &str {
        match self {
            Self::Default(_) => KOKORO.name,
            Self::Own(engine) => &engine.name,
        }
    }

    /// Its name for the records of takes.
    fn title(&self) -> String {
        match self {
            Self::Default(_) => KOKORO.name.to_owned(),
            Self::Own(engine) => engine.title(),
        }
    }

    fn speak(&mut self, recipe: &SpeechRecipe, temp: &Path) -> Heard {
        match self {
            Self::Default(voice) => match voice.speak(recipe, temp) {
                Ok(Some(take)) => Heard::Take(take),
                Ok(None) => Heard::Refused("no voice knows how to say it".to_owned()),
                Err(why @ Error::Refused(_)) => Heard::Refused(chain(&why)),
                Err(why) => Heard::Nobody(Spoken::Nobody(chain(&why), why.help())),
            },
            Self::Own(engine) => match answers::speak(engine, recipe, temp) {
                Ok(take) => Heard::Take(take),
                Err(EngineFault::Line(reason)) => Heard::Refused(reason),
                Err(EngineFault::Always(reason)) => {
                    let why = format!("the engine `{}`: {reason}", engine.name);
                    Heard::Nobody(Spoken::Nobody(why, None))
                }
            },
        }
    }
}
