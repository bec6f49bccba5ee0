//! Shot list → edit decision list: each record frame once, transitions between
//! neighbours, none longer than its shots.
//!
//! Pure. Knows no takes, pixels or codecs.

use super::edl::{Edl, PictureEvent, SoundEvent, TransitionEvent};
use crate::breakdown::shot::{HANDLE, Picture, Shot, ShotList};
use crate::breakdown::transition::{Transition, TransitionKind};
use crate::time::Seconds;

/// Makes the edit decision list of a film.
pub fn assemble(list: &ShotList) -> Edl {
    let rate = list.settings.rate;
    let frames = list.frames();
    let asked = |transition: &Option<Transition>| {
        transition.as_ref().map_or(0, |transition| transition.duration.to_frames(rate))
    };
    let shots = &list.shots;
    let fades: Vec<u32> = shots
        .iter()
        .enumerate()
        .map(|(index, shot)| asked(&shot.fade_out).min(room(shots, index)))
        .collect();
    let mut picture = Vec::with_capacity(shots.len());
    let mut record = 0;
    for (index, shot) in shots.iter().enumerate() {
        let (take, passed) = match &shot.picture {
            Picture::Take(take) => take.resumes.unwrap_or((index, 0)),
            _ => (index, 0),
        };
        let transition = shot.transition.as_ref().and_then(|transition| {
            let asked = transition.duration.to_frames(rate);
            let (before, after) = match transition.kind {
                TransitionKind::Cut | TransitionKind::FadeOut(_) => (0, 0),
                TransitionKind::FadeIn(_) => (0, asked.min(room(shots, index))),
                TransitionKind::Dissolve | TransitionKind::Wipe(_) | TransitionKind::WhipPan => {
                    let last = index.checked_sub(1)?;
                    if fades[last] > 0 {
                        return None;
                    }
                    let (left, right) = (room(shots, last), room(shots, index));
                    let half = (asked / 2).min(left).min(right);
                    (half, if half == asked / 2 { (asked - half).min(right) } else { half })
                }
            };
            (before + after > 0).then_some(TransitionEvent { kind: transition.kind, before, after })
        });
        let fade_out = shot
            .fade_out
            .as_ref()
            .filter(|_| fades[index] > 0)
            .map(|fade| TransitionEvent { kind: fade.kind, before: fades[index], after: 0 });
        picture.push(PictureEvent {
            shot: index,
            take,
            source_in: head(shots, take).to_frames(rate) + passed,
            record_in: record,
            record_out: record + shot.frames,
            transition,
            fade_out,
        });
        record += shot.frames;
    }
    let sound = list
        .lines
        .iter()
        .enumerate()
        .map(|(line, said)| SoundEvent {
            line,
            record_in: said.start.min(frames),
            record_out: said.end.min(frames),
        })
        .collect();
    Edl { rate, frames, picture, sound }
}

/// Handle of a shot's take before its in-point.
fn head(shots: &[Shot], index: usize) -> Seconds {
    match &shots[index].picture {
        Picture::Take(take) => take.head(),
        _ => HANDLE,
    }
}

