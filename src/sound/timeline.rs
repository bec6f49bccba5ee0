//! The sound of a film on one time line: who speaks when and where, what places sound of,
//! music and effects.
//!
//! Knows the shot list and samples as numbers; `stems` makes them heard.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::ambience::Ambience;
use super::casting::VoiceCast;
use super::lines::{VoicedPart, voiced_lines};
use super::played::{Stereo, tail};
use super::rooms::Earshot;
use super::rules::{SoundRules, Treatment};
use super::speech::RATE;
use super::voice_vault::VoiceVault;
use crate::blocking::block;
use crate::blocking::staged::Blocking;
use crate::breakdown::description::Description;
use crate::breakdown::screenplay::Subject;
use crate::breakdown::shot::{Picture, ShotList, SpokenLine};
use crate::media::sound::SAMPLE_RATE;
use crate::shoot::recipe::TakeKey;
use crate::time::{Rate, Seconds};

/// A voice take on the time line of a film.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct LineCue {
    pub take: TakeKey,
    /// First sample of the film.
    pub start: u64,
    /// Its samples of the film, without an echo.
    pub samples: u64,
    pub treatment: Treatment,
}

/// The ambience of a place for a while.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PlaceCue {
    pub ambience: Ambience,
    pub start: u64,
    pub end: u64,
}

/// Music, or an effect, from a file.
#[derive(Debug, Clone)]
pub struct FileCue {
    /// The file.
    pub play: PlayedFile,
    /// Its samples, at the rate of films.
    pub heard: Arc<Stereo>,
}

/// How the film plays a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlayedFile {
    /// A digest of the file.
    pub digest: String,
    /// Whether it is music, which gives way to words.
    pub music: bool,
    /// First sample of the film.
    pub start: u64,
    /// One past the last sample of the film.
    pub end: u64,
    /// Samples of its fades.
    pub fades: (u64, u64),
    /// Decibels above its usual loudness.
    pub level: f64,
    /// Whether it repeats.
    pub loops: bool,
    /// Whether it stays under everything.
    pub under: bool,
}

/// The sound of a film.
#[derive(Debug, Clone)]
pub struct FilmSound {
    pub(super) vault: VoiceVault,
    /// Where segments of the mix are kept.
    pub(super) store: PathBuf,
    /// By their beginnings.
    pub(super) lines: Vec<LineCue>,
    pub(super) places: Vec<PlaceCue>,
    pub(super) files: Vec<FileCue>,
    /// The first samples of its segments.
    segments: Vec<u64>,
    /// Its integrated loudness in LUFS.
    pub(super) loudness: f64,
    /// Speeches of which a voice take is missing, by their index.
    pub silent: Vec<usize>,
}

/// Raise it when equal sounds are mixed into other samples.
const REVISION: u32 = 1;

/// Segments of a scene are at least so long, in seconds: a changed line is mixed with its
/// neighbours, and not the film.
const SEGMENT: u64 = 8;

impl FilmSound {
    /// Places the voice takes that exist, the sounds of places and those of files on the
    /// time line of a film. `vault` is its vault.
    pub fn of(
        list: &ShotList,
        cast: Option<&VoiceCast>,
        files: Vec<FileCue>,
        vault: &Path,
    ) -> Self {
        let mut sound = Self {
            vault: VoiceVault::of(vault),
            store: vault.join("mixes"),
            lines: Vec::new(),
            places: places(list),
            files,
            segments: segments(list),
            loudness: list
                .settings
                .loudness
                .map_or(SoundRules::stdlib().loudness, |hundredths| f64::from(hundredths) / 100.0),
            silent: Vec::new(),
        };
        if let Some(cast) = cast {
            sound.add_lines(list, cast);
        }
        sound
    }

