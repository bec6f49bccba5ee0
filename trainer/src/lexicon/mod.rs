//! Makes the lexicon: which of all English words mean something that the stage can
//! show.
//!
//! Authors use more words than those of `world.yaml`. For every word of `WordNet` this
//! finds the nearest word of the world, by what both are a kind of and by a sentence
//! encoder's vectors of their definitions, or none if nothing is near. The lexicon is
//! made once, beside the weights; reading a script runs no network.

mod sentences;
mod wordnet;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use photoplay::breakdown::description::{Depicted, Description};
use photoplay::breakdown::language::vocabulary::Vocabulary;
use photoplay::breakdown::prompts::lower::translate;
use photoplay::model::{Model, ModelWords, Slot};
use serde::Serialize;
use tch::{Kind, Tensor};

use crate::Error;
use sentences::SentenceEncoder;
use wordnet::{PartOfSpeech, WordNet};

/// `lexicon.json`: for each slot, what is shown and the words it is shown for.
#[derive(Debug, Serialize)]
struct Lexicon<'a> {
    subjects: Related<'a>,
    places: Related<'a>,
    times: Related<'a>,
    actions: Related<'a>,
}

type Related<'a> = BTreeMap<&'a str, BTreeSet<String>>;

/// How to search `WordNet` for one slot.
struct Search<'a> {
    table: &'a Slot,
    /// The topics of its words (`lexnames(5WN)`), and for each how near a word must be
    /// to one of the table, 0 to 1.
    topics: &'static [(u8, f64)],
}

const ANIMAL: u8 = 5;
const ARTIFACT: u8 = 6;
const BODY_PART: u8 = 8;
const MESSAGE: u8 = 10;
const GROUP: u8 = 14;
const REGION: u8 = 15;
const LANDFORM: u8 = 17;
const PERSON: u8 = 18;
const TIME: u8 = 28;
const BODILY: u8 = 29;
const SPEAKING: u8 = 32;
const TOUCHING: u8 = 35;
const CREATING: u8 = 36;
const MOVING: u8 = 38;
const BEING: u8 = 42;

const SUBJECTS: &[(u8, f64)] = &[
    (ANIMAL, 0.62),
    (ARTIFACT, 0.68),
    (BODY_PART, 0.75),
    (MESSAGE, 0.68),
    (GROUP, 0.68),
    (PERSON, 0.75),
];
const PLACES: &[(u8, f64)] = &[(ARTIFACT, 0.58), (GROUP, 0.62), (REGION, 0.58), (LANDFORM, 0.58)];
const TIMES: &[(u8, f64)] = &[(TIME, 0.58)];
const ACTIONS: &[(u8, f64)] = &[
    (BODILY, 0.55),
    (SPEAKING, 0.65),
    (TOUCHING, 0.6),
    (CREATING, 0.55),
    (MOVING, 0.46),
    (BEING, 0.55),
];

/// How many of a word's meanings are common enough to be meant.
const SENSES: usize = 2;

/// Added to the nearness of a word whose meaning is a kind of the table word's, or
/// hardly more general than it.
const KIND_OF: f64 = 0.15;
/// How many steps of generality count as hardly any.
const HARDLY: u32 = 2;

/// Factor of the similarity where it is unknown what a meaning is a kind of.
const ALONE: f64 = 0.9;

/// The words for a person about whom nothing more is known.
const GROWN: [&str; 2] = ["woman", "man"];

/// Makes the lexicon of the world and writes it.
pub(crate) fn write(wordnet: &Path, encoder: &Path, out: &Path) -> Result<(), Error> {
    let world = crate::stage::vocabulary();
    let encoder = SentenceEncoder::open(encoder)?;
    let nouns = WordNet::read(wordnet, PartOfSpeech::Noun)?;
    let verbs = WordNet::read(wordnet, PartOfSpeech::Verb)?;
    let search = |net, table, topics| Search { table, topics }.run(net, &encoder);
    let lexicon = Lexicon {
        subjects: search(&nouns, &world.subjects, SUBJECTS)?,
        places: search(&nouns, &world.places, PLACES)?,
        times: search(&nouns, &world.times, TIMES)?,
        actions: search(&verbs, &world.actions, ACTIONS)?,
    };
    for (name, slot) in [
        ("subjects", &lexicon.subjects),
        ("places", &lexicon.places),
        ("times", &lexicon.times),
        ("actions", &lexicon.actions),
    ] {
        let words: usize = slot.values().map(BTreeSet::len).sum();
        crate::eprint(&format!("{name}: {words} words"));
    }
    let mut json = serde_json::to_string(&lexicon).expect("words are plain data");
    json.push('\n');
    fs::write(out, json).map_err(|source| Error::write(out, source))
}

