//! Screenplay → shot list: plans the scenes one after the other, numbers their
//! shots and times everything in frames.
//!
//! Does not know models or pixels.

use std::sync::Arc;

use super::captions::{caption_lines, intertitles, spoken_lines};
use super::describe::DescribedShot;
use super::duration::{Length, in_frames};
use super::frames::FrameMap;
use super::framing::Framing;
use super::heard::HeardSpeeches;
use super::number::{intertitle_number, numbers};
use super::planned::{PlannedPicture, PlannedShot};
use super::rules::Rules;
use super::scene::{FilledRests, SceneStart, plan_scene};
use super::scene_cache::SceneCache;
use super::timed_film::TimedFilm;
use super::timing::Timing;
use super::warnings;
use crate::breakdown::screenplay::{Captions, FilmSettings, Item, ItemKind, Screenplay};
use crate::breakdown::shot::{Card, CardKind, Picture, Shot, ShotList, Super};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::time::Seconds;

/// Plans the whole film. Every screenplay has a shot list, even one with errors.
pub fn shot_list(screenplay: &Screenplay) -> (ShotList, Vec<Diagnostic>) {
    shot_list_with(screenplay, None)
}

/// Plans the whole film, and reuses scenes from the cache of an earlier pass.
pub(crate) fn shot_list_with(
    screenplay: &Screenplay,
    cache: Option<&mut SceneCache>,
) -> (ShotList, Vec<Diagnostic>) {
    let timing = timing(screenplay);
    let film = plan(screenplay, &timing, cache, None);
    finished(screenplay, &timing, film)
}

/// Plans the whole film with the lengths of spoken speeches. The shots are those of
/// [`shot_list`].
pub fn heard_shot_list(
    screenplay: &Screenplay,
    heard: &Arc<HeardSpeeches>,
) -> (ShotList, Vec<Diagnostic>) {
    let timing = timing(screenplay);
    let (by_rule, _) = plan(screenplay, &timing, None, None);
    let timing = timing.hearing(heard);
    let film = plan(screenplay, &timing, None, Some(&mut by_rule.rests.into_iter()));
    finished(screenplay, &timing, film)
}

fn timing(screenplay: &Screenplay) -> Timing {
    let FilmSettings { language, pace, .. } = &screenplay.settings;
    Timing::new(&screenplay.vocabulary, language, *pace)
}

/// The shot list of a planned film, with its diagnostics.
fn finished(
    screenplay: &Screenplay,
    timing: &Timing,
    (mut film, mut diagnostics): (TimedFilm, Vec<Diagnostic>),
) -> (ShotList, Vec<Diagnostic>) {
    film.speeches.sort_by_key(|speech| speech.start);
    let numbers = numbers(screenplay, &film.shots);
    diagnostics.extend(warnings::diagnostics(screenplay, &film, &numbers));
    (in_film_frames(screenplay, timing, film, numbers), diagnostics)
}

/// The planned film, in seconds.
fn plan(
    screenplay: &Screenplay,
    timing: &Timing,
    mut cache: Option<&mut SceneCache>,
    mut by_rule: Option<&mut FilledRests>,
) -> (TimedFilm, Vec<Diagnostic>) {
    if let Some(cache) = &mut cache {
        cache.begin(screenplay);
    }
    let (mut film, mut diagnostics) = (TimedFilm::default(), Vec::new());
    let title = &screenplay.title;
    if screenplay.settings.cards && !title.title.is_empty() {
        let lines = title.title.iter().chain(&title.credit).chain(&title.authors);
        let lines: Vec<String> = lines.cloned().collect();
        let length = Length::of_title(&lines, timing);
        card(screenplay, timing, &mut film, Card { kind: CardKind::Title, lines }, length);
    }
    // Reserves room for all shots, because most items become one.
    film.shots.reserve(screenplay.scenes.iter().map(|scene| scene.items.len()).sum());
    let mut start = SceneStart::default();
    for (index, scene) in screenplay.scenes.iter().enumerate() {
        if scene.new_set {
            start.present.clear();
        }
        start.pending = film.pending.take();
        start.narration = (film.narration_until - film.now).max(Seconds::ZERO);
        let cached = cache.as_mut().and_then(|cache| cache.get(scene, &start));
        let plan = cached.unwrap_or_else(|| {
            let by_rule = by_rule.as_deref_mut();
            let plan = plan_scene(screenplay, timing, index, start.clone(), &film, by_rule);
            let plan = Arc::new(plan);
            if let Some(cache) = &mut cache {
                cache.keep(scene, start, &plan);
            }
            plan
        });
        plan.append_to(&mut film, index, scene.heading.span);
        diagnostics.extend(plan.diagnostics.iter().cloned());
        start = SceneStart {
            present: plan.present.iter().copied().filter(|who| who.is_named()).collect(),
            matched: plan.matched.clone(),
            ..SceneStart::default()
        };
    }
    if screenplay.settings.cards && !film.shots.is_empty() {
        let words = Rules::stdlib().end_card(&screenplay.settings.language).to_owned();
        let card_words = Card { kind: CardKind::End, lines: vec![words] };
        card(screenplay, timing, &mut film, card_words, Length::of_end_card(timing));
    }
    (film, diagnostics)
}

