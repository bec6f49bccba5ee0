//! A reel → the shot list: times in seconds rounded to frames once a shot,
//! shots numbered, what is heard laid over them.
//!
//! Knows what was planned; does not know how.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::captions::TimedSpeech;
use super::captions::{self, intertitles};
use super::contents::Content;
use super::planned::{PlannedPicture, PlannedShot};
use super::timeline::{PlanWarning, Timeline};
use super::timing::Timing;
use crate::breakdown::language::terms::word_of;
use crate::breakdown::screenplay::{Captions, Screenplay, Subject, Voice};
use crate::breakdown::shot::{
    CaptionLine, Card, CardKind, Picture, Shot, ShotList, Super, TakeSpec,
};
use crate::breakdown::shots::describe;
use crate::breakdown::shots::framing;
use crate::diagnostic::{Code, Diagnostic};
use crate::time::Seconds;

/// The film that a reel became, and what is to be said about it.
pub(crate) fn conform(
    screenplay: &Screenplay,
    timing: &Timing,
    reel: &mut Timeline,
    told: &mut Vec<Diagnostic>,
) -> ShotList {
    let rate = screenplay.settings.rate;
    reel.heard.sort_by_key(|heard| heard.start);
    let mut numbers = numbers(screenplay, &reel.drafts);
    told.extend(notes(screenplay, reel, &numbers));
    told.extend(overlaps(screenplay, &reel.heard));
    let Timeline { drafts, heard, supers, .. } = reel;

    let starts: Vec<Seconds> = drafts
        .iter()
        .scan(Seconds::ZERO, |at, draft| {
            let start = *at;
            *at = *at + draft.length;
            Some(start)
        })
        .collect();
    let frames: Vec<u32> = drafts.iter().map(|draft| draft.length.to_frames(rate).max(1)).collect();
    let inside = |time: Seconds| starts.partition_point(|start| *start <= time).saturating_sub(1);
    let titles = if screenplay.settings.captions == Captions::Cards {
        heard
            .iter()
            .map(|heard| (inside(heard.start), intertitles(screenplay, timing, heard)))
            .collect()
    } else {
        Vec::new()
    };

    let mut shots: Vec<Shot> = Vec::with_capacity(drafts.len());
    let mut film_starts: Vec<u32> = Vec::with_capacity(drafts.len());
    let mut index_of: Vec<usize> = Vec::with_capacity(drafts.len());
    let mut chapters: Vec<(u32, String)> = Vec::new();
    let mut at = 0;
    for (index, draft) in drafts.iter().enumerate() {
        let section = draft.scene.and_then(|scene| screenplay.scenes[scene].sections.first());
        if let Some(section) = section
            && chapters.last().is_none_or(|(_, last)| last != section)
        {
            chapters.push((at, section.clone()));
        }
        index_of.push(shots.len());
        film_starts.push(at);
        at += frames[index];
        let passed = draft.resumes.map(|base| (index_of[base], frames[base..index].iter().sum()));
        let number = (std::mem::take(&mut numbers[index]), frames[index]);
        shots.push(shot(screenplay, draft, number, &index_of, passed));
        for (which, (card, length)) in titles
            .iter()
            .filter(|(after, _)| *after == index)
            .flat_map(|(_, cards)| cards)
            .enumerate()
        {
            let frames = length.to_frames(rate).max(1);
            at += frames;
            let suffix = if which == 0 { String::new() } else { (which + 1).to_string() };
            let scene = draft.scene.map(|scene| screenplay.scenes[scene].number.clone());
            shots.push(Shot {
                number: format!("{} title{suffix}", shots[index_of[index]].number),
                scene: scene.unwrap_or_default(),
                frames,
                picture: Picture::Card(card.clone()),
                transition: None,
                fade_out: None,
                span: draft.span,
                covered: true,
                shows: shows_card(card).into(),
            });
        }
    }
    let frame_at = |time: Seconds| {
        let index = inside(time);
        let (Some(start), Some(film)) = (starts.get(index), film_starts.get(index)) else {
            return 0;
        };
        film + (time - *start).to_frames(rate).min(frames[index])
    };
    // an end on a cut belongs to the shot before it
    let end_at = |time: Seconds| {
        let index = inside(time - Seconds::micros(1));
        let (Some(start), Some(film)) = (starts.get(index), film_starts.get(index)) else {
            return 0;
        };
        film + (time - *start).to_frames(rate).min(frames[index])
    };
    let mut speakers: IndexMap<&[Subject], Arc<str>, RandomState> = IndexMap::default();
    let mut lines: Vec<CaptionLine> = Vec::with_capacity(heard.len());
    for heard in &*heard {
        let speech = &heard.speech;
        let name = || captions::speaker(screenplay, speech).into();
        let speaker = speakers.entry(&speech.speakers).or_insert_with(name);
        let timed =
            |start, end, line| CaptionLine { start: frame_at(start), end: end_at(end), ..line };
        let said =
            captions::lines(heard, speaker).map(|(start, end, line)| timed(start, end, line));
        lines.extend(said.filter(|line| line.end > line.start));
    }
    let supers = supers
        .iter()
        .map(|(text, start, end)| Super {
            text: text.clone(),
            start: frame_at(*start),
            end: end_at(*end),
        })
        .filter(|words| words.end > words.start)
        .collect();
    ShotList {
        settings: screenplay.settings.clone(),
        title: screenplay.title.clone(),
        subjects: screenplay.subjects.clone(),
        shots,
        lines,
        supers,
        chapters,
        files: screenplay.files.clone(),
    }
}