/// Frames of a shot that one transition may use: all, or half if both ends of the
/// shot have one.
fn room(shots: &[Shot], index: usize) -> u32 {
    let shot = &shots[index];
    let blends = |shot: &Shot| {
        shot.transition.as_ref().is_some_and(|transition| {
            !matches!(transition.kind, TransitionKind::Cut | TransitionKind::FadeOut(_))
        })
    };
    let next = shots.get(index + 1);
    let out = shot.fade_out.is_some()
        || next.is_some_and(|next| {
            blends(next)
                && !matches!(
                    next.transition.as_ref().map(|transition| transition.kind),
                    Some(TransitionKind::FadeIn(_))
                )
        });
    if blends(shot) && out { shot.frames / 2 } else { shot.frames }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;
    use crate::breakdown::screenplay::{Captions, FilmSettings, Subjects, Title};
    use crate::breakdown::shot::TakeSpec;
    use crate::breakdown::transition::{Colour, Direction};
    use crate::source::{Span, Spanned};
    use crate::time::{Rate, Seconds};

    fn list(shots: Vec<Shot>, rate: Rate) -> ShotList {
        ShotList {
            settings: FilmSettings {
                rate,
                width: 1024,
                height: 576,
                style: String::new(),
                seed: 0,
                pace: 1000,
                captions: Captions::Burned,
                motion: None,
                model: None,
                language: "en".to_owned(),
                cards: false,
                voices: true,
                engine: None,
                ambience: true,
                loudness: None,
                blocking: true,
                control: None,
            },
            title: Title::default(),
            subjects: Subjects::default(),
            shots,
            lines: Vec::new(),
            speeches: Vec::new(),
            supers: Vec::new(),
            chapters: Vec::new(),
            files: Vec::new(),
            vocabulary: Vocabulary::standard(),
        }
    }

    fn transition() -> impl Strategy<Value = Option<Transition>> {
        let kind = prop_oneof![
            Just(TransitionKind::Cut),
            Just(TransitionKind::Dissolve),
            Just(TransitionKind::FadeIn(Colour::default())),
            Just(TransitionKind::Wipe(Direction::Left)),
            Just(TransitionKind::WhipPan),
        ];
        proptest::option::of((kind, 0i64..9000).prop_map(|(kind, millis)| Transition {
            name: String::new(),
            kind,
            duration: Seconds::millis(millis),
            match_cut: false,
        }))
    }

    fn shot() -> impl Strategy<Value = Shot> {
        let fade = proptest::option::weighted(
            0.2,
            (0i64..9000).prop_map(|millis| Transition {
                name: String::new(),
                kind: TransitionKind::FadeOut(Colour::default()),
                duration: Seconds::millis(millis),
                match_cut: false,
            }),
        );
        (1u32..200, transition(), fade, 0..4u8).prop_map(
            |(frames, transition, fade_out, picture)| Shot {
                number: String::new(),
                scene: Arc::default(),
                frames,
                picture: match picture {
                    0 => Picture::Black,
                    1 => Picture::Card(crate::breakdown::shot::Card::default()),
                    _ => Picture::Take(Arc::default()),
                },
                transition,
                fade_out,
                span: Span::default(),
                covered: false,
                shows: Arc::default(),
            },
        )
    }

    proptest! {
        #[test]
        fn every_frame_is_covered_once_and_transitions_fit(
            shots in proptest::collection::vec(shot(), 0..30),
            rate in prop_oneof![Just(Rate::FILM), Just(Rate { numerator: 30000, denominator: 1001 })],
        ) {
            let list = list(shots, rate);
            let edl = assemble(&list);
            prop_assert_eq!(edl.frames, list.frames());
            prop_assert_eq!(edl.picture.len(), list.shots.len());
            let mut at = 0;
            for (index, event) in edl.picture.iter().enumerate() {
                prop_assert_eq!(event.record_in, at);
                prop_assert_eq!(event.record_out - event.record_in, list.shots[index].frames);
                at = event.record_out;
                let head = event.transition.as_ref().map_or(0, |transition| transition.after);
                let fade = event.fade_out.as_ref().map_or(0, |fade| fade.before);
                let tail = edl.picture.get(index + 1)
                    .and_then(|next| next.transition.as_ref())
                    .map_or(0, |transition| transition.before);
                prop_assert!(head + fade.max(tail) <= list.shots[index].frames);
                prop_assert!(fade == 0 || tail == 0);
                if let Some(transition) = &event.transition {
                    let centred = transition.after.abs_diff(transition.before) <= 1;
                    prop_assert!(centred || matches!(transition.kind, TransitionKind::FadeIn(_)));
                }
            }
            prop_assert_eq!(at, edl.frames);
        }
    }

    #[test]
    fn what_is_seen_of_a_take() {
        let take = |spec| {
            let mut shot = Shot {
                number: String::new(),
                scene: Arc::default(),
                frames: 24,
                picture: Picture::Black,
                transition: None,
                fade_out: None,
                span: Span::default(),
                covered: false,
                shows: Arc::default(),
            };
            shot.picture = Picture::Take(Arc::new(spec));
            shot
        };
        let picture = Some(Spanned::new(PathBuf::from("logo.png"), Span::default()));
        let shots = vec![
            take(TakeSpec::default()),
            take(TakeSpec::default()),
            take(TakeSpec { resumes: Some((0, 48)), ..TakeSpec::default() }),
            take(TakeSpec { from_image: picture, ..TakeSpec::default() }),
        ];
        let edl = assemble(&list(shots, Rate::FILM));
        let used: Vec<(usize, u32)> =
            edl.picture.iter().map(|event| (event.take, event.source_in)).collect();
        assert_eq!(used, [(0, 12), (1, 12), (0, 60), (3, 0)]);
    }
}