    fn add_lines(&mut self, list: &ShotList, cast: &VoiceCast) {
        let rules = SoundRules::stdlib();
        let blockings = block(list);
        for voiced in voiced_lines(list, cast) {
            let line = &list.speeches[voiced.speech];
            let treatment = rules.treatment(line, perspective(list, line, &blockings));
            // Voices that speak together are as loud as one.
            let together = 10.0 * (voiced.voices.len().max(1) as f64).log10();
            let treatment = Treatment { level: treatment.level - together, ..treatment };
            let mut missing = false;
            for parts in &voiced.voices {
                let mut at = sample(line.start, list.settings.rate);
                for part in parts {
                    match part {
                        VoicedPart::Pause(time) => at += samples_of(*time),
                        VoicedPart::Words(recipe) => {
                            let take = recipe.key();
                            let Some(record) = self.vault.record(&take) else {
                                missing = true;
                                continue;
                            };
                            let samples = record.samples as u64 * u64::from(SAMPLE_RATE / RATE);
                            self.lines.push(LineCue { take, start: at, samples, treatment });
                            at += samples;
                        }
                    }
                }
            }
            if missing {
                self.silent.push(voiced.speech);
            }
        }
        self.lines.sort_by_key(|cue| (cue.start, cue.take));
    }

    /// Whether nothing is heard.
    pub fn is_silent(&self) -> bool {
        self.lines.is_empty() && self.places.is_empty() && self.files.is_empty()
    }

    /// Whether words or music decide how loud the film is.
    pub(super) fn has_voices_or_music(&self) -> bool {
        !self.lines.is_empty() || self.files.iter().any(|file| file.play.music)
    }

