//! Chooses a voice for everybody who speaks, by what the script says of them. Two people of
//! a film never get voices that are too alike. A new character changes nobody's voice,
//! because the lock file pins every choice.
//!
//! Knows descriptions and voices; does not know what is said.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::breakdown::description::Sex;
use crate::breakdown::language::sexes;
use crate::breakdown::language::speakers::{Accent, Speaker, Speakers, VoiceBlend};
use crate::breakdown::language::word_set::WordSet;
use crate::breakdown::screenplay::{Character, Kind, Subject};
use crate::breakdown::shot::ShotList;
use crate::shoot::lock::PinnedVoice;
use crate::sound::engines::OwnEngine;

/// The voices of a film.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoiceCast {
    /// Everybody who speaks with their voices; a group has several.
    voices: BTreeMap<Subject, Vec<VoiceBlend>>,
    /// Who speaks where nobody is known.
    anybody: Option<VoiceBlend>,
    /// The choices that Photoplay made, for the lock file.
    pub pinned: Vec<PinnedVoice>,
}

/// What a description says of a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Traits {
    sex: Option<Sex>,
    accent: Option<Accent>,
    high: bool,
    low: bool,
}

/// Voices of a group that speaks together.
const CHORUS: usize = 3;

/// The speaker of lines without a known character.
const ANYBODY: &str = "af_heart";

impl VoiceCast {
    /// Casts everybody who speaks in a film. `pinned` are the choices of the lock file.
    pub fn of(list: &ShotList, pinned: &[PinnedVoice]) -> Self {
        let mut speaking: Vec<Subject> = Vec::new();
        for line in &list.speeches {
            for who in line.speech.speakers.iter().copied() {
                let base = base(list, who);
                if !speaking.contains(&base) {
                    speaking.push(base);
                }
            }
        }
        let mut cast = Self::default();
        let mut taken: Vec<VoiceBlend> = Vec::new();
        let mut open = Vec::new();
        for who in &speaking {
            let character = &list.subjects[*who];
            let traits = traits(character, &list.settings.language);
            let known = pinned
                .iter()
                .find(|pin| pin.name == character.name && pin.traits == traits.to_string());
            if let Some(written) = &character.voice {
                taken.push(written.value.clone());
                cast.voices.insert(*who, vec![written.value.clone()]);
            } else if character.kind == Kind::Group {
                cast.voices.insert(*who, chorus(&character.name));
            } else if let Some(known) = known {
                taken.push(known.voice.clone());
                cast.pinned.push(known.clone());
                cast.voices.insert(*who, vec![known.voice.clone()]);
            } else {
                open.push((*who, traits));
            }
        }
        for (who, traits) in open {
            let Character { name, person, .. } = &list.subjects[who];
            // Chooses as the picture does: `prompts::lower::any_person`.
            let chance = sexes::by_chance(if person.is_empty() { name } else { person });
            let sex = traits.sex.unwrap_or(chance);
            let voice = choose(name, sex, traits, &taken);
            taken.push(voice.clone());
            let pin = PinnedVoice {
                name: name.clone(),
                traits: traits.to_string(),
                voice: voice.clone(),
            };
            cast.pinned.push(pin);
            cast.voices.insert(who, vec![voice]);
        }
        cast.pinned.sort_by(|one, other| one.name.cmp(&other.name));
        let others: Vec<Subject> =
            list.speeches.iter().flat_map(|line| line.speech.speakers.iter().copied()).collect();
        for who in others {
            if let Some(voices) = cast.voices.get(&base(list, who)).cloned() {
                cast.voices.insert(who, voices);
            }
        }
        if let Some(Ok(engine)) = list.settings.engine.as_deref().map(OwnEngine::named) {
            cast.speak_by(&engine);
        }
        cast
    }

    /// Gives everybody the voice of an engine of the user's that fits as theirs does.
    fn speak_by(&mut self, engine: &OwnEngine) {
        for voices in self.voices.values_mut() {
            for voice in voices {
                *voice = engine.voice(voice);
            }
        }
        self.anybody = Some(engine.voice(&VoiceBlend::of(ANYBODY)));
    }

    /// The voices of those who speak together.
    pub fn voices(&self, speakers: &[Subject]) -> Vec<VoiceBlend> {
        let mut all = Vec::new();
        for who in speakers {
            for voice in self.voices.get(who).into_iter().flatten() {
                if !all.contains(voice) {
                    all.push(voice.clone());
                }
            }
        }
        if all.is_empty() {
            all.push(self.anybody.clone().unwrap_or_else(|| VoiceBlend::of(ANYBODY)));
        }
        all.truncate(2 * CHORUS);
        all
    }

    /// Everybody who speaks, in the order of the film's names, with their voices.
    pub fn iter(&self) -> impl Iterator<Item = (Subject, &[VoiceBlend])> {
        self.voices.iter().map(|(who, voices)| (*who, voices.as_slice()))
    }
}

