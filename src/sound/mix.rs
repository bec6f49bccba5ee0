//! Mixes a film's sound: its time line in segments, each stored by a key of everything
//! heard in it, then the whole film to the loudness of the standard. Holds one segment at a
//! time.
//!
//! Knows samples; does not know what they are of.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use ebur128::{EbuR128, Mode};
use fundsp::prelude32::limiter_stereo;
use serde::Serialize;

pub(crate) use super::levels::Error;
use super::levels::decibels;
use super::played::Stereo;
use super::rules::SoundRules;
use super::stems::{StemMaker, Stems};
pub(crate) use super::timeline::{FilmSound, sample};
use crate::media::encoded::Encoded;
use crate::media::sound::{SAMPLE_RATE, encode};
use crate::source::unfinished::Unfinished;
use crate::source::write_whole;

/// Raise it when equal segments are joined into other samples.
const REVISION: u32 = 2;

/// Seconds that the limiter looks ahead, and in which it lets go.
const LIMITER: (f32, f32) = (0.005, 0.12);

/// Decibels by which the limiter stays below the highest true peak: peaks between
/// samples are higher than samples.
const HEADROOM: f64 = 0.7;

/// The most that a film is amplified, in decibels: a film with one whisper stays quiet.
const MOST: f64 = 24.0;

impl FilmSound {
    /// Everything that decides the mix of a film.
    pub fn meaning(&self, samples: u64) -> impl Serialize + use<> {
        (REVISION, self.has_voices_or_music(), self.loudness.to_string(), self.keys(samples))
    }

    /// The keys of its segments' mixes, by which the vault keeps them.
    pub fn keys(&self, samples: u64) -> Vec<String> {
        let spoken = self.spoken();
        self.segments(samples).iter().map(|segment| self.key(segment, &spoken)).collect()
    }

    /// Mixes and encodes the sound of a film, and counts the segments that were mixed for
    /// it.
    pub fn encode(&self, samples: u32) -> Result<(Encoded, usize), Error> {
        let mut segments = Segments::of(self, u64::from(samples));
        let rules = SoundRules::stdlib();
        let gain = self.gain(&mut segments, rules)?;
        let ceiling = decibels(rules.true_peak - HEADROOM) as f32;
        let gain = decibels(gain) as f32 / ceiling;
        let mut limiter = limiter_stereo(LIMITER.0, LIMITER.1);
        limiter.set_sample_rate(f64::from(SAMPLE_RATE));
        let mut samples_of_film = Samples::new(&mut segments);
        let mut failed = None;
        let mut next = || {
            let (left, right) = samples_of_film.next().unwrap_or_else(|why| {
                failed.get_or_insert(why);
                (0.0, 0.0)
            });
            limiter.filter_stereo(left * gain, right * gain)
        };
        // The limiter answers as much later as it looks ahead.
        for _ in 0..(f64::from(LIMITER.0) * f64::from(SAMPLE_RATE)).round() as usize {
            next();
        }
        let encoded = encode(samples, &mut |left, right| {
            for (left, right) in left.iter_mut().zip(right) {
                let (one, other) = next();
                (*left, *right) = (one * ceiling, other * ceiling);
            }
        })?;
        let mixed = segments.mixed;
        failed.map_or(Ok((encoded, mixed)), Err)
    }

