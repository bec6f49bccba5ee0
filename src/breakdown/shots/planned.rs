//! Shots while they are being planned: what they hold, in exact seconds, and
//! how contents become a length, lines and cuts.
//!
//! Knows no numbers, frames or prompts yet.

use std::ops::Range;
use std::sync::Arc;

use super::captions::pieces;
use super::timing::{Timing, words};
use crate::breakdown::description::Face;
use crate::breakdown::screenplay::{
    Action, Item, ItemKind, Kind, Movement, Screenplay, ShotSpec, Speech, SpeechPart, StoryState,
    Subject, Voice,
};
use crate::breakdown::shot::{Card, Picture};
use crate::breakdown::transition::{Colour, Transition, TransitionKind};
use crate::source::Span;
use crate::time::Seconds;

/// One cut of the picture in the making.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Index of its scene; `None` for title and end card.
    pub scene: Option<usize>,
    pub span: Span,
    pub covered: bool,
    pub state: Arc<StoryState>,
    pub picture: DraftPicture,
    /// The written shot line, if there is one.
    pub call: Option<Arc<ShotSpec>>,
    /// Once its scene is planned, when nobody asks for its contents any more.
    pub shown: Option<Shown>,
    pub framing: Arc<Framing>,
    pub contents: Vec<Content>,
    /// A longer picture than its contents ask for.
    pub at_least: Seconds,
    /// Before the first word.
    pub lead: Seconds,
    /// After the last word.
    pub tail: Seconds,
    /// Given when contents do not decide it (a reaction).
    pub fixed: Option<Seconds>,
    pub length: Seconds,
    pub transition: Option<Transition>,
    pub fade_out: Option<Transition>,
    /// Index of the draft it continues from.
    pub continues: Option<usize>,
    /// Index of the draft whose take goes on here.
    pub resumes: Option<usize>,
}

/// What a planned draft shows.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// As if it went on from no other shot.
    pub picture: Picture,
    /// In a few words, for people.
    pub words: Arc<str>,
}

/// What is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DraftPicture {
    Take,
    Card(Card),
    Black,
    White,
}

/// Who is in the picture and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Framing {
    pub size: String,
    pub angle: String,
    pub subjects: Vec<(Subject, Face)>,
    pub things: Vec<String>,
    pub movement: Option<Movement>,
}

impl Framing {
    pub(crate) fn of(size: &str, subjects: impl IntoIterator<Item = Subject>) -> Self {
        Self {
            size: size.to_owned(),
            subjects: subjects.into_iter().map(|who| (who, Face::Seen)).collect(),
            ..Self::default()
        }
    }

    /// Those whose face is expected, sorted.
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

/// What a shot holds, in order.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A paragraph or a piece of one.
    Action { action: Arc<Action>, range: Range<usize> },
    /// A whole speech that takes its time here.
    Speech { speech: Arc<Speech>, voice: Voice, span: Span },
    /// A part of a speech that several shots share; the first carries the speech.
    Part { speech: Arc<Speech>, length: Seconds, first: bool, span: Span },
    /// Narration: begins here, runs on, takes no time.
    Voice { speech: Arc<Speech>, span: Span },
    /// Words over the picture.
    Super { text: String },
}

impl Content {
    pub(crate) fn whole(action: &Arc<Action>) -> Self {
        Self::Action { action: Arc::clone(action), range: 0..action.text.len() }
    }

    pub(crate) fn speech(&self) -> Option<&Arc<Speech>> {
        match self {
            Self::Speech { speech, .. } | Self::Part { speech, .. } => Some(speech),
            _ => None,
        }
    }

    fn words(&self) -> usize {
        match self {
            Self::Action { action, range } => words(&action.text[range.clone()]),
            _ => 0,
        }
    }
}

