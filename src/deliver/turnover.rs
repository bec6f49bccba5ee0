//! The film as an editor receives it: media files with handles, and which of their frames
//! the film shows when.
//!
//! Whole frames and rates only. Every media file, card or take, has handles on both sides,
//! and where the take behind it has no frame for them it says how many are frozen.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::timecode::first_hour;
use crate::breakdown::shot::{HANDLE, Picture, ShotList};
use crate::breakdown::transition::{Colour, TransitionKind};
use crate::cut::edl::{Edl, PictureEvent, TransitionEvent};
use crate::time::Rate;

/// Longest reel name of an EDL.
const REEL: usize = 8;

/// A film, ready to be written for an editing system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turnover {
    /// Its title.
    pub title: String,
    /// Frames per second of the film and of all its media.
    pub rate: Rate,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Timecode of the first frame, in frames.
    pub start: u32,
    /// Length in frames.
    pub frames: u32,
    /// The files that the film is cut from.
    pub media: Vec<MediaFile>,
    /// Cover every frame of the film exactly once.
    pub events: Vec<TurnoverEvent>,
    /// In the order of the film.
    pub markers: Vec<Marker>,
}

/// A media file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MediaFile {
    /// Its name without an ending: `s012_a_t03`.
    pub name: String,
    /// The ending of its name.
    pub ending: &'static str,
    /// What an EDL calls it: at most eight capitals and digits.
    pub reel: String,
    /// Timecode of its first frame, in frames. No two files of a film share one.
    pub timecode: u32,
    /// Length in frames.
    pub frames: u32,
    /// Frames before the first one that the film shows by itself.
    pub head: u32,
    /// Frames after the last one.
    pub tail: u32,
    /// Frames of the head that repeat the first picture.
    pub frozen_head: u32,
    /// Frames of the tail that repeat the last picture.
    pub frozen_tail: u32,
    /// All its frames are one picture.
    pub still: bool,
    /// The frame of what it is made from that is its first one; negative in a head that has
    /// no frames of its own.
    pub first: i64,
    /// The event that shows it first.
    pub event: usize,
    /// The number of its take; `None` for cards and colours.
    pub take: Option<u32>,
    /// Numbers of the shots that are cut from it.
    pub shots: Vec<String>,
}

impl MediaFile {
    /// Its path from the folder of the turnover, with forward slashes.
    pub fn path(&self) -> String {
        format!("media/{}.{}", self.name, self.ending)
    }
}

/// A part of a media file in the film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TurnoverEvent {
    /// Number of the shot.
    pub shot: String,
    /// What it shows, for people: `12.1 CLOSE ON MARA`.
    pub name: String,
    /// Index of its media file.
    pub media: usize,
    /// The frame of the media file at `record_in`.
    pub source_in: u32,
    /// First frame in the film.
    pub record_in: u32,
    /// One past the last frame in the film.
    pub record_out: u32,
    /// How it shares the frames around `record_in` with the event before it.
    pub dissolve: Option<Dissolve>,
    /// Up from a colour, from `record_in` on.
    pub fade_in: Option<ColourFade>,
    /// Down to a colour, up to `record_out`.
    pub fade_out: Option<ColourFade>,
}

impl TurnoverEvent {
    /// Length in frames.
    pub fn frames(&self) -> u32 {
        self.record_out - self.record_in
    }
}

/// A blend of two neighbours. Both show frames of their handles in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dissolve {
    /// Frames before the cut.
    pub before: u32,
    /// Frames from the cut on.
    pub after: u32,
    /// The transition of the film, if it is no dissolve: `wipe left`.
    pub instead_of: Option<String>,
}

impl Dissolve {
    /// Length in frames.
    pub fn frames(&self) -> u32 {
        self.before + self.after
    }
}

/// A fade from or to a colour, inside an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ColourFade {
    /// Length.
    pub frames: u32,
    /// The colour.
    pub colour: Colour,
}

impl ColourFade {
    /// Whether it fades from or to black, as every editing system can.
    pub fn is_black(&self) -> bool {
        self.colour == Colour::default()
    }
}

/// A named frame of the film.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Marker {
    /// The frame.
    pub frame: u32,
    /// What begins or happens there.
    pub name: String,
}

