//! Files with sound that strangers made, and the sound of a film that plays them.

#![cfg(feature = "ffmpeg")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "common/sound.rs"]
mod measure;

use std::fs;
#[cfg(feature = "voices")]
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use photoplay::media::sound::{SAMPLE_RATE, load, read};
use serde_json::Value;
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

/// A folder with a film of two lines over black that an engine of the user's speaks.
fn spoken_by(engine: &str, speeches: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("engines")).unwrap();
    fs::write(folder.path().join("engines/own.yaml"), engine).unwrap();
    let script = format!(
        "[[film: size 128x72 | cards off | ambience off | engine own]]\n\nINT. HOUSE - NIGHT\n\n\
         !! BLACK [[6s]]\n\n{speeches}\n\n# Cast\n\n[[cast: MARA, a woman]]\n\n\
         [[cast: TOM, a man]]\n"
    );
    fs::write(folder.path().join("film.play"), script).unwrap();
    folder
}

fn photoplay(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(arguments)
        .args(["--format", "json"])
        .env("PHOTOPLAY_ENGINES", folder.join("engines"))
        .env("PHOTOPLAY_TEST_KEY", "a secret")
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let out = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&out).unwrap_or_else(|_| {
        out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect()
    })
}

/// What a build tells.
fn notes(folder: &Path) -> Vec<String> {
    let events = photoplay(folder, &["build", "film.play"]);
    let notes = events.as_array().unwrap().iter().filter_map(|event| event["message"].as_str());
    notes.map(str::to_owned).collect()
}

const TWO_LINES: &str = "MARA\nIt was a very cold morning.\n\nTOM (ON PHONE)\n\
                         It was a very cold morning.";

/// One and a half seconds of white noise.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let mut sample = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state as i32 >> 17) as i16
    };
    let data: Vec<u8> = (0..72_000).flat_map(|_| sample().to_le_bytes()).collect();
    wav(1, 1, 48_000, 16, data.len() as u32, &data)
}

/// Decibels of what lies above 6 kHz in a stretch of sound, against all of it.
fn treble(sound: &[f32], from: f64, to: f64) -> f64 {
    let mut filter = fundsp::prelude32::highpass_hz(6000.0, 0.7);
    filter.set_sample_rate(48_000.0);
    let high: Vec<f32> = sound.iter().map(|sample| filter.filter_mono(*sample)).collect();
    level(&high, from, to) - level(sound, from, to)
}

#[test]
fn a_program_of_the_users_speaks_and_a_telephone_takes_its_treble() {
    let engine = "command: [sh, -c, 'cat > \"$0.said\"; echo \"$0\" >> voices; cat noise.wav', \
                  '{voice}']\nlicence: MIT\nvoices: { woman: [ann], man: [bob] }\n";
    let film = spoken_by(engine, TWO_LINES);
    fs::write(film.path().join("noise.wav"), noise()).unwrap();
    assert_eq!(notes(film.path()), [""; 0]);
    let said = |who: &str| fs::read_to_string(film.path().join(format!("{who}.said"))).unwrap();
    assert_eq!(said("ann"), "It was a very cold morning.");
    assert_eq!(said("bob"), "It was a very cold morning.");
    let [left, _] = read(&film.path().join("film.mp4")).unwrap();
    let plan = photoplay(film.path(), &["plan", "film.play"]);
    let lines = plan["lines"].as_array().unwrap();
    assert_eq!((&lines[0]["engine"], &lines[0]["voice"]), (&"own (MIT)".into(), &"ann".into()));
    let begin = |line: usize| lines[line]["start"].as_u64().unwrap() as f64 / 24.0;
    let treble = |line| treble(&left, begin(line) + 0.2, begin(line) + 1.2);
    assert!(treble(0) > -6.0 && treble(1) < treble(0) - 10.0, "{} {}", treble(0), treble(1));
    // Nothing is said twice.
    assert_eq!(notes(film.path()), [""; 0]);
    assert_eq!(fs::read_to_string(film.path().join("voices")).unwrap().lines().count(), 2);
}

#[test]
fn what_a_program_sends_is_right_or_refused_by_name() {
    let second = |channels, rate| short(channels, rate);
    let long: Vec<u8> = second(1, 8000)[44..].repeat(90);
    let mut not_numbers = tone(1, 48_000);
    not_numbers[100] = f32::NAN;
    let eight: Vec<u8> =
        tone(1, 8000).iter().map(|sample| (128.0 + 100.0 * sample) as u8).collect();
    let right = [
        ("192 kHz", second(2, 192_000)),
        ("6 channels", second(6, 48_000)),
        ("8 bit", wav(1, 1, 8000, 8, eight.len() as u32, &eight)),
        ("ten hours", wav(1, 1, 48_000, 16, 36_000 * 96_000, &second(1, 48_000)[44..])),
    ];
    let wrong = [
        ("json", b"{\"error\": \"no such voice\"}".to_vec(), "no such voice"),
        ("nothing", Vec::new(), "nothing"),
        ("no samples", wav(1, 1, 48_000, 16, 0, &[]), "no sound"),
        ("silence", wav(1, 1, 48_000, 16, 96_000, &vec![0; 96_000]), "silence"),
        ("NaN", float(&not_numbers), "no sound"),
        ("too long", wav(1, 1, 8000, 16, long.len() as u32, &long), "more than"),
        ("too short", float(&tone(1, 48_000)[..900]), "only"),
    ];
    let answer = |bytes: Vec<u8>| {
        let film = spoken_by("command: [cat, answer]\n", TWO_LINES);
        fs::write(film.path().join("answer"), bytes).unwrap();
        let notes = notes(film.path());
        assert!(film.path().join("film.mp4").exists() && film.path().join("film.srt").exists());
        notes
    };
    for (name, bytes) in right {
        assert_eq!(answer(bytes), [""; 0], "{name}");
    }
    for (name, bytes, why) in wrong {
        let notes = answer(bytes);
        assert!(notes.len() == 1 && notes[0].contains("`own`"), "{name}: {notes:?}");
        assert!(notes[0].contains(why), "{name}: {notes:?}");
    }
    let never = "command: [sh, -c, 'sleep 1000 & sleep 1000']\nseconds: 1\n";
    for (engine, why) in [
        (never, "does not end"),
        ("command: [sh, -c, 'echo no such model >&2; exit 3']\n", "no such model"),
        ("command: [no-such-program]\n", "does not start"),
        ("comand: [cat]\n", "unknown field"),
    ] {
        let notes = notes(spoken_by(engine, TWO_LINES).path());
        assert!(notes.len() == 1 && notes[0].contains("`own`"), "{notes:?}");
        assert!(notes[0].contains(why), "{notes:?}");
    }
}

