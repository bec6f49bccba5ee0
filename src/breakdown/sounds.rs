//! Music and effects of a script: how it writes them, and when the film plays them.
//!
//! Knows the tree and the shot list; does not know samples.

use crate::breakdown::screenplay::SpeechPart;
use crate::breakdown::shot::{Shot, ShotList};
use crate::breakdown::shots::heard::{HeardSpeeches, letters};
use crate::script::tree::{
    Directive, DirectiveWord, Element, ElementKind, Note, Piece, SpeechLine, Text, Tree,
};
use crate::source::quotes::{self, is_quote};
use crate::source::{SourceId, Span, Spanned};
use crate::time::Seconds;

/// What a `music` or `sound` directive asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum SoundOrder {
    /// A file is played.
    Play(PlayOrder),
    /// The music ends, in a time.
    Stop(Option<Seconds>),
    /// A sound in words, which nobody makes.
    Words,
}

/// How a file is played.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayOrder {
    /// The file, as it is written.
    pub file: Spanned<String>,
    /// Where it begins.
    pub from: Seconds,
    /// The time in which it begins.
    pub fade_in: Option<Seconds>,
    /// The time in which it ends.
    pub fade_out: Option<Seconds>,
    /// Decibels above the usual.
    pub level: f64,
    /// Whether it begins again when it is over.
    pub loops: bool,
    /// Whether it stays under everything.
    pub under: bool,
}

/// Why an order cannot be read, and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadOrder {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: &'static str,
    /// What to write.
    pub help: &'static str,
}

/// An order on the time line of a film.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedOrder {
    /// Whether it is of the music.
    pub music: bool,
    /// What is asked for.
    pub order: SoundOrder,
    /// Frame of the film.
    pub at: u32,
}

/// Ends the music.
const STOP: &str = "stop";

/// The most decibels above or below the usual.
const LEVELS: f64 = 40.0;

/// Reads a directive.
pub fn order(directive: &Directive) -> Result<SoundOrder, BadOrder> {
    let music = directive.word.value == DirectiveWord::Music;
    read(&directive.body, &directive.fields, music)
}

fn read(
    body: &Spanned<String>,
    fields: &[Spanned<String>],
    music: bool,
) -> Result<SoundOrder, BadOrder> {
    let bad = |message, help| BadOrder { span: body.span, message, help };
    let text = body.value.trim();
    let Some(rest) = text.strip_prefix(quotes::opens) else {
        let mut phrases = text.split(',').map(str::trim);
        if phrases.next().is_some_and(|word| word.eq_ignore_ascii_case(STOP)) {
            let mut fade = phrases.chain(fields.iter().map(|field| field.value.trim()));
            return Ok(SoundOrder::Stop(fade.find_map(fade_out)));
        }
        if !music {
            return Ok(SoundOrder::Words);
        }
        let help = "for example `[[music: \"audio/theme.wav\", from 0:04, fade in 1s]]`";
        return Err(bad("music is a file in quotes, or `stop`", help));
    };
    let Some((file, rest)) = rest.split_once(is_quote) else {
        return Err(bad("this file name is never closed", "write a quote after it, too"));
    };
    let mut play = PlayOrder {
        file: Spanned::new(file.trim().to_owned(), body.span),
        from: Seconds::ZERO,
        fade_in: None,
        fade_out: None,
        level: 0.0,
        loops: false,
        under: false,
    };
    let written = rest.split(',').map(|phrase| (phrase, body.span));
    let phrases = written.chain(fields.iter().map(|field| (field.value.as_str(), field.span)));
    for (phrase, span) in phrases.filter(|(phrase, _)| !phrase.trim().is_empty()) {
        if !play.apply(&phrase.trim().to_lowercase()) {
            return Err(BadOrder {
                span,
                message: "this does not say how the file is played",
                help: "write `from 0:04`, `fade in 1s`, `fade out 2s`, `level -6`, `loop` or `under`",
            });
        }
    }
    Ok(SoundOrder::Play(play))
}

impl PlayOrder {
    /// Applies a phrase; `false` if it is none.
    fn apply(&mut self, phrase: &str) -> bool {
        let level = |text: &str| {
            let number = text.trim_end_matches("db").trim().replace(',', ".");
            number.parse::<f64>().ok().filter(|level| level.abs() <= LEVELS)
        };
        if let Some(time) = phrase.strip_prefix("from ").and_then(time) {
            self.from = time;
        } else if let Some(time) = phrase.strip_prefix("fade in ").and_then(time) {
            self.fade_in = Some(time);
        } else if let Some(time) = fade_out(phrase) {
            self.fade_out = Some(time);
        } else if let Some(level) = phrase.strip_prefix("level ").and_then(level) {
            self.level = level;
        } else if phrase == "loop" {
            self.loops = true;
        } else if phrase == "under" {
            self.under = true;
        } else {
            return false;
        }
        true
    }
}

fn fade_out(phrase: &str) -> Option<Seconds> {
    phrase.strip_prefix("fade out ").and_then(time)
}