/// The footage of a picture event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventOrigin {
    /// The index of the shot that owns the footage; events with one owner share a file.
    pub owner: usize,
    /// The frame of the footage at the event's `record_in`, at the film's rate.
    pub source_in: u32,
    /// Frames that there are, at the film's rate; `None` if any can be drawn.
    pub available: Option<u32>,
    /// All frames are one picture.
    pub still: bool,
    /// The number of the take.
    pub take: Option<u32>,
}

/// The name of a turnover, and the size of its pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnoverFormat {
    /// The film's title.
    pub title: String,
    /// The ending of the names of its media files.
    pub ending: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Turnover {
    /// The turnover of a film. `origin` gives what a picture event, by its index, is cut
    /// from.
    pub fn of(
        list: &ShotList,
        edl: &Edl,
        format: TurnoverFormat,
        origin: &dyn Fn(usize, &PictureEvent) -> EventOrigin,
    ) -> Self {
        let origins: Vec<EventOrigin> =
            edl.picture.iter().enumerate().map(|(index, event)| origin(index, event)).collect();
        let (media, files) = media(list, edl, format.ending, &origins);
        let events = edl.picture.iter().enumerate().map(|(index, event)| {
            let file: &MediaFile = &media[files[&origins[index].owner]];
            let shot = &list.shots[event.shot];
            let (dissolve, fade_in) = beginning(list, event);
            TurnoverEvent {
                shot: shot.number.clone(),
                name: format!("{} {}", shot.number, shot.shows).trim().to_owned(),
                media: files[&origins[index].owner],
                source_in: (i64::from(origins[index].source_in) - file.first) as u32,
                record_in: event.record_in,
                record_out: event.record_out,
                dissolve,
                fade_in,
                fade_out: event.fade_out.as_ref().and_then(fade),
            }
        });
        let events: Vec<TurnoverEvent> = events.collect();
        Self {
            title: format.title,
            rate: edl.rate,
            width: format.width,
            height: format.height,
            start: first_hour(edl.rate),
            frames: edl.frames,
            markers: markers(list, edl, &events),
            events,
            media,
        }
    }

    /// Frames of an event that it shows alone: those that neither a dissolve at its
    /// beginning nor one at its end shares.
    pub fn alone(&self, index: usize) -> std::ops::Range<u32> {
        let event = &self.events[index];
        let after = event.dissolve.as_ref().map_or(0, |dissolve| dissolve.after);
        event.record_in + after..event.record_out - self.shared_end(index)
    }

    /// Frames before the end of an event that it shares with the next one.
    pub fn shared_end(&self, index: usize) -> u32 {
        self.events
            .get(index + 1)
            .and_then(|next| next.dissolve.as_ref())
            .map_or(0, |dissolve| dissolve.before)
    }
}

/// The fade of a transition event, if it is one.
fn fade(event: &TransitionEvent) -> Option<ColourFade> {
    match event.kind {
        TransitionKind::FadeIn(colour) | TransitionKind::FadeOut(colour) => {
            Some(ColourFade { frames: event.before + event.after, colour })
        }
        _ => None,
    }
}

/// How an event begins.
fn beginning(list: &ShotList, event: &PictureEvent) -> (Option<Dissolve>, Option<ColourFade>) {
    let Some(transition) = &event.transition else { return (None, None) };
    match transition.kind {
        TransitionKind::Cut => (None, None),
        TransitionKind::FadeIn(_) | TransitionKind::FadeOut(_) => (None, fade(transition)),
        kind => {
            let name = list.shots[event.shot].transition.as_ref().map(|written| &written.name);
            let instead_of = name.filter(|_| kind != TransitionKind::Dissolve).cloned();
            let (before, after) = (transition.before, transition.after);
            (Some(Dissolve { before, after, instead_of }), None)
        }
    }
}

