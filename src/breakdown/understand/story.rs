//! The story itself: what happens in each scene, who is named in it, and the
//! state in which it happens.
//!
//! Walks the events once, in order, when names and scenes are known.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::action::{begins_with_pronoun, concerns_everybody, has_pronoun, paragraph};
use super::context::Context;
use super::events::{EventKind, StoryEvent};
use super::names::NameScope;
use super::places::Sets;
use super::scenes::SceneHeader;
use super::shot_line::{self, ParsedShotLine};
use super::speech::{self, Delivery};
use super::state::{Change, Story};
use crate::breakdown::incremental::{CachedAction, CachedSpeech};
use crate::breakdown::language::words::{canonical, is_capitals, retrace};
use crate::breakdown::screenplay::{
    Action, Item, ItemKind, Kind, Mention, NameUsage, PlaceId, Scene, ShotSpec, Speech, SpeechPart,
    Subject, Voice,
};
use crate::breakdown::understand::cast;
use crate::breakdown::understand::directives;
use crate::breakdown::understand::errors;
use crate::breakdown::understand::introductions;
use crate::breakdown::understand::lint;
use crate::script::tree::{Directive, DirectiveWord, ShotLine};
use crate::source::{Span, Spanned};

/// What is open at a moment of the script.
#[derive(Debug, Default)]
struct Open {
    /// The written shot that owns what follows.
    shot: Option<Arc<ShotSpec>>,
    /// A shot of an existing script hands back after what it owns.
    hands_back: bool,
    /// Changes written inside the shot, with the words and places of their
    /// directives.
    pending: Vec<(Vec<Change>, bool, DirectiveWord, Span)>,
    /// Whether something of the shot follows a pending change.
    told: usize,
}

