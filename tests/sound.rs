//! Files with sound that strangers made, and the sound of a film that plays them.

#![cfg(feature = "ffmpeg")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "common/sound.rs"]
mod measure;

use std::fs;
use std::path::Path;
use std::process::Command;

use photoplay::media::sound::{SAMPLE_RATE, load, read};
use tempfile::TempDir;

use measure::level;

/// A WAV file of a format: its tag, channels, rate, bits, and the bytes of its samples.
fn wav(tag: u16, channels: u16, rate: u32, bits: u16, claims: u32, data: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut file = b"RIFF".to_vec();
    file.extend((claims.saturating_add(36)).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(claims.to_le_bytes());
    file.extend(data);
    file
}

/// A second of a tone as numbers from -1 to 1, the same in every channel.
fn tone(channels: u16, rate: u32) -> Vec<f32> {
    let sample = |at: u32| 0.5 * (at as f32 * 2000.0 / rate as f32).sin();
    (0..rate).flat_map(|at| vec![sample(at); usize::from(channels)]).collect()
}

fn short(channels: u16, rate: u32) -> Vec<u8> {
    let samples = tone(channels, rate);
    let data: Vec<u8> =
        samples.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect();
    wav(1, channels, rate, 16, data.len() as u32, &data)
}

fn float(samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    wav(3, 1, 48_000, 32, data.len() as u32, &data)
}

#[test]
fn any_file_with_sound_is_right_or_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let eight: Vec<u8> =
        tone(1, 8000).iter().map(|sample| (128.0 + 100.0 * sample) as u8).collect();
    let mut not_numbers = tone(1, 48_000);
    not_numbers[100] = f32::NAN;
    let hours = 10 * 3600 * 96_000;
    let right = [
        ("cd.wav", short(2, 44_100)),
        ("mono.wav", short(1, 22_050)),
        ("8 bit.wav", wav(1, 1, 8000, 8, eight.len() as u32, &eight)),
        ("192 kHz.wav", short(2, 192_000)),
        ("6 channels.wav", short(6, 48_000)),
        ("float.wav", float(&tone(1, 48_000))),
        // It says that it lasts ten hours, and ends after a second.
        ("ten hours.wav", wav(1, 1, 48_000, 16, hours, &short(1, 48_000)[44..])),
    ];
    for (name, bytes) in right {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let [left, other] =
            load(&path, 0, usize::MAX).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(left.len(), other.len());
        assert!(left.len().abs_diff(SAMPLE_RATE as usize) < 64, "{name}: {}", left.len());
        let peak = left.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.2..1.5).contains(&peak), "{name}: {peak}");
        // A part of it is that part.
        let [part, _] = load(&path, 1000, 2000).unwrap();
        assert_eq!(part, left[1000..3000], "{name}");
    }
    let wrong = [
        ("nothing.wav", wav(1, 1, 48_000, 16, 0, &[])),
        ("empty.wav", Vec::new()),
        ("NaN.wav", float(&not_numbers)),
        ("words.wav", b"I am no sound at all, whatever my name may say.".repeat(50)),
        ("head.wav", short(2, 44_100)[..20].to_vec()),
        ("99 channels.wav", wav(1, 99, 48_000, 16, 19_800, &vec![0; 19_800])),
        ("no rate.wav", wav(1, 1, 0, 16, 400, &[0; 400])),
    ];
    for (name, bytes) in wrong {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let why = load(&path, 0, usize::MAX).expect_err(name).to_string();
        assert!(why.contains(name), "{name}: {why}");
    }
    let past = load(&folder.path().join("cd.wav"), 1_000_000, 10).expect_err("it is shorter");
    assert!(past.to_string().contains("cd.wav"), "{past}");
}

const SCRIPT: &str = "\
[[film: size 128x72 | cards off | voices off]]

[[music: \"audio/theme.wav\", fade in 0.2s | loop]]

EXT. BEACH - DAY

!! WIDE [[2s]]

Waves. [[sound: \"bell.wav\"]]

[[music: stop, fade out 0.2s]]

!! WIDE [[2s]]

Sand.
";

fn animatic(folder: &Path, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["build", "film.play", "--animatic"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

fn project(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("audio")).unwrap();
    fs::write(folder.path().join("audio/theme.wav"), short(2, 44_100)).unwrap();
    fs::write(folder.path().join("bell.wav"), b"no bell").unwrap();
    fs::write(folder.path().join("film.play"), script).unwrap();
    folder
}

#[test]
fn a_film_plays_files_and_places_and_has_stems() {
    let film = project(SCRIPT);
    let said = animatic(film.path(), &["--stems", "stems"]);
    assert_eq!(said.matches("`bell.wav` is not heard").count(), 1, "{said}");
    let stem = |name: &str| read(&film.path().join("stems").join(name)).unwrap();
    let ([music, _], [effects, _]) = (stem("music.wav"), stem("effects.wav"));
    assert_eq!((music.len(), effects.len()), (4 * 48_000, 4 * 48_000));
    assert!(level(&music, 0.3, 1.7) > -35.0 && level(&music, 2.0, 4.0) < -100.0);
    assert!(level(&effects, 0.1, 2.0) > -60.0 && level(&effects, 2.0, 3.9) > -60.0);
    let [heard, _] = read(&film.path().join("film.animatic.mp4")).unwrap();
    // AAC fills its last block.
    assert_eq!(heard.len() / 1024, 4 * SAMPLE_RATE as usize / 1024 + 1);
    let quiet = project(&SCRIPT.replace("voices off", "voices off | ambience off"));
    animatic(quiet.path(), &[]);
    let [heard, _] = read(&quiet.path().join("film.animatic.mp4")).unwrap();
    assert!(level(&heard, 2.2, 3.9) < -90.0, "{}", level(&heard, 2.2, 3.9));
}