/// The media files, and the index of each owner's.
fn media(
    list: &ShotList,
    edl: &Edl,
    ending: &'static str,
    origins: &[EventOrigin],
) -> (Vec<MediaFile>, BTreeMap<usize, usize>) {
    let handle = HANDLE.to_frames(edl.rate);
    let blend = |event: Option<&PictureEvent>| {
        event.and_then(|event| event.transition.as_ref()).map_or((0, 0), |transition| {
            let mixes = !matches!(transition.kind, TransitionKind::FadeIn(_));
            if mixes { (transition.before, transition.after) } else { (0, 0) }
        })
    };
    let mut owners: Vec<usize> = Vec::new();
    let mut ranges: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, origin) in origins.iter().enumerate() {
        if !ranges.contains_key(&origin.owner) {
            owners.push(origin.owner);
        }
        ranges.entry(origin.owner).or_default().push(index);
    }
    let (mut stems, mut reels) = (BTreeSet::new(), BTreeSet::new());
    let mut timecode = first_hour(edl.rate);
    let mut files = Vec::new();
    for owner in &owners {
        let events = &ranges[owner];
        let shown = |index: usize| {
            let event = &edl.picture[index];
            let first = i64::from(origins[index].source_in);
            (first, first + i64::from(event.record_out - event.record_in))
        };
        let first_shown = events.iter().map(|index| shown(*index).0).min().unwrap_or(0);
        let last_shown = events.iter().map(|index| shown(*index).1).max().unwrap_or(0);
        let first = events.iter().map(|index| {
            let before = blend(edl.picture.get(*index)).0.max(handle);
            shown(*index).0 - i64::from(before)
        });
        let end = events.iter().map(|index| {
            let after = blend(edl.picture.get(index + 1)).1.max(handle);
            shown(*index).1 + i64::from(after)
        });
        let (first, end) = (first.min().unwrap_or(0), end.max().unwrap_or(0));
        let origin = origins[events[0]];
        let frames = (end - first) as u32;
        let (head, tail) = ((first_shown - first) as u32, (end - last_shown) as u32);
        let available = origin.available.map_or(i64::MAX, i64::from);
        let frozen = origin.available.is_some();
        let shot = &list.shots[edl.picture[events[0]].shot];
        let stem = unique(stem(&shot.number, &shot.scene), &mut stems);
        let name = origin.take.map_or(stem.clone(), |take| format!("{stem}_t{take:02}"));
        files.push(MediaFile {
            reel: reel(&name, files.len(), &mut reels),
            name,
            ending,
            timecode,
            frames,
            head,
            tail,
            frozen_head: if frozen { (-first).clamp(0, i64::from(head)) as u32 } else { 0 },
            frozen_tail: (end - available).clamp(0, i64::from(tail)) as u32,
            still: origin.still,
            first,
            event: events[0],
            take: origin.take,
            shots: events
                .iter()
                .map(|index| list.shots[edl.picture[*index].shot].number.clone())
                .collect(),
        });
        timecode += frames;
    }
    let places = owners.into_iter().enumerate().map(|(index, owner)| (owner, index)).collect();
    (files, places)
}

/// The name of a shot's media without its take: `s012_a` for shot 12.1.
fn stem(number: &str, scene: &str) -> String {
    let within = number.strip_prefix(scene).filter(|_| !scene.is_empty());
    let shot = within.and_then(|rest| rest.strip_prefix('.')).and_then(|rest| {
        let (count, more) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        Some((count.parse::<u32>().ok()?, more))
    });
    let shot = shot.or_else(|| {
        let count = within.and_then(|rest| rest.strip_prefix('.'))?;
        Some((count.parse().ok()?, ""))
    });
    let mut parts = Vec::new();
    match (shot, within) {
        (Some((count, more)), _) => {
            parts.extend([padded(scene), letters(count), plain(more)]);
        }
        (None, Some(rest)) => parts.extend([padded(scene), plain(rest)]),
        (None, None) => parts.push(plain(number)),
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { "shot".to_owned() } else { parts.join("_") }
}

/// `s` and a scene's number with at least three digits.
fn padded(scene: &str) -> String {
    let plain = plain(scene);
    let digits = plain.bytes().take_while(u8::is_ascii_digit).count();
    format!("s{}{plain}", "0".repeat(3_usize.saturating_sub(digits)))
}

/// The letters of a count, as slates have them: a, b … z, aa.
fn letters(count: u32) -> String {
    let mut letters = Vec::new();
    let mut left = count;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'a' + (left % 26) as u8));
        left /= 26;
    }
    letters.iter().rev().collect()
}

