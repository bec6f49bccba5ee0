//! `shots.csv`: the shot list for a spreadsheet.
//!
//! RFC 4180 in UTF-8, with the mark by which Excel knows it. No cell is a formula, whatever
//! a script says.

use super::manifest::TakeFacts;
use super::timecode::timecode;
use super::turnover::Turnover;
use crate::breakdown::shot::{Picture, ShotList};

/// The names of the columns.
const COLUMNS: [&str; 21] = [
    "shot",
    "scene",
    "shows",
    "size",
    "angle",
    "move",
    "lens",
    "subjects",
    "action",
    "dialogue",
    "frames",
    "timecode in",
    "timecode out",
    "reel",
    "source in",
    "file",
    "take",
    "model",
    "seed",
    "prompt",
    "card",
];

/// The table of a film: a row for every event. `facts` are those of the media.
pub fn shots_csv(list: &ShotList, turnover: &Turnover, facts: &[TakeFacts], model: &str) -> String {
    let mut table = String::from("\u{feff}");
    row(&mut table, COLUMNS.map(str::to_owned));
    for (event, shot) in turnover.events.iter().zip(&list.shots) {
        let (media, facts) = (&turnover.media[event.media], &facts[event.media]);
        let film = |frame: u32| timecode(turnover.start + frame, turnover.rate);
        let take = match &shot.picture {
            Picture::Take(take) => Some(&take.description),
            _ => None,
        };
        let word = |field: fn(&crate::breakdown::description::Description) -> &String| {
            take.map(|description| field(description).clone()).unwrap_or_default()
        };
        let subjects = take.map(|description| {
            let names = description.subjects.iter().map(|subject| subject.called.as_str());
            names.collect::<Vec<_>>().join(", ")
        });
        let heard = list
            .lines
            .iter()
            .filter(|line| (event.record_in..event.record_out).contains(&line.start));
        let dialogue: Vec<String> =
            heard.map(|line| format!("{}: {}", line.speaker, line.text)).collect();
        let card = match &shot.picture {
            Picture::Card(card) => card.in_one_line(),
            _ => String::new(),
        };
        let seeds: Vec<String> = facts.seeds.iter().map(ToString::to_string).collect();
        let source = media.timecode + event.source_in;
        row(
            &mut table,
            [
                shot.number.clone(),
                shot.scene.to_string(),
                shot.shows.to_string(),
                word(|description| &description.size),
                word(|description| &description.angle),
                word(|description| &description.movement),
                word(|description| &description.lens),
                subjects.unwrap_or_default(),
                word(|description| &description.action),
                dialogue.join("\n"),
                event.frames().to_string(),
                film(event.record_in),
                film(event.record_out),
                media.reel.clone(),
                timecode(source, turnover.rate),
                media.path(),
                media.take.map(|take| take.to_string()).unwrap_or_default(),
                if media.take.is_some() { model.to_owned() } else { String::new() },
                seeds.join(" "),
                facts.prompt.clone(),
                card,
            ],
        );
    }
    table
}

fn row(table: &mut String, cells: [String; COLUMNS.len()]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A cell: quoted where it has to be, and never a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r', ';']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("plain", "plain"),
            ("=1+1", "'=1+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=cmd|'/c calc'!A0,x", "\"'=cmd|'/c calc'!A0,x\""),
            ("a \"b\"\nc", "\"a \"\"b\"\"\nc\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
