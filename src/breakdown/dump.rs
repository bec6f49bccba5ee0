//! A screenplay as compact text, for people and golden tests.
//!
//! Knows the format; does not know how a script is understood.

use std::fmt::Write as _;

use crate::breakdown::language::terms::{joined, word_of};
use crate::breakdown::screenplay::{
    Item, ItemKind, PictureKind, Screenplay, ShotSpec, SpeechPart, StoryState, Subject, Voice,
};
use crate::breakdown::technique::Movement;

/// The text of a screenplay: names, places, then every scene with its state.
pub fn dump(screenplay: &Screenplay) -> String {
    let mut out = String::new();
    write(screenplay, &mut out).expect("a string takes every text");
    out
}

fn write(screenplay: &Screenplay, out: &mut String) -> std::fmt::Result {
    let settings = &screenplay.settings;
    writeln!(
        out,
        "film {}x{} at {}/{}, seed {}, pace {}, captions {:?}, cards {}, language {}, style `{}`",
        settings.width,
        settings.height,
        settings.rate.numerator,
        settings.rate.denominator,
        settings.seed,
        settings.pace,
        settings.captions,
        settings.cards,
        settings.language,
        settings.style
    )?;
    writeln!(out, "title {}", screenplay.title.title.join(" / "))?;
    let unnamed = screenplay.subjects.unnamed().map(|(_, who)| who);
    for who in screenplay.subjects.named().iter().chain(unnamed) {
        write!(out, "{:?} {}", who.kind, who.name)?;
        if let Some(base) = who.same_as {
            write!(out, " = {}", name(screenplay, base))?;
        }
        for (label, words) in [("", &who.person), ("wearing ", &who.outfit)] {
            if !words.is_empty() {
                write!(out, ", {label}{words}")?;
            }
        }
        if !who.also.is_empty() {
            write!(out, " | also {}", who.also.join(", "))?;
        }
        if who.face != crate::breakdown::description::Face::Seen {
            write!(out, " | face {:?}", who.face)?;
        }
        if let Some(place) = who.of {
            write!(out, " | of {}", screenplay.places[place.0].name)?;
        }
        writeln!(out)?;
    }
    for place in &screenplay.places {
        let inside = if place.interior { "INT" } else { "EXT" };
        writeln!(out, "{inside} {}: {}", place.name, place.words)?;
    }
    for scene in &screenplay.scenes {
        let place = &screenplay.places[scene.place.0];
        let inside = if place.interior { "INT" } else { "EXT" };
        write!(out, "\nscene {} {inside} {} at {}", scene.number, place.name, scene.time)?;
        if !scene.timeline.is_empty() {
            write!(out, " in {}", scene.timeline)?;
        }
        if scene.new_set {
            write!(out, ", new set")?;
        }
        if !scene.sections.is_empty() {
            write!(out, " # {}", scene.sections.join(" # "))?;
        }
        writeln!(out)?;
        let mut before = String::new();
        for item in &scene.items {
            let state = state(screenplay, &item.state);
            if state != before {
                writeln!(out, "  ~ {}", if state.is_empty() { "as cast" } else { &state })?;
                before = state;
            }
            write_item(screenplay, item, out)?;
        }
    }
    Ok(())
}

fn name(screenplay: &Screenplay, subject: Subject) -> &str {
    &screenplay.subjects[subject].name
}

fn names(screenplay: &Screenplay, subjects: &[Subject]) -> String {
    subjects.iter().map(|subject| name(screenplay, *subject)).collect::<Vec<_>>().join(" + ")
}

fn write_item(screenplay: &Screenplay, item: &Item, out: &mut String) -> std::fmt::Result {
    match &item.kind {
        ItemKind::Shot(spec) => writeln!(out, "  !! {}", shot(screenplay, spec)),
        ItemKind::BackToScene => writeln!(out, "  !! back to scene"),
        ItemKind::Card { lines } => writeln!(out, "  > {} <", lines.join(" / ")),
        ItemKind::Super { text } => writeln!(out, "  super {text}"),
        ItemKind::Transition(transition) => {
            writeln!(out, "  > {} {:?} {}", transition.name, transition.kind, transition.duration)
        }
        ItemKind::Action(action) => {
            let mut marks = Vec::new();
            for mention in &action.names {
                let mark = if mention.present { "" } else { "not " };
                marks.push(format!("{mark}{}", name(screenplay, mention.subject)));
            }
            for (mark, set) in [
                ("everybody", action.everybody),
                ("pronoun", action.pronoun),
                ("furniture", action.furniture),
                ("describes the place", action.describes_place),
                ("lettering", !action.lettering.is_empty()),
            ] {
                if set {
                    marks.push(format!("<{mark}>"));
                }
            }
            writeln!(out, "  . {} [{}]", action.text.replace('\n', " | "), marks.join(", "))
        }
        ItemKind::Speech(speech) => {
            write!(out, "  {}", names(screenplay, &speech.speakers))?;
            if speech.voice != Voice::OnScreen {
                write!(out, " <{:?}>", speech.voice)?;
            }
            if speech.dual {
                write!(out, " <dual>")?;
            }
            if speech.lyrics {
                write!(out, " <sung>")?;
            }
            for delivery in &speech.delivery {
                write!(out, " ({delivery})")?;
            }
            write!(out, ":")?;
            for part in &speech.parts {
                match part {
                    SpeechPart::Words(words) => write!(out, " {words}")?,
                    SpeechPart::Pause(length) => write!(out, " ({length})")?,
                    SpeechPart::Cut(spec) => write!(out, " [[{}]]", shot(screenplay, spec))?,
                    SpeechPart::CutBack => write!(out, " [[back]]")?,
                }
            }
            writeln!(out)
        }
    }
}