/// `4s`, `1.5 s`, `0:04`, `1:02.5`; up to a day.
fn time(text: &str) -> Option<Seconds> {
    let text = text.trim().trim_end_matches("seconds").trim_end_matches('s').trim();
    let mut total = 0.0;
    for part in text.split(':') {
        let number = part.trim();
        let plain = number.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        total = 60.0 * total + number.parse::<f64>().ok().filter(|_| plain)?;
    }
    (total <= 86_400.0).then(|| Seconds::micros((total * 1e6).round() as i64))
}

/// All orders of a script that can be read, at their frames of the film.
pub fn timed_orders(tree: &Tree, list: &ShotList, heard: &HeardSpeeches) -> Vec<TimedOrder> {
    let frames = Frames { tree, list, heard };
    let mut orders = Vec::new();
    for (index, element) in tree.elements.iter().enumerate() {
        match &element.kind {
            ElementKind::Directive(directive) => {
                let music = directive.word.value == DirectiveWord::Music;
                if let (true, Ok(order)) =
                    (music || directive.word.value == DirectiveWord::Sound, order(directive))
                {
                    orders.push(TimedOrder { music, order, at: frames.between(index) });
                }
            }
            ElementKind::Action { text, .. } => {
                for (letters_before, order) in inside(text) {
                    let at = frames.in_action(element, text, letters_before);
                    orders.push(TimedOrder { music: false, order, at });
                }
            }
            ElementKind::Speech(speech) => {
                let mut before = 0;
                for line in &speech.lines {
                    let (SpeechLine::Words(text) | SpeechLine::Lyrics(text)) = line else {
                        continue;
                    };
                    for (letters_before, order) in inside(text) {
                        let at = frames.in_speech(element, before + letters_before);
                        orders.push(TimedOrder { music: false, order, at });
                    }
                    before += letters_of(text);
                }
            }
            _ => {}
        }
    }
    orders
}

/// The sounds inside a text, each with the letters before it.
fn inside(text: &Text) -> Vec<(usize, SoundOrder)> {
    let (mut before, mut found) = (0, Vec::new());
    for piece in &text.pieces {
        match piece {
            Piece::Words { text, .. } => before += letters(text),
            Piece::Note(Note::Remark(remark)) => {
                let Some((word, body)) = remark.value.split_once(':') else { continue };
                let is_sound = word.trim().eq_ignore_ascii_case(DirectiveWord::Sound.as_str());
                let mut parts =
                    body.split('|').map(|part| Spanned::new(part.trim().to_owned(), remark.span));
                let (Some(body), true) = (parts.next(), is_sound) else { continue };
                let fields: Vec<_> = parts.collect();
                if let Ok(order @ SoundOrder::Play(_)) = read(&body, &fields, false) {
                    found.push((before, order));
                }
            }
            Piece::LineBreak | Piece::Note(_) => {}
        }
    }
    found
}

fn letters_of(text: &Text) -> usize {
    let words = text.pieces.iter().map(|piece| match piece {
        Piece::Words { text, .. } => letters(text),
        _ => 0,
    });
    words.sum()
}

/// When the elements of a script are in its film.
struct Frames<'a> {
    tree: &'a Tree,
    list: &'a ShotList,
    heard: &'a HeardSpeeches,
}

