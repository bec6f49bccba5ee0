//! Turnovers: generated edits written in every format, and read again by readers of other
//! people (`make delivery-test`).

#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]

mod edits;
#[cfg(feature = "ffmpeg")]
mod export;
mod readers;

use photoplay::deliver::edl::edl;
use photoplay::deliver::fcpxml::fcpxml;
use photoplay::deliver::mlt::mlt;
use photoplay::deliver::otio::otio;
use photoplay::deliver::xmeml::xmeml;
use proptest::prelude::*;

use edits::{RATES, example, turnovers};

proptest! {
    #[test]
    fn every_frame_that_a_film_shows_is_in_its_media(
        turnover in (0..RATES.len()).prop_flat_map(|rate| turnovers(RATES[rate])),
    ) {
        let mut at = 0;
        for (index, event) in turnover.events.iter().enumerate() {
            prop_assert_eq!(event.record_in, at);
            at = event.record_out;
            let media = &turnover.media[event.media];
            let before = event.dissolve.as_ref().map_or(0, |dissolve| dissolve.before);
            let next = turnover.events.get(index + 1).and_then(|next| next.dissolve.as_ref());
            let after = next.map_or(0, |dissolve| dissolve.after);
            prop_assert!(before <= event.source_in);
            prop_assert!(event.source_in + event.frames() + after <= media.frames);
            prop_assert!(media.head <= event.source_in);
            prop_assert!(event.source_in + event.frames() + media.tail <= media.frames);
        }
        prop_assert_eq!(at, turnover.frames);
        let mut names = std::collections::BTreeSet::new();
        let mut end = turnover.start;
        for media in &turnover.media {
            prop_assert!(names.insert(media.name.clone()) && names.insert(media.reel.clone()));
            prop_assert!(media.reel.len() <= 8);
            prop_assert_eq!(media.timecode, end);
            end += media.frames;
            prop_assert!(media.frozen_head <= media.head && media.frozen_tail <= media.tail);
        }
    }
}

/// Every format of one small film, to look at.
#[test]
fn the_formats() {
    let turnover = example();
    insta::assert_snapshot!("otio", otio(&turnover));
    insta::assert_snapshot!("edl", edl(&turnover));
    insta::assert_snapshot!("fcpxml", fcpxml(&turnover));
    insta::assert_snapshot!("xmeml", xmeml(&turnover, "file://localhost/films/out/"));
    insta::assert_snapshot!("mlt", mlt(&turnover));
}