/// Something heard, in seconds of the film.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub speech: Arc<Speech>,
    pub voice: Voice,
    pub start: Seconds,
    pub end: Seconds,
    pub span: Span,
    /// Draft it begins in.
    pub draft: usize,
    /// It may run on over the next shot because the author wrote `exactly`.
    pub exactly: bool,
    /// What is read of it, and how long each piece is heard.
    pub pieces: Arc<[(Option<Arc<str>>, Seconds)]>,
}

impl Heard {
    /// A speech from its first to its last word, written at a place and
    /// beginning in a draft.
    pub(crate) fn new(
        speech: &Arc<Speech>,
        voice: Voice,
        (start, end): (Seconds, Seconds),
        (span, draft): (Span, usize),
        timing: &Timing,
    ) -> Self {
        let (pieces, speech) = (pieces(timing, speech).into(), Arc::clone(speech));
        Self { speech, voice, start, end, span, draft, exactly: false, pieces }
    }
}

/// The film so far.
#[derive(Debug, Default)]
pub(crate) struct Reel {
    pub drafts: Vec<Draft>,
    pub heard: Vec<Heard>,
    /// Text, start, end.
    pub supers: Vec<(String, Seconds, Seconds)>,
    /// Where the next draft begins.
    pub now: Seconds,
    /// Until when a narration runs.
    pub voice_until: Seconds,
    /// Into the next draft.
    pub pending: Option<Transition>,
    pub notes: Vec<Note>,
}

/// Something to tell the author once shots have numbers.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// A written time was too short for what is said in it.
    Lengthened { draft: usize, written: Seconds, speaker: Subject, speeches: usize, needs: Seconds },
    /// Words on paper need longer than the written time.
    Unread { draft: usize, needs: Seconds },
    /// A directive stands inside a written shot.
    Inside { draft: usize, span: Span },
    /// A super does not fit its shot.
    ShortSuper { draft: usize, span: Span, needs: Seconds },
}

impl Note {
    /// The draft it is about.
    pub(crate) fn draft(&mut self) -> &mut usize {
        match self {
            Self::Lengthened { draft, .. }
            | Self::Unread { draft, .. }
            | Self::Inside { draft, .. }
            | Self::ShortSuper { draft, .. } => draft,
        }
    }

    /// Where it points besides.
    pub(crate) fn span(&mut self) -> Option<&mut Span> {
        match self {
            Self::Inside { span, .. } | Self::ShortSuper { span, .. } => Some(span),
            Self::Lengthened { .. } | Self::Unread { .. } => None,
        }
    }
}

impl Reel {
    /// Lays a draft on the film: decides its length, places what is heard, and
    /// cuts it where its speeches do. `insert` frames a `[[cut: …]]`.
    pub(crate) fn lay(
        &mut self,
        mut draft: Draft,
        timing: &Timing,
        insert: impl Fn(&Arc<ShotSpec>, &Draft) -> Draft,
    ) {
        let index = self.drafts.len();
        let base = Timeline::of(&draft, self, timing);
        draft.length = base.length;
        if let (Some(call), Some(needs)) = (&draft.call, base.lengthened)
            && let Some(written) = call.duration
        {
            let on_screen = || {
                draft.contents.iter().filter_map(|content| match content {
                    Content::Speech { speech, voice: Voice::OnScreen, .. } => Some(speech),
                    _ => None,
                })
            };
            if let Some(speaker) =
                on_screen().next_back().and_then(|speech| speech.speakers.first())
            {
                let (speaker, speeches) = (*speaker, on_screen().count());
                self.notes.push(Note::Lengthened {
                    draft: index,
                    written,
                    speaker,
                    speeches,
                    needs,
                });
            }
        }
        self.l_cut(&draft);
        let exactly = draft.call.as_ref().is_some_and(|call| call.exactly);
        for &(ref content, start, end) in &base.sounds {
            let (speech, voice, span) = match content {
                Content::Speech { speech, voice, span } => (speech, *voice, *span),
                Content::Part { speech, first: true, span, .. } => (speech, Voice::OnScreen, *span),
                Content::Voice { speech, span } => (speech, Voice::Narration, *span),
                _ => continue,
            };
            let end = match content {
                Content::Part { .. } => start + timing.speech(speech),
                _ => end,
            };
            let (start, end) = ((self.now + start).max(Seconds::ZERO), self.now + end);
            if voice == Voice::Narration {
                self.voice_until = self.voice_until.max(end);
            }
            let heard = Heard::new(speech, voice, (start, end), (span, index), timing);
            self.heard.push(Heard { exactly, ..heard });
        }
        self.supers_of(&draft, timing, index);
        draft.transition = self.pending.take().or_else(|| {
            draft.call.as_ref().and_then(|call| call.fade_in).map(|duration| Transition {
                name: "fade in".to_owned(),
                kind: TransitionKind::FadeIn(Colour::default()),
                duration,
            })
        });
        draft.fade_out =
            draft.call.as_ref().and_then(|call| call.fade_out).map(|duration| Transition {
                name: "fade out".to_owned(),
                kind: TransitionKind::FadeOut(Colour::default()),
                duration,
            });
        self.cut(draft, &base.cuts, insert);
    }

