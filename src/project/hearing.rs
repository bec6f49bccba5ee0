//! The lengths of those speeches of a film that a voice has spoken.
//!
//! Knows the lock file and the vault; does not know how a line is spoken.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::script::CheckedScript;
use crate::breakdown::shot::ShotList;
use crate::breakdown::shots::heard::HeardSpeeches;
use crate::breakdown::shots::list::heard_shot_list;
use crate::diagnostic::Diagnostic;
use crate::shoot::film_plan::vault_of;
use crate::shoot::lock::Lock;
use crate::sound::casting::VoiceCast;
use crate::sound::engines::OwnEngine;
use crate::sound::hearing::heard;
use crate::sound::lines::{VoicedLine, is_spoken, voiced_lines};
use crate::sound::voice_vault::VoiceVault;
use crate::source::Span;
use crate::source::files::ProjectFiles;
use crate::time::{Rate, lasting};

/// The voice of everybody who speaks; empty for a silent film.
pub(crate) fn voice_cast(list: &ShotList, lock: &Lock) -> Option<VoiceCast> {
    is_spoken(list).then(|| VoiceCast::of(list, &lock.voices))
}

/// All speeches of a film in their voices; none of a silent film.
pub(crate) fn lines_of(list: &ShotList, lock: &Lock) -> Vec<VoicedLine> {
    let cast = voice_cast(list, lock);
    cast.map(|cast| voiced_lines(list, &cast)).unwrap_or_default()
}

/// A speech of a film, and whether its length is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PlannedLine {
    /// The number of the shot that it begins in.
    pub shot: String,
    /// Who speaks.
    pub speaker: String,
    /// Their voice, or those of a group.
    pub voice: String,
    /// The user's own engine that speaks, and its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// First frame of the film.
    pub start: u32,
    /// Length in frames.
    pub frames: u32,
    /// Whether it was spoken; otherwise the rule gives its length.
    pub spoken: bool,
    /// Its place in the script.
    #[serde(skip)]
    pub span: Span,
}

impl PlannedLine {
    /// Who speaks how long, and where the length comes from: `IDA (bf_emma) speaks 1.4s, as
    /// spoken`.
    pub(crate) fn in_words(&self, rate: Rate) -> String {
        let Self { speaker, voice, engine, frames, spoken, .. } = self;
        let of = engine.as_ref().map(|engine| format!(" of {engine}")).unwrap_or_default();
        let length = lasting(rate.duration(*frames));
        let by = if *spoken { "as spoken" } else { "by the rule until it is spoken" };
        format!("{speaker} ({voice}{of}) speaks {length}, {by}")
    }
}

/// The speeches of a film in its order; none of a silent film.
pub(crate) fn planned_lines(
    list: &ShotList,
    heard: &HeardSpeeches,
    lock: &Lock,
) -> Vec<PlannedLine> {
    let Some(cast) = voice_cast(list, lock) else { return Vec::new() };
    let own = list.settings.engine.as_deref();
    // A name alone tells of an engine that is not there.
    let engine = own.map(|name| {
        OwnEngine::named(name).map_or_else(|_| format!("{name} (missing)"), |it| it.title())
    });
    let lines = list.speeches.iter().map(|line| {
        let names = line.speech.speakers.iter().map(|who| list.subjects[*who].name.clone());
        let voices = cast.voices(&line.speech.speakers);
        PlannedLine {
            shot: list.shots[line.shot].number.clone(),
            speaker: names.collect::<Vec<_>>().join(", "),
            voice: voices.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
            engine: engine.clone(),
            start: line.start,
            frames: line.end - line.start,
            spoken: heard.get(&line.speech).is_some(),
            span: line.span,
        }
    });
    lines.collect()
}

/// Gives a film the lengths of the speeches that a voice has spoken. Returns the
/// diagnostics that these lengths add to those of the rule.
pub(crate) fn listen(script: &mut CheckedScript) -> Vec<Diagnostic> {
    let heard = heard_speeches(&script.list, script.sources.files(), &script.folder);
    if heard.is_empty() || script.has_errors() || heard == script.heard {
        return Vec::new();
    }
    let (list, diagnostics) = heard_shot_list(&script.screenplay, &heard);
    script.list = list;
    script.heard = heard;
    let known = |found: &Diagnostic| {
        script.diagnostics.iter().any(|known| (known.code, known.span) == (found.code, found.span))
    };
    diagnostics.into_iter().filter(|found| !known(found)).collect()
}

/// The speeches whose voice takes are in the vault of a folder; none of a film in memory.
pub(crate) fn heard_speeches(
    list: &ShotList,
    files: &dyn ProjectFiles,
    folder: &Path,
) -> Arc<HeardSpeeches> {
    let mut all = HeardSpeeches::default();
    // Whoever needs the lock file reports that it cannot be read.
    if files.is_disk()
        && let Ok(lock) = Lock::read(files, folder)
    {
        let vault = VoiceVault::of(&vault_of(folder));
        for line in lines_of(list, &lock) {
            let speech = &list.speeches[line.speech].speech;
            let found = heard(speech, &line, &|recipe| vault.record(&recipe.key()));
            if let Some(found) = found {
                all.add(speech, found);
            }
        }
    }
    Arc::new(all)
}
