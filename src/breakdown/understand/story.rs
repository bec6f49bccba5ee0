//! Events → scenes: what happens in each scene, whom it names, and in which state
//! it happens.
//!
//! Walks the events once, in order. Knows names and scenes; does not know how a
//! line is read.

mod reuse;

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::action::{self, ParsedAction, WrittenAction};
use super::context::Context;
use super::events::{EventKind, StoryEvent};
use super::extras::{Resolution, Surroundings, staged};
use super::names::NameScope;
use super::places::Sets;
use super::scenes::SceneHeader;
use super::sentences::{Reading, Reference, ToldWeather};
use super::shot_line::{self, ParsedShotLine};
use super::speech::{self, Delivery};
use super::state::{Change, Scope, Story};
use super::story_cache::StoryCache;
use crate::breakdown::language::words::is_capitals;
use crate::breakdown::screenplay::{
    Action, Character, Item, ItemKind, Kind, Mention, PlaceId, Scene, ShotSpec, Speech, SpeechPart,
    Subject, Voice,
};
use crate::breakdown::understand::cast;
use crate::breakdown::understand::directives;
use crate::breakdown::understand::errors;
use crate::breakdown::understand::introductions;
use crate::breakdown::understand::lint;
use crate::breakdown::understand::{pronouns, voices};
use crate::script::tree::{Directive, DirectiveWord, ShotLine, SpeechElement};
use crate::source::{Span, Spanned};

/// What a written shot owns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Owns {
    /// Everything to the next shot.
    #[default]
    ToNextShot,
    /// The next item, as in existing scripts; then coverage goes on.
    NextItem,
}

/// The written shot that the story is in.
#[derive(Debug, Default)]
struct OpenShot {
    /// It owns what follows.
    shot: Option<Arc<ShotSpec>>,
    owns: Owns,
    /// Changes that the shot contains, with the words and places of their
    /// directives.
    pending: Vec<(Vec<Change>, Scope, DirectiveWord, Span)>,
    /// How many pending changes have something of the shot behind them.
    followed: usize,
}

