//! The voices of a film: which voice speaks for whom, and its lines.
//!
//! Knows the lock file and the vault; does not know how a line is spoken.

use std::fs;
use std::path::PathBuf;

use super::hearing::{lines_of, listen, voice_cast};
use super::script::CheckedScript;
use crate::shoot::film_plan::vault_of;
use crate::shoot::lock::Lock;
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::Vault;
use crate::sound::lines::{VoicedLine, voiced_lines};
use crate::sound::speaking::{Spoken, speak};
use crate::sound::speech::SpeechRecipe;
use crate::sound::voice_vault::VoiceVault;
use crate::source::file_names::as_file_name;
use crate::source::write_whole;

/// Somebody who speaks, with a line of theirs.
pub(crate) struct HeardVoice {
    /// Their name.
    pub name: String,
    /// Their voices: one, or those of a group.
    pub voice: String,
    /// The first words that they say alone.
    line: Option<(SpeechRecipe, VoicedLine)>,
}

/// Everybody who speaks in a film, in the order of its names.
pub(crate) fn heard_voices(script: &CheckedScript, lock: &Lock) -> Vec<HeardVoice> {
    let Some(cast) = voice_cast(&script.list, lock) else { return Vec::new() };
    let lines = voiced_lines(&script.list, &cast);
    let heard = cast.iter().map(|(who, voices)| {
        let alone =
            |line: &&VoicedLine| script.list.speeches[line.speech].speech.speakers[..] == [who];
        let line = lines.iter().find(alone).and_then(|line| {
            let first = line.recipes().next()?.clone();
            Some((first, line.clone()))
        });
        let voices: Vec<String> = voices.iter().map(ToString::to_string).collect();
        let name = script.list.subjects[who].name.clone();
        HeardVoice { name, voice: voices.join("; "), line }
    });
    heard.collect()
}

/// Speaks lines; `false` if somebody asked to stop. Reports why nobody can speak.
fn speak_all(
    script: &CheckedScript,
    lines: &[VoicedLine],
    vault: &Vault,
    progress: &dyn Progress,
    goals: &dyn Goals,
) -> bool {
    match speak(&script.list, lines, vault, progress, goals) {
        Spoken::All => true,
        Spoken::Interrupted => false,
        Spoken::Nobody(why, help) => {
            report_silence(&why, help, progress);
            true
        }
    }
}

/// Speaks a line of everybody, so that one can hear them; `false` if somebody asked to
/// stop.
pub(crate) fn speak_samples(
    script: &CheckedScript,
    heard: &[HeardVoice],
    vault: &Vault,
    progress: &dyn Progress,
    goals: &dyn Goals,
) -> bool {
    let lines: Vec<VoicedLine> =
        heard.iter().filter_map(|voice| Some(voice.line.as_ref()?.1.clone())).collect();
    speak_all(script, &lines, vault, progress, goals)
}

/// The file with a spoken line of somebody, named after them; `None` if no line of theirs
/// was spoken.
pub(crate) fn sample_file(script: &CheckedScript, heard: &HeardVoice) -> Option<PathBuf> {
    let root = vault_of(&script.folder);
    let take = VoiceVault::of(&root).path(&heard.line.as_ref()?.0.key());
    let name = as_file_name(&heard.name.to_lowercase());
    let file = root.join("samples").join(format!("{name}.wav"));
    write_whole(&file, &fs::read(take).ok()?).ok()?;
    Some(file)
}

fn report_silence(why: &str, help: Option<&str>, progress: &dyn Progress) {
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    let message = format!("nobody speaks in this film: {why}{help}");
    progress.report(&ProgressEvent::Note { message });
}

/// The keys of a film's voice takes.
pub(crate) fn voice_keys(script: &CheckedScript, lock: &Lock) -> Vec<TakeKey> {
    let lines = lines_of(&script.list, lock);
    lines.iter().flat_map(VoicedLine::recipes).map(SpeechRecipe::key).collect()
}

/// Writes the voices of a film into the lock file.
pub(crate) fn pin_voices(script: &CheckedScript, lock: &mut Lock) {
    let Some(cast) = voice_cast(&script.list, lock) else { return };
    // Characters of another film in the folder keep their voices.
    lock.voices.retain(|pin| !cast.pinned.iter().any(|now| now.name == pin.name));
    lock.voices.extend(cast.pinned);
    lock.voices.sort_by(|one, other| one.name.cmp(&other.name));
}

/// Makes the voice takes that a film lacks, and gives it the lengths of what was spoken;
/// `None` if somebody asked to stop. Without voices the film stays silent, with one note.
pub(crate) fn speak_lines(
    script: &CheckedScript,
    lock: &Lock,
    vault: &Vault,
    progress: &dyn Progress,
    goals: &dyn Goals,
) -> Option<CheckedScript> {
    let lines = lines_of(&script.list, lock);
    if !speak_all(script, &lines, vault, progress, goals) {
        return None;
    }
    let mut script = script.clone();
    for diagnostic in listen(&mut script) {
        progress.report(&ProgressEvent::Note { message: diagnostic.message });
    }
    Some(script)
}