/// A meaning of a word of the table.
struct Anchor<'a> {
    synset: usize,
    canonical: &'a str,
}

impl<'a> Search<'a> {
    fn run(&self, net: &WordNet, encoder: &SentenceEncoder) -> Result<Related<'a>, Error> {
        let anchors = self.anchors(net, encoder)?;
        let known: BTreeSet<&str> = self.entries().map(|(_, word)| word).collect();
        let candidates: Vec<(&str, Vec<usize>)> = net
            .senses
            .iter()
            .filter(|(word, _)| !known.contains(word.as_str()) && is_plain(word))
            .map(|(word, senses)| {
                let common = senses.iter().copied().take(SENSES);
                (word.as_str(), common.filter(|&sense| self.is_meant(net, word, sense)).collect())
            })
            .collect();
        let mut synsets: Vec<usize> =
            candidates.iter().flat_map(|(_, senses)| senses).copied().collect();
        synsets.sort_unstable();
        synsets.dedup();

        let anchor_vectors = encoder.encode(&sentences(net, anchors.iter().map(|a| a.synset)))?;
        let vectors = encoder.encode(&sentences(net, synsets.iter().copied()))?;
        let likeness = rows(&vectors.matmul(&anchor_vectors.tr()));
        let depths = net.depths();
        let above: Vec<Vec<usize>> = anchors.iter().map(|a| net.ancestors(a.synset)).collect();
        let mut shown: BTreeMap<usize, &'a str> = BTreeMap::new();
        for (&synset, likeness) in synsets.iter().zip(&likeness) {
            let ancestors = net.ancestors(synset);
            let nearness = |at: usize| {
                let anchor = anchors[at].synset;
                let kinship = kinship(&depths, &ancestors, (synset, anchor), &above[at]);
                let is_kind = ancestors.contains(&anchor);
                let is_hardly_more = above[at].contains(&synset)
                    && depths[anchor].saturating_sub(depths[synset]) <= HARDLY;
                let bonus = if is_kind || is_hardly_more { KIND_OF } else { 0.0 };
                if kinship > 0.0 {
                    f64::midpoint(kinship, likeness[at]) + bonus
                } else {
                    likeness[at] * ALONE
                }
            };
            let nearest = |among: &dyn Fn(&str) -> bool| {
                (0..anchors.len())
                    .filter(|&at| among(anchors[at].canonical))
                    .map(|at| (nearness(at), anchors[at].canonical))
                    .max_by(|(one, _), (other, _)| one.total_cmp(other))
            };
            let meaning = &net.synsets[synset];
            let near = nearest(&|_| true)
                .filter(|(nearness, _)| Some(*nearness) >= self.enough(meaning.topic))
                .or_else(|| match meaning.topic {
                    PERSON if says_woman(&meaning.gloss) => nearest(&|one| one == GROWN[0]),
                    PERSON => nearest(&|one| GROWN.contains(&one)),
                    _ => None,
                });
            if let Some((_, canonical)) = near {
                shown.insert(synset, canonical);
            }
        }
        let mut slot = Related::new();
        for (word, senses) in candidates {
            if let Some(canonical) = senses.iter().find_map(|sense| shown.get(sense)) {
                slot.entry(canonical).or_default().insert(word.to_owned());
            }
        }
        Ok(slot)
    }

    /// How near a word of a topic must be; `None` if the topic is not of this slot.
    fn enough(&self, topic: u8) -> Option<f64> {
        self.topics.iter().find(|(known, _)| *known == topic).map(|(_, enough)| *enough)
    }

    fn entries(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.table.entries().iter().flat_map(|(canonical, meanings)| {
            std::iter::once(canonical)
                .chain(meanings)
                .map(move |word| (canonical.as_str(), word.as_str()))
        })
    }

    /// Chooses the meaning of every word of the table, among those this slot can have:
    /// for the canonical word the most frequent one, for all others the one nearest to
    /// that.
    fn anchors(&self, net: &WordNet, encoder: &SentenceEncoder) -> Result<Vec<Anchor<'a>>, Error> {
        let mut anchors: Vec<Anchor<'a>> = Vec::new();
        for (canonical, words) in self.table.entries() {
            let mut centre: Option<Tensor> = None;
            for word in std::iter::once(canonical).chain(words) {
                let Some(senses) = net.senses.get(word) else { continue };
                let meant = |sense: &usize| self.is_meant(net, word, *sense);
                let senses: Vec<usize> = senses.iter().copied().filter(meant).collect();
                if senses.is_empty() {
                    continue;
                }
                let vectors = encoder.encode(&sentences(net, senses.iter().copied()))?;
                let best = match &centre {
                    None => 0,
                    Some(centre) => vectors.matmul(centre).argmax(0, false).int64_value(&[]),
                };
                centre.get_or_insert_with(|| vectors.get(best));
                let synset = senses[best as usize];
                if anchors.iter().all(|known| known.synset != synset) {
                    anchors.push(Anchor { synset, canonical });
                }
            }
        }
        Ok(anchors)
    }

    /// Whether a meaning is of this slot, and the word is no name.
    fn is_meant(&self, net: &WordNet, word: &str, sense: usize) -> bool {
        let synset = &net.synsets[sense];
        if net.speech == PartOfSpeech::Verb && (!synset.is_intransitive || word.contains(' ')) {
            return false;
        }
        self.enough(synset.topic).is_some() && synset.words.iter().any(|known| known == word)
    }
}

