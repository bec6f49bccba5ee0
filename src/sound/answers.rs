//! What engines of the user's send, checked: a voice take, or why it is none. Nothing
//! that an engine claims is believed.
//!
//! Knows samples; does not know where they come from.

use std::fs;
use std::path::Path;

use super::commanded;
use super::engines::{EngineFault, EngineReach, OwnEngine, ToldWord};
use super::speech::{RATE, SpeechRecipe, SpokenAudio, SpokenWord, audible};
use crate::breakdown::shots::heard::letters;
use crate::media::sound::{SAMPLE_RATE, convert, load};

/// The softest peak of a line.
const SOFTEST: f32 = 0.003;

/// Lets an engine speak a line. `temp` is a file for its answer.
pub(crate) fn speak(
    engine: &OwnEngine,
    recipe: &SpeechRecipe,
    temp: &Path,
) -> Result<SpokenAudio, EngineFault> {
    let (bytes, words) = match engine.reach() {
        EngineReach::Command(words) => {
            let told = |word: &String| {
                word.replace("{voice}", &recipe.voice.to_string())
                    .replace("{speed}", &(f64::from(recipe.speed) / 100.0).to_string())
                    .replace("{manner}", &recipe.manner)
            };
            let words: Vec<String> = words.iter().map(told).collect();
            (commanded::ask(&words, &recipe.text, engine.seconds())?, Vec::new())
        }
        #[cfg(feature = "voices")]
        reach @ EngineReach::Server { .. } => super::served::ask(reach, recipe, engine.seconds())?,
        #[cfg(not(feature = "voices"))]
        EngineReach::Server { .. } => {
            return Err(EngineFault::Always("this build reaches no servers".to_owned()));
        }
    };
    let samples = decoded(&bytes, &recipe.text, temp).map_err(EngineFault::Line)?;
    let heard = audible(&samples);
    let words = words_of(&words, heard.start, heard.len());
    Ok((samples[heard].to_vec(), words))
}

/// The samples of an answer, at [`RATE`].
fn decoded(bytes: &[u8], text: &str, temp: &Path) -> Result<Vec<f32>, String> {
    if bytes.is_empty() {
        return Err("it sent nothing".to_owned());
    }
    let stored = |why| format!("its answer cannot be stored: {why}");
    fs::write(temp, bytes).map_err(stored)?;
    // As slowly as anybody speaks, and as fast; in Chinese a letter is a word.
    let count = letters(text).max(1) as f64;
    let (shortest, longest) = ((count / 60.0 - 0.3).max(0.02), 4.0 + count / 2.0);
    let most = (longest * f64::from(SAMPLE_RATE)) as usize;
    let heard = load(temp, 0, most + 1);
    // Gone with the scratch folder if it cannot be removed now.
    let _ = fs::remove_file(temp);
    let Ok([left, right]) = heard else {
        return Err(format!("it sent no sound{}", excerpt(bytes)));
    };
    let seconds = left.len() as f64 / f64::from(SAMPLE_RATE);
    if left.len() > most {
        return Err(format!("it speaks for more than {longest:.0} s"));
    }
    if seconds < shortest {
        return Err(format!("it speaks for only {seconds:.2} s"));
    }
    let mono: Vec<f32> =
        left.iter().zip(&right).map(|(left, right)| f32::midpoint(*left, *right)).collect();
    let peak = mono.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    if peak < SOFTEST {
        return Err("it sent silence".to_owned());
    }
    // Louder than full scale is a matter of its format.
    let gain = if peak > 1.0 { 1.0 / peak } else { 1.0 };
    let samples = convert(&mono, SAMPLE_RATE, RATE).map_err(|why| why.to_string())?;
    Ok(samples.into_iter().map(|sample| sample * gain).collect())
}

/// The beginning of an answer that is text.
fn excerpt(bytes: &[u8]) -> String {
    let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]);
    let begin = begin.trim_end_matches('\u{fffd}').trim();
    let is_text = begin.chars().all(|letter| !letter.is_control() || letter.is_whitespace());
    let words = begin.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_text && !begin.contains('\u{fffd}') { format!(" but `{words}`") } else { String::new() }
}

/// The words of an answer that was cut to `length` samples after `start`.
fn words_of(told: &[ToldWord], start: usize, length: usize) -> Vec<SpokenWord> {
    let at = |seconds: f64| {
        let sample = (seconds.max(0.0) * f64::from(RATE)) as usize;
        sample.saturating_sub(start).min(length)
    };
    let mut before = 0;
    let words = told.iter().filter_map(|told| {
        let word =
            SpokenWord { letters: before, start: at(told.start_time), end: at(told.end_time) };
        before += letters(&told.word);
        (letters(&told.word) > 0 && word.end > word.start).then_some(word)
    });
    let words: Vec<SpokenWord> = words.collect();
    // Times that run backwards are none.
    if words.windows(2).all(|pair| pair[0].start <= pair[1].start) { words } else { Vec::new() }
}