    /// The decibels that bring the film to its loudness. Where nobody speaks and nothing
    /// is played, places stay as soft as they are in any other film.
    fn gain(&self, segments: &mut Segments<'_>, rules: &SoundRules) -> Result<f64, Error> {
        let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I)?;
        for index in 0..segments.all.len() {
            let [left, right] = segments.load(index)?;
            meter.add_frames_planar_f32(&[&left, &right])?;
        }
        let loudness = meter.loudness_global()?;
        let usual = self.loudness - rules.line;
        let measured = loudness.is_finite() && self.has_voices_or_music();
        let gain = if measured { self.loudness - loudness } else { usual };
        Ok(gain.min(MOST))
    }

    /// Writes the stems of a film into a folder, as WAV of 32-bit floating point. Their
    /// sum is the film's mix before its last gain. Returns their files.
    pub fn write_stems(&self, samples: u64, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let mut maker = StemMaker::new(self);
        let names = Stems::NAMES.map(|name| folder.join(format!("{name}.wav")));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| Error::Write { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let mut files = Vec::new();
        for path in &names {
            let mut file = Unfinished::begin(folder, ".wav").map_err(failed(path))?;
            file.as_file().write_all(&wav_head(samples)).map_err(failed(path))?;
            files.push(file);
        }
        for segment in self.segments(samples) {
            let stems = maker.stems(&segment)?;
            for ((file, stem), path) in files.iter_mut().zip(stems.all()).zip(&names) {
                file.as_file().write_all(&interleaved(stem)).map_err(failed(path))?;
            }
        }
        for (file, path) in files.into_iter().zip(&names) {
            file.finish(path).map_err(failed(path))?;
        }
        Ok(names.into())
    }
}

/// The segments of a film, each kept in a file by its key.
struct Segments<'a> {
    maker: StemMaker<'a>,
    store: &'a Path,
    all: Vec<(Range<u64>, String)>,
    mixed: usize,
}

impl<'a> Segments<'a> {
    fn of(sound: &'a FilmSound, samples: u64) -> Self {
        let all = sound.segments(samples).into_iter().zip(sound.keys(samples)).collect();
        Self { maker: StemMaker::new(sound), store: &sound.store, all, mixed: 0 }
    }

    /// The mix of a segment.
    fn load(&mut self, index: usize) -> Result<Stereo, Error> {
        let (stretch, key) = &self.all[index];
        let length = (stretch.end - stretch.start) as usize;
        let path = mix_file(self.store, key);
        if let Some(kept) = fs::read(&path).ok().and_then(|bytes| separated(&bytes, length)) {
            return Ok(kept);
        }
        let mix = self.maker.stems(stretch)?.mixed();
        self.mixed += 1;
        let bytes = interleaved(&mix);
        let digest = blake3::hash(&bytes);
        // If this fails, the next print mixes the segment again.
        let _ = write_whole(&path, &[digest.as_bytes().as_slice(), &bytes].concat());
        Ok(mix)
    }
}

/// The samples of a film, one after the other.
struct Samples<'a, 'b> {
    segments: &'a mut Segments<'b>,
    next: usize,
    playing: Stereo,
    at: usize,
}

impl<'a, 'b> Samples<'a, 'b> {
    fn new(segments: &'a mut Segments<'b>) -> Self {
        Self { segments, next: 0, playing: [Vec::new(), Vec::new()], at: 0 }
    }

    /// The next sample, left and right; silence after the end.
    fn next(&mut self) -> Result<(f32, f32), Error> {
        while self.at == self.playing[0].len() {
            if self.next == self.segments.all.len() {
                return Ok((0.0, 0.0));
            }
            (self.playing, self.at) = (self.segments.load(self.next)?, 0);
            self.next += 1;
        }
        self.at += 1;
        Ok((self.playing[0][self.at - 1], self.playing[1][self.at - 1]))
    }
}

fn mix_file(store: &Path, key: &str) -> PathBuf {
    let (part, name) = key.split_at(2);
    store.join(part).join(name)
}

/// Removes the mixes of a vault that are not in use.
pub(crate) fn sweep(vault: &Path, used: &BTreeSet<String>) {
    for part in fs::read_dir(vault.join("mixes")).into_iter().flatten().flatten() {
        let named = part.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(part.path()).into_iter().flatten().flatten() {
            if !used.contains(&format!("{named}{}", file.file_name().to_string_lossy())) {
                // If this fails, the next print removes the file.
                let _ = fs::remove_file(file.path());
            }
        }
    }
}

/// Left and right in turn, as little-endian numbers.
fn interleaved([left, right]: &Stereo) -> Vec<u8> {
    let pairs = left.iter().zip(right).flat_map(|(left, right)| [left, right]);
    pairs.flat_map(|sample| sample.to_le_bytes()).collect()
}

