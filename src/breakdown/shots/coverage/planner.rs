//! The state of coverage within a scene: the people in the set, the speakers, and
//! the last picture.
//!
//! `action` and `speech` decide the pictures.

use std::ops::Range;
use std::sync::Arc;

use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::language::terms::ShotSize;
use crate::breakdown::screenplay::{
    Action, Item, ItemKind, Kind, Screenplay, StoryState, Subject, Voice,
};
use crate::breakdown::shots::framing::{Framing, is_person};
use crate::breakdown::shots::planned::PlannedShot;
use crate::breakdown::shots::rules::Rules;
use crate::breakdown::shots::timing::Timing;

/// Covers one scene.
#[derive(Debug, Clone)]
pub(crate) struct CoveragePlanner<'a> {
    pub(crate) screenplay: &'a Screenplay,
    pub(crate) timing: &'a Timing,
    pub(crate) index: usize,
    pub(super) rules: &'static Rules,
    /// The people in the set, in order of appearance.
    pub(crate) present: Vec<Subject>,
    /// Whether a picture has already shown the set.
    pub(crate) established: bool,
    pub(super) here: Vec<Subject>,
    /// The speakers since the conversation began.
    pub(super) speakers: Vec<Subject>,
    pub(super) last_speaker: Option<Subject>,
    /// The last two people in one picture.
    pub(super) last_pair: Option<[Subject; 2]>,
    /// The last picture of the scene.
    pub(crate) last_framing: Option<Arc<Framing>>,
}

impl<'a> CoveragePlanner<'a> {
    /// A planner for a scene; `present` are the people who stay from the scene before.
    pub(crate) fn new(
        screenplay: &'a Screenplay,
        timing: &'a Timing,
        index: usize,
        present: Vec<Subject>,
    ) -> Self {
        Self {
            screenplay,
            timing,
            index,
            rules: Rules::stdlib(),
            present,
            established: !screenplay.scenes[index].new_set,
            here: Vec::new(),
            speakers: Vec::new(),
            last_speaker: None,
            last_pair: None,
            last_framing: None,
        }
    }

    /// Updates the people present by an item; returns the newcomers.
    pub(crate) fn update_present(&mut self, item: &Item) -> Vec<Subject> {
        if item.state.here != self.here {
            self.here.clone_from(&item.state.here);
            self.present.clone_from(&self.here);
        }
        self.present.retain(|who| !item.state.gone.contains(who));
        let come = match &item.kind {
            ItemKind::Action(action) => self.named(action, &(0..action.text.len()), &item.state),
            ItemKind::Speech(speech) if speech.voice == Voice::OnScreen => speech
                .speakers
                .iter()
                .copied()
                .filter(|who| is_person(self.screenplay, *who))
                .collect(),
            ItemKind::Shot(spec) => spec
                .subjects
                .iter()
                .chain(&spec.over)
                .chain(&spec.pov)
                .chain(spec.movement.iter().flat_map(|movement| &movement.reveals))
                .copied()
                .filter(|who| is_person(self.screenplay, *who))
                .collect(),
            _ => Vec::new(),
        };
        let mut newcomers = Vec::new();
        for who in come {
            if !self.present.contains(&who) {
                self.present.push(who);
                // A dog that runs in ends no conversation.
                newcomers.extend(Some(who).filter(|who| who.is_named()));
            }
        }
        if let ItemKind::Action(action) = &item.kind {
            self.present.retain(|who| !action.leaving.contains(who));
        }
        newcomers
    }

    /// Records the framing of a shot, so that the next one does not jump.
    pub(crate) fn record_framing(&mut self, framing: &Arc<Framing>) {
        self.established = true;
        self.last_framing = Some(Arc::clone(framing));
    }

    /// People in the picture of a piece of action, in order of mention.
    pub(super) fn named(
        &self,
        action: &Action,
        range: &Range<usize>,
        state: &StoryState,
    ) -> Vec<Subject> {
        let mut named = Vec::new();
        for mention in &action.names {
            let who = mention.subject;
            if mention.present
                && range.contains(&mention.start)
                && is_person(self.screenplay, who)
                && !state.gone.contains(&who)
                && !named.contains(&who)
            {
                named.push(who);
            }
        }
        named
    }

    pub(super) fn props(
        &self,
        action: &Action,
        range: &Range<usize>,
        state: &StoryState,
    ) -> Vec<Subject> {
        let mut props: Vec<Subject> = Vec::new();
        for mention in &action.names {
            let who = mention.subject;
            if mention.present
                && range.contains(&mention.start)
                && self.screenplay.subjects[who].kind == Kind::Prop
                && !state.gone.contains(&who)
                && !props.contains(&who)
            {
                props.push(who);
            }
        }
        props
    }

    /// The people present whom `she` or `he` may mean; an animal only if nobody else is
    /// there.
    pub(super) fn people(&self) -> Vec<Subject> {
        let animal = Some(NounClass::Animal);
        let is_person = |who: &Subject| self.screenplay.subjects[*who].class() != animal;
        let people: Vec<Subject> = self.present.iter().copied().filter(is_person).collect();
        if people.is_empty() { self.present.clone() } else { people }
    }

    pub(super) fn is_group(&self, who: Subject) -> bool {
        self.screenplay.subjects[who].kind == Kind::Group
    }

    /// The person to show while others speak.
    pub(super) fn listener(&self, speakers: &[Subject]) -> Option<Subject> {
        let can = |who: &Subject| {
            who.is_named()
                && !speakers.contains(who)
                && !self.is_group(*who)
                && self.present.contains(who)
        };
        self.last_speaker.filter(can).or_else(|| self.present.iter().rev().copied().find(can))
    }

    pub(super) fn shot(&self, item: &Item, framing: Framing) -> PlannedShot {
        PlannedShot::new(self.index, item, framing, self.timing)
    }

    pub(super) fn framed(
        &self,
        size: &ShotSize,
        people: Vec<Subject>,
        props: Vec<Subject>,
    ) -> Framing {
        let mut framing = Framing::of(size, people.into_iter().chain(props));
        for (who, face) in &mut framing.subjects {
            *face = self.screenplay.subjects[*who].face;
        }
        framing
    }
}