/// Appends a card outside of all scenes.
fn card(
    screenplay: &Screenplay,
    timing: &Timing,
    film: &mut TimedFilm,
    card: Card,
    length: Length,
) {
    let item = Item { kind: ItemKind::BackToScene, span: Span::default(), state: Arc::default() };
    let shot = PlannedShot {
        scene: None,
        covered: false,
        picture: PlannedPicture::Card(card),
        length,
        ..PlannedShot::new(0, &item, Framing::default(), timing)
    };
    film.append(screenplay, timing, &shot, Seconds::ZERO, |_, base| base.clone());
}

/// The shot list of a planned film. Rounds shots to frames one by one, and moves
/// sounds and captions with them.
fn in_film_frames(
    screenplay: &Screenplay,
    timing: &Timing,
    film: TimedFilm,
    numbers: Vec<String>,
) -> ShotList {
    let rate = screenplay.settings.rate;
    let TimedFilm { shots: planned, speeches, supers, .. } = film;
    let mut map = FrameMap::new(&planned, rate);
    let mut intertitles_after: Vec<(usize, Vec<(Card, Seconds)>)> = Vec::new();
    if screenplay.settings.captions == Captions::Cards {
        intertitles_after.extend(speeches.iter().map(|timed| {
            (map.shot_at(timed.start), intertitles(screenplay, &timed.speech, timing))
        }));
    }
    let mut shots: Vec<Shot> = Vec::with_capacity(planned.len());
    // Indices of planned shots in the list, which holds intertitles too.
    let mut index_of: Vec<usize> = Vec::with_capacity(planned.len());
    let mut chapters: Vec<(u32, String)> = Vec::new();
    let mut at = 0;
    for (index, (shot, number)) in planned.into_iter().zip(numbers).enumerate() {
        let section = shot.scene.and_then(|scene| screenplay.scenes[scene].sections.first());
        if let Some(section) = section
            && chapters.last().is_none_or(|(_, last)| last != section)
        {
            chapters.push((at, section.clone()));
        }
        index_of.push(shots.len());
        map.begin(at);
        let continues = shot.continues.map(|back| index_of[index - back]);
        let resumes = shot.resumes.map(|back| {
            let passed = map.lengths()[index - back..index].iter().sum();
            (index_of[index - back], passed)
        });
        let frames = map.lengths()[index];
        let shot = numbered(screenplay, shot, number, frames, (continues, resumes));
        let cards = intertitles_after.iter().filter(|(after, _)| *after == index);
        let cards: Vec<Shot> = cards
            .flat_map(|(_, cards)| cards)
            .enumerate()
            .map(|(which, (card, length))| Shot {
                number: intertitle_number(&shot.number, which),
                scene: shot.scene.clone(),
                frames: in_frames(*length, rate),
                picture: Picture::Card(card.clone()),
                transition: None,
                fade_out: None,
                span: shot.span,
                covered: true,
                shows: card.in_one_line().into(),
            })
            .collect();
        at += frames + cards.iter().map(|card| card.frames).sum::<u32>();
        shots.push(shot);
        shots.extend(cards);
    }
    let in_frames = |(text, start, end): (String, Seconds, Seconds)| Super {
        text,
        start: map.frame(start),
        end: map.end_frame(end),
    };
    ShotList {
        settings: screenplay.settings.clone(),
        title: screenplay.title.clone(),
        subjects: screenplay.subjects.clone(),
        shots,
        lines: caption_lines(screenplay, &speeches, &map),
        speeches: spoken_lines(speeches, &index_of, &map, timing),
        supers: supers.into_iter().map(in_frames).filter(|text| text.end > text.start).collect(),
        chapters,
        files: screenplay.files.clone(),
        vocabulary: Arc::clone(&screenplay.vocabulary),
    }
}

/// A shot of the list. `takes` are the shot at whose out-point it starts, and the
/// shot whose take it resumes, with the frames that have passed since.
fn numbered(
    screenplay: &Screenplay,
    shot: DescribedShot,
    number: String,
    frames: u32,
    takes: (Option<usize>, Option<(usize, u32)>),
) -> Shot {
    let mut picture = shot.picture;
    if let Picture::Take(take) = &mut picture
        && takes != (None, None)
    {
        let take = Arc::make_mut(take);
        (take.continues, take.resumes) = takes;
    }
    Shot {
        number,
        scene: shot.scene.map(|scene| screenplay.scenes[scene].number.clone()).unwrap_or_default(),
        frames,
        picture,
        transition: shot.transition,
        fade_out: shot.fade_out,
        span: shot.span,
        covered: shot.covered,
        shows: shot.shows,
    }
}