/// The samples in a file of a mix; `None` if the file is damaged.
fn separated(bytes: &[u8], length: usize) -> Option<Stereo> {
    let (digest, bytes) = bytes.split_at_checked(32)?;
    if bytes.len() != 8 * length || blake3::hash(bytes).as_bytes() != digest {
        return None;
    }
    let side = |side: usize| {
        let pairs = bytes.as_chunks::<8>().0.iter();
        pairs.map(|pair| f32::from_le_bytes(pair.as_chunks::<4>().0[side])).collect()
    };
    Some([side(0), side(1)])
}

/// The head of a WAV file of so many samples: stereo, 32-bit floating point.
fn wav_head(samples: u64) -> Vec<u8> {
    let bytes = u32::try_from(samples * 8).unwrap_or(u32::MAX - 64);
    let mut head = b"RIFF".to_vec();
    head.extend((bytes + 50).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(18_u32.to_le_bytes());
    head.extend(3_u16.to_le_bytes());
    head.extend(2_u16.to_le_bytes());
    head.extend(SAMPLE_RATE.to_le_bytes());
    head.extend((SAMPLE_RATE * 8).to_le_bytes());
    head.extend(8_u16.to_le_bytes());
    head.extend(32_u16.to_le_bytes());
    head.extend(0_u16.to_le_bytes());
    head.extend(b"fact");
    head.extend(4_u32.to_le_bytes());
    head.extend((samples as u32).to_le_bytes());
    head.extend(b"data");
    head.extend(bytes.to_le_bytes());
    head
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::analyze;
    use crate::breakdown::Strictness;
    use crate::breakdown::language::speakers::VoiceBlend;
    use crate::breakdown::shot::ShotList;
    use crate::shoot::vault::Made;
    use crate::sound::rules::Treatment;
    use crate::sound::speech::{RATE, SpeechRecipe};
    use crate::sound::timeline::{FileCue, LineCue, PlayedFile};
    use crate::source::Sources;

    fn list(rate: &str) -> ShotList {
        let mut sources = Sources::default();
        let id = sources.add(
            "film.play",
            format!(
                "[[film: rate {rate} | cards off]]\n\nINT. CHURCH - DAY\n\n!! WIDE [[9.1s]]\n\n\
                 Dust falls.\n\n!! INSERT [[9.3s]]\n\nA candle.\n\nEXT. FIELD - NIGHT\n\n\
                 !! WIDE [[3.7s]]\n\nGrass.\n"
            ),
        );
        analyze(&mut sources, id, Strictness::Strict).list
    }

    fn tone(seconds: u32, rate: u32, pitch: f32) -> Vec<f32> {
        (0..seconds * rate).map(|at| 0.3 * (pitch * at as f32 / rate as f32).sin()).collect()
    }

    /// A film with a line, music and the sounds of two places.
    fn film(folder: &Path, line_at: u64) -> (FilmSound, u64) {
        let list = list("24");
        let music = tone(2, SAMPLE_RATE, 1400.0);
        let play = PlayedFile {
            digest: "theme".to_owned(),
            music: true,
            start: 0,
            end: 15 * u64::from(SAMPLE_RATE),
            fades: (4800, 4800),
            level: 0.0,
            loops: true,
            under: false,
        };
        let files = vec![FileCue { play, heard: Arc::new([music.clone(), music]) }];
        let mut sound = FilmSound::of(&list, None, files, folder);
        let recipe = SpeechRecipe::new(VoiceBlend::of("bf_emma"), "Here.".to_owned(), 90);
        let take = tone(1, RATE, 2000.0);
        sound.vault.keep(&recipe, &take, Vec::new(), Made::default()).unwrap();
        sound.lines.push(LineCue {
            take: recipe.key(),
            start: line_at,
            samples: u64::from(SAMPLE_RATE),
            treatment: Treatment::default(),
        });
        (sound, sample(list.frames(), list.settings.rate))
    }

    fn power(samples: &[f32]) -> f64 {
        samples.iter().map(|sample| f64::from(sample * sample)).sum::<f64>() / samples.len() as f64
    }

    #[test]
    fn segments_cover_every_sample_of_every_rate_once() {
        for rate in ["12", "23.976", "24", "25", "29.97", "30", "50", "59.94", "60"] {
            let list = list(rate);
            let sound = FilmSound::of(&list, None, Vec::new(), Path::new("nowhere"));
            let samples = sample(list.frames(), list.settings.rate);
            let segments = sound.segments(samples);
            assert_eq!((segments[0].start, segments.last().unwrap().end), (0, samples), "{rate}");
            assert!(segments.windows(2).all(|pair| pair[0].end == pair[1].start), "{rate}");
            assert!(segments.len() >= 3, "{segments:?}");
        }
    }

    #[test]
    fn stems_sum_to_the_mix_and_are_as_long() {
        let folder = tempfile::tempdir().unwrap();
        let (sound, samples) = film(folder.path(), 48_000);
        let files = sound.write_stems(samples, &folder.path().join("stems")).unwrap();
        let stems: Vec<Vec<f32>> = files
            .iter()
            .map(|file| {
                let bytes = fs::read(file).unwrap();
                let data = &bytes[bytes.len() - samples as usize * 8..];
                data.as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect()
            })
            .collect();
        assert!(stems.iter().all(|stem| power(stem) > 0.0));
        let mut segments = Segments::of(&sound, samples);
        let mut at = 0;
        for index in 0..segments.all.len() {
            let mix = interleaved(&segments.load(index).unwrap());
            for number in mix.as_chunks::<4>().0 {
                let sum: f32 = stems.iter().map(|stem| stem[at]).sum();
                assert!((sum - f32::from_le_bytes(*number)).abs() < 1.0 / 32_768.0);
                at += 1;
            }
        }
        assert_eq!(at as u64, 2 * samples);
    }

    #[test]
    fn music_gives_way_to_words() {
        let folder = tempfile::tempdir().unwrap();
        let (sound, _) = film(folder.path(), 5 * u64::from(SAMPLE_RATE));
        let mut maker = StemMaker::new(&sound);
        let second = u64::from(SAMPLE_RATE);
        let mut music = |from: u64| {
            let stems = maker.stems(&(from * second / 10..(from + 5) * second / 10)).unwrap();
            10.0 * power(&stems.music[0]).log10()
        };
        let (alone, under, after) = (music(30), music(53), music(70));
        assert!((11.0..15.0).contains(&(alone - under)), "{alone} {under}");
        assert!((alone - after).abs() < 0.5, "{alone} {after}");
    }

    #[test]
    fn a_changed_sound_mixes_its_neighbourhood_again() {
        let folder = tempfile::tempdir().unwrap();
        let encode = |line_at| {
            let (sound, samples) = film(folder.path(), line_at);
            sound.encode(samples as u32).unwrap().1
        };
        assert_eq!(encode(48_000), 3);
        assert_eq!(encode(48_000), 0, "nothing has changed");
        assert_eq!(encode(52_000), 1);
        // A damaged mix is made again.
        for part in fs::read_dir(folder.path().join("mixes")).unwrap().flatten() {
            for file in fs::read_dir(part.path()).unwrap().flatten() {
                let bytes = fs::read(file.path()).unwrap();
                fs::write(file.path(), &bytes[..bytes.len() / 2]).unwrap();
            }
        }
        assert_eq!(encode(52_000), 3);
    }

    #[test]
    fn nothing_clicks_where_places_and_segments_meet() {
        let folder = tempfile::tempdir().unwrap();
        let (mut sound, samples) = film(folder.path(), 48_000);
        sound.files.clear();
        sound.lines.clear();
        let mut segments = Segments::of(&sound, samples);
        let all: Vec<f32> = (0..segments.all.len())
            .flat_map(|index| segments.load(index).unwrap()[0].clone())
            .collect();
        let step = |at: usize| (all[at] - all[at - 1]).abs();
        let usual = (1..all.len()).map(step).fold(0.0, f32::max);
        for cut in sound.segments(samples).iter().skip(1) {
            assert!(step(cut.start as usize) <= 0.8 * usual, "{cut:?}");
        }
        // The room is heard from its first sample to its last.
        assert!(all.chunks(4800).all(|part| power(part) > 1e-10));
    }
}