/// How much two meanings share, 0 to 1: twice the depth of what both are a kind of,
/// over the sum of both depths (Wu and Palmer 1994).
fn kinship(
    depths: &[u32],
    ancestors: &[usize],
    (one, other): (usize, usize),
    above: &[usize],
) -> f64 {
    let shared = ancestors.iter().filter(|at| above.contains(at)).map(|&at| depths[at]).max();
    let Some(shared) = shared else { return 0.0 };
    // Verbs have no common root: count one above all of them.
    let [shared, one, other] =
        [shared, depths[one], depths[other]].map(|depth| f64::from(depth + 1));
    // A meaning may be deeper along another path than along its shortest.
    2.0 * shared / (one.max(shared) + other.max(shared))
}

/// Whether a definition says that a person is a woman.
fn says_woman(gloss: &str) -> bool {
    gloss
        .split(|letter: char| !letter.is_alphabetic())
        .any(|word| ["woman", "women", "female", "girl", "lady", "wife"].contains(&word))
}

/// Whether a script may hold a word: no digits, no names, at most three words.
fn is_plain(word: &str) -> bool {
    word.len() >= 3
        && word.split(' ').count() <= 3
        && word.chars().all(|letter| letter.is_ascii_lowercase() || " -'".contains(letter))
}

fn sentences(net: &WordNet, synsets: impl Iterator<Item = usize>) -> Vec<String> {
    synsets
        .map(|at| {
            let synset = &net.synsets[at];
            format!("{}: {}", synset.words.join(", "), synset.gloss)
        })
        .collect()
}

fn rows(table: &Tensor) -> Vec<Vec<f64>> {
    let table = table.to_kind(Kind::Double);
    let (height, _) = table.size2().expect("a table has two dimensions");
    (0..height).map(|row| Vec::try_from(table.get(row)).expect("a row holds numbers")).collect()
}

/// For each slot: words of no table, and what may be shown for them.
type HeldOut = IndexMap<String, IndexMap<String, Vec<String>>>;

/// How many held-out words there are, and which of them the model shows as something
/// else. Nobody looked at these words when the lexicon was made.
pub(crate) fn held_out(model: &Model) -> (usize, Vec<String>) {
    let text = include_str!("../../configs/held_out.yaml");
    let held_out: HeldOut = serde_yaml::from_str(text).expect("part of the trainer");
    let Some(words) = &model.words else { return (0, Vec::new()) };
    let (mut asked, mut wrong) = (0, Vec::new());
    for (slot, entries) in &held_out {
        for (word, meant) in entries {
            asked += 1;
            let shown = shown(slot, word, words);
            if !meant.contains(&shown) {
                wrong.push(format!("{word} ({shown})"));
            }
        }
    }
    (asked, wrong)
}

/// What a shot shows if one of its slots is `word`.
fn shown(slot: &str, word: &str, words: &ModelWords) -> String {
    let mut shot = Description::default();
    match slot {
        "subjects" => {
            shot.subjects = vec![Depicted { words: format!("a {word}"), ..Depicted::default() }];
        }
        "places" => word.clone_into(&mut shot.place.name),
        "times" => word.clone_into(&mut shot.time),
        _ => shot.action = format!("Somebody {word} there."),
    }
    let translated = translate(&shot, words, &Vocabulary::standard().grammar);
    match slot {
        "subjects" => translated.subjects.join(" and "),
        "places" => translated.place,
        "times" => translated.time,
        _ => translated.action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_of_five_words_never_seen_are_shown_as_what_they_mean() {
        let (asked, wrong) = held_out(&Model::embedded().expect("embedded"));
        let share = 1.0 - wrong.len() as f64 / asked as f64;
        assert!(asked >= 200 && share >= 0.8, "{share:.3}; not: {}", wrong.join(", "));
    }
}
