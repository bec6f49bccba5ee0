//! The turnover as FCPXML 1.10, for Final Cut Pro and Resolve.
//!
//! Format: developer.apple.com/documentation/professional-video-applications/fcpxml-reference.
//! Every time is a multiple of a frame: others put cuts between frames.

use super::turnover::{ColourFade, MediaFile, Turnover, TurnoverEvent};
use crate::markup::XmlWriter;
use crate::time::Rate;

/// Final Cut's own dissolve.
const CROSS_DISSOLVE: &str = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265";

/// The whole document. The addresses of its media are relative to it.
pub fn fcpxml(turnover: &Turnover) -> String {
    let rate = turnover.rate;
    let mut xml = XmlWriter::new("<!DOCTYPE fcpxml>");
    xml.open("fcpxml", &[("version", "1.10")]);
    xml.open("resources", &[]);
    xml.empty(
        "format",
        &[
            ("id", "r1"),
            ("name", "FFVideoFormatRateUndefined"),
            ("frameDuration", &seconds(1, rate)),
            ("width", &turnover.width.to_string()),
            ("height", &turnover.height.to_string()),
            ("colorSpace", "1-1-1 (Rec. 709)"),
        ],
    );
    xml.empty("effect", &[("id", "r2"), ("name", "Cross Dissolve"), ("uid", CROSS_DISSOLVE)]);
    for (index, media) in turnover.media.iter().enumerate() {
        asset(&mut xml, index, media, rate);
    }
    xml.close();
    let title = if turnover.title.is_empty() { "film" } else { &turnover.title };
    xml.open("library", &[]);
    xml.open("event", &[("name", title)]);
    xml.open("project", &[("name", title)]);
    xml.open(
        "sequence",
        &[
            ("format", "r1"),
            ("duration", &seconds(turnover.frames, rate)),
            ("tcStart", &seconds(turnover.start, rate)),
            ("tcFormat", "NDF"),
        ],
    );
    xml.open("spine", &[]);
    for event in &turnover.events {
        if let Some(dissolve) = &event.dissolve {
            let start = turnover.start + event.record_in - dissolve.before;
            xml.open(
                "transition",
                &[
                    ("name", "Cross Dissolve"),
                    ("offset", &seconds(start, rate)),
                    ("duration", &seconds(dissolve.frames(), rate)),
                ],
            );
            xml.empty("filter-video", &[("ref", "r2"), ("name", "Cross Dissolve")]);
            xml.close();
        }
        clip(&mut xml, turnover, event);
    }
    xml.finish()
}

/// So many frames as a fraction of seconds.
fn seconds(frames: u32, rate: Rate) -> String {
    let ticks = u64::from(frames) * u64::from(rate.denominator);
    if ticks.is_multiple_of(u64::from(rate.numerator)) {
        return format!("{}s", ticks / u64::from(rate.numerator));
    }
    format!("{ticks}/{}s", rate.numerator)
}

fn asset(xml: &mut XmlWriter, index: usize, media: &MediaFile, rate: Rate) {
    xml.open(
        "asset",
        &[
            ("id", &id(index)),
            ("name", &media.name),
            ("start", &seconds(media.timecode, rate)),
            ("duration", &seconds(media.frames, rate)),
            ("hasVideo", "1"),
            ("format", "r1"),
            ("videoSources", "1"),
        ],
    );
    xml.empty("media-rep", &[("kind", "original-media"), ("src", &media.path())]);
    xml.close();
}

fn id(media: usize) -> String {
    format!("r{}", media + 3)
}

fn clip(xml: &mut XmlWriter, turnover: &Turnover, event: &TurnoverEvent) {
    let rate = turnover.rate;
    let media = &turnover.media[event.media];
    let start = media.timecode + event.source_in;
    xml.open(
        "asset-clip",
        &[
            ("ref", &id(event.media)),
            ("name", &event.name),
            ("offset", &seconds(turnover.start + event.record_in, rate)),
            ("start", &seconds(start, rate)),
            ("duration", &seconds(event.frames(), rate)),
            ("tcFormat", "NDF"),
        ],
    );
    fades(xml, event, rate);
    let here = |frame: u32| (event.record_in..event.record_out).contains(&frame);
    for marker in turnover.markers.iter().filter(|marker| here(marker.frame)) {
        // In the time of the clip.
        let at = start + marker.frame - event.record_in;
        xml.empty(
            "marker",
            &[
                ("start", &seconds(at, rate)),
                ("duration", &seconds(1, rate)),
                ("value", &marker.name),
            ],
        );
    }
    xml.close();
}

/// Fades are handles of the clip's opacity; behind it is black.
fn fades(xml: &mut XmlWriter, event: &TurnoverEvent, rate: Rate) {
    if event.fade_in.is_none() && event.fade_out.is_none() {
        return;
    }
    xml.open("adjust-blend", &[]);
    xml.open("param", &[("name", "amount"), ("value", "1")]);
    let mut fade = |name: &str, fade: Option<ColourFade>| {
        if let Some(fade) = fade {
            let duration = seconds(fade.frames, rate);
            xml.empty(name, &[("type", "linear"), ("duration", &duration)]);
        }
    };
    fade("fadeIn", event.fade_in);
    fade("fadeOut", event.fade_out);
    xml.close();
    xml.close();
}