    /// Its segments, up to a sample.
    pub(super) fn segments(&self, samples: u64) -> Vec<Range<u64>> {
        let starts = self.segments.iter().copied().filter(|start| *start < samples);
        let starts: Vec<u64> = starts.collect();
        let ends = starts.iter().copied().skip(1).chain([samples]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    /// The stretches of the film in which somebody speaks, short gaps between them
    /// included.
    pub(super) fn spoken(&self) -> Vec<Range<u64>> {
        let bridge = seconds(SoundRules::stdlib().music.bridge);
        let mut spoken: Vec<Range<u64>> = Vec::new();
        for line in &self.lines {
            let end = line.start + line.samples;
            match spoken.last_mut() {
                Some(last) if line.start <= last.end + bridge => last.end = last.end.max(end),
                _ => spoken.push(line.start..end),
            }
        }
        spoken
    }

    /// The key of a segment's mix: everything that is heard in it, by the times from its
    /// beginning.
    pub(super) fn key(&self, segment: &Range<u64>, spoken: &[Range<u64>]) -> String {
        let near = seconds(SoundRules::stdlib().place_fade);
        let reaches = |start: u64, end: u64| start < segment.end && end > segment.start;
        let from = |at: u64| at as i64 - segment.start as i64;
        let lines = self
            .lines
            .iter()
            .filter(|line| reaches(line.start, line.start + line.samples + tail(&line.treatment)));
        let lines: Vec<_> =
            lines.map(|line| (line.take, from(line.start), line.samples, line.treatment)).collect();
        let places = self
            .places
            .iter()
            .filter(|place| reaches(place.start.saturating_sub(near), place.end + near));
        let places: Vec<_> =
            places.map(|place| (&place.ambience, from(place.start), from(place.end))).collect();
        let files = self.files.iter().map(|file| &file.play);
        let files: Vec<_> = files
            .filter(|play| reaches(play.start, play.end))
            .map(|play| {
                let length = play.end - play.start;
                (from(play.start), PlayedFile { start: 0, end: length, ..play.clone() })
            })
            .collect();
        // Without music nobody notices who speaks before and after.
        let music = SoundRules::stdlib().music;
        let margin = seconds(music.before + music.after);
        let has_music = files.iter().any(|(_, play)| play.music);
        let spoken: Vec<(i64, i64)> = spoken
            .iter()
            .filter(|words| {
                has_music && reaches(words.start.saturating_sub(margin), words.end + margin)
            })
            .map(|words| (from(words.start), from(words.end)))
            .collect();
        let length = segment.end - segment.start;
        let meaning = ((REVISION, SoundRules::digest(), length), (lines, places, files, spoken));
        let text = serde_json::to_vec(&meaning).expect("plain data becomes JSON");
        blake3::hash(&text).to_hex().to_string()
    }
}

/// The first sample of every segment of a film.
fn segments(list: &ShotList) -> Vec<u64> {
    let mut segments: Vec<u64> = Vec::new();
    let mut scene = None;
    for (shot, start) in list.shots.iter().zip(list.starts()) {
        let at = sample(start, list.settings.rate);
        let long = segments.last().is_none_or(|last| at - last >= SEGMENT * u64::from(SAMPLE_RATE));
        if long || scene != Some(&shot.scene) {
            segments.push(at);
        }
        scene = Some(&shot.scene);
    }
    segments
}

/// The ambience of the film's places. A colour or a card belongs to the place of the
/// pictures around it, in its scene.
fn places(list: &ShotList) -> Vec<PlaceCue> {
    if !list.settings.ambience {
        return Vec::new();
    }
    let mut cues: Vec<PlaceCue> = Vec::new();
    let mut scene = None;
    for (index, start) in list.starts().into_iter().enumerate() {
        let shot = &list.shots[index];
        let same = |index: &usize| list.shots[*index].scene == shot.scene;
        let around =
            (0..=index).rev().take_while(same).chain((index..list.shots.len()).take_while(same));
        let Some(picture) = around.map(|index| description(list, index)).find_map(|it| it) else {
            scene = None;
            continue;
        };
        let ambience = Ambience::of(picture);
        let end = sample(start + shot.frames, list.settings.rate);
        let start = sample(start, list.settings.rate);
        match cues.last_mut() {
            Some(last) if scene == Some(&shot.scene) && last.ambience == ambience => last.end = end,
            _ => cues.push(PlaceCue { ambience, start, end }),
        }
        scene = Some(&shot.scene);
    }
    cues
}

fn description(list: &ShotList, shot: usize) -> Option<&Description> {
    match &list.shots.get(shot)?.picture {
        Picture::Take(take) => Some(&take.description),
        _ => None,
    }
}

/// Where a listener hears a line.
fn perspective(list: &ShotList, line: &SpokenLine, blockings: &[Option<Arc<Blocking>>]) -> Earshot {
    let Some(picture) = description(list, line.shot) else { return Earshot::default() };
    let stands = || {
        let blocking = blockings.get(line.shot)?.as_ref()?;
        side(blocking, line.speech.speakers.first().copied()?)
    };
    Earshot::of(picture, &list.vocabulary, stands().unwrap_or(0.0))
}

/// Where somebody is in the picture when it begins: -1 at its left edge, 1 at its right.
fn side(blocking: &Blocking, who: Subject) -> Option<f64> {
    let figure = blocking.figures.iter().find(|figure| figure.who == Some(who))?;
    let feet = figure.path.at(blocking.begins).feet;
    let at = blocking.camera_at(0.0).project(feet, blocking.aspect)?;
    Some(2.0 * at.x - 1.0)
}

/// The sample at which a frame begins, rounded to the nearest.
pub(crate) fn sample(frame: u32, rate: Rate) -> u64 {
    let product = u128::from(frame) * u128::from(rate.denominator) * u128::from(SAMPLE_RATE);
    let numerator = u128::from(rate.numerator.max(1));
    ((product + numerator / 2) / numerator) as u64
}

/// The samples of a time.
pub(crate) fn samples_of(time: Seconds) -> u64 {
    (time.as_micros().max(0) as u64 * u64::from(SAMPLE_RATE)) / 1_000_000
}

/// The samples of so many seconds.
pub(super) fn seconds(seconds: f64) -> u64 {
    (seconds.max(0.0) * f64::from(SAMPLE_RATE)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_begin_at_their_samples() {
        assert_eq!(sample(24, Rate::FILM), 48_000);
        let ntsc = Rate { numerator: 30_000, denominator: 1001 };
        assert_eq!((sample(30, ntsc), sample(30_000, ntsc)), (48_048, 48_048_000));
    }
}
