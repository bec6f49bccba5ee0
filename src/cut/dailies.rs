//! Dailies: the takes of one shot in a row, each after a card with its number.
//!
//! Pure. Knows shot lists; does not know pixels.

use std::sync::Arc;

use crate::breakdown::screenplay::{Captions, FilmSettings, Subjects, Title};
use crate::breakdown::shot::{CaptionLine, Card, CardKind, Picture, Shot, ShotList};
use crate::time::Seconds;

/// Duration of each card.
const CARD: Seconds = Seconds::millis(1000);

/// A film of takes of a shot, each `frames` long. The take at index *i* is shot
/// 2*i* + 1 of the film. Subtitles and chapters show the numbers, too.
pub fn dailies(list: &ShotList, shot: usize, frames: u32, takes: &[u32]) -> ShotList {
    let described = &list.shots[shot];
    let mut film = ShotList {
        settings: FilmSettings { captions: Captions::Track, ..list.settings.clone() },
        title: Title { title: vec![described.number.clone()], ..Title::default() },
        subjects: Subjects::default(),
        shots: Vec::new(),
        lines: Vec::new(),
        speeches: Vec::new(),
        supers: Vec::new(),
        chapters: Vec::new(),
        files: Vec::new(),
        vocabulary: Arc::clone(&list.vocabulary),
    };
    let mut start = 0;
    for take in takes {
        let text = format!("take {take}");
        let lines = vec![described.number.clone(), text.clone()];
        let card = Shot {
            frames: CARD.to_frames(list.settings.rate),
            picture: Picture::Card(Card { kind: CardKind::Text, lines }),
            transition: None,
            fade_out: None,
            ..described.clone()
        };
        let mut shown = Shot { frames, transition: None, fade_out: None, ..described.clone() };
        if let Picture::Take(spec) = &mut shown.picture {
            let spec = Arc::make_mut(spec);
            (spec.continues, spec.resumes) = (None, None);
        }
        let end = start + card.frames + frames;
        film.chapters.push((start, text.clone()));
        film.lines.push(CaptionLine {
            speaker: Arc::default(),
            subjects: Arc::default(),
            text: text.into(),
            start: start + card.frames,
            end,
            off_screen: false,
            lyrics: false,
            span: described.span,
        });
        film.shots.extend([card, shown]);
        start = end;
    }
    film
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyze;
    use crate::breakdown::Strictness;
    use crate::cut::assemble::assemble;
    use crate::source::Sources;

    #[test]
    fn every_take_is_shown_whole_behind_its_number() {
        let script = "EXT. ROAD - DAY\n\n!! WIDE [[2s]]\n\nRain.\n\n> DISSOLVE TO:\n\n\
                      !! CLOSE ON a sign [[continues, 1s]]\n\nMore rain.\n";
        let mut sources = Sources::default();
        let id = sources.add("film.play", script);
        let list = analyze(&mut sources, id, Strictness::Lenient).list;
        let film = dailies(&list, 1, list.shots[1].frames, &[0, 2, 5]);
        let edl = assemble(&film);
        let seen: Vec<(usize, u32, bool)> = edl
            .picture
            .iter()
            .map(|event| {
                (event.take, event.record_out - event.record_in, event.transition.is_some())
            })
            .collect();
        let (card, shot) = (CARD.to_frames(list.settings.rate), list.shots[1].frames);
        let expected = (0..6).map(|at| (at, if at % 2 == 0 { card } else { shot }, false));
        assert_eq!(seen, expected.collect::<Vec<_>>());
        let chapters: Vec<&str> = film.chapters.iter().map(|(_, name)| &**name).collect();
        assert_eq!(chapters, ["take 0", "take 2", "take 5"]);
        assert_eq!(film.lines.last().unwrap().end, film.frames());
    }
}
