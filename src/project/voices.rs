//! The voices of a film: who speaks with which, and what they have to say.
//!
//! Knows the lock file and the vault; does not know how a line is spoken.

use super::script::CheckedScript;
use crate::shoot::film_plan::vault_of;
use crate::shoot::lock::Lock;
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::Vault;
use crate::sound::casting::VoiceCast;
use crate::sound::lines::{self, is_spoken};
use crate::sound::mix::FilmSound;
use crate::sound::speaking::{Spoken, speak};
use crate::sound::voice_vault::VoiceVault;

/// Whose voice speaks for whom; none for a silent film.
pub(crate) fn voice_cast(script: &CheckedScript, lock: &Lock) -> Option<VoiceCast> {
    is_spoken(&script.list).then(|| VoiceCast::of(&script.list, &lock.voices))
}

/// The keys of a film's voice takes.
pub(crate) fn voice_keys(script: &CheckedScript, lock: &Lock) -> Vec<TakeKey> {
    let cast = voice_cast(script, lock);
    cast.map(|cast| lines::voice_keys(&script.list, &cast)).unwrap_or_default()
}

/// Writes into a lock which voices a film is spoken with.
pub(crate) fn pin_voices(script: &CheckedScript, lock: &mut Lock) {
    let Some(cast) = voice_cast(script, lock) else { return };
    // Whoever speaks in another film of the folder keeps their voice.
    lock.voices.retain(|pin| !cast.pinned.iter().any(|now| now.name == pin.name));
    lock.voices.extend(cast.pinned);
    lock.voices.sort_by(|one, other| one.name.cmp(&other.name));
}

/// Makes the voice takes that a film lacks; `false` if somebody asked to stop. Without
/// voices the film stays silent, with one note.
pub(crate) fn speak_lines(
    script: &CheckedScript,
    lock: &Lock,
    vault: &Vault,
    progress: &dyn Progress,
    goals: &dyn Goals,
) -> bool {
    let Some(cast) = voice_cast(script, lock) else { return true };
    match speak(&script.list, &cast, vault, progress, goals) {
        Spoken::All => true,
        Spoken::Interrupted => false,
        Spoken::Nobody(why, help) => {
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            let message = format!("nobody speaks in this film: {why}{help}");
            progress.report(&ProgressEvent::Note { message });
            true
        }
    }
}

/// The sound of a film from the voice takes that are there; none for a silent film.
pub(crate) fn film_sound(script: &CheckedScript, lock: &Lock) -> Option<FilmSound> {
    let vault = VoiceVault::of(&vault_of(&script.folder));
    let sound = FilmSound::of(&script.list, &voice_cast(script, lock)?, vault);
    (!sound.is_silent()).then_some(sound)
}
