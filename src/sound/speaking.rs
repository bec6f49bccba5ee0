//! Makes the voice takes that a film lacks.
//!
//! Knows lines and the vault; does not know shots or how a line is spoken.

use std::collections::BTreeSet;
use std::time::Instant;

use super::lines::VoicedLine;
use super::remote::{Error, RemoteVoice};
use super::speech::{KOKORO, SpeechRecipe};
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
    let mut voice = RemoteVoice::default();
    if let Err(why) = voice.start() {
        return Spoken::Nobody(chain(&why), why.help());
    }
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
            Ok(Some((samples, words))) => {
                let made = Made {
                    photoplay: env!("CARGO_PKG_VERSION").to_owned(),
                    device: KOKORO.name.to_owned(),
                    seconds: started.elapsed().as_secs_f64(),
                };
                if let Err(why) = takes.keep(recipe, &samples, words, made) {
                    failed(chain(&why));
                }
            }
            Ok(None) => failed("no voice knows how to say it".to_owned()),
            Err(why @ Error::Refused(_)) => failed(chain(&why)),
            Err(why) => return Spoken::Nobody(chain(&why), why.help()),
        }
        if done + 1 == missing.len() {
            report(done + 1);
        }
    }
    Spoken::All
}
