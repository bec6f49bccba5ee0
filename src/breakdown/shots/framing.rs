//! The framing of a shot, and who is in the picture of a written one.
//!
//! Knows shot lines and the text under them; does not know times.

use super::contents::Content;
use super::rules::Rules;
use crate::breakdown::description::Face;
use crate::breakdown::language::terms::{CameraAngle, ShotSize, SizeProperties};
use crate::breakdown::screenplay::{Kind, Screenplay, ShotSpec, StoryState, Subject, Voice};
use crate::breakdown::technique::Movement;

/// The subjects of a picture, and how the camera sees them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Framing {
    /// `None` in the framing of a card.
    pub size: Option<ShotSize>,
    /// None at eye level; two are `low angle, point of view`.
    pub angles: Vec<CameraAngle>,
    pub subjects: Vec<(Subject, Face)>,
    pub things: Vec<String>,
    pub movement: Option<Movement>,
}

impl Framing {
    pub(crate) fn of(size: &ShotSize, subjects: impl IntoIterator<Item = Subject>) -> Self {
        Self {
            size: Some(size.clone()),
            subjects: subjects.into_iter().map(|who| (who, Face::Seen)).collect(),
            ..Self::default()
        }
    }

    /// The properties of its size.
    pub(crate) fn properties(&self) -> SizeProperties {
        self.size.as_ref().map(|size| size.properties).unwrap_or_default()
    }

    /// Those seen from the front, sorted.
    pub(crate) fn seen(&self) -> Vec<Subject> {
        let mut seen: Vec<Subject> = self
            .subjects
            .iter()
            .filter(|(_, face)| *face != Face::Back)
            .map(|(who, _)| *who)
            .collect();
        seen.sort();
        seen
    }
}

/// People in the order of the cast, those without a name behind them as they came.
pub(crate) fn in_cast_order(people: &[Subject]) -> Vec<Subject> {
    let mut people = people.to_vec();
    people.sort_by_key(|who| if who.is_named() { who.0 } else { usize::MAX });
    people
}

/// Whether somebody can be in the picture and counts as present.
pub(crate) fn is_person(screenplay: &Screenplay, subject: Subject) -> bool {
    matches!(screenplay.subjects[subject].kind, Kind::Cast | Kind::Extra | Kind::Group)
}

/// Frames a shot line and its contents. `present` is everybody in the set, including
/// those whom the contents name.
pub(crate) fn frame(
    screenplay: &Screenplay,
    spec: &ShotSpec,
    contents: &[Content],
    state: &StoryState,
    present: &[Subject],
) -> Framing {
    let rules = Rules::stdlib();
    let size = size(screenplay, spec, rules);
    let reveals = spec.movement.as_ref().map_or(&[][..], |movement| &movement.reveals);
    let hidden = |who: Subject| {
        Some(who) == spec.pov
            || Some(who) == spec.over
            || reveals.contains(&who)
            || (state.gone.contains(&who) && !spec.subjects.contains(&who))
    };
    let behind = spec.angle.as_ref().is_some_and(|angle| angle.properties.from_behind);
    let mut subjects: Vec<(Subject, Face)> = Vec::new();
    for who in in_picture(screenplay, spec, size.properties, contents, present) {
        if !hidden(who) && subjects.iter().all(|(known, _)| *known != who) {
            let face = screenplay.subjects[who].face;
            subjects.push((who, if behind { from_behind(face) } else { face }));
        }
    }
    if let Some(over) = spec.over.filter(|over| is_seen(screenplay, *over)) {
        subjects.push((over, from_behind(screenplay.subjects[over].face)));
    }
    let more = match (spec.pov, spec.over) {
        (Some(_), _) => screenplay.vocabulary.angle_with(|angle| angle.point_of_view),
        (_, Some(_)) => Some(rules.speech.first_angle.clone()),
        _ => None,
    };
    let mut angles: Vec<CameraAngle> = spec.angle.iter().cloned().collect();
    angles.extend(more.filter(|more| !angles.contains(more)));
    // `CLOSE ON the fox`, before the text that brings the fox in.
    let shown = |thing: &&String| {
        let noun = thing.rsplit(' ').next().unwrap_or_default();
        !subjects.iter().any(|(who, _)| screenplay.subjects[*who].noun() == noun)
    };
    let things = spec.things.iter().filter(shown).cloned().collect();
    Framing { size: Some(size), angles, subjects, things, movement: spec.movement.clone() }
}

