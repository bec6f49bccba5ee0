//! Warnings about the plan of a film that name shots by their numbers.
//!
//! Knows the planned film; does not know how it was planned.

use super::captions::TimedSpeech;
use super::timed_film::{PlanWarning, PlanWarningKind, TimedFilm};
use crate::breakdown::screenplay::{Screenplay, Voice};
use crate::diagnostic::{Code, Diagnostic};
use crate::time::Seconds;

/// The diagnostics of a planned film; its speeches are in the order of their sound.
pub(crate) fn diagnostics(
    screenplay: &Screenplay,
    film: &TimedFilm,
    numbers: &[String],
) -> Vec<Diagnostic> {
    let warnings =
        film.warnings.iter().map(|warning| diagnostic(screenplay, film, numbers, warning));
    let overlaps = film.speeches.windows(2).filter_map(|pair| match pair {
        [first, second] => overlap(screenplay, first, second),
        _ => None,
    });
    warnings.chain(overlaps).collect()
}

fn diagnostic(
    screenplay: &Screenplay,
    film: &TimedFilm,
    numbers: &[String],
    warning: &PlanWarning,
) -> Diagnostic {
    let (number, span) = (&numbers[warning.shot], film.shots[warning.shot].span);
    match &warning.kind {
        &PlanWarningKind::Lengthened { written, speaker, speeches, needs } => {
            let whole: Seconds = film.shots[warning.shot..]
                .iter()
                .take_while(|picture| picture.span == span)
                .map(|picture| picture.length)
                .sum();
            // The end card is no shot of the story.
            let next = warning.shot + 1;
            let next = film.shots.get(next).and_then(|shot| shot.scene.and(numbers.get(next)));
            let line = if speeches == 1 { "line takes" } else { "speeches take" };
            let name = &screenplay.subjects[speaker].name;
            let tenths = (whole.as_micros() + 99_999) / 100_000;
            let round = Seconds::millis(tenths * 100);
            let (needs, whole) = (tenth(needs), tenth(whole));
            let message = format!(
                "shot {number} is {written}, but {name}'s {line} {needs}; it was made {whole} long"
            );
            let run_on = next.map_or_else(String::new, |next| {
                format!(", or `exactly {written}` to let the voice run on over shot {next}")
            });
            Diagnostic::warning(Code::Lengthened, span, message)
                .help(format!("write {round}{run_on}"))
        }
        PlanWarningKind::UnreadLetter { needs } => {
            let needs = tenth(*needs);
            let message = format!("the words in shot {number} take {needs} to read");
            Diagnostic::warning(Code::UnreadLetter, span, message).help(format!("write {needs}"))
        }
        PlanWarningKind::ShortSuper { needs } => {
            let message = format!("the words over shot {number} take {} to read", tenth(*needs));
            Diagnostic::hint(Code::ShortSuper, span, message)
                .help("make the shot longer, or the words fewer")
        }
        PlanWarningKind::LostFade { before } => {
            let message = format!("shot {number} does not fade in: `{before}` stands before it");
            Diagnostic::warning(Code::LostTransition, span, message).help("keep one of the two")
        }
    }
}

/// Reports a speech that another one overlaps.
fn overlap(
    screenplay: &Screenplay,
    first: &TimedSpeech,
    second: &TimedSpeech,
) -> Option<Diagnostic> {
    if second.start >= first.end || second.speech.dual || first.shot == second.shot {
        return None;
    }
    let name = |timed: &TimedSpeech| {
        timed.speech.speakers.first().map_or("somebody", |who| &screenplay.subjects[*who].name)
    };
    let message = format!("{} still speaks when {} begins", name(first), name(second));
    if first.exactly && first.voice == Voice::OnScreen {
        let overlap = Diagnostic::error(Code::VoicesOverlap, second.span, message)
            .related(first.span, "runs on because `exactly` fixes the length of its shot")
            .help("give that shot more time");
        Some(overlap)
    } else if first.voice == Voice::Narration && second.voice == Voice::OnScreen {
        let overlap = Diagnostic::warning(Code::VoicesOverlap, second.span, message)
            .related(first.span, "begins here and runs on")
            .help("give the shots between them more time");
        Some(overlap)
    } else {
        None
    }
}

fn tenth(time: Seconds) -> Seconds {
    Seconds::millis((time.as_micros() + 50_000) / 100_000 * 100)
}