impl Frames<'_> {
    /// The shots that were planned for a part of the script, with their first frames.
    fn shots(&self, part: Span) -> impl Iterator<Item = (u32, &Shot)> {
        let starts = self.list.starts().into_iter().zip(&self.list.shots);
        starts.filter(move |(_, shot)| {
            shot.span.source == SourceId(0)
                && shot.span.end > shot.span.start
                && (part.start..part.end.max(part.start + 1)).contains(&shot.span.start)
        })
    }

    /// The first frame of what is filmed of an element.
    fn start(&self, element: &Element) -> Option<u32> {
        let said = self.list.speeches.iter().filter(|line| line.span == element.span);
        let said = said.map(|line| line.start).min();
        let shown = self.shots(element.span).map(|(start, _)| start).min();
        said.or(shown)
    }

    /// Between two elements: when the next begins. Before the first scene it is the
    /// beginning of the film.
    fn between(&self, index: usize) -> u32 {
        let is_heading = |element: &Element| matches!(element.kind, ElementKind::Heading { .. });
        let elements = &self.tree.elements;
        if !elements[..index].iter().any(is_heading) {
            return 0;
        }
        // An element behind a shot line begins as far into the shot as it stands in the
        // text.
        let before = elements[..index]
            .iter()
            .rposition(|element| is_heading(element) || self.start(element).is_some());
        let after = elements[index + 1..].iter().find_map(|element| self.start(element));
        let end = after.unwrap_or_else(|| self.list.frames());
        let Some(before) =
            before.filter(|before| matches!(elements[*before].kind, ElementKind::Shot(_)))
        else {
            return end;
        };
        let start = self.start(&elements[before]).unwrap_or(end);
        let owned = elements[before + 1..]
            .iter()
            .take_while(|element| self.start(element).is_none() && !is_heading(element));
        let letters = |elements: &mut dyn Iterator<Item = &Element>| -> usize {
            elements
                .map(|element| match &element.kind {
                    ElementKind::Action { text, .. } => letters_of(text),
                    _ => 0,
                })
                .sum()
        };
        let all = letters(&mut owned.clone()).max(1);
        let passed = letters(&mut elements[before + 1..index].iter());
        let length = self.shots(elements[before].span).map(|(_, shot)| shot.frames).sum::<u32>();
        start + share(length, passed, all)
    }

    /// Inside a paragraph, after so many of its letters.
    fn in_action(&self, element: &Element, text: &Text, before: usize) -> u32 {
        let shots: Vec<(u32, &Shot)> = self.shots(element.span).collect();
        match shots.first() {
            Some((start, _)) => {
                let length = shots.iter().map(|(_, shot)| shot.frames).sum();
                start + share(length, before, letters_of(text).max(1))
            }
            None => {
                let index = self.tree.elements.iter().position(|other| other == element);
                index.map_or(0, |index| self.between(index))
            }
        }
    }

    /// Inside a speech, before the word after so many letters.
    fn in_speech(&self, element: &Element, before: usize) -> u32 {
        let line = self.list.speeches.iter().find(|line| {
            line.span.source == element.span.source
                && line.span.start < element.span.end
                && element.span.start < line.span.end
        });
        let Some(line) = line else { return self.list.frames() };
        match self.heard.get(&line.speech) {
            Some(heard) => line.start + heard.begins(before).to_frames(self.list.settings.rate),
            None => {
                let all = line.speech.parts.iter().map(|part| match part {
                    SpeechPart::Words(text) => letters(text),
                    _ => 0,
                });
                line.start + share(line.end - line.start, before, all.sum::<usize>().max(1))
            }
        }
    }
}

/// A part of a length, by the letters before it.
fn share(length: u32, before: usize, all: usize) -> u32 {
    (u64::from(length) * before.min(all) as u64 / all as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyze;
    use crate::breakdown::Strictness;
    use crate::source::Sources;

    fn orders(script: &str) -> (Vec<TimedOrder>, ShotList) {
        let mut sources = Sources::default();
        let id = sources.add("film.play", script);
        let analysis = analyze(&mut sources, id, Strictness::Strict);
        let orders = timed_orders(&analysis.tree, &analysis.list, &HeardSpeeches::default());
        (orders, analysis.list)
    }

    #[test]
    fn files_are_played_as_it_is_written() {
        let read = |body: &str, fields: &[&str], music| {
            let spanned = |text: &str| Spanned::new(text.to_owned(), Span::default());
            let fields: Vec<_> = fields.iter().map(|field| spanned(field)).collect();
            read(&spanned(body), &fields, music)
        };
        let Ok(SoundOrder::Play(play)) =
            read("\"a b.ogg\", from 1:02.5, fade in 2s", &["level -6 dB", "loop", "under"], true)
        else {
            panic!("it can be read")
        };
        assert_eq!((play.file.value.as_str(), play.level), ("a b.ogg", -6.0));
        assert_eq!(
            (play.from, play.fade_in),
            (Seconds::millis(62_500), Some(Seconds::millis(2000)))
        );
        assert!(play.loops && play.under && play.fade_out.is_none());
        let fade = Some(Seconds::millis(3000));
        assert_eq!(read("stop, fade out 3s", &[], true), Ok(SoundOrder::Stop(fade)));
        assert_eq!(read("one pendulum", &[], false), Ok(SoundOrder::Words));
        for (body, music) in [
            ("theme.wav", true),
            ("\"a.wav", true),
            ("\"a.wav\", quickly", false),
            ("\"a\", level 99", true),
        ] {
            assert!(read(body, &[], music).is_err(), "{body}");
        }
    }

    #[test]
    fn orders_stand_where_they_are_written() {
        let (orders, list) = orders(
            "[[music: \"theme.ogg\"]]\n\nEXT. QUAY - DAY\n\n!! WIDE [[4s]]\n\nA boat comes in, \
             [[sound: \"bell.wav\"]] a bell rings.\n\n[[music: stop]]\n\n!! CLOSE ON IDA [[4s]]\n\nIDA\nNow \
             [[sound: \"bang.wav\"]] then.\n\n[[cast: IDA, a woman]]\n",
        );
        let starts = list.starts();
        let at: Vec<u32> = orders.iter().map(|order| order.at).collect();
        let wide = list.shots.iter().position(|shot| shot.number == "1.1").unwrap();
        let speech = &list.speeches[0];
        assert_eq!(at[0], 0, "before the first scene");
        assert!(at[1] >= starts[wide] && at[1] < starts[wide + 1], "{at:?} {starts:?}");
        assert_eq!(at[2], starts[wide + 1]);
        assert!(at[3] > speech.start && at[3] < speech.end, "{at:?} {speech:?}");
        assert!(matches!(orders[2].order, SoundOrder::Stop(None)) && orders[2].music);
    }
}