/// Everybody and everything in the picture, some of them twice: first those in the shot
/// line, then those that the size of the picture adds.
fn in_picture(
    screenplay: &Screenplay,
    spec: &ShotSpec,
    size: SizeProperties,
    contents: &[Content],
    present: &[Subject],
) -> Vec<Subject> {
    let (people, props) = in_contents(screenplay, contents);
    let mut subjects: Vec<Subject> =
        spec.subjects.iter().copied().filter(|who| is_seen(screenplay, *who)).collect();
    let asked = !subjects.is_empty() || !spec.things.is_empty();
    if spec.pov.is_some() {
        subjects.extend(people);
        subjects.extend(props);
    } else if size.alone {
        if !asked {
            subjects.extend(if people.is_empty() { props } else { people });
        }
    } else if spec.over.is_some() {
        // The line names the subject and the owner of the shoulder.
    } else {
        if !asked && size.people == Some(2) {
            let from = present.len().saturating_sub(2);
            subjects.extend(&present[from..]);
        } else if !asked {
            subjects.extend(people);
            subjects.extend(in_cast_order(present));
        } else {
            subjects.extend(people);
        }
        subjects.extend(props);
    }
    subjects
}

/// The people and the props that the contents of a shot show.
fn in_contents(screenplay: &Screenplay, contents: &[Content]) -> (Vec<Subject>, Vec<Subject>) {
    let (mut people, mut props) = (Vec::new(), Vec::new());
    for content in contents {
        match content {
            Content::Action { action, range } => {
                let shown = action
                    .names
                    .iter()
                    .filter(|mention| mention.present && range.contains(&mention.start));
                for who in shown.map(|mention| mention.subject) {
                    if is_person(screenplay, who) {
                        people.push(who);
                    } else if is_seen(screenplay, who) {
                        props.push(who);
                    }
                }
            }
            Content::Speech { speech, voice: Voice::OnScreen, .. } => {
                people.extend(speech.speakers.iter().filter(|who| is_seen(screenplay, **who)));
            }
            _ => {}
        }
    }
    (people, props)
}

/// Whether somebody can be in a picture: a voice cannot.
fn is_seen(screenplay: &Screenplay, who: Subject) -> bool {
    screenplay.subjects[who].kind != Kind::Voice
}

fn from_behind(face: Face) -> Face {
    if face == Face::Seen { Face::Back } else { face }
}

fn size(screenplay: &Screenplay, spec: &ShotSpec, rules: &Rules) -> ShotSize {
    if let Some(size) = &spec.size {
        return size.clone();
    }
    let unwritten = &rules.unwritten;
    let kind = |who: &Subject| screenplay.subjects[*who].kind;
    let mut moves = spec.movement.iter().flat_map(|movement| &movement.moves);
    let size = if spec.angle.as_ref().is_some_and(|angle| angle.properties.from_above) {
        &unwritten.aerial
    } else if moves.any(|movement| movement.properties.follows) {
        &unwritten.following
    } else if spec.subjects.iter().any(|who| kind(who) == Kind::Group) {
        &unwritten.more
    } else if spec.over.is_some() {
        &unwritten.one
    } else {
        match &spec.subjects[..] {
            [] if spec.things.is_empty() && spec.pov.is_none() => &unwritten.place,
            [] if spec.pov.is_some() => &unwritten.one,
            [] => &unwritten.thing,
            [one] if kind(one) == Kind::Prop => &unwritten.thing,
            [_] => &unwritten.one,
            [_, _] => &unwritten.two,
            _ => &unwritten.more,
        }
    };
    size.clone()
}