/// Fills the scenes.
pub(crate) fn walk(
    context: &mut Context<'_>,
    events: &[StoryEvent<'_>],
    headers: Vec<SceneHeader>,
    sets: &mut Sets,
) -> Vec<Scene> {
    let mut walker = StoryWalker {
        context,
        sets,
        story: Story::new(),
        at: NameScope::default(),
        scenes: Vec::new(),
        open: Open::default(),
        sections: Vec::new(),
        before: Vec::new(),
        described: BTreeSet::new(),
        entered: BTreeSet::new(),
        present: Vec::new(),
        heard: Vec::new(),
    };
    let mut headers = headers.into_iter().peekable();
    let prelude = headers.peek().map_or(events.len(), |first| first.first);
    for event in &events[..prelude] {
        walker.event(event);
    }
    while let Some(header) = headers.next() {
        let end = headers.peek().map_or(events.len(), |next| next.first);
        let events = &events[header.first..end];
        walker.scene(header, events);
    }
    walker.scenes
}

struct StoryWalker<'a, 'b> {
    context: &'a mut Context<'b>,
    sets: &'a mut Sets,
    story: Story,
    at: NameScope,
    scenes: Vec<Scene>,
    open: Open,
    /// Level and text, outermost first.
    sections: Vec<(u8, String)>,
    /// Transitions before the first scene: `FADE IN:`.
    before: Vec<Item>,
    /// Sets whose description is decided.
    described: BTreeSet<PlaceId>,
    /// Sets that had a scene before.
    entered: BTreeSet<PlaceId>,
    /// Who was named or spoke since the heading, for ALL and BOTH.
    present: Vec<Subject>,
    /// How each speech of the scene was marked, by item, for V.O.
    heard: Vec<(usize, Delivery)>,
}

impl StoryWalker<'_, '_> {
    // ─── Scenes ──────────────────────────────────────────────────────────────

    fn scene(&mut self, header: SceneHeader, events: &[StoryEvent<'_>]) {
        self.begin(&header);
        self.open_scene(header, events.len());
        for event in events {
            self.event(event);
        }
        self.close_shot();
        self.settle_voices();
    }

    fn begin(&mut self, header: &SceneHeader) {
        self.story.visit(&header.timeline);
        self.story.new_scene();
        self.at = introductions::place_of(Some(header.place), &header.timeline);
        self.present.clear();
        // A place is introduced in its first scene or not at all.
        if !self.entered.insert(header.place) || !self.sets.places[header.place.0].words.is_empty()
        {
            self.described.insert(header.place);
        }
    }

    /// Those the next scene stands under, outermost first.
    fn sections(&self) -> Vec<String> {
        self.sections.iter().map(|(_, text)| text.clone()).collect()
    }

    fn open_scene(&mut self, header: SceneHeader, events: usize) {
        let mut items = std::mem::take(&mut self.before);
        items.reserve(events);
        for item in &mut items {
            item.state = self.story.now();
        }
        self.scenes.push(Scene {
            number: header.number,
            heading: header.heading,
            sections: self.sections(),
            place: header.place,
            time: header.time,
            timeline: header.timeline,
            new_set: header.new_set,
            items,
        });
    }

    fn push(&mut self, kind: ItemKind, span: Span) -> usize {
        let item = Item { kind, span, state: self.story.now() };
        if let Some(scene) = self.scenes.last_mut() {
            scene.items.push(item);
            scene.items.len() - 1
        } else {
            self.before.push(item);
            0
        }
    }

    fn event(&mut self, event: &StoryEvent<'_>) {
        let span = event.span;
        match &event.kind {
            EventKind::Heading { .. } => {}
            EventKind::Section { level, text } => {
                self.close_shot();
                self.sections.retain(|(above, _)| above < level);
                self.sections.push((*level, text.clone()));
            }
            EventKind::Transition(transition) => {
                self.close_shot();
                self.push(ItemKind::Transition(transition.clone()), span);
            }
            EventKind::Card(lines) => {
                self.close_shot();
                self.push(ItemKind::Card { lines: lines.clone() }, span);
            }
            EventKind::Super(text) => {
                self.inside();
                self.push(ItemKind::Super { text: text.clone() }, span);
            }
            EventKind::Return(words) => {
                self.close_shot();
                self.furniture(words, span);
                self.story.visit("");
                self.at.timeline.clear();
            }
            EventKind::Furniture(words) => self.furniture(words, span),
            EventKind::Action { lines, whole } => self.action(lines, *whole, span),
            EventKind::Lyrics(lines) => self.lyrics(lines, span),
            EventKind::Speech(speech) => self.speech(speech, span),
            EventKind::Shot(line) => self.shot(line, span),
            EventKind::Implied { head } => self.implied(head, span),
            EventKind::Directive(directive) => self.directive(directive),
        }
    }

    fn furniture(&mut self, words: &str, span: Span) {
        if self.scenes.is_empty() {
            return;
        }
        let action = Action { text: words.trim().to_owned(), furniture: true, ..Action::default() };
        self.push(ItemKind::Action(Arc::new(action)), span);
    }

    // ─── Shots ───────────────────────────────────────────────────────────────

    fn shot(&mut self, line: &ShotLine, span: Span) {
        self.close_shot();
        match shot_line::read(self.context, line, &self.at) {
            ParsedShotLine::BackToScene => {
                self.push(ItemKind::BackToScene, span);
            }
            ParsedShotLine::Shot(call) => self.open_shot(call, span, false),
        }
    }

    /// A shot written as in other screenplays: it owns what directly follows
    /// and hands the rest back, or one `ANGLE ON` would own half a scene.
    fn implied(&mut self, head: &Spanned<String>, span: Span) {
        self.close_shot();
        let line = ShotLine { head: head.clone(), span, ..ShotLine::default() };
        let told = self.context.diagnostics.len();
        let called = shot_line::read_anew(self.context, &line, &self.at);
        // Never a mistake: it was not written for us.
        self.context.diagnostics.truncate(told);
        match called {
            ParsedShotLine::BackToScene => {
                self.push(ItemKind::BackToScene, span);
            }
            ParsedShotLine::Shot(call) => self.open_shot(call, span, true),
        }
    }

    fn open_shot(&mut self, call: Arc<ShotSpec>, span: Span, hands_back: bool) {
        let state = self.story.now();
        for subject in &call.subjects {
            if state.gone.contains(subject) {
                let name = self.context.names.get(*subject).name.clone();
                let gone = self.story.gone_since.get(subject).copied().unwrap_or(span);
                let since = self.context.position(gone);
                self.context.emit(errors::asked_though_gone(span, &name, &since, gone));
            }
        }
        for subject in call.subjects.iter().chain(call.pov.iter()).chain(call.over.iter()) {
            self.context.names.mark_named(*subject);
            self.is_here(*subject);
        }
        self.push(ItemKind::Shot(Arc::clone(&call)), span);
        self.open.shot = Some(call);
        self.open.hands_back = hands_back;
    }

    /// Something of the open shot follows.
    fn inside(&mut self) {
        for index in self.open.told..self.open.pending.len() {
            let (_, _, word, span) = self.open.pending[index];
            self.context.emit(errors::inside_shot(span, word.as_str()));
        }
        self.open.told = self.open.pending.len();
    }

    /// The shot ends: what was written inside it takes effect.
    fn close_shot(&mut self) {
        let open = std::mem::take(&mut self.open);
        for (changes, scene, ..) in open.pending {
            self.change(changes, scene);
        }
    }

    fn change(&mut self, changes: Vec<Change>, scene: bool) {
        for change in changes {
            self.story.apply(&change, scene);
        }
    }

    /// After what an implied shot owns.
    fn hand_back(&mut self, span: Span) {
        if self.open.shot.is_some() && self.open.hands_back {
            self.close_shot();
            self.push(ItemKind::BackToScene, Span { start: span.end, ..span });
        }
    }

    fn is_here(&mut self, subject: Subject) {
        self.present.retain(|known| *known != subject);
        self.present.push(subject);
    }

    // ─── Action ──────────────────────────────────────────────────────────────

    fn action(&mut self, lines: &[String], whole: bool, span: Span) {
        self.inside();
        let on_paper = self
            .open
            .shot
            .as_ref()
            .is_some_and(|shot| shot.size.as_ref().is_some_and(|size| size.properties.thing));
        // On paper names are not of people.
        let key = (whole && !on_paper).then(|| {
            let written = self.context.sources.get(span.source).slice(span);
            self.context.memory.key(&self.at, written)
        });
        let known = key.as_ref().and_then(|key| self.context.memory.actions.get(&**key));
        let told = if let Some(told) = known {
            self.context.replay_usages(&told.named, span);
            told
        } else {
            let before = self.context.begin_line();
            let Some(action) = self.told(lines, on_paper, span) else { return };
            let named = self.context.cacheable_usages(before, span);
            let keeps = named.is_some();
            let told = Arc::new(CachedAction {
                action: Arc::new(action),
                describing: OnceLock::new(),
                named: named.unwrap_or_default(),
                looks: OnceLock::new(),
            });
            if let Some(key) = key.filter(|_| keeps) {
                self.context.memory.actions.keep(key.into(), Arc::clone(&told));
            }
            told
        };
        let mut action = Arc::clone(&told.action);
        for mention in &action.names {
            self.context.names.mark_named(mention.subject);
        }
        for mention in &action.names {
            let Mention { subject, start, end, .. } = *mention;
            introductions::comma_introduction(
                self.context,
                &action.text,
                subject,
                start..end,
                span,
            );
        }
        for mention in action.names.iter().filter(|mention| mention.present) {
            self.is_here(mention.subject);
        }
        if self.describes_place(&action) {
            let described = || Arc::new(Action { describes_place: true, ..(*action).clone() });
            action = Arc::clone(told.describing.get_or_init(described));
        }
        if let Some(shot) = self.open.shot.as_ref().filter(|_| !self.open.hands_back)
            && action.lettering.is_empty()
        {
            let looks = told
                .looks
                .get_or_init(|| lint::look(&action.text, &self.context.vocabulary.grammar));
            lint::action(self.context, looks, span, shot);
        }
        self.push(ItemKind::Action(action), span);
        self.hand_back(span);
    }

    /// A paragraph with its names; `None` when nothing is told.
    fn told(&mut self, lines: &[String], on_paper: bool, span: Span) -> Option<Action> {
        let (text, lettering) = paragraph(lines);
        if text.is_empty() {
            return None;
        }
        let mut action = Action { text, lettering, ..Action::default() };
        let all_on_paper = !action.lettering.is_empty() && action.lettering.len() == lines.len();
        if !(on_paper && all_on_paper) {
            let mut doubtful = Vec::new();
            action.names = self.context.names.mentions(
                &action.text,
                &self.at,
                &self.context.vocabulary,
                &mut doubtful,
            );
            for (range, name) in doubtful {
                self.context.uses_earlier_text = true;
                let taken = action.names.iter().find(|mention| mention.start == range.start);
                if let Some(taken) = taken.map(|mention| mention.subject)
                    && self.context.is_first(format!("several {name}"))
                {
                    let taken = self.context.names.get(taken).clone();
                    self.context.emit(errors::doubtful_name(span, &name, &taken));
                }
            }
        }
        self.usages(&action, span);
        let grammar = &self.context.vocabulary.grammar;
        action.everybody = concerns_everybody(&action.text, grammar);
        action.pronoun = begins_with_pronoun(&action.text, grammar);
        Some(action)
    }

    /// Remembers where a paragraph names somebody.
    fn usages(&mut self, action: &Action, span: Span) {
        if action.names.is_empty() {
            return;
        }
        let ranges: Vec<_> =
            action.names.iter().map(|mention| mention.start..mention.end).collect();
        let written = self.context.sources.get(span.source).slice(span);
        for (place, mention) in retrace(&action.text, &ranges, written).zip(&action.names) {
            let Some(place) = place else { continue };
            let start = span.start as usize;
            let span = Span::new(span.source, start + place.start, start + place.end);
            self.context.usages.push(NameUsage { span, subject: mention.subject });
        }
    }

    /// The first paragraph of a set's first scene that names nobody and has no
    /// word in capitals describes it, as long as nobody is there: what happens
    /// among people is no description.
    fn describes_place(&mut self, action: &Action) -> bool {
        let Some(place) = self.at.place.filter(|place| !self.described.contains(place)) else {
            return false;
        };
        let nobody = || {
            !action
                .names
                .iter()
                .any(|mention| !matches!(self.context.names.get(mention.subject).kind, Kind::Prop))
        };
        let capitals = || {
            let mut words = action.text.split(|letter: char| !letter.is_alphanumeric());
            words.any(|word| word.chars().count() > 1 && is_capitals(word))
        };
        let pronouns = || has_pronoun(&action.text, &self.context.vocabulary.grammar);
        // A close shot shows a detail, not the place.
        let detail = self.open.shot.as_ref().is_some_and(|shot| {
            !shot.subjects.is_empty()
                || !shot.things.is_empty()
                || shot.pov.is_some()
                || shot.over.is_some()
        });
        if self.sets.places[place.0].name.is_empty()
            || !self.present.is_empty()
            || detail
            || action.everybody
            || !action.lettering.is_empty()
            || !nobody()
            || capitals()
            || pronouns()
            || !self.described.insert(place)
        {
            return false;
        }
        let words = action.text.trim_end_matches('.');
        words.clone_into(&mut self.sets.places[place.0].words);
        true
    }

    // ─── Speech ──────────────────────────────────────────────────────────────

    fn lyrics(&mut self, lines: &[String], span: Span) {
        self.inside();
        let words = lines.join(" ");
        let speech = Speech {
            speakers: Vec::new(),
            voice: Voice::OffScreen,
            delivery: Vec::new(),
            parts: vec![SpeechPart::Words(words)],
            dual: false,
            lyrics: true,
        };
        self.push(ItemKind::Speech(Arc::new(speech)), span);
        self.hand_back(span);
    }

    fn speech(&mut self, written: &crate::script::tree::SpeechElement, span: Span) {
        self.inside();
        // A cut is a shot of its own.
        let key = (!speech::has_cuts(written)).then(|| {
            let words = self.context.sources.get(span.source).slice(span);
            self.context.memory.key(&self.at, words)
        });
        let known = key.as_ref().and_then(|key| self.context.memory.speeches.get(&**key));
        let (speech, heard) = if let Some(spoken) = known {
            self.context.replay_usages(&spoken.named, span);
            for subject in &spoken.speech.speakers {
                self.context.names.mark_named(*subject);
            }
            (Arc::clone(&spoken.speech), spoken.heard)
        } else {
            let before = self.context.begin_line();
            let (speech, heard) = self.spoken(written);
            let speech = Arc::new(speech);
            if let (Some(key), Some(named)) = (key, self.context.cacheable_usages(before, span)) {
                let spoken = CachedSpeech { speech: Arc::clone(&speech), heard, named };
                self.context.memory.speeches.keep(key.into(), Arc::new(spoken));
            }
            (speech, heard)
        };
        if speech.voice == Voice::OnScreen {
            for subject in &speech.speakers {
                self.is_here(*subject);
            }
        }
        let index = self.push(ItemKind::Speech(speech), span);
        self.heard.push((index, heard));
        self.hand_back(span);
    }

    fn spoken(&mut self, written: &crate::script::tree::SpeechElement) -> (Speech, Delivery) {
        let mut speakers = speech::speakers(self.context, &written.name, &self.at);
        if let [only] = speakers.as_slice()
            && self.context.names.get(*only).kind == Kind::Group
        {
            self.context.uses_earlier_text = true;
            let here = self.everybody(&written.name.value);
            if !here.is_empty() {
                speakers = here;
            }
        }
        let mut kinds = speakers.iter().map(|who| self.context.names.get(*who).kind);
        let kind = kinds.next().filter(|first| kinds.all(|kind| kind == *first));
        let (heard, delivery) = speech::heard(written, &self.context.vocabulary);
        let voice = speech::voice(heard, kind);
        let (parts, lyrics) = speech::parts(self.context, written, &self.at);
        (Speech { speakers, voice, delivery, parts, dual: written.dual, lyrics }, heard)
    }

    /// `ALL` and `BOTH` are those who are here.
    fn everybody(&self, cue: &str) -> Vec<Subject> {
        let people = |subject: &&Subject| {
            matches!(self.context.names.get(**subject).kind, Kind::Cast | Kind::Extra)
        };
        let grammar = &self.context.vocabulary.grammar;
        let cue = canonical(cue);
        if grammar.speak_all.contains(&cue) {
            self.present.iter().filter(people).copied().collect()
        } else if grammar.speak_two.contains(&cue) {
            let two: Vec<Subject> =
                self.present.iter().rev().filter(people).take(2).copied().collect();
            two.into_iter().rev().collect()
        } else {
            Vec::new()
        }
    }

    /// A V.O. directly beside an on-screen speech of somebody else is the other
    /// end of a telephone.
    fn settle_voices(&mut self) {
        let heard = std::mem::take(&mut self.heard);
        let Some(scene) = self.scenes.last_mut() else { return };
        for (index, heard) in heard {
            if heard != Delivery::VoiceOver {
                continue;
            }
            let on_screen = |item: &Item| match &item.kind {
                ItemKind::Speech(speech) if speech.voice == Voice::OnScreen => {
                    Some(Some(speech.speakers.clone()))
                }
                ItemKind::Shot(_) | ItemKind::BackToScene => None,
                _ => Some(None),
            };
            let before = scene.items[..index].iter().rev().find_map(on_screen).flatten();
            let after = scene.items[index + 1..].iter().find_map(on_screen).flatten();
            let ItemKind::Speech(speech) = &scene.items[index].kind else { continue };
            let somebody_else = [before, after].into_iter().flatten().any(|others| {
                others.iter().any(|other| {
                    !speech
                        .speakers
                        .iter()
                        .any(|speaker| self.context.names.same_person(*speaker, *other))
                })
            });
            if somebody_else && let ItemKind::Speech(speech) = &mut scene.items[index].kind {
                Arc::make_mut(speech).voice = Voice::OffScreen;
            }
        }
    }

    // ─── Directives ──────────────────────────────────────────────────────────

    fn directive(&mut self, directive: &Directive) {
        use DirectiveWord as D;
        let word = directive.word.value;
        match word {
            D::Music | D::Sound => directives::sound(self.context, directive),
            D::Cut => {
                let message = "`cut` stands inside a speech, at the word where the picture changes";
                let help = "between paragraphs write a shot line: `!! CLOSE ON MARA`";
                self.context.emit(errors::bad_directive(directive.span, message, help));
            }
            D::Film | D::Use => {}
            _ if cast::is_entry(word) => {}
            _ => {
                // `gone` looks at what was added, pending changes included.
                let mut state = self.story.now();
                if !self.open.pending.is_empty() {
                    let mut story = self.story.clone();
                    for (changes, scene, ..) in &self.open.pending {
                        for change in changes {
                            story.apply(change, *scene);
                        }
                    }
                    state = story.now();
                }
                let (changes, scene) =
                    directives::changes(self.context, directive, self.sets, &self.at, &state);
                if self.open.shot.is_some() {
                    self.open.pending.push((changes, scene, word, directive.span));
                } else {
                    self.change(changes, scene);
                }
            }
        }
    }
}