    /// Pushes a draft whose length is decided.
    pub(crate) fn push(&mut self, draft: Draft) {
        self.now = self.now + draft.length;
        self.drafts.push(draft);
    }

    /// `L-cut`: what was last heard runs on into this shot.
    fn l_cut(&mut self, draft: &Draft) {
        let Some(by) = draft.call.as_ref().and_then(|call| call.l_cut) else { return };
        let Some(last) = self.heard.last_mut() else { return };
        if last.draft + 1 == self.drafts.len() && last.end < self.now + by {
            let shift = self.now + by - last.end;
            last.start = last.start + shift;
            last.end = last.end + shift;
        }
    }

    fn supers_of(&mut self, draft: &Draft, timing: &Timing, index: usize) {
        for content in &draft.contents {
            let Content::Super { text } = content else { continue };
            let at = timing.constants.super_at.min(draft.length.scale(1, 2));
            let needs = timing.card(text.lines());
            if at + needs > draft.length {
                self.notes.push(Note::ShortSuper { draft: index, span: draft.span, needs });
            }
            let end = (at + needs).min(draft.length);
            self.supers.push((text.clone(), self.now + at, self.now + end));
        }
    }

    /// Cuts a draft into the pieces that `[[cut: …]]` makes of it.
    fn cut(
        &mut self,
        mut draft: Draft,
        cuts: &[(Seconds, Option<Arc<ShotSpec>>)],
        insert: impl Fn(&Arc<ShotSpec>, &Draft) -> Draft,
    ) {
        let whole = draft.length;
        let fade_out = draft.fade_out.take();
        let mut pieces: Vec<(Seconds, Option<Arc<ShotSpec>>)> = Vec::new();
        let (mut at, mut shown): (_, Option<Arc<ShotSpec>>) = (Seconds::ZERO, None);
        for (next, call) in cuts.iter().cloned().chain([(whole, None)]) {
            let next = next.min(whole);
            if next <= at {
                shown = call;
                continue;
            }
            let span = next - at;
            match shown.as_ref().and_then(|call| call.duration) {
                Some(written) if written < span => {
                    pieces.push((written, shown));
                    pieces.push((span - written, None));
                }
                _ => pieces.push((span, shown)),
            }
            (at, shown) = (next, call);
        }
        let mut base = None;
        let mut transition = draft.transition.take();
        let last = pieces.len().saturating_sub(1);
        for (index, (length, call)) in pieces.into_iter().enumerate() {
            let mut piece = if let Some(call) = call {
                insert(&call, &draft)
            } else {
                let mut piece = draft.clone();
                if base.is_some() {
                    piece.resumes = base;
                    piece.continues = None;
                } else {
                    base = Some(self.drafts.len());
                }
                piece
            };
            piece.length = length;
            piece.transition = transition.take();
            if index == last {
                piece.fade_out.clone_from(&fade_out);
            }
            self.push(piece);
        }
    }
}

