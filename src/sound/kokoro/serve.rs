//! The voice's side of the connection: receives orders, sends replies and lines.
//!
//! Knows the order of messages; does not know how a line is spoken.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use super::engine::Kokoro;
use crate::shoot::wire::{receive, send};
use crate::sound::speech::SpeechRecipe;
use crate::sound::wire::{VoiceOrder, VoiceReply};

/// Answers orders on standard input until the other side closes it.
pub(crate) fn serve() -> ExitCode {
    let mut engine = None;
    let mut input = io::stdin().lock();
    while let Ok(Some(order)) = receive::<VoiceOrder>(&mut input) {
        let answer = match order {
            VoiceOrder::Open { folder } => Kokoro::open(&folder).map(|opened| {
                engine = Some(opened);
                VoiceReply::Ready
            }),
            VoiceOrder::Speak { recipe, temp } => match &mut engine {
                None => Err("no engine is open".to_owned()),
                Some(engine) => speak(engine, &recipe, &temp),
            },
        };
        let answer = answer.unwrap_or_else(|reason| VoiceReply::Failed { reason });
        if send(&mut io::stdout().lock(), &answer).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// Speaks a line and writes its samples as little-endian numbers.
fn speak(engine: &mut Kokoro, recipe: &SpeechRecipe, temp: &Path) -> Result<VoiceReply, String> {
    let SpeechRecipe { engine: _, voice, text, speed, manner: _ } = recipe;
    let Some((samples, words)) = engine.speak(text, voice, *speed as f32 / 100.0)? else {
        return Ok(VoiceReply::Silent);
    };
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    fs::write(temp, bytes).map_err(|why| format!("`{}`: {why}", temp.display()))?;
    Ok(VoiceReply::Spoken { words })
}
