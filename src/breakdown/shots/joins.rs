//! Warnings about transitions that a film cannot make as they are written: longer than
//! their shots, or two at one cut.
//!
//! Knows the shots of a film; does not know where a transition is written.

use crate::breakdown::shot::{HANDLE, Shot, ShotList};
use crate::breakdown::transition::{Transition, TransitionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::time::Seconds;

/// The diagnostics of all joins of a film.
pub(crate) fn joins(list: &ShotList) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (index, shot) in list.shots.iter().enumerate() {
        diagnostics.extend(long_fade(list, shot));
        let before = index.checked_sub(1).map(|before| &list.shots[before]);
        if let Some(transition) = shot.transition.as_ref().filter(|transition| blends(transition)) {
            diagnostics.extend(match before {
                None => Some(lost(shot, transition, "no shot is before it")),
                Some(before) if before.fade_out.is_some() => {
                    let why = format!("shot {} fades out before it", before.number);
                    Some(lost(shot, transition, &why))
                }
                Some(before) => long_blend(list, before, shot, transition),
            });
        }
    }
    diagnostics
}

/// Whether a transition mixes two shots.
fn blends(transition: &Transition) -> bool {
    use TransitionKind as Kind;
    !matches!(transition.kind, Kind::Cut | Kind::FadeIn(_) | Kind::FadeOut(_))
}

fn lost(shot: &Shot, transition: &Transition, why: &str) -> Diagnostic {
    let message = format!("no {} into shot {} is made: {why}", transition.name, shot.number);
    Diagnostic::warning(Code::LostTransition, shot.span, message)
        .help("make the other one a cut, or leave this one out")
}

fn long_blend(
    list: &ShotList,
    before: &Shot,
    shot: &Shot,
    transition: &Transition,
) -> Option<Diagnostic> {
    let rate = list.settings.rate;
    let length = |shot: &Shot| rate.duration(shot.frames);
    let (name, number, asked) = (&transition.name, &shot.number, transition.duration);
    // Half of it is in each shot.
    let short = [before, shot].into_iter().min_by_key(|shot| shot.frames)?;
    if asked > length(short) + length(short) {
        let (short, length) = (&short.number, length(short));
        let message =
            format!("the {name} into shot {number} takes {asked}, and shot {short} only {length}");
        let found = Diagnostic::hint(Code::LongTransition, shot.span, message);
        return Some(found.help("make that shot longer, or the transition shorter"));
    }
    let handles = rate.duration((HANDLE + HANDLE).to_frames(rate));
    (asked > HANDLE + HANDLE).then(|| {
        let message = format!(
            "the {name} into shot {number} is longer than {handles}, so it holds still pictures at its ends"
        );
        Diagnostic::hint(Code::LongTransition, shot.span, message)
            .help(format!("{handles} or less moves all the way"))
    })
}

/// A fade lies inside its shot.
fn long_fade(list: &ShotList, shot: &Shot) -> Option<Diagnostic> {
    let length = list.settings.rate.duration(shot.frames);
    let fade_in = |it: &&Transition| matches!(it.kind, TransitionKind::FadeIn(_));
    let fades = shot.transition.iter().filter(fade_in).chain(&shot.fade_out);
    let together: Seconds = fades.clone().map(|fade| fade.duration).sum();
    (together > length).then(|| {
        let both = if fades.count() > 1 { "fades take" } else { "fade takes" };
        let message = format!("the {both} {together}, and shot {} only {length}", shot.number);
        Diagnostic::hint(Code::LongTransition, shot.span, message)
            .help("make the shot longer, or the fade shorter: it lies inside its shot")
    })
}
