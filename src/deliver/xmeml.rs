//! The turnover as Final Cut Pro 7 XML (xmeml 5), for Premiere, Resolve and Avid.
//!
//! Format: Apple's "Final Cut Pro XML Interchange Format" (2008). A clip beside a
//! transition has -1 for the end that the transition covers, and its source reaches through
//! the transition.

use std::collections::BTreeSet;

use super::timecode::{base, is_fractional, timecode};
use super::turnover::{Turnover, TurnoverEvent};
use crate::markup::XmlWriter;
use crate::time::Rate;

/// The whole document. `folder` is the address of the folder of the turnover,
/// `file://localhost/films/out/`: the format has no relative ones.
pub fn xmeml(turnover: &Turnover, folder: &str) -> String {
    let rate = turnover.rate;
    let mut xml = XmlWriter::new("<!DOCTYPE xmeml>");
    xml.open("xmeml", &[("version", "5")]);
    xml.open("sequence", &[("id", "sequence-1")]);
    xml.text("name", &[], if turnover.title.is_empty() { "film" } else { &turnover.title });
    number(&mut xml, "duration", turnover.frames);
    rate_of(&mut xml, rate);
    start(&mut xml, turnover.start, rate);
    for marker in &turnover.markers {
        xml.open("marker", &[]);
        xml.text("name", &[], &marker.name);
        number(&mut xml, "in", marker.frame);
        xml.text("out", &[], "-1");
        xml.close();
    }
    xml.open("media", &[]);
    xml.open("video", &[]);
    // Without a format Resolve shows no timeline and no error.
    xml.open("format", &[]);
    samples(&mut xml, turnover);
    xml.close();
    xml.open("track", &[]);
    let mut described = BTreeSet::new();
    for index in 0..turnover.events.len() {
        item(&mut xml, turnover, index, folder, &mut described);
    }
    xml.finish()
}

fn number(xml: &mut XmlWriter, name: &str, value: u32) {
    xml.text(name, &[], &value.to_string());
}

fn rate_of(xml: &mut XmlWriter, rate: Rate) {
    xml.open("rate", &[]);
    number(xml, "timebase", base(rate));
    xml.text("ntsc", &[], if is_fractional(rate) { "TRUE" } else { "FALSE" });
    xml.close();
}

/// The timecode that something starts at.
fn start(xml: &mut XmlWriter, frame: u32, rate: Rate) {
    xml.open("timecode", &[]);
    rate_of(xml, rate);
    xml.text("string", &[], &timecode(frame, rate));
    number(xml, "frame", frame);
    xml.text("displayformat", &[], "NDF");
    xml.close();
}

fn samples(xml: &mut XmlWriter, turnover: &Turnover) {
    xml.open("samplecharacteristics", &[]);
    rate_of(xml, turnover.rate);
    number(xml, "width", turnover.width);
    number(xml, "height", turnover.height);
    xml.text("anamorphic", &[], "FALSE");
    xml.text("pixelaspectratio", &[], "square");
    xml.text("fielddominance", &[], "none");
    xml.close();
}

/// The side of a cut that a transition lies on.
fn alignment(before: u32, after: u32) -> &'static str {
    match (before, after) {
        (0, _) => "start",
        (_, 0) => "end",
        _ => "center",
    }
}

/// A clip, and the transitions that begin and end it.
fn item(
    xml: &mut XmlWriter,
    turnover: &Turnover,
    index: usize,
    folder: &str,
    described: &mut BTreeSet<usize>,
) {
    let event = &turnover.events[index];
    let cut = event.record_in;
    if let Some(dissolve) = &event.dissolve {
        let side = alignment(dissolve.before, dissolve.after);
        transition(xml, turnover.rate, (cut - dissolve.before, cut + dissolve.after), side);
    }
    if let Some(fade) = event.fade_in {
        transition(xml, turnover.rate, (cut, cut + fade.frames), "start-black");
    }
    clip(xml, turnover, index, folder, described);
    if let Some(fade) = event.fade_out {
        let end = event.record_out;
        transition(xml, turnover.rate, (end - fade.frames, end), "end-black");
    }
}

fn transition(xml: &mut XmlWriter, rate: Rate, (start, end): (u32, u32), alignment: &str) {
    xml.open("transitionitem", &[]);
    rate_of(xml, rate);
    number(xml, "start", start);
    number(xml, "end", end);
    xml.text("alignment", &[], alignment);
    xml.open("effect", &[]);
    xml.text("name", &[], "Cross Dissolve");
    xml.text("effectid", &[], "Cross Dissolve");
    xml.text("effectcategory", &[], "Dissolve");
    xml.text("effecttype", &[], "transition");
    xml.text("mediatype", &[], "video");
    xml.close();
    xml.close();
}

fn clip(
    xml: &mut XmlWriter,
    turnover: &Turnover,
    index: usize,
    folder: &str,
    described: &mut BTreeSet<usize>,
) {
    let event = &turnover.events[index];
    let media = &turnover.media[event.media];
    let before = event.dissolve.as_ref().map(|dissolve| dissolve.before);
    let next = turnover.events.get(index + 1).and_then(|next| next.dissolve.as_ref());
    let begins = before.is_some() || event.fade_in.is_some();
    let ends = next.is_some() || event.fade_out.is_some();
    xml.open("clipitem", &[("id", &format!("clip-{}", index + 1))]);
    xml.text("name", &[], &event.name);
    number(xml, "duration", media.frames);
    rate_of(xml, turnover.rate);
    let covered = |covered: bool, frame: u32| {
        if covered { "-1".to_owned() } else { frame.to_string() }
    };
    xml.text("start", &[], &covered(begins, event.record_in));
    xml.text("end", &[], &covered(ends, event.record_out));
    number(xml, "in", event.source_in - before.unwrap_or(0));
    let after = next.map_or(0, |next| next.after);
    number(xml, "out", event.source_in + event.frames() + after);
    let id = format!("file-{}", event.media + 1);
    if described.insert(event.media) {
        file(xml, turnover, event, &id, folder);
    } else {
        xml.empty("file", &[("id", &id)]);
    }
    xml.close();
}

/// A media file, where it is named first.
fn file(xml: &mut XmlWriter, turnover: &Turnover, event: &TurnoverEvent, id: &str, folder: &str) {
    let media = &turnover.media[event.media];
    xml.open("file", &[("id", id)]);
    xml.text("name", &[], &format!("{}.{}", media.name, media.ending));
    xml.text("pathurl", &[], &format!("{folder}{}", media.path()));
    rate_of(xml, turnover.rate);
    number(xml, "duration", media.frames);
    xml.open("timecode", &[]);
    rate_of(xml, turnover.rate);
    xml.text("string", &[], &timecode(media.timecode, turnover.rate));
    number(xml, "frame", media.timecode);
    xml.text("displayformat", &[], "NDF");
    xml.open("reel", &[]);
    xml.text("name", &[], &media.reel);
    xml.close();
    xml.close();
    xml.open("media", &[]);
    xml.open("video", &[]);
    samples(xml, turnover);
    xml.close();
    xml.close();
    xml.close();
}
