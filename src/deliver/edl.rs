//! The turnover as an edit decision list in the CMX 3600 format: one video track, cuts and
//! dissolves.
//!
//! A dissolve of this format begins where its second event begins: frames that two events
//! share belong to the second one. If the film begins with a dissolve, an event without
//! frames stands before it, because readers want something to dissolve from.

use std::fmt::Write as _;

use super::timecode::timecode;
use super::turnover::{Turnover, TurnoverEvent};
use crate::time::Rate;

/// The reel of black.
const BLACK: &str = "BL";

/// The longest title (SMPTE 258M gives a line of eighty columns).
const LONGEST_TITLE: usize = 70;

/// The whole list.
pub fn edl(turnover: &Turnover) -> String {
    let mut list = Lines { turnover, text: String::new(), number: 0, marker: 0, rate_told: false };
    let title: String = on_a_line(&turnover.title).chars().take(LONGEST_TITLE).collect();
    writeln!(list.text, "TITLE: {title}\nFCM: NON-DROP FRAME").expect("a String takes everything");
    for index in 0..turnover.events.len() {
        list.event(index);
    }
    list.text
}

/// Text without line breaks, which would end a comment.
fn on_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The timecode of an event's media at a frame of the film.
fn source_at(turnover: &Turnover, event: &TurnoverEvent, record: u32) -> u32 {
    turnover.media[event.media].timecode + event.source_in + record - event.record_in
}

fn reel<'a>(turnover: &'a Turnover, event: &TurnoverEvent) -> &'a str {
    &turnover.media[event.media].reel
}

struct Lines<'a> {
    turnover: &'a Turnover,
    text: String,
    number: usize,
    marker: usize,
    rate_told: bool,
}

impl Lines<'_> {
    fn event(&mut self, index: usize) {
        let turnover = self.turnover;
        let event = &turnover.events[index];
        let fade_out = event.fade_out.map_or(0, |fade| fade.frames);
        let (before, shared) = (
            event.dissolve.as_ref().map_or(0, |dissolve| dissolve.before),
            turnover.shared_end(index),
        );
        let (record_in, record_out) =
            (event.record_in - before, event.record_out - shared - fade_out);
        let source = |record: u32| source_at(turnover, event, record);
        let times = [source(record_in), source(record_out), record_in, record_out];
        match (&event.dissolve, event.fade_in) {
            (Some(dissolve), _) => {
                let left = &turnover.events[index - 1];
                let from = source_at(turnover, left, record_in);
                self.lead_from(reel(turnover, left), &left.name, from, record_in);
                self.dissolve(reel(turnover, event), dissolve.frames(), times);
                self.comment(&format!("FROM CLIP NAME: {}", on_a_line(&left.name)));
                self.comment(&format!("TO CLIP NAME: {}", on_a_line(&event.name)));
                self.file(event);
            }
            (None, Some(fade)) => {
                self.lead_from(BLACK, "black", 0, record_in);
                self.dissolve(reel(turnover, event), fade.frames, times);
                self.comment(&format!("TO CLIP NAME: {}", on_a_line(&event.name)));
                self.file(event);
            }
            // Dissolves and fades show all of it.
            (None, None) if record_in == record_out => {}
            (None, None) => {
                self.cut(reel(turnover, event), times);
                self.comment(&format!("FROM CLIP NAME: {}", on_a_line(&event.name)));
                self.file(event);
            }
        }
        if fade_out > 0 {
            let end = source(record_out);
            self.lead_from(reel(turnover, event), &event.name, end, record_out);
            let record_end = record_out + fade_out;
            self.dissolve(BLACK, fade_out, [0, fade_out, record_out, record_end]);
            self.comment(&format!("FROM CLIP NAME: {}", on_a_line(&event.name)));
        }
        // Readers take no comment before the first event.
        if self.number == 0 {
            return;
        }
        // The format has no place for the rate.
        if !std::mem::replace(&mut self.rate_told, true) {
            let Rate { numerator, denominator } = turnover.rate;
            self.comment(&format!("FRAME RATE: {numerator}/{denominator}"));
        }
        self.markers(event.record_out);
    }

    /// The first line of a dissolve: the event before it, without frames.
    fn lead_from(&mut self, reel: &str, name: &str, source: u32, record: u32) {
        let nothing = [source, source, record, record];
        if self.number == 0 {
            self.cut(reel, nothing);
            self.comment(&format!("FROM CLIP NAME: {}", on_a_line(name)));
        }
        self.cut(reel, nothing);
    }

    fn cut(&mut self, reel: &str, times: [u32; 4]) {
        self.number += 1;
        self.line(reel, "C   ", "   ", times);
    }

    /// The second line of an event: it has the number of the first.
    fn dissolve(&mut self, reel: &str, frames: u32, times: [u32; 4]) {
        self.line(reel, "D   ", &format!("{frames:03}"), times);
    }

    fn line(&mut self, reel: &str, kind: &str, frames: &str, times: [u32; 4]) {
        let rate = self.turnover.rate;
        let [source_in, source_out, record_in, record_out] = times;
        let record = |frame| timecode(self.turnover.start + frame, rate);
        writeln!(
            self.text,
            "{:03}  {reel:8} V     {kind} {frames} {} {} {} {}",
            self.number,
            timecode(source_in, rate),
            timecode(source_out, rate),
            record(record_in),
            record(record_out),
        )
        .expect("a String takes everything");
    }

    fn comment(&mut self, words: &str) {
        writeln!(self.text, "* {words}").expect("a String takes everything");
    }

    fn file(&mut self, event: &TurnoverEvent) {
        let path = self.turnover.media[event.media].path();
        self.comment(&format!("SOURCE FILE: {}", path.trim_start_matches("media/")));
    }

    /// Markers up to a frame.
    fn markers(&mut self, end: u32) {
        let turnover = self.turnover;
        while let Some(marker) = turnover.markers.get(self.marker).filter(|it| it.frame < end) {
            self.marker += 1;
            let at = timecode(turnover.start + marker.frame, turnover.rate);
            self.comment(&format!("LOC: {at} GREEN   {}", on_a_line(&marker.name)));
        }
    }
}
