//! Who is in the picture of a written shot.
//!
//! Knows shot lines and what stands under them; knows no times.

use super::coverage::rules::Rules;
use super::planned::{Content, Framing, is_person};
use crate::breakdown::description::Face;
use crate::breakdown::screenplay::{Kind, Screenplay, ShotSpec, StoryState, Subject, Voice};

/// Frames a shot line with what it owns. `present` is everybody in the set,
/// the shot's own action included.
pub(crate) fn frame(
    screenplay: &Screenplay,
    call: &ShotSpec,
    contents: &[Content],
    state: &StoryState,
    present: &[Subject],
) -> Framing {
    let rules = Rules::stdlib();
    let seen = |who: Subject| screenplay.subjects[who.0].kind != Kind::Voice;
    let (mut people, mut props) = (Vec::new(), Vec::new());
    for content in contents {
        match content {
            Content::Action { action, range } => {
                for mention in &action.names {
                    if !mention.present || !range.contains(&mention.start) {
                        continue;
                    }
                    let who = mention.subject;
                    if is_person(screenplay, who) {
                        people.push(who);
                    } else if seen(who) {
                        props.push(who);
                    }
                }
            }
            Content::Speech { speech, voice: Voice::OnScreen, .. } => {
                people.extend(speech.speakers.iter().filter(|who| seen(**who)));
            }
            _ => {}
        }
    }
    let size = size(screenplay, call, rules);
    let two_shot = rules.step(&size) == rules.step(&rules.unwritten.two) && size.contains("two");
    let mut subjects: Vec<Subject> =
        call.subjects.iter().copied().filter(|who| seen(*who)).collect();
    let asked = !subjects.is_empty() || !call.things.is_empty();
    if call.pov.is_some() {
        subjects.extend(people);
        subjects.extend(props);
    } else if rules.only_the_subject(&size) {
        if !asked {
            subjects.extend(if people.is_empty() { props } else { people });
        }
    } else if call.over.is_some() {
        // the line names both who is seen and over whom
    } else {
        if !asked && two_shot {
            let from = present.len().saturating_sub(2);
            subjects.extend(&present[from..]);
        } else if !asked {
            subjects.extend(people.iter().copied());
            let mut present = present.to_vec();
            present.sort();
            subjects.extend(present);
        } else {
            subjects.extend(people);
        }
        subjects.extend(props);
    }
    let reveals = call.movement.as_ref().map_or(&[][..], |movement| &movement.reveals);
    let hidden = |who: Subject| {
        Some(who) == call.pov
            || Some(who) == call.over
            || reveals.contains(&who)
            || (state.gone.contains(&who) && !call.subjects.contains(&who))
    };
    let mut faces: Vec<(Subject, Face)> = Vec::new();
    let behind = call.angle.contains("behind");
    for who in subjects {
        if !hidden(who) && faces.iter().all(|(known, _)| *known != who) {
            faces.push((who, face(screenplay, who, behind)));
        }
    }
    if let Some(over) = call.over.filter(|over| seen(*over)) {
        faces.push((over, face(screenplay, over, true)));
    }
    let angle = match (call.pov, call.over) {
        (Some(_), _) => with(&call.angle, "point of view"),
        (_, Some(_)) => with(&call.angle, &rules.over_angle()),
        _ => call.angle.clone(),
    };
    Framing {
        size,
        angle,
        subjects: faces,
        things: call.things.clone(),
        movement: call.movement.clone(),
    }
}

/// What is expected of a face.
pub(crate) fn face(screenplay: &Screenplay, who: Subject, from_behind: bool) -> Face {
    match screenplay.subjects[who.0].face {
        Face::Seen if from_behind => Face::Back,
        face => face,
    }
}

fn with(angle: &str, more: &str) -> String {
    if angle.is_empty() {
        more.to_owned()
    } else if angle.contains(more) {
        angle.to_owned()
    } else {
        format!("{angle}, {more}")
    }
}

fn size(screenplay: &Screenplay, call: &ShotSpec, rules: &Rules) -> String {
    if !call.size.is_empty() {
        return call.size.clone();
    }
    let unwritten = &rules.unwritten;
    let kind = |who: &Subject| screenplay.subjects[who.0].kind;
    let movement = call.movement.as_ref().map_or("", |movement| movement.name.as_str());
    let size = if ["aerial", "overhead", "bird", "drone"].iter().any(|far| call.angle.contains(far))
    {
        &unwritten.aerial
    } else if ["tracking", "follow", "lead"].iter().any(|with| movement.contains(with)) {
        &unwritten.following
    } else if call.subjects.iter().any(|who| kind(who) == Kind::Group) {
        &unwritten.more
    } else if call.over.is_some() {
        &unwritten.one
    } else {
        match &call.subjects[..] {
            [] if call.things.is_empty() && call.pov.is_none() => &unwritten.place,
            [] if call.pov.is_some() => &unwritten.one,
            [] => &unwritten.thing,
            [one] if kind(one) == Kind::Prop => &unwritten.thing,
            [_] => &unwritten.one,
            [_, _] => &unwritten.two,
            _ => &unwritten.more,
        }
    };
    size.clone()
}