/// When things happen inside a draft, from its beginning.
#[derive(Default)]
struct Timeline {
    length: Seconds,
    /// What the speech needs, when the written time was too short.
    lengthened: Option<Seconds>,
    /// When everything is said and half of what is done.
    talk_end: Seconds,
    on_screen_end: Seconds,
    voice_end: Seconds,
    sounds: Vec<(Content, Seconds, Seconds)>,
    cuts: Vec<(Seconds, Option<Arc<ShotSpec>>)>,
}

impl Timeline {
    fn of(draft: &Draft, reel: &Reel, timing: &Timing) -> Self {
        let constants = timing.constants;
        let words: usize = draft.contents.iter().map(Content::words).sum();
        let speaks = draft.contents.iter().any(|content| content.speech().is_some());
        // where nobody speaks on screen, narration runs over what is done
        let half =
            if speaks && words > 0 { timing.action(words).scale(1, 2) } else { Seconds::ZERO };
        let mut natural = Self::place(draft, reel, timing, half, words);
        if let Some(fixed) = draft.fixed {
            natural.length = fixed;
            return natural;
        }
        if let Some(call) = &draft.call
            && let Some(written) = call.duration
        {
            let room = written - (natural.talk_end - half);
            let half = half.min(room).max(Seconds::ZERO);
            let mut placed = Self::place(draft, reel, timing, half, words);
            placed.length = written.max(constants.written.at_least);
            if placed.on_screen_end > placed.length && !call.exactly {
                placed.length = placed.on_screen_end;
                placed.lengthened = Some(placed.on_screen_end - draft.lead);
            }
            return placed;
        }
        let mut length = if speaks {
            (natural.talk_end + draft.tail).max(timing.paced(constants.shot.at_least))
        } else if draft.picture == DraftPicture::Take {
            timing.action(words)
        } else {
            timing.paced(constants.black)
        };
        length = length.max(draft.at_least);
        if draft.call.is_some() {
            length = length.max(natural.voice_end);
        }
        for content in &draft.contents {
            if let Content::Super { text } = content {
                length = length.max(constants.super_at + timing.card(text.lines()));
            }
        }
        natural.length = length;
        natural
    }

    /// Places contents one after the other; `half` is the time of all action.
    fn place(draft: &Draft, reel: &Reel, timing: &Timing, half: Seconds, words: usize) -> Self {
        let mut placed = Self::default();
        let l_cut = draft.call.as_ref().and_then(|call| call.l_cut).unwrap_or_default();
        let mut now = match draft.call.as_ref().and_then(|call| call.j_cut) {
            Some(early) => Seconds::ZERO - early,
            None => draft.lead.max(l_cut),
        };
        let mut before: Option<(&Speech, Seconds)> = None;
        for content in &draft.contents {
            match content {
                Content::Action { .. } if words > 0 => {
                    now = now + half.scale(content.words() as i64, words as i64);
                }
                Content::Action { .. } | Content::Super { .. } => {}
                Content::Voice { speech, .. } => {
                    let start = now.max(reel.voice_until - reel.now);
                    let end = start + timing.speech(speech);
                    placed.voice_end = placed.voice_end.max(end);
                    placed.sounds.push((content.clone(), start, end));
                }
                Content::Part { length, .. } => {
                    placed.sounds.push((content.clone(), now, now + *length));
                    now = now + *length;
                    placed.on_screen_end = now;
                }
                Content::Speech { speech, voice, .. } => {
                    let length = timing.speech(speech);
                    let start = match before {
                        _ if *voice == Voice::PreLap => {
                            let room = reel.drafts.last().map_or(Seconds::ZERO, |last| last.length);
                            Seconds::ZERO - length.min(room)
                        }
                        Some((_, start)) if speech.dual => start,
                        Some((last, _)) => now + turn(last, speech, timing),
                        None => now,
                    };
                    let end = start + length;
                    let mut at = start;
                    for part in &speech.parts {
                        match part {
                            SpeechPart::Cut(call) => placed.cuts.push((at, Some(Arc::clone(call)))),
                            SpeechPart::CutBack => placed.cuts.push((at, None)),
                            other => at = at + timing.part(speech, other),
                        }
                    }
                    placed.sounds.push((content.clone(), start, end));
                    now = now.max(end);
                    if matches!(voice, Voice::OnScreen | Voice::PreLap) {
                        placed.on_screen_end = placed.on_screen_end.max(end);
                    }
                    before = Some((speech, start));
                }
            }
        }
        placed.talk_end = now;
        placed
    }
}

