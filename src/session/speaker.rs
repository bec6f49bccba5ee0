//! The speaker's thread: makes the voice takes that the latest script lacks. The film gets
//! their lengths when all of them exist.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::latest_job::LatestJob;
use super::messages::SessionMessage;
use crate::project::CheckedScript;
use crate::project::voices::speak_lines;
use crate::shoot::film_plan::vault_of;
use crate::shoot::lock::Lock;
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::Vault;

/// Speaks the latest script until the session ends.
pub(crate) fn run_speaker(
    scripts: &LatestJob<Arc<CheckedScript>>,
    controller: &Sender<SessionMessage>,
) {
    let mut done = 0;
    while let Some((number, script)) = scripts.after(done) {
        done = number;
        let Ok(lock) = Lock::read(script.sources.files(), &script.folder) else { continue };
        let Ok(vault) = Vault::open(&vault_of(&script.folder)) else { continue };
        let goals = WhileLatest { scripts, number };
        let spoken = speak_lines(&script, &lock, &vault, &Unheard, &goals);
        if spoken.is_some_and(|spoken| spoken.heard != script.heard) {
            // Nobody receives this after the session has ended.
            let _ = controller.send(SessionMessage::Spoken);
        }
    }
}

/// Goes on until a newer script comes.
struct WhileLatest<'a> {
    scripts: &'a LatestJob<Arc<CheckedScript>>,
    number: u64,
}

impl Goals for WhileLatest<'_> {
    fn next(&self, ready: &[usize]) -> Option<usize> {
        ready.first().copied().filter(|_| self.scripts.is_latest(self.number))
    }

    fn wants(&self, _: &TakeKey) -> bool {
        self.scripts.is_latest(self.number)
    }
}

/// The session shows only pictures; a build reports lines that nobody can speak.
struct Unheard;

impl Progress for Unheard {
    fn report(&self, _: &ProgressEvent) {}
}
