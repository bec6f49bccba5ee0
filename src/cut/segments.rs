//! Edit list → segments: each shot's body and each transition is a segment,
//! described by everything that decides its frames and nothing else.
//!
//! Knows frames of the film; does not know the store, and does not join. A
//! segment's key is the digest of what its frames are made from.

use std::ops::Range;

use image::RgbImage;
use serde::Serialize;

use super::captions::Caption;
use super::clips::{ClipReader, ClipSource, Painter, source};
use super::edl::{Edl, TransitionEvent};
use super::footage::Footage;
use super::titles::Overlay;
use super::transition;
use crate::breakdown::screenplay::Captions;
use crate::breakdown::shot::ShotList;
use crate::breakdown::transition::{Colour, TransitionKind};
use crate::fonts;
use crate::media::encoded::Encoded;
use crate::media::h264::{H264Encoder, PictureFormat, library};
use crate::media::provenance::PictureMaker;
use crate::media::{self, Error};
use crate::time::Rate;

/// Raise it when equal segments get different pixels: by changes to cards,
/// captions, transitions or conforming.
const REVISION: u32 = 1;

/// Two IDR pictures in a row need different `idr_pic_id`s, so every segment has
/// at least two pictures.
const SHORTEST: u32 = 2;

/// Frames of a super's fade-in and of its fade-out.
const SUPER_FADE: u32 = 8;

/// A part of the film that the encoder encodes by itself. Its frames count from its first
/// one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Segment {
    revision: u32,
    encoder: String,
    width: u32,
    height: u32,
    rate: Rate,
    /// Length.
    pub frames: u32,
    clips: Vec<Clip>,
    blends: Vec<Blend>,
    captions: Vec<Caption>,
    supers: Vec<SuperText>,
    /// Fonts of this machine for letters that the embedded ones lack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fonts: Vec<String>,
}

/// A source and its place in a segment. Clips are in the order of the film: a
/// blend mixes a clip with the one before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Clip {
    source: ClipSource,
    /// Conformed frame of the source at the segment's first frame; negative if
    /// the source begins later.
    first: i64,
    /// Frame of the segment at which the film cuts to this clip.
    start: i64,
    fades: Vec<Fade>,
}

/// A transition between neighbouring clips.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Blend {
    kind: TransitionKind,
    incoming: usize,
    start: i64,
    length: u32,
}

/// A fade inside a clip.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Fade {
    colour: Colour,
    /// Whether it fades in from the colour; otherwise it fades out to it.
    up: bool,
    start: i64,
    length: u32,
}

/// A super over the picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct SuperText {
    text: String,
    start: i64,
    end: i64,
}

impl Segment {
    /// The key of the encoded segment in the store.
    pub(crate) fn key(&self) -> blake3::Hash {
        let meaning = serde_json::to_vec(self).expect("plain data becomes JSON");
        blake3::hash(&meaning)
    }

    /// The names of the fonts that its words need besides the embedded ones.
    fn borrowed_fonts(&self) -> Vec<String> {
        let captions = self.captions.iter().map(|caption| caption.text.as_str());
        let supers = self.supers.iter().map(|words| words.text.as_str());
        let pictures = self.clips.iter().flat_map(|clip| match &clip.source {
            ClipSource::Paper(lines) => lines.as_slice(),
            ClipSource::Card(card) => &card.lines,
            _ => &[],
        });
        let words = captions.chain(supers).chain(pictures.map(String::as_str));
        words.flat_map(|words| fonts::needed(words).names()).collect()
    }

    /// Who made the pictures of each of its clips.
    pub(super) fn makers(&self) -> impl Iterator<Item = PictureMaker> {
        self.clips.iter().map(|clip| clip.source.maker())
    }
}

/// The segments of a film, in order. `footage` holds what each picture event shows.
pub(crate) fn segments(
    shots: &ShotList,
    edl: &Edl,
    captions: &[Caption],
    footage: &[Option<Footage>],
) -> Vec<Segment> {
    let picture = format(shots, edl);
    let encoder = format!("{}; {}; {}", picture.settings(), media::versions(), library());
    let blends = blends(edl);
    let film = Film { shots, edl, captions, footage };
    ranges(edl, &blends)
        .into_iter()
        .map(|range| {
            let here: Vec<&FilmBlend> = blends
                .iter()
                .filter(|blend| overlaps(blend.range.start, blend.range.end, &range))
                .collect();
            let events = film.events(&here, &range);
            let blend = |blend: &&FilmBlend| Blend {
                kind: blend.kind,
                incoming: events.binary_search(&blend.incoming).expect("both are there"),
                start: offset(&range, blend.range.start),
                length: blend.range.end - blend.range.start,
            };
            let mut segment = Segment {
                revision: REVISION,
                encoder: encoder.clone(),
                width: picture.width,
                height: picture.height,
                rate: picture.rate,
                frames: range.end - range.start,
                clips: events.iter().map(|event| film.clip(*event, &range)).collect(),
                blends: here.iter().map(blend).collect(),
                captions: film.captions(&range),
                supers: film.supers(&range),
                fonts: Vec::new(),
            };
            segment.fonts = segment.borrowed_fonts();
            segment
        })
        .collect()
}