/// Answers every request with the same bytes; tells what was asked.
#[cfg(feature = "voices")]
fn server(answer: Vec<u8>) -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            let has = |request: &[u8], text: &str| String::from_utf8_lossy(request).contains(text);
            // The order is an object, whose end is the last bracket.
            while !(has(&request, "\r\n\r\n") && request.ends_with(b"}")) {
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream.write_all(&answer).unwrap();
            sender.send(String::from_utf8(request).unwrap()).unwrap();
        }
    });
    (port, asked)
}

#[cfg(feature = "voices")]
fn response(status: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[cfg(feature = "voices")]
#[test]
fn a_server_speaks_and_hears_how() {
    let (port, asked) = server(response("200 OK", &noise()));
    let engine = format!(
        "server: http://127.0.0.1:{port}\nmodel: tiny\nkey: PHOTOPLAY_TEST_KEY\n\
         fields: {{ warmth: 2 }}\nvoices: {{ woman: [ann] }}\n"
    );
    let film = spoken_by(&engine, "MARA (V.O.)\n(hoarse)\nIt was a very cold morning.");
    assert_eq!(notes(film.path()), [""; 0]);
    let request = asked.recv().unwrap();
    assert!(request.starts_with("POST /v1/audio/speech "), "{request}");
    assert!(request.to_lowercase().contains("authorization: bearer a secret"), "{request}");
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    let told = serde_json::json!({
        "input": "It was a very cold morning.", "voice": "ann", "model": "tiny", "speed": 1.0,
        "response_format": "wav", "instructions": "hoarse", "warmth": 2,
    });
    assert_eq!(body, told);
    let [left, _] = read(&film.path().join("film.mp4")).unwrap();
    assert!(level(&left, 0.5, 1.5) > -30.0);
    // The address and the key are no part of a take, nor kept anywhere.
    fs::write(film.path().join("engines/own.yaml"), engine.replace(&port.to_string(), "1"))
        .unwrap();
    assert_eq!(notes(film.path()), [""; 0]);

    for (answer, why) in [
        (response("401 Unauthorized", b"{\"error\": \"who are you?\"}"), "who are you?"),
        (response("200 OK", b"{\"detail\": \"later\"}"), "later"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nRIFF".to_vec(), "does not answer"),
        (b"nonsense".to_vec(), "does not answer"),
    ] {
        let engine = format!("server: http://127.0.0.1:{}\nseconds: 5\n", server(answer).0);
        let notes = notes(spoken_by(&engine, TWO_LINES).path());
        assert!(notes.len() == 1 && notes[0].contains("`own`"), "{notes:?}");
        assert!(notes[0].contains(why), "{notes:?}");
    }
}

#[cfg(feature = "voices")]
#[test]
fn a_server_may_tell_when_words_are_heard() {
    use base64::Engine as _;
    let audio = base64::prelude::BASE64_STANDARD.encode(noise());
    let word = |word: &str, start: f64, end: f64| serde_json::json!({ "word": word, "start_time": start, "end_time": end });
    let told = [word("Never", 0.1, 0.3), word("again,", 1.1, 1.3), word("Tom", 1.3, 1.5)];
    let body = serde_json::json!({ "audio": audio, "timestamps": told }).to_string();
    let (port, asked) = server(response("200 OK", body.as_bytes()));
    let engine = format!("server: http://127.0.0.1:{port}/\npath: /dev/captioned_speech\n");
    let film = spoken_by(&engine, "MARA\nNever [[cut: WHITE]] again, Tom.");
    let script = fs::read_to_string(film.path().join("film.play")).unwrap();
    fs::write(film.path().join("film.play"), script.replace("BLACK [[6s]]", "BLACK")).unwrap();
    assert_eq!(notes(film.path()), [""; 0]);
    assert!(asked.recv().unwrap().starts_with("POST /dev/captioned_speech "));
    let plan = photoplay(film.path(), &["plan", "film.play"]);
    // The picture changes at the second word, after the lead of the shot.
    let first = plan["shots"][0]["frames"].as_f64().unwrap() / 24.0;
    assert!((1.3..1.6).contains(&first), "{first}");
}