/// What was noted of shots, now that they have numbers.
fn notes(screenplay: &Screenplay, reel: &mut Timeline, numbers: &[String]) -> Vec<Diagnostic> {
    let Timeline { drafts, notes, .. } = reel;
    let told = |note| match note {
        PlanWarning::Lengthened { draft, written, speaker, speeches, needs } => {
            let shot = &drafts[draft];
            let whole: Seconds = drafts[draft..]
                .iter()
                .take_while(|piece| piece.span == shot.span)
                .map(|piece| piece.length)
                .sum();
            let next = numbers.get(draft + 1).map_or("the next", String::as_str);
            let line = if speeches == 1 { "line takes" } else { "speeches take" };
            let name = &screenplay.subjects[speaker.0].name;
            let tenths = (whole.as_micros() + 99_999) / 100_000;
            let round = Seconds::millis(tenths * 100);
            Diagnostic::warning(
                Code::Lengthened,
                shot.span,
                format!(
                    "shot {} is {written}, but {name}'s {line} {}; it was made {} long",
                    numbers[draft],
                    tenth(needs),
                    tenth(whole)
                ),
            )
            .help(format!(
                "write {round}, or `exactly {written}` to let the voice run on over shot {next}"
            ))
        }
        PlanWarning::Unread { draft, needs } => Diagnostic::warning(
            Code::UnreadLetter,
            drafts[draft].span,
            format!("the words in shot {} take {} to read", numbers[draft], tenth(needs)),
        )
        .help(format!("write {}", tenth(needs))),
        PlanWarning::ShortSuper { draft, span, needs } => Diagnostic::hint(
            Code::ShortSuper,
            span,
            format!("the words over shot {} take {} to read", numbers[draft], tenth(needs)),
        )
        .help("make the shot longer, or the words fewer"),
    };
    notes.drain(..).map(told).collect()
}

/// Voices that go on into one another.
fn overlaps(screenplay: &Screenplay, heard: &[TimedSpeech]) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for pair in heard.windows(2) {
        let [first, second] = pair else { continue };
        if second.start >= first.end || second.speech.dual || first.draft == second.draft {
            continue;
        }
        let name = |heard: &TimedSpeech| {
            heard.speech.speakers.first().map_or("somebody", |who| &screenplay.subjects[who.0].name)
        };
        let message = format!("{} still speaks when {} begins", name(first), name(second));
        let told = if first.exactly && first.voice == Voice::OnScreen {
            Diagnostic::error(Code::VoicesOverlap, second.span, message)
                .related(first.span, "runs on because its shot is `exactly` so long")
                .help("give that shot more time")
        } else if first.voice == Voice::Narration && second.voice == Voice::OnScreen {
            Diagnostic::warning(Code::VoicesOverlap, second.span, message)
                .related(first.span, "begins here and runs on")
                .help("give the shots between them more time")
        } else {
            continue;
        };
        all.push(told);
    }
    all
}