/// Whether frames from `start` to `end` overlap a range.
fn overlaps(start: u32, end: u32, range: &Range<u32>) -> bool {
    start < range.end && end > range.start
}

/// A frame of the film, counted from the first frame of a range.
fn offset(range: &Range<u32>, frame: u32) -> i64 {
    i64::from(frame) - i64::from(range.start)
}

/// The inputs of all segments.
struct Film<'a> {
    shots: &'a ShotList,
    edl: &'a Edl,
    captions: &'a [Caption],
    footage: &'a [Option<Footage>],
}

impl Film<'_> {
    /// Indices of the picture events in a range, and of those that its blends
    /// mix.
    fn events(&self, blends: &[&FilmBlend], range: &Range<u32>) -> Vec<usize> {
        let events = self.edl.picture.iter().enumerate();
        let mut events: Vec<usize> = events
            .filter(|(_, event)| overlaps(event.record_in, event.record_out, range))
            .map(|(index, _)| index)
            .chain(blends.iter().flat_map(|blend| [blend.incoming - 1, blend.incoming]))
            .collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    fn clip(&self, index: usize, range: &Range<u32>) -> Clip {
        let event = &self.edl.picture[index];
        let start = offset(range, event.record_in);
        let source = source(self.shots, self.edl, index, self.footage);
        // A still picture is the same at every frame.
        let first = match source {
            ClipSource::Take { .. } => i64::from(event.source_in) - start,
            // Its time begins with the shot.
            ClipSource::Animatic { .. } | ClipSource::Reel { .. } => -start,
            ClipSource::Picture { .. }
            | ClipSource::Paper(_)
            | ClipSource::Card(_)
            | ClipSource::Colour(_) => 0,
        };
        let fades = fades(self.edl, index).into_iter();
        let fades = fades.filter(|(_, frames)| overlaps(frames.start, frames.end, range));
        let fade = |((colour, up), frames): ((Colour, bool), Range<u32>)| Fade {
            colour,
            up,
            start: offset(range, frames.start),
            length: frames.end - frames.start,
        };
        Clip { source, first, start: start.max(-1), fades: fades.map(fade).collect() }
    }

    /// The captions to burn into a range.
    fn captions(&self, range: &Range<u32>) -> Vec<Caption> {
        let burned = self.shots.settings.captions == Captions::Burned;
        let captions = self.captions.iter().filter(|_| burned);
        captions
            .filter(|caption| overlaps(caption.start, caption.end, range))
            .map(|caption| Caption {
                start: caption.start.max(range.start) - range.start,
                end: caption.end.min(range.end) - range.start,
                ..caption.clone()
            })
            .collect()
    }

    fn supers(&self, range: &Range<u32>) -> Vec<SuperText> {
        let supers = self.shots.supers.iter();
        supers
            .filter(|words| overlaps(words.start, words.end, range))
            .map(|words| SuperText {
                text: words.text.clone(),
                start: offset(range, words.start),
                end: offset(range, words.end),
            })
            .collect()
    }
}

/// The format of all segments of a film.
pub(crate) fn format(shots: &ShotList, edl: &Edl) -> PictureFormat {
    let even = |length: u32| (length.max(2) + 1) & !1;
    PictureFormat {
        width: even(shots.settings.width),
        height: even(shots.settings.height),
        rate: edl.rate,
    }
}

/// A transition over a cut, in frames of the film.
struct FilmBlend {
    kind: TransitionKind,
    /// Index of the picture event after the cut.
    incoming: usize,
    range: Range<u32>,
}

/// Transitions that mix two pictures. They stay within their two events.
fn blends(edl: &Edl) -> Vec<FilmBlend> {
    let pairs = edl.picture.windows(2).enumerate();
    pairs
        .filter_map(|(index, pair)| {
            let event = pair[1].transition.as_ref()?;
            let mixes = matches!(
                event.kind,
                TransitionKind::Dissolve | TransitionKind::Wipe(_) | TransitionKind::WhipPan
            );
            let cut = pair[1].record_in;
            let start = cut.saturating_sub(event.before).max(pair[0].record_in);
            let end = cut.saturating_add(event.after).min(pair[1].record_out);
            (mixes && start < end).then_some(FilmBlend {
                kind: event.kind,
                incoming: index + 1,
                range: start..end,
            })
        })
        .collect()
}

/// Fades inside an event, in frames of the film.
fn fades(edl: &Edl, index: usize) -> Vec<((Colour, bool), Range<u32>)> {
    let event = &edl.picture[index];
    let length = |fade: &TransitionEvent| fade.before.saturating_add(fade.after);
    let mut fades = Vec::new();
    let mut up = |fade: Option<&TransitionEvent>| {
        if let Some(fade) = fade
            && let TransitionKind::FadeIn(colour) = fade.kind
        {
            let end = event.record_in.saturating_add(length(fade)).min(event.record_out);
            fades.push(((colour, true), event.record_in..end));
        }
    };
    up(event.transition.as_ref());
    let next = edl.picture.get(index + 1).and_then(|next| next.transition.as_ref());
    for fade in event.fade_out.iter().chain(next) {
        if let TransitionKind::FadeOut(colour) = fade.kind {
            let start = event.record_out.saturating_sub(length(fade)).max(event.record_in);
            fades.push(((colour, false), start..event.record_out));
        }
    }
    fades
}