/// Small letters, digits and underscores only, at most twenty.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars().map(|letter| letter.to_ascii_lowercase()) {
        if letter.is_ascii_alphanumeric() {
            plain.push(letter);
        } else if !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.truncate(20);
    plain.trim_end_matches('_').to_owned()
}

/// A name that differs from all before it.
fn unique(name: String, names: &mut BTreeSet<String>) -> String {
    let mut told_apart = name.clone();
    let mut again = 1;
    while !names.insert(told_apart.clone()) {
        again += 1;
        told_apart = format!("{name}_{again}");
    }
    told_apart
}

/// The reel of the media file with an index: its name, if eight letters hold it.
fn reel(name: &str, index: usize, reels: &mut BTreeSet<String>) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    // An EDL has names of its own: black, and a source without a reel.
    let taken = ["BL", "BLACK", "AX", "BARS"].contains(&letters.as_str());
    if letters.len() <= REEL && !taken && reels.insert(letters.clone()) {
        return letters;
    }
    let mut number = index;
    loop {
        let reel = format!("X{number:07}");
        if reels.insert(reel.clone()) {
            return reel;
        }
        number += 1;
    }
}

/// Beginnings of scenes and chapters, and what a dissolve stands for.
fn markers(list: &ShotList, edl: &Edl, events: &[TurnoverEvent]) -> Vec<Marker> {
    let mut markers: Vec<Marker> = list
        .chapters
        .iter()
        .filter(|(frame, _)| *frame < edl.frames)
        .map(|(frame, name)| Marker { frame: *frame, name: name.clone() })
        .collect();
    let mut scene = "";
    for event in &edl.picture {
        let shot = &list.shots[event.shot];
        if !shot.scene.is_empty() && *shot.scene != *scene {
            scene = &shot.scene;
            let place = match &shot.picture {
                Picture::Take(take) => take.description.place.name.to_uppercase(),
                _ => String::new(),
            };
            let name = format!("scene {scene} {place}").trim().to_owned();
            markers.push(Marker { frame: event.record_in, name });
        }
    }
    for event in events {
        let real = event.dissolve.as_ref().and_then(|dissolve| dissolve.instead_of.as_ref());
        if let Some(real) = real {
            markers.push(Marker { frame: event.record_in, name: format!("{real} in the film") });
        }
        let coloured = |fade: &Option<ColourFade>| fade.filter(|fade| !fade.is_black());
        let colour = |Colour { red, green, blue }| format!("#{red:02x}{green:02x}{blue:02x}");
        if let Some(fade) = coloured(&event.fade_in) {
            let name = format!("fades in from {} in the film", colour(fade.colour));
            markers.push(Marker { frame: event.record_in, name });
        }
        if let Some(fade) = coloured(&event.fade_out) {
            let name = format!("fades out to {} in the film", colour(fade.colour));
            markers.push(Marker { frame: event.record_out - fade.frames, name });
        }
    }
    markers.sort();
    markers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_slates() {
        for (number, scene, expected) in [
            ("12.1", "12", "s012_a"),
            ("12.28", "12", "s012_ab"),
            ("1A.3", "1A", "s001a_c"),
            ("12C", "12", "s012_c"),
            ("12.1 title2", "12", "s012_a_title2"),
            ("title", "", "title"),
            ("“é”", "", "shot"),
            ("1234.2", "1234", "s1234_b"),
            ("Ä.7", "Ä", "s000_g"),
        ] {
            assert_eq!(stem(number, scene), expected, "{number}");
        }
        let mut names = BTreeSet::new();
        let names: Vec<_> = (0..3).map(|_| unique("end".into(), &mut names)).collect();
        assert_eq!(names, ["end", "end_2", "end_3"]);
    }

    #[test]
    fn reels_fit_an_edl() {
        let mut reels = BTreeSet::new();
        let mut reel = |name, index| reel(name, index, &mut reels);
        assert_eq!(reel("s012_a_t03", 0), "S012AT03");
        assert_eq!(reel("s012a_t03", 1), "X0000001");
        assert_eq!(reel("s012_a_title2_t03", 2), "X0000002");
        assert_eq!(reel("bl", 3), "X0000003");
        assert_eq!(reel("x0000004", 4), "X0000004");
        assert_eq!(reel("x0000004", 4), "X0000005");
    }
}