/// Words on paper, when the picture is of the paper.
pub(crate) fn lettering(draft: &PlannedShot) -> Vec<String> {
    if !draft.framing.properties().thing {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for content in &draft.contents {
        if let Content::Action { action, .. } = content {
            lines.extend(action.lettering.iter().cloned());
        }
    }
    lines
}

fn tenth(time: Seconds) -> Seconds {
    Seconds::millis((time.as_micros() + 50_000) / 100_000 * 100)
}

/// `scene.shot` for people, or the written id; unique.
fn numbers(screenplay: &Screenplay, drafts: &[PlannedShot]) -> Vec<String> {
    let mut counts = vec![0; screenplay.scenes.len()];
    drafts
        .iter()
        .map(|draft| {
            let Some(scene) = draft.scene else {
                return match &draft.picture {
                    PlannedPicture::Card(Card { kind: CardKind::Title, .. }) => "title".to_owned(),
                    _ => "end".to_owned(),
                };
            };
            counts[scene] += 1;
            match draft.spec.as_ref().and_then(|spec| spec.id.as_ref()) {
                Some(id) if draft.resumes.is_none() => id.clone(),
                _ => [&screenplay.scenes[scene].number, ".", &counts[scene].to_string()].concat(),
            }
        })
        .collect()
}

/// A cut of the film. `index_of` are the shots of the drafts before it.
fn shot(
    screenplay: &Screenplay,
    draft: &PlannedShot,
    (number, frames): (String, u32),
    index_of: &[usize],
    resumes: Option<(usize, u32)>,
) -> Shot {
    let mut picture = picture(screenplay, draft);
    if let Picture::Take(take) = &mut picture
        && (draft.continues.is_some() || resumes.is_some())
    {
        let take = Arc::make_mut(take);
        (take.continues, take.resumes) = (draft.continues.map(|from| index_of[from]), resumes);
    }
    Shot {
        number,
        scene: draft.scene.map(|scene| screenplay.scenes[scene].number.clone()).unwrap_or_default(),
        frames,
        shows: shows(screenplay, draft).into(),
        picture,
        transition: draft.transition.clone(),
        fade_out: draft.fade_out.clone(),
        span: draft.span,
        covered: draft.covered,
    }
}

/// The picture, as if it continued no other shot.
fn picture(screenplay: &Screenplay, draft: &PlannedShot) -> Picture {
    match &draft.picture {
        PlannedPicture::Card(card) => Picture::Card(card.clone()),
        PlannedPicture::Black => Picture::Black,
        PlannedPicture::White => Picture::White,
        PlannedPicture::Take => {
            let movement = draft.framing.movement.as_ref();
            let reveals = movement.map_or(&[][..], |movement| &movement.reveals);
            let mut subjects = draft.framing.subjects.clone();
            subjects
                .extend(reveals.iter().map(|who| (*who, framing::face(screenplay, *who, false))));
            Picture::Take(Arc::new(TakeSpec {
                description: Arc::new(describe::describe(screenplay, draft)),
                subjects,
                movement: movement.map(describe::canonical).unwrap_or_default(),
                from_image: draft.spec.as_ref().and_then(|spec| spec.from_image.clone()),
                to_image: draft.spec.as_ref().and_then(|spec| spec.to_image.clone()),
                lettering: lettering(draft),
                continues: None,
                resumes: None,
                id: draft.spec.as_ref().and_then(|spec| spec.id.clone()),
            }))
        }
    }
}

fn shows_card(card: &Card) -> String {
    card.lines.join(" / ")
}

/// In a few words, for people.
fn shows(screenplay: &Screenplay, draft: &PlannedShot) -> String {
    if let PlannedPicture::Card(card) = &draft.picture {
        return shows_card(card);
    }
    if let Some(spec) = &draft.spec {
        return spec.head.clone();
    }
    let mut names: Vec<&str> =
        draft.framing.seen().iter().map(|who| screenplay.subjects[who.0].name.as_str()).collect();
    names.extend(draft.framing.things.iter().map(String::as_str));
    if names.is_empty()
        && let Some(scene) = draft.scene
    {
        names.push(&screenplay.places[screenplay.scenes[scene].place.0].name);
    }
    [word_of(draft.framing.size.as_ref()), ": ", &names.join(", ")].concat()
}