/// The person behind a disguise or another age.
fn base(list: &ShotList, who: Subject) -> Subject {
    let mut who = who;
    // A chain of looks is as long as there are names.
    for _ in 0..8 {
        let character = list.subjects.get(who);
        match character.filter(|it| it.voice.is_none()).and_then(|it| it.same_as) {
            Some(same) => who = same,
            None => break,
        }
    }
    who
}

/// What is known of somebody's voice.
fn traits(character: &Character, language: &str) -> Traits {
    let words = &Speakers::stdlib().words;
    let text = format!("{} {}", character.name, character.person).to_lowercase();
    let has = |set: &WordSet| text.unicode_words().any(|word| set.contains(word));
    let accent = if has(&words.british) {
        Some(Accent::British)
    } else if has(&words.american) {
        Some(Accent::American)
    } else if language.eq_ignore_ascii_case("en-gb") {
        Some(Accent::British)
    } else {
        None
    };
    let age = character.person.unicode_words().find_map(|word| word.parse::<u32>().ok());
    let young = age.is_some_and(|age| age < 20);
    let old = age.is_some_and(|age| (60..130).contains(&age));
    Traits {
        sex: character.sex,
        accent,
        high: has(&words.high) || young,
        low: has(&words.low) || old,
    }
}

impl std::fmt::Display for Traits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sex = self.sex.map(|sex| match sex {
            Sex::Woman => "woman",
            Sex::Man => "man",
        });
        let accent = self.accent.map(|accent| match accent {
            Accent::American => "american",
            Accent::British => "british",
        });
        let words = [sex, accent, self.high.then_some("high"), self.low.then_some("low")];
        f.write_str(&words.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// A number that a name always has.
fn digest(name: &str) -> u64 {
    let hash = blake3::hash(name.as_bytes());
    u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
}

/// The voice that fits best and is unlike those taken. If every voice is like one of
/// them, a mixture of two.
fn choose(name: &str, sex: Sex, traits: Traits, taken: &[VoiceBlend]) -> VoiceBlend {
    let speakers = Speakers::stdlib();
    let by_name = digest(name);
    let fitting = || speakers.voices.iter().filter(move |(_, it)| it.sex == sex && it.cast);
    let likest = |voice: &VoiceBlend| {
        taken.iter().map(|other| speakers.likeness(voice, other)).fold(0.0, f32::max)
    };
    let limit = f32::from(speakers.alike);
    let single = fitting()
        .map(|(name, voice)| (VoiceBlend::of(name), misfit(*voice, sex, traits), name))
        .filter(|(blend, ..)| likest(blend) <= limit)
        .min_by(|one, other| {
            let cost = |(blend, misfit, name): &(VoiceBlend, f32, &String)| {
                let chance = digest(&format!("{by_name} {name}")) % 20;
                misfit + 0.5 * likest(blend) + chance as f32
            };
            cost(one).total_cmp(&cost(other))
        });
    if let Some((voice, ..)) = single {
        return voice;
    }
    let pairs = fitting().enumerate().flat_map(|(at, (one, _))| {
        fitting().skip(at + 1).map(move |(other, _)| VoiceBlend::halves(one, other))
    });
    pairs
        .min_by(|one, other| likest(one).total_cmp(&likest(other)))
        .unwrap_or_else(|| VoiceBlend::of(ANYBODY))
}

/// How badly a voice fits a description.
fn misfit(voice: Speaker, sex: Sex, traits: Traits) -> f32 {
    let accent = match traits.accent {
        Some(accent) if accent != voice.accent => 200.0,
        None if voice.accent == Accent::British => 25.0,
        Some(_) | None => 0.0,
    };
    let (low, usual, high) = match sex {
        Sex::Woman => (140.0, 185.0, 210.0),
        Sex::Man => (85.0, 112.0, 150.0),
    };
    let pitch = f32::from(voice.pitch);
    let pitch: f32 = match (traits.high, traits.low) {
        (true, false) => (pitch - high).abs(),
        (false, true) => (pitch - low).abs(),
        _ => 0.3 * (pitch - usual).abs(),
    };
    accent + pitch
}

/// The voices of a group: women and men.
fn chorus(name: &str) -> Vec<VoiceBlend> {
    let voices: Vec<&String> = Speakers::stdlib()
        .voices
        .iter()
        .filter(|(_, voice)| voice.cast && voice.accent == Accent::American)
        .map(|(name, _)| name)
        .collect();
    let first = digest(name) as usize % voices.len();
    // Women stand before men in the table: a third of it on are the others.
    let step = voices.len() / CHORUS;
    (0..CHORUS).map(|at| VoiceBlend::of(voices[(first + at * step) % voices.len()])).collect()
}