/// The breath between two speeches of one shot.
fn turn(last: &Speech, next: &Speech, timing: &Timing) -> Seconds {
    let words = last.parts.iter().rev().find_map(|part| match part {
        SpeechPart::Words(text) => Some(text.trim_end()),
        _ => None,
    });
    let interrupted = words.is_some_and(|text| text.ends_with("--") || text.ends_with('—'));
    if last.speakers == next.speakers || interrupted {
        Seconds::ZERO
    } else {
        timing.paced(timing.constants.turn)
    }
}

impl Draft {
    /// A draft with the film's lead and tail.
    pub(crate) fn new(scene: usize, item: &Item, framing: Framing, timing: &Timing) -> Self {
        let shot = timing.constants.shot;
        Self {
            scene: Some(scene),
            span: item.span,
            covered: true,
            state: Arc::clone(&item.state),
            picture: DraftPicture::Take,
            call: None,
            shown: None,
            framing: Arc::new(framing),
            contents: Vec::new(),
            at_least: Seconds::ZERO,
            lead: timing.paced(shot.lead),
            tail: timing.paced(shot.tail),
            fixed: None,
            length: Seconds::ZERO,
            transition: None,
            fade_out: None,
            continues: None,
            resumes: None,
        }
    }

    /// How long it would be on its own, straight after nothing.
    pub(crate) fn natural(&self, timing: &Timing) -> Seconds {
        Timeline::of(self, &Reel::default(), timing).length
    }
}

/// Whether somebody can be in the picture and counts as present.
pub(crate) fn is_person(screenplay: &Screenplay, subject: Subject) -> bool {
    matches!(screenplay.subjects[subject.0].kind, Kind::Cast | Kind::Extra | Kind::Group)
}

/// How the speech at an index of some items is heard. A voice over directly
/// beside an on-screen speech of somebody else is the other end of a telephone
/// (a narrator who is the same person, older, is not).
pub(crate) fn voice_of(screenplay: &Screenplay, items: &[&Item], index: usize) -> Voice {
    let speech_at = |index: usize| match items.get(index).map(|item| &item.kind) {
        Some(ItemKind::Speech(speech)) => Some(&**speech),
        _ => None,
    };
    let Some(speech) = speech_at(index) else { return Voice::OnScreen };
    let unseen = speech.speakers.iter().all(|who| screenplay.subjects[who.0].kind == Kind::Voice);
    match speech.voice {
        Voice::OnScreen if unseen && !speech.speakers.is_empty() => Voice::OffScreen,
        Voice::Narration => {
            let person = |who: Subject| screenplay.subjects[who.0].same_as.unwrap_or(who);
            let other_end = |beside: Option<&Speech>| {
                beside.is_some_and(|beside| {
                    beside.voice == Voice::OnScreen
                        && beside.speakers.iter().all(|one| {
                            speech.speakers.iter().all(|other| person(*one) != person(*other))
                        })
                })
            };
            if other_end(index.checked_sub(1).and_then(speech_at))
                || other_end(speech_at(index + 1))
            {
                Voice::OffScreen
            } else {
                Voice::Narration
            }
        }
        voice => voice,
    }
}