/// Splits the film's frames into ranges to encode on their own: bodies, and
/// transitions between them. Too short a range joins the one before it.
fn ranges(edl: &Edl, blends: &[FilmBlend]) -> Vec<Range<u32>> {
    let inside = |frame: u32| {
        blends.iter().any(|blend| blend.range.start < frame && frame < blend.range.end)
    };
    let mut edges: Vec<u32> = edl
        .picture
        .iter()
        .map(|event| event.record_in)
        .chain(blends.iter().flat_map(|blend| [blend.range.start, blend.range.end]))
        .filter(|frame| *frame < edl.frames && !inside(*frame))
        .chain([edl.frames])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for pair in edges.windows(2) {
        let range = pair[0]..pair[1];
        let short = |range: &Range<u32>| range.end - range.start < SHORTEST;
        match ranges.last_mut() {
            Some(last) if short(last) || short(&range) => last.end = range.end,
            _ => ranges.push(range),
        }
    }
    ranges
}

/// Draws and encodes segments. One per thread.
pub(crate) struct SegmentEncoder {
    picture: PictureFormat,
    painter: Painter,
}

impl SegmentEncoder {
    /// For segments of a format.
    pub(crate) fn new(picture: PictureFormat) -> Self {
        let size = (picture.width, picture.height);
        Self { picture, painter: Painter::new(size, picture.rate) }
    }

    /// Draws a segment's frames and encodes them.
    pub(crate) fn encode(&mut self, segment: &Segment) -> Result<Encoded, Error> {
        let mut encoder = H264Encoder::new(self.picture, segment.frames)?;
        let mut readers: Vec<Option<ClipReader>> = segment.clips.iter().map(|_| None).collect();
        let mut caption: Option<(usize, Overlay)> = None;
        let supers: Vec<Overlay> =
            segment.supers.iter().map(|words| self.painter.titles().super_(&words.text)).collect();
        for at in 0..i64::from(segment.frames) {
            let mut frame = self.composite(segment, &mut readers, at)?;
            for (words, overlay) in segment.supers.iter().zip(&supers) {
                if (words.start..words.end).contains(&at) {
                    let nearest = (at - words.start + 1).min(words.end - at);
                    let visible = nearest.min(i64::from(SUPER_FADE)) as u32;
                    overlay.draw_over(&mut frame, visible, SUPER_FADE);
                }
            }
            let spoken = segment
                .captions
                .iter()
                .position(|caption| (caption.start..caption.end).contains(&(at as u32)));
            if let Some(index) = spoken {
                if caption.as_ref().is_none_or(|(drawn, _)| *drawn != index) {
                    let words = &segment.captions[index];
                    caption =
                        Some((index, self.painter.titles().caption(&words.text, words.italic)));
                }
                if let Some((_, overlay)) = &caption {
                    overlay.draw_over(&mut frame, 1, 1);
                }
            }
            encoder.push(&frame)?;
        }
        encoder.finish()
    }

    /// The picture without words: the current clip, and the transitions over it
    /// in order.
    fn composite(
        &mut self,
        segment: &Segment,
        readers: &mut [Option<ClipReader>],
        at: i64,
    ) -> Result<RgbImage, Error> {
        let current = segment.clips.iter().rposition(|clip| clip.start <= at).unwrap_or(0);
        let mut blends = segment
            .blends
            .iter()
            .filter(|blend| (blend.start..blend.start + i64::from(blend.length)).contains(&at));
        let Some(first) = blends.next() else { return self.frame(segment, readers, current, at) };
        let mut mixed = self.frame(segment, readers, first.incoming - 1, at)?;
        for blend in std::iter::once(first).chain(blends) {
            let incoming = self.frame(segment, readers, blend.incoming, at)?;
            let step = (at - blend.start) as u32;
            mixed = transition::blend(blend.kind, &mixed, &incoming, step, blend.length);
        }
        Ok(mixed)
    }

    fn frame(
        &mut self,
        segment: &Segment,
        readers: &mut [Option<ClipReader>],
        index: usize,
        at: i64,
    ) -> Result<RgbImage, Error> {
        let clip = &segment.clips[index];
        let reader = match &mut readers[index] {
            Some(reader) => reader,
            closed => closed.insert(self.painter.open(&clip.source)?),
        };
        let mut frame = self.painter.frame(reader, clip.first + at)?;
        for fade in &clip.fades {
            let length = i64::from(fade.length);
            // The first frame of a fade-in and the last of a fade-out are all colour.
            let visible = if fade.up { at - fade.start } else { fade.start + length - 1 - at };
            if (fade.start..fade.start + length).contains(&at) {
                transition::fade(&mut frame, fade.colour, visible as u32, fade.length);
            }
        }
        Ok(frame)
    }
}
