//! Makes a stretch of a film's time line heard, in three stems: dialogue, music, effects.
//! Every sound depends on its own place on the line alone, so any stretch can be made by
//! itself.
//!
//! Knows samples and when they begin; does not know what is said.

use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

use super::ambience::Ambience;
use super::bed::Bed;
use super::levels::{Error, decibels, loudness};
use super::played::{Stereo, played, tail};
use super::rules::SoundRules;
use super::timeline::{FileCue, FilmSound, PlaceCue, seconds};

/// The stems of a stretch of film.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stems {
    /// What is said, with its echoes.
    pub dialogue: Stereo,
    /// Music.
    pub music: Stereo,
    /// Effects, and the sounds of places.
    pub effects: Stereo,
}

impl Stems {
    /// The names of the stems.
    pub(crate) const NAMES: [&'static str; 3] = ["dialogue", "music", "effects"];

    /// All of them, in the order of their names.
    pub(crate) fn all(&self) -> [&Stereo; 3] {
        [&self.dialogue, &self.music, &self.effects]
    }

    /// All of them together.
    pub(super) fn mixed(&self) -> Stereo {
        [0, 1].map(|side| {
            let [dialogue, music, effects] = self.all().map(|stem| stem[side].iter());
            let sums = dialogue.zip(music).zip(effects);
            sums.map(|((dialogue, music), effects)| dialogue + music + effects).collect()
        })
    }
}

/// Makes stretches of a film heard, one after the other.
pub(super) struct StemMaker<'a> {
    sound: &'a FilmSound,
    /// Voice takes as they are played, by their index, while they are heard.
    lines: BTreeMap<usize, Stereo>,
    beds: BTreeMap<&'a Ambience, Bed>,
    /// How loud each file is made.
    gains: BTreeMap<usize, f64>,
    spoken: Vec<Range<u64>>,
}

impl<'a> StemMaker<'a> {
    pub(super) fn new(sound: &'a FilmSound) -> Self {
        let (lines, beds, gains) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { sound, lines, beds, gains, spoken: sound.spoken() }
    }

    /// The stems of a stretch.
    pub(super) fn stems(&mut self, stretch: &Range<u64>) -> Result<Stems, Error> {
        let silence = || [(); 2].map(|()| vec![0.0; (stretch.end - stretch.start) as usize]);
        let mut stems = Stems { dialogue: silence(), music: silence(), effects: silence() };
        self.add_lines(stretch, &mut stems.dialogue)?;
        for place in &self.sound.places {
            self.add_place(place, stretch, &mut stems.effects)?;
        }
        for (index, file) in self.sound.files.iter().enumerate() {
            let stem = if file.play.music { &mut stems.music } else { &mut stems.effects };
            self.add_file(index, file, stretch, stem)?;
        }
        Ok(stems)
    }

    fn add_lines(&mut self, stretch: &Range<u64>, stem: &mut Stereo) -> Result<(), Error> {
        self.lines.retain(|index, heard| {
            self.sound.lines[*index].start + heard[0].len() as u64 > stretch.start
        });
        for (index, line) in self.sound.lines.iter().enumerate() {
            let end = line.start + line.samples + tail(&line.treatment);
            if line.start >= stretch.end || end <= stretch.start {
                continue;
            }
            if !self.lines.contains_key(&index) {
                let take = self.sound.vault.load(&line.take)?;
                self.lines.insert(index, played(&take, &line.treatment)?);
            }
            for (side, heard) in stem.iter_mut().zip(&self.lines[&index]) {
                let from = stretch.start.max(line.start);
                let sounds = heard.iter().skip((from - line.start) as usize);
                let into = side.iter_mut().skip((from - stretch.start) as usize);
                into.zip(sounds).for_each(|(sum, sample)| *sum += sample);
            }
        }
        Ok(())
    }

    fn add_place(
        &mut self,
        place: &'a PlaceCue,
        stretch: &Range<u64>,
        stem: &mut Stereo,
    ) -> Result<(), Error> {
        // Two places cross over around their cut.
        let half = (seconds(SoundRules::stdlib().place_fade) / 2).max(1);
        let (begin, end) = (place.start.saturating_sub(half), place.end + half);
        if begin >= stretch.end || end <= stretch.start {
            return Ok(());
        }
        if !self.beds.contains_key(&place.ambience) {
            self.beds.insert(&place.ambience, Bed::new(&place.ambience)?);
        }
        let bed = &self.beds[&place.ambience];
        for at in stretch.start.max(begin)..stretch.end.min(end) {
            let edge = (at - begin).min(end - at - 1).min(2 * half) as f64 / (2 * half) as f64;
            let gain = (edge * FRAC_PI_2).sin() as f32;
            for (number, side) in stem.iter_mut().enumerate() {
                let sample = bed.sample(number, at + half - place.start.min(at + half));
                side[(at - stretch.start) as usize] += gain * sample;
            }
        }
        Ok(())
    }

    fn add_file(
        &mut self,
        index: usize,
        file: &FileCue,
        stretch: &Range<u64>,
        stem: &mut Stereo,
    ) -> Result<(), Error> {
        let FileCue { play, heard } = file;
        let length = heard[0].len() as u64;
        let end = if play.loops { play.end } else { play.end.min(play.start + length) };
        if play.start >= stretch.end || end <= stretch.start || length == 0 {
            return Ok(());
        }
        let rules = SoundRules::stdlib();
        let gain = match self.gains.get(&index) {
            Some(gain) => *gain,
            None => {
                let usual = if play.music { rules.music.loudness } else { rules.effect };
                let under = if play.under { rules.music.under } else { 0.0 };
                let [left, right] = &**heard;
                let gain = usual + under + play.level - loudness(&[left, right])?;
                *self.gains.entry(index).or_insert(gain)
            }
        };
        for at in stretch.start.max(play.start)..stretch.end.min(end) {
            let rises = (at - play.start + 1) as f64 / play.fades.0.max(1) as f64;
            let falls = (end - at) as f64 / play.fades.1.max(1) as f64;
            let edge = (rises.min(falls).min(1.0) * FRAC_PI_2).sin();
            let ducked = if play.music { self.ducked(at, play.under) } else { 0.0 };
            let gain = (edge * decibels(gain + ducked)) as f32;
            let from = ((at - play.start) % length) as usize;
            for (side, samples) in stem.iter_mut().zip(&**heard) {
                side[(at - stretch.start) as usize] += gain * samples[from];
            }
        }
        Ok(())
    }

    /// By how many decibels music is softer at a sample: it gives way before the first
    /// word, and comes back after the last.
    fn ducked(&self, at: u64, under: bool) -> f64 {
        let music = SoundRules::stdlib().music;
        let (before, after) = (seconds(music.before).max(1), seconds(music.after).max(1));
        let next = self.spoken.partition_point(|words| words.end <= at);
        let towards = self.spoken.get(next).map_or(0.0, |words| {
            let left = words.start.saturating_sub(at);
            1.0 - (left as f64 / before as f64).min(1.0)
        });
        let from = next.checked_sub(1).map_or(0.0, |last| {
            let passed = at - self.spoken[last].end;
            1.0 - (passed as f64 / after as f64).min(1.0)
        });
        let most = if under { (music.ducked - music.under).min(0.0) } else { music.ducked };
        most * towards.max(from)
    }
}
