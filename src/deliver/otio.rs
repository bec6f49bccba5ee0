//! The turnover as OpenTimelineIO (JSON), which Resolve, Kdenlive and many tools read.
//!
//! Schemas: those of opentimelineio 0.18. Times are
//! timecode, so a clip's range lies in its media's timecode.

use serde_json::{Value, json};

use super::turnover::{MediaFile, Turnover, TurnoverEvent};
use crate::time::Rate;

/// The whole document.
pub fn otio(turnover: &Turnover) -> String {
    let rate = turnover.rate;
    let mut children = Vec::new();
    for (index, event) in turnover.events.iter().enumerate() {
        if let Some(dissolve) = &event.dissolve {
            children.push(transition(dissolve.before, dissolve.after, rate));
        }
        // A gap without length stands for the colour.
        if let Some(fade) = event.fade_in {
            children.extend([gap(rate), transition(0, fade.frames, rate)]);
        }
        children.push(clip(turnover, index, event));
        if let Some(fade) = event.fade_out {
            children.extend([transition(fade.frames, 0, rate), gap(rate)]);
        }
    }
    let markers: Vec<Value> = turnover
        .markers
        .iter()
        .map(|marker| {
            json!({
                "OTIO_SCHEMA": "Marker.2",
                "color": "GREEN",
                "comment": "",
                "marked_range": range(marker.frame, 1, rate),
                "metadata": {},
                "name": marker.name,
            })
        })
        .collect();
    let track = json!({
        "OTIO_SCHEMA": "Track.1",
        "children": children,
        "effects": [],
        "kind": "Video",
        "markers": [],
        "metadata": {},
        "name": "V1",
        "source_range": null,
    });
    let timeline = json!({
        "OTIO_SCHEMA": "Timeline.1",
        "global_start_time": time(turnover.start, rate),
        "metadata": { "photoplay": {
            "version": env!("CARGO_PKG_VERSION"),
            "width": turnover.width,
            "height": turnover.height,
        } },
        "name": turnover.title,
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "children": [track],
            "effects": [],
            "markers": markers,
            "metadata": {},
            "name": "tracks",
            "source_range": null,
        },
    });
    let mut text = serde_json::to_string_pretty(&timeline).expect("plain data becomes JSON");
    text.push('\n');
    text
}

fn time(frame: u32, rate: Rate) -> Value {
    let per_second = f64::from(rate.numerator) / f64::from(rate.denominator);
    json!({ "OTIO_SCHEMA": "RationalTime.1", "rate": per_second, "value": f64::from(frame) })
}

fn range(start: u32, frames: u32, rate: Rate) -> Value {
    json!({
        "OTIO_SCHEMA": "TimeRange.1",
        "duration": time(frames, rate),
        "start_time": time(start, rate),
    })
}

fn clip(turnover: &Turnover, index: usize, event: &TurnoverEvent) -> Value {
    let media = &turnover.media[event.media];
    let rate = turnover.rate;
    let mut facts = json!({ "shot": event.shot, "event": index + 1 });
    let real = event.dissolve.as_ref().and_then(|dissolve| dissolve.instead_of.as_ref());
    if let Some(real) = real {
        facts["transition"] = json!(real);
    }
    json!({
        "OTIO_SCHEMA": "Clip.2",
        "active_media_reference_key": "DEFAULT_MEDIA",
        "effects": [],
        "enabled": true,
        "markers": [],
        "media_references": { "DEFAULT_MEDIA": reference(media, rate) },
        "metadata": { "photoplay": facts },
        "name": event.name,
        "source_range": range(media.timecode + event.source_in, event.frames(), rate),
    })
}

fn reference(media: &MediaFile, rate: Rate) -> Value {
    json!({
        "OTIO_SCHEMA": "ExternalReference.1",
        "available_image_bounds": null,
        "available_range": range(media.timecode, media.frames, rate),
        "metadata": { "photoplay": {
            "reel": media.reel,
            "take": media.take,
            "frozen_head": media.frozen_head,
            "frozen_tail": media.frozen_tail,
            "still": media.still,
        } },
        "name": media.name,
        "target_url": media.path(),
    })
}

fn transition(before: u32, after: u32, rate: Rate) -> Value {
    json!({
        "OTIO_SCHEMA": "Transition.1",
        "in_offset": time(before, rate),
        "metadata": {},
        "name": "Cross Dissolve",
        "out_offset": time(after, rate),
        "transition_type": "SMPTE_Dissolve",
    })
}

fn gap(rate: Rate) -> Value {
    json!({
        "OTIO_SCHEMA": "Gap.1",
        "effects": [],
        "enabled": true,
        "markers": [],
        "metadata": {},
        "name": "",
        "source_range": range(0, 0, rate),
    })
}
