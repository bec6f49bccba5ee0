//! What was understood of a script before, by the words it is written in: the
//! passes go through every script from its beginning, and ask here before they
//! read a line. Every answer depends on its key, the vocabulary and the names
//! alone; a line about which something was said is read again each time, since
//! what was said may depend on the lines before it.
//!
//! Knows what may be remembered; does not know how anything is read.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::screenplay::{Action, ShotSpec, Speech, Subject};
use crate::breakdown::transition::Transition;
use crate::breakdown::understand::context::Strictness;
use crate::breakdown::understand::events::Paragraph;
use crate::breakdown::understand::lint::Looks;
use crate::breakdown::understand::names::{NameScope, NameTable};
use crate::breakdown::understand::places::Slugline;
use crate::breakdown::understand::speech::Delivery;
use crate::memo::Memo;

/// What was understood of a script before.
#[derive(Debug, Default)]
pub struct PassCache {
    words: Option<(Arc<Vocabulary>, String, Strictness)>,
    names: NameTable,
    /// By the text of a heading.
    pub(crate) sluglines: Memo<Box<str>, Arc<Slugline>>,
    /// By the words of a transition; `None` where they return to a time line.
    pub(crate) transitions: Memo<Box<str>, Option<Transition>>,
    /// Cues that are what they seem.
    pub(crate) cues: Memo<Box<str>, ()>,
    /// Whether the words of a heading are a shot's.
    pub(crate) shot_heads: Memo<Box<str>, bool>,
    /// By the words as they are written.
    pub(crate) paragraphs: Memo<Box<str>, Arc<Paragraph>>,
    /// By the scene's place and the words as they are written.
    pub(crate) actions: Memo<Box<str>, Arc<CachedAction>>,
    /// The same.
    pub(crate) speeches: Memo<Box<str>, Arc<CachedSpeech>>,
    /// The same.
    pub(crate) shots: Memo<Box<str>, Arc<CachedShot>>,
}

/// Names in some written words: from where to where, and whose.
pub(crate) type Named = Vec<(u32, u32, Subject)>;

/// A paragraph of action.
#[derive(Debug)]
pub(crate) struct CachedAction {
    pub(crate) action: Arc<Action>,
    /// The same where it describes its place.
    pub(crate) describing: OnceLock<Arc<Action>>,
    pub(crate) named: Named,
    pub(crate) looks: OnceLock<Looks>,
}

/// A speech.
#[derive(Debug)]
pub(crate) struct CachedSpeech {
    pub(crate) speech: Arc<Speech>,
    pub(crate) heard: Delivery,
    pub(crate) named: Named,
}

/// A shot line.
#[derive(Debug)]
pub(crate) struct CachedShot {
    pub(crate) call: Arc<ShotSpec>,
    pub(crate) named: Named,
}

impl PassCache {
    /// A pass begins: the words of the script's language are all known.
    pub(crate) fn begin(
        &mut self,
        vocabulary: &Arc<Vocabulary>,
        language: &str,
        strictness: Strictness,
    ) {
        let same = self.words.as_ref().is_some_and(|(known, before, was)| {
            *was == strictness
                && before == language
                && (Arc::ptr_eq(known, vocabulary) || known == vocabulary)
        });
        if !same {
            *self = Self::default();
            self.words = Some((Arc::clone(vocabulary), language.to_owned(), strictness));
        }
        self.sluglines.begin();
        self.transitions.begin();
        self.cues.begin();
        self.shot_heads.begin();
        self.paragraphs.begin();
        self.actions.begin();
        self.speeches.begin();
        self.shots.begin();
    }

    /// All names are entered.
    pub(crate) fn meet(&mut self, names: &NameTable) {
        if !self.names.answers_like(names) {
            self.actions = Memo::default();
            self.speeches = Memo::default();
            self.shots = Memo::default();
            self.names = names.clone();
        }
    }

    /// The key of some written words where a scene is: what a name means may
    /// depend on that.
    pub(crate) fn key<'a>(&self, at: &NameScope, written: &'a str) -> Cow<'a, str> {
        if !self.names.depends_on_place() {
            return Cow::Borrowed(written);
        }
        let place = at.place.map_or(0, |place| place.0 + 1);
        Cow::Owned(format!("{place} {}\0{written}", at.timeline))
    }
}
