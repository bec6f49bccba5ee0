//! Edits to write: generated ones and a small one.

use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::shot::{Card, Picture, Shot, ShotList};
use photoplay::breakdown::transition::{Colour, Direction, Transition, TransitionKind};
use photoplay::cut::assemble::assemble;
use photoplay::deliver::turnover::{EventOrigin, Turnover, TurnoverFormat};
use photoplay::source::Sources;
use photoplay::time::{Rate, Seconds};
use proptest::prelude::*;

/// The rates of films, of television and their American relatives.
pub(crate) const RATES: [Rate; 4] = [
    Rate::FILM,
    Rate { numerator: 24_000, denominator: 1001 },
    Rate { numerator: 25, denominator: 1 },
    Rate { numerator: 30_000, denominator: 1001 },
];

/// A film with shots of one scene, to take apart.
fn film(text: &str) -> ShotList {
    let mut sources = Sources::default();
    let id = sources.add("film.play", text);
    analyze(&mut sources, id, Strictness::Strict).list
}

/// What an event of the test's films is cut from: takes of one second of handles.
fn origin(list: &ShotList, edl: &photoplay::cut::edl::Edl) -> Vec<EventOrigin> {
    edl.picture
        .iter()
        .map(|event| {
            let filmed = matches!(list.shots[event.shot].picture, Picture::Take(_));
            let span = event.source_in + list.shots[event.shot].frames + 12;
            EventOrigin {
                owner: event.take,
                source_in: if filmed { event.source_in } else { 0 },
                available: filmed.then_some(span),
                still: !filmed,
                take: filmed.then_some(3),
            }
        })
        .collect()
}

fn turnover(list: &ShotList, title: &str) -> Turnover {
    let edl = assemble(list);
    let origins = origin(list, &edl);
    let (width, height) = (list.settings.width, list.settings.height);
    let format = TurnoverFormat { title: title.to_owned(), ending: "mov", width, height };
    Turnover::of(list, &edl, format, &|index, _| origins[index])
}

/// A film with everything an edit can have.
pub(crate) fn example() -> Turnover {
    let list = film(
        "Title: Mära & <Tusk>\n\n> FADE IN: [[0.5s]]\n\nEXT. JUNKYARD - DAY\n\n\
         !! WIDE [[2s]]\n\nScrap.\n\n> DISSOLVE TO:\n\nINT. “HALL” & <YARD> - NIGHT\n\n\
         !! WIDE [[2s]]\n\nDust.\n\n> WIPE TO: [[0.5s]]\n\nEXT. ROAD - DAY\n\n!! WIDE [[2s]]\n\nRain.\n\n\
         > FADE TO WHITE. [[0.5s]]\n",
    );
    turnover(&list, "Mära & <Tusk>")
}

fn transition() -> impl Strategy<Value = Option<Transition>> {
    let kind = prop_oneof![
        3 => Just(("dissolve", TransitionKind::Dissolve)),
        1 => Just(("cut", TransitionKind::Cut)),
        1 => Just(("fade in", TransitionKind::FadeIn(Colour::default()))),
        1 => Just(("wipe left", TransitionKind::Wipe(Direction::Left))),
        1 => Just(("whip pan", TransitionKind::WhipPan)),
    ];
    proptest::option::of((kind, 0i64..4000).prop_map(|((name, kind), millis)| Transition {
        name: name.to_owned(),
        kind,
        duration: Seconds::millis(millis),
        match_cut: false,
    }))
}

fn shot(template: Shot) -> impl Strategy<Value = Shot> {
    let fade = proptest::option::weighted(
        0.15,
        (0i64..3000).prop_map(|millis| Transition::fade_out(Seconds::millis(millis))),
    );
    (1u32..150, transition(), fade, 0..6u8).prop_map(move |(frames, transition, fade_out, kind)| {
        let picture = match kind {
            0 => Picture::Black,
            1 => Picture::Card(Card::default()),
            _ => template.picture.clone(),
        };
        Shot { frames, transition, fade_out, picture, ..template.clone() }
    })
}

/// Films at a rate.
pub(crate) fn turnovers(rate: Rate) -> impl Strategy<Value = Turnover> {
    let list = film("EXT. ROAD - DAY\n\n!! WIDE [[2s]]\n\nRain.\n");
    let template = list.shots.iter().find(|shot| matches!(shot.picture, Picture::Take(_)));
    let template = template.unwrap().clone();
    let name = "[a-zA-Zäß&<\"' .]{0,12}";
    let shots = proptest::collection::vec((shot(template), name), 1..12);
    (shots, "[a-zA-Z &<>\"]{0,20}").prop_map(move |(shots, title)| {
        let mut list = list.clone();
        list.settings.rate = rate;
        list.shots = shots
            .into_iter()
            .enumerate()
            .map(|(index, (shot, name))| Shot {
                number: format!("1.{}", index + 1),
                shows: name.into(),
                ..shot
            })
            .collect();
        turnover(&list, &title)
    })
}
