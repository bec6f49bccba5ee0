//! The sound of a film: spoken lines, the ambience of places, and the files that the script
//! plays.
//!
//! Knows the lock file and the vault; does not know samples.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::hearing::voice_cast;
use super::script::CheckedScript;
use crate::breakdown::screenplay::Captions;
use crate::breakdown::sounds::{PlayOrder, SoundOrder, TimedOrder, timed_orders};
use crate::casting::below;
use crate::cut::print;
use crate::diagnostic::chain;
use crate::media::sound::{SAMPLE_RATE, load};
use crate::shoot::film_plan::vault_of;
use crate::shoot::lock::Lock;
use crate::sound::mix::{FilmSound, sample};
use crate::sound::rules::SoundRules;
use crate::sound::timeline::{FileCue, PlayedFile, samples_of};
use crate::time::Seconds;

/// The most minutes of a file that a film plays at once.
const MOST_MINUTES: u64 = 15;

/// The sound of a film from the takes and files that exist; `None` for a silent film. Calls
/// `tell` for every file that cannot be played.
pub(crate) fn film_sound(
    script: &CheckedScript,
    lock: &Lock,
    tell: &mut dyn FnMut(String),
) -> Option<FilmSound> {
    // As in 1912: a film with intertitles has no sound of its own.
    if script.list.settings.captions == Captions::Cards {
        return None;
    }
    let cast = voice_cast(&script.list, lock);
    let files = files(script, tell);
    let sound = FilmSound::of(&script.list, cast.as_ref(), files, &vault_of(&script.folder));
    (!sound.is_silent()).then_some(sound)
}

/// Writes the stems of a film into a folder, and returns their files.
pub(crate) fn write_stems(script: &CheckedScript, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let lock = Lock::read(script.sources.files(), &script.folder)?;
    // The build has reported files that cannot be played.
    let Some(sound) = film_sound(script, &lock, &mut |_| ()) else { return Ok(Vec::new()) };
    let samples = sample(script.list.frames(), script.list.settings.rate);
    let written = sound.write_stems(samples, folder);
    written.map_err(|why| Error::Print(print::Error::Mix(why)))
}

/// The files that a script plays. Music ends with the next music, or where it is stopped.
fn files(script: &CheckedScript, tell: &mut dyn FnMut(String)) -> Vec<FileCue> {
    let orders = timed_orders(&script.tree, &script.list, &script.heard);
    let mut cues = Vec::new();
    for (index, TimedOrder { music, order, at }) in orders.iter().enumerate() {
        let SoundOrder::Play(play) = order else { continue };
        let mut later = orders[index + 1..].iter().filter(|other| *music && other.music);
        let next = later.find(|other| other.at >= *at);
        match cue(script, play, (*music, *at), next) {
            Ok(Some(cue)) => cues.push(cue),
            Ok(None) => {}
            Err(why) => tell(format!("`{}` is not heard: {why}", play.file.value)),
        }
    }
    cues
}

/// A file on the time line; `None` if the file is missing, which `check` has reported.
fn cue(
    script: &CheckedScript,
    play: &PlayOrder,
    (music, at): (bool, u32),
    next: Option<&TimedOrder>,
) -> Result<Option<FileCue>, String> {
    let path = below(&script.folder, play.file.value.as_ref());
    let Ok(bytes) = fs::read(&path) else { return Ok(None) };
    let digest = blake3::hash(&bytes).to_hex().to_string();
    drop(bytes);
    let rules = SoundRules::stdlib();
    let rate = script.list.settings.rate;
    let stop = match next.map(|next| &next.order) {
        Some(SoundOrder::Stop(fade)) => *fade,
        _ => None,
    };
    let or = |time: Option<Seconds>, usual: f64| {
        time.map_or((usual * f64::from(SAMPLE_RATE)) as u64, samples_of)
    };
    let (rises, falls) =
        if music { (rules.music.fade_in, rules.music.fade_out) } else { (rules.fade, rules.fade) };
    let fades = (or(play.fade_in, rises), or(play.fade_out.or(stop), falls));
    let start = sample(at, rate);
    let film = sample(script.list.frames(), rate);
    let end = next.map_or(film, |next| sample(next.at, rate)).min(film);
    if end <= start {
        return Ok(None);
    }
    let longest = MOST_MINUTES * 60 * u64::from(SAMPLE_RATE);
    let wanted = (end - start).min(longest);
    let heard =
        load(&path, samples_of(play.from) as usize, wanted as usize).map_err(|why| chain(&why))?;
    if wanted < end - start && heard[0].len() as u64 == longest && !play.loops {
        return Err(format!("no more than {MOST_MINUTES} minutes of a file are played at once"));
    }
    let end = if play.loops { end } else { end.min(start + heard[0].len() as u64) };
    let digest = format!("{digest} {}", play.from.as_micros());
    let play = PlayedFile {
        digest,
        music,
        start,
        end,
        fades,
        level: play.level,
        loops: play.loops,
        under: play.under,
    };
    Ok(Some(FileCue { play, heard: Arc::new(heard) }))
}