/// The parts of a shot line, without those that are empty.
pub fn shot(screenplay: &Screenplay, spec: &ShotSpec) -> String {
    let mut parts = Vec::new();
    match spec.picture {
        PictureKind::Take => {}
        other => parts.push(format!("{other:?}").to_lowercase()),
    }
    let mut add = |label: &str, words: &str| {
        if !words.is_empty() {
            parts.push(format!("{label}{words}"));
        }
    };
    add("", word_of(spec.size.as_ref()));
    add("of ", &names(screenplay, &spec.subjects));
    add("thing ", &spec.things.join(" + "));
    add("pov ", &names(screenplay, &spec.pov.into_iter().collect::<Vec<_>>()));
    add("over ", &names(screenplay, &spec.over.into_iter().collect::<Vec<_>>()));
    add("", word_of(spec.angle.as_ref()));
    if let Some(movement) = &spec.movement {
        add("", &move_words(screenplay, movement));
    }
    add("", &joined(&spec.lenses, ", "));
    add("", &joined(&spec.lights, ", "));
    add("wearing ", spec.wearing.as_deref().unwrap_or(""));
    let times = [
        (if spec.exactly { "exactly " } else { "" }, spec.duration),
        ("J-cut ", spec.j_cut),
        ("L-cut ", spec.l_cut),
        ("fade in ", spec.fade_in),
        ("fade out ", spec.fade_out),
        ("freeze ", spec.freeze),
    ];
    for (label, time) in times {
        if let Some(time) = time {
            add(label, &time.to_string());
        }
    }
    if spec.slow_motion {
        add("", "slow motion");
    }
    for direction in &spec.directed {
        let who = names(screenplay, &[direction.who]);
        let motion = direction.motion.as_deref().unwrap_or("stands");
        let to = names(screenplay, &direction.to.into_iter().collect::<Vec<_>>());
        add("", &format!("{who} {motion} {:?} {to}", direction.areas));
    }
    if spec.unblocked {
        add("", "blocking off");
    }
    if let Some(control) = spec.control {
        add("control ", &format!("{control:?}"));
    }
    match &spec.continues {
        Some(Some(id)) => add("continues #", id),
        Some(None) => add("", "continues"),
        None => {}
    }
    for (label, image) in [("from ", &spec.from_image), ("to ", &spec.to_image)] {
        if let Some(name) = image.as_ref().and_then(|image| image.value.file_name()) {
            add(label, &name.to_string_lossy());
        }
    }
    add("#", spec.id.as_deref().unwrap_or(""));
    parts.join(", ")
}

fn move_words(screenplay: &Screenplay, movement: &Movement) -> String {
    let speed = word_of(movement.speed.as_ref()).to_owned();
    let mut words = vec![speed, movement.name(), movement.toward.clone()];
    if !movement.reveals.is_empty() {
        words.push(format!("revealing {}", names(screenplay, &movement.reveals)));
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn state(screenplay: &Screenplay, state: &StoryState) -> String {
    let mut parts = Vec::new();
    for (who, outfit) in &state.outfits {
        parts.push(format!("{} wears {outfit}", name(screenplay, *who)));
    }
    for (who, additions) in &state.additions {
        parts.push(format!("{} has {}", name(screenplay, *who), additions.join(" and ")));
    }
    for (place, additions) in &state.place_additions {
        parts.push(format!("{} has {}", screenplay.places[place.0].name, additions.join(" and ")));
    }
    if !state.gone.is_empty() {
        parts.push(format!("{} gone", names(screenplay, &state.gone)));
    }
    if !state.here.is_empty() {
        let here = state.here.iter().map(|who| {
            let side =
                state.sides.get(who).map_or(String::new(), |side| format!(" {}", side.as_str()));
            format!("{}{side}", name(screenplay, *who))
        });
        parts.push(format!("here {}", here.collect::<Vec<_>>().join(" + ")));
    }
    for (label, words) in [
        ("light ", &joined(&state.lights, ", ")),
        ("weather ", &state.weather),
        ("style ", &state.style),
    ] {
        if !words.is_empty() {
            parts.push(format!("{label}{words}"));
        }
    }
    parts.join("; ")
}
