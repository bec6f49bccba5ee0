//! The turnover as MLT XML, for Shotcut and Kdenlive; `melt` renders it.
//!
//! Format: mltframework.org/docs/mltxml. A transition is a tractor of its own between two
//! clips: both of its tracks show frames that the clips beside it leave out.

use std::fmt::Write as _;

use super::turnover::{ColourFade, Turnover};
use crate::breakdown::transition::Colour;
use crate::markup::XmlWriter;

/// The whole document. The names of its media are relative to it.
pub fn mlt(turnover: &Turnover) -> String {
    let mut xml = XmlWriter::new("");
    xml.open(
        "mlt",
        &[
            ("LC_NUMERIC", "C"),
            ("version", "7.12.0"),
            ("title", &turnover.title),
            ("producer", "film"),
        ],
    );
    profile(&mut xml, turnover);
    for (index, media) in turnover.media.iter().enumerate() {
        let last = (media.frames - 1).to_string();
        xml.open("producer", &[("id", &producer(index)), ("in", "0"), ("out", &last)]);
        property(&mut xml, "length", &media.frames.to_string());
        property(&mut xml, "eof", "pause");
        property(&mut xml, "resource", &media.path());
        property(&mut xml, "mlt_service", "avformat-novalidate");
        xml.close();
    }
    let mut film = Film { turnover, playlist: Vec::new() };
    for index in 0..turnover.events.len() {
        film.event(&mut xml, index);
    }
    let playlist = film.playlist;
    xml.open("playlist", &[("id", "picture")]);
    for entry in &playlist {
        let attributes =
            [("producer", entry.producer.as_str()), ("in", &entry.first), ("out", &entry.last)];
        xml.empty("entry", &attributes);
    }
    xml.close();
    let last = turnover.frames.saturating_sub(1).to_string();
    xml.open("tractor", &[("id", "film"), ("in", "0"), ("out", &last)]);
    xml.empty("track", &[("producer", "picture")]);
    xml.finish()
}

fn property(xml: &mut XmlWriter, name: &str, value: &str) {
    xml.text("property", &[("name", name)], value);
}

fn producer(media: usize) -> String {
    format!("media{}", media + 1)
}

fn profile(xml: &mut XmlWriter, turnover: &Turnover) {
    let divisor = greatest_common_divisor(turnover.width, turnover.height);
    let shape = |length: u32| (length / divisor.max(1)).to_string();
    xml.empty(
        "profile",
        &[
            ("description", "film"),
            ("width", &turnover.width.to_string()),
            ("height", &turnover.height.to_string()),
            ("progressive", "1"),
            ("sample_aspect_num", "1"),
            ("sample_aspect_den", "1"),
            ("display_aspect_num", &shape(turnover.width)),
            ("display_aspect_den", &shape(turnover.height)),
            ("frame_rate_num", &turnover.rate.numerator.to_string()),
            ("frame_rate_den", &turnover.rate.denominator.to_string()),
            ("colorspace", "709"),
        ],
    );
}

fn greatest_common_divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

struct Entry {
    producer: String,
    first: String,
    last: String,
}

struct Film<'a> {
    turnover: &'a Turnover,
    playlist: Vec<Entry>,
}

/// Frames of a producer: its name, the first frame and how many.
struct Frames<'a>(&'a str, u32, u32);

impl Film<'_> {
    /// The transition into an event, its own frames, and its fades.
    fn event(&mut self, xml: &mut XmlWriter, index: usize) {
        let turnover = self.turnover;
        let event = &turnover.events[index];
        let name = producer(event.media);
        if let Some(dissolve) = &event.dissolve {
            let left = &turnover.events[index - 1];
            let from = left.source_in + left.frames() - dissolve.before;
            let to = event.source_in - dissolve.before;
            let length = dissolve.frames();
            let tracks = [Frames(&producer(left.media), from, length), Frames(&name, to, length)];
            self.blend(xml, &format!("dissolve{}", index + 1), &tracks);
        }
        let frames = |fade: Option<ColourFade>| fade.map_or(0, |fade| fade.frames);
        if let Some(fade) = event.fade_in {
            let colour = Self::colour(xml, &format!("from{}", index + 1), fade);
            let tracks =
                [Frames(&colour, 0, fade.frames), Frames(&name, event.source_in, fade.frames)];
            self.blend(xml, &format!("fade-in{}", index + 1), &tracks);
        }
        let alone = turnover.alone(index);
        let (start, end) =
            (alone.start + frames(event.fade_in), alone.end - frames(event.fade_out));
        let source = |record: u32| event.source_in + record - event.record_in;
        if start < end {
            self.push(&name, source(start), end - start);
        }
        if let Some(fade) = event.fade_out {
            let colour = Self::colour(xml, &format!("to{}", index + 1), fade);
            let tracks = [Frames(&name, source(end), fade.frames), Frames(&colour, 0, fade.frames)];
            self.blend(xml, &format!("fade-out{}", index + 1), &tracks);
        }
    }

    fn push(&mut self, producer: &str, first: u32, frames: u32) {
        self.playlist.push(Entry {
            producer: producer.to_owned(),
            first: first.to_string(),
            last: (first + frames - 1).to_string(),
        });
    }

    /// A producer of a colour.
    fn colour(xml: &mut XmlWriter, id: &str, fade: ColourFade) -> String {
        let Colour { red, green, blue } = fade.colour;
        let mut name = String::new();
        write!(name, "#ff{red:02x}{green:02x}{blue:02x}").expect("a String takes everything");
        let last = (fade.frames - 1).to_string();
        xml.open("producer", &[("id", id), ("in", "0"), ("out", &last)]);
        property(xml, "length", &fade.frames.to_string());
        property(xml, "resource", &name);
        property(xml, "mlt_service", "color");
        xml.close();
        id.to_owned()
    }

    /// A tractor in which one of two tracks gives way to the other.
    fn blend(&mut self, xml: &mut XmlWriter, id: &str, tracks: &[Frames<'_>; 2]) {
        let length = tracks[0].2;
        let last = (length - 1).to_string();
        xml.open("tractor", &[("id", id), ("in", "0"), ("out", &last)]);
        for Frames(producer, first, frames) in tracks {
            let (first, last) = (first.to_string(), (first + frames - 1).to_string());
            xml.empty("track", &[("producer", producer), ("in", &first), ("out", &last)]);
        }
        xml.open("transition", &[("in", "0"), ("out", &last)]);
        property(xml, "a_track", "0");
        property(xml, "b_track", "1");
        property(xml, "mlt_service", "luma");
        xml.close();
        xml.close();
        self.push(id, 0, length);
    }
}