/// Fills the scenes with the events.
pub(crate) fn walk(
    context: &mut Context<'_>,
    events: &[StoryEvent<'_>],
    headers: Vec<SceneHeader>,
    sets: &mut Sets,
    cache: &mut StoryCache,
) -> (Vec<Scene>, ExtraCharacters) {
    // Most events name somebody; growing the list again and again would copy it.
    context.usages.reserve(events.len());
    let mut walker = StoryWalker {
        context,
        sets,
        cache,
        story: Story::new(),
        at: NameScope::default(),
        scenes: Vec::new(),
        open: OpenShot::default(),
        after_shot: None,
        sections: Vec::new(),
        before: Vec::new(),
        described: BTreeSet::new(),
        entered: BTreeSet::new(),
        present: Vec::new(),
        deliveries: Vec::new(),
        characters: ExtraCharacters::default(),
        entering: Vec::new(),
    };
    let mut headers = headers.into_iter().peekable();
    let prelude = headers.peek().map_or(events.len(), |first| first.first);
    for event in &events[..prelude] {
        walker.event(event);
    }
    while let Some(header) = headers.next() {
        let end = headers.peek().map_or(events.len(), |next| next.first);
        let next = events.get(end).map(|event| event.span.start);
        let events = &events[header.first..end];
        walker.scene(header, events, next);
    }
    (walker.scenes, walker.characters)
}

/// Those without a name, in the order they enter the film.
pub(crate) type ExtraCharacters = IndexMap<Subject, Arc<Character>, RandomState>;

struct StoryWalker<'a, 'b> {
    context: &'a mut Context<'b>,
    sets: &'a mut Sets,
    cache: &'a mut StoryCache,
    story: Story,
    at: NameScope,
    scenes: Vec<Scene>,
    open: OpenShot,
    /// A section that ended a shot; what follows it is not the shot's.
    after_shot: Option<Span>,
    /// Level and text, outermost first.
    sections: Vec<(u8, String)>,
    /// Transitions before the first scene: `FADE IN:`.
    before: Vec<Item>,
    /// Sets that have their description, or will get none.
    described: BTreeSet<PlaceId>,
    /// Sets that had a scene before.
    entered: BTreeSet<PlaceId>,
    /// Those in a picture or speaking since the heading, for ALL and BOTH.
    present: Vec<Subject>,
    /// The delivery of each speech of the scene, by the index of its item.
    deliveries: Vec<(usize, Delivery)>,
    /// Those without a name in the film.
    characters: ExtraCharacters,
    /// Those without a name whom the scene has brought in.
    entering: Vec<(Subject, Arc<Character>)>,
}

impl StoryWalker<'_, '_> {
    // ─── Scenes ──────────────────────────────────────────────────────────────

    fn read_scene(&mut self, events: &[StoryEvent<'_>]) {
        for event in events {
            self.event(event);
        }
        self.close_shot();
        let deliveries = std::mem::take(&mut self.deliveries);
        if let Some(scene) = self.scenes.last_mut() {
            voices::hear_over_telephone(scene, &deliveries, &self.context.names);
        }
    }

    fn begin(&mut self, header: &SceneHeader) {
        self.story.visit(&header.timeline);
        self.story.new_scene();
        if let Some(weather) = &header.weather {
            self.story.apply(&Change::Weather(weather.clone()), Scope::Scene);
        }
        self.at = introductions::place_of(Some(header.place), &header.timeline);
        self.present.clear();
        self.after_shot = None;
        self.context.extras.clear();
        self.entering.clear();
        // Only the first scene of a place may describe it.
        if !self.entered.insert(header.place) || !self.sets.places[header.place.0].words.is_empty()
        {
            self.described.insert(header.place);
        }
    }

    /// The sections that contain the next scene, outermost first.
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
        let filmed =
            matches!(kind, ItemKind::Action(_) | ItemKind::Speech(_) | ItemKind::Super { .. });
        if let Some(section) = self.after_shot.take().filter(|_| filmed) {
            self.push(ItemKind::BackToScene, section);
        }
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
                self.after_shot = self.open.shot.is_some().then_some(span);
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
                if !self.at.timeline.is_empty() {
                    self.story.visit("");
                    self.story.new_scene();
                    self.at.timeline.clear();
                }
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
        match shot_line::read(self.context, line, &self.at, &mut self.cache.shot_lines) {
            ParsedShotLine::BackToScene => {
                self.push(ItemKind::BackToScene, span);
            }
            ParsedShotLine::Shot(spec) => self.open_shot(spec, span, Owns::ToNextShot),
        }
    }

    /// A shot as other screenplays write it. It owns the next item only, or one
    /// `ANGLE ON` would own half a scene.
    fn implied(&mut self, head: &Spanned<String>, span: Span) {
        self.close_shot();
        let line = ShotLine { head: head.clone(), span, ..ShotLine::default() };
        let before = self.context.diagnostics.len();
        let parsed = shot_line::read_anew(self.context, &line, &self.at);
        // Its author did not write it for Photoplay: nothing in it is a mistake.
        self.context.diagnostics.truncate(before);
        match parsed {
            ParsedShotLine::BackToScene => {
                self.push(ItemKind::BackToScene, span);
            }
            ParsedShotLine::Shot(spec) => self.open_shot(spec, span, Owns::NextItem),
        }
    }

    fn open_shot(&mut self, spec: Arc<ShotSpec>, span: Span, owns: Owns) {
        let state = self.story.now();
        for subject in &spec.subjects {
            if state.gone.contains(subject) {
                let extra = self.characters.get(subject);
                let name = match extra {
                    Some(extra) => extra.name.clone(),
                    None => self.context.names.get(*subject).name.clone(),
                };
                let gone = self.story.gone_since(*subject).unwrap_or(span);
                let since = self.context.position(gone);
                self.context.emit(errors::asked_though_gone(span, &name, &since, gone));
            }
        }
        for subject in spec.subjects.iter().chain(spec.pov.iter()).chain(spec.over.iter()) {
            if subject.is_named() {
                self.context.names.mark_named(*subject);
                self.is_here(*subject);
            }
        }
        self.push(ItemKind::Shot(Arc::clone(&spec)), span);
        self.open.shot = Some(spec);
        self.open.owns = owns;
    }

    /// Something of the open shot follows: changes before it were written too early.
    fn inside(&mut self) {
        for index in self.open.followed..self.open.pending.len() {
            let (_, _, word, span) = self.open.pending[index];
            self.context.emit(errors::inside_shot(span, word.as_str()));
        }
        self.open.followed = self.open.pending.len();
    }

    /// Ends the open shot; its changes take effect.
    fn close_shot(&mut self) {
        let open = std::mem::take(&mut self.open);
        for (changes, scope, ..) in open.pending {
            self.change(&changes, scope);
        }
    }

    fn change(&mut self, changes: &[Change], scope: Scope) {
        for change in changes {
            self.story.apply(change, scope);
        }
    }

    /// Ends an implied shot behind the item that it owns.
    fn hand_back(&mut self, span: Span) {
        if self.open.shot.is_some() && self.open.owns == Owns::NextItem {
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
        let size = self.open.shot.as_ref().and_then(|shot| shot.size.as_ref());
        let on_paper = size.is_some_and(|size| size.properties.thing);
        let written = WrittenAction { lines, span, whole, on_paper, at: &self.at };
        let Some(parsed) = action::read(self.context, &written, &mut self.cache.actions) else {
            return;
        };
        let action = &parsed.action;
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
        if let Some((who, sex)) = parsed.sex {
            self.context.names.sexes.say(who, sex);
        }
        self.tell_weather(&parsed.reading);
        let found = self.resolve(&parsed);
        self.enter_by_cue(&parsed.reading, &found);
        let somebody = shows_somebody(&parsed, &found);
        let describes_place = !somebody && self.describes_place(action);
        if let Some(shot) = self.open.shot.as_ref().filter(|_| self.open.owns == Owns::ToNextShot)
            && action.lettering.is_empty()
        {
            lint::action(self.context, &action.text, span, shot);
        }
        let ParsedAction { action, reading, sex: _ } = &*parsed;
        let action = Action { describes_place, ..staged(action.clone(), reading, &found) };
        self.push(ItemKind::Action(Arc::new(action)), span);
        self.hand_back(span);
    }

    /// The weather that a paragraph tells of is that of its shot and of the scene from
    /// there on.
    fn tell_weather(&mut self, reading: &Reading) {
        let Some(weather) = &reading.weather else { return };
        let outside = self.at.place.is_some_and(|place| !self.sets.places[place.0].interior);
        let state = self.story.now();
        let weather = match weather {
            ToldWeather::Is(weather) => &**weather,
            ToldWeather::Ends => "",
        };
        // `heavy rain` is rain.
        let known =
            !weather.is_empty() && state.weather.to_lowercase().contains(&weather.to_lowercase());
        if !outside || known || state.weather == weather {
            return;
        }
        self.story.apply(&Change::Weather(weather.to_owned()), Scope::Scene);
        if self.open.shot.is_some()
            && let Some(scene) = self.scenes.last_mut()
        {
            let is_shot = |item: &&mut Item| matches!(item.kind, ItemKind::Shot(_));
            if let Some(shot) = scene.items.iter_mut().rev().find(is_shot) {
                shot.state = self.story.now();
            }
        }
    }

    /// Those with a cue whom a phrase brings in look as it says.
    fn enter_by_cue(&mut self, reading: &Reading, found: &Resolution) {
        for (phrase, subject) in reading.phrases.iter().zip(&found.phrases) {
            let Some(subject) = subject.filter(|who| who.is_named()) else { continue };
            let (Reference::New, Some((_, said))) = (phrase.reference, &phrase.first) else {
                continue;
            };
            self.is_here(subject);
            self.context.names.mark_named(subject);
            let known = self.context.names.get(subject);
            let new = known.person.is_empty() && known.outfit.is_empty();
            if new && !(said.person.is_empty() && said.outfit.is_empty()) {
                let (person, outfit) = (said.person.clone(), said.outfit.clone());
                self.context.names.describe(subject, person, outfit);
            }
        }
    }

    /// Whom the phrases of a paragraph mean.
    fn resolve(&mut self, parsed: &ParsedAction) -> Resolution {
        let state = self.story.now();
        let mut extras = std::mem::take(&mut self.context.extras);
        let around = Surroundings {
            names: &self.context.names,
            vocabulary: &self.context.vocabulary,
            words: self.context.sentence_words,
            state: &state,
            present: &self.present,
        };
        let (characters, entering) = (&mut self.characters, &mut self.entering);
        let found = extras.resolve(&parsed.action, &parsed.reading, &around, |subject, it| {
            entering.push((subject, Arc::clone(&it)));
            characters.entry(subject).or_insert(it);
        });
        self.context.extras = extras;
        found
    }

    /// Whether a paragraph describes the set, and makes it the set's words: the
    /// first paragraph of its first scene that names nobody and has no word in
    /// capitals. A paragraph among people tells what happens instead.
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
        let pronouns = || pronouns::has_pronoun(&action.text, &self.context.vocabulary.grammar);
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
            speakers: Arc::default(),
            voice: Voice::OffScreen,
            through: None,
            delivery: Vec::new(),
            parts: vec![SpeechPart::Words(words)],
            dual: false,
            lyrics: true,
        };
        self.push(ItemKind::Speech(Arc::new(speech)), span);
        self.hand_back(span);
    }

    fn speech(&mut self, element: &SpeechElement, span: Span) {
        self.inside();
        let (speech, delivery) = speech::read(self.context, element, &self.at, &self.present);
        if speech.voice == Voice::OnScreen {
            for subject in &*speech.speakers {
                self.is_here(*subject);
            }
        }
        let index = self.push(ItemKind::Speech(Arc::new(speech)), span);
        self.deliveries.push((index, delivery));
        self.hand_back(span);
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
                // `gone` may take away what a pending change adds.
                let pending = self.open.pending.iter().flat_map(|(changes, ..)| changes);
                let state = self.story.after(pending);
                let (changes, scope) =
                    directives::changes(self.context, directive, self.sets, &self.at, &state);
                if self.open.shot.is_some() {
                    self.open.pending.push((changes, scope, word, directive.span));
                } else {
                    self.change(&changes, scope);
                }
            }
        }
    }
}

/// Whether a paragraph shows somebody without a name.
fn shows_somebody(parsed: &ParsedAction, found: &Resolution) -> bool {
    let mut phrases = parsed.reading.phrases.iter().zip(&found.phrases);
    phrases.any(|(phrase, subject)| phrase.present && subject.is_some() && phrase.class.is_being())
}
