//! Turnovers: generated edits written in every format, and read again by readers of other
//! people (`make delivery-test`).

#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]
#![allow(clippy::print_stderr, reason = "what it finds is for whoever runs it")]

mod edits;
#[cfg(feature = "ffmpeg")]
mod export;
mod readers;

use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::deliver::edl::edl;
use photoplay::deliver::fcpxml::fcpxml;
use photoplay::deliver::fdx::fdx;
use photoplay::deliver::mlt::mlt;
use photoplay::deliver::otio::otio;
use photoplay::deliver::xmeml::xmeml;
use photoplay::script::tree::Tree;
use photoplay::source::{SourceId, Sources};
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

/// A script with every element, as Final Draft has it, to look at.
#[test]
fn a_script_for_final_draft() {
    let (sources, tree) = script(SCRIPT);
    let document = fdx(sources.get(SourceId(0)), &tree);
    insta::assert_snapshot!("fdx", document);
    // Every word, in order, once.
    let mut rest = document.as_str();
    for word in [
        "Tusk wakes",
        "JUNKYARD",
        "CLOSE ON MARA",
        "stands",
        "MARA (V.O.)",
        "softly",
        "still",
        "IDA",
        "Yes",
        "TUSK",
        "No",
        "la la",
        "DISSOLVE TO:",
        "LATER",
        "HALL",
        "Dust",
        "Mära",
    ] {
        let at = rest.find(word).unwrap_or_else(|| panic!("{word} is not there in its place"));
        rest = &rest[at + word.len()..];
    }
}

const SCRIPT: &str = "Title: Mära & <Tusk>\nAuthor: A. Novelist\n\n[[film: seed 7]]\n\n\
    EXT. JUNKYARD - DAY #1A#\n\n= Tusk wakes.\n\n!! CLOSE ON MARA [[slow push in, 3s]]\n\n\
    MARA **stands** & *waits*. [[Does she?]]\nStill.\n\nMARA (V.O.)\n(softly)\n\
    You _still_ work.\n\nIDA\nYes.\n\nTUSK ^\nNo.\n~la la\n\n> DISSOLVE TO: [[1s]]\n\n\
    > LATER <\n\n===\n\n# Act Two\n\nINT. HALL - NIGHT\n\nDust.\n\n[[cast: MARA, a girl]]\n";

fn script(text: &str) -> (Sources, Tree) {
    let mut sources = Sources::default();
    let id = sources.add("film.play", text);
    let tree = analyze(&mut sources, id, Strictness::Strict).tree;
    (sources, tree)
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
