//! Reads `WordNet`'s database files (`wndb(5WN)`): words, their senses, and what each
//! sense is a kind of. Knows no model.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// A part of speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartOfSpeech {
    /// Nouns.
    Noun,
    /// Verbs.
    Verb,
}

/// One meaning: a set of synonyms.
#[derive(Debug)]
pub(super) struct Synset {
    /// The synonyms, with blanks between the words of a compound; names of
    /// persons and places keep their capital letters.
    pub(super) words: Vec<String>,
    /// What it is about (`lexnames(5WN)`): 5 animals, 18 persons, 38 motion.
    pub(super) topic: u8,
    /// The definition, without examples.
    pub(super) gloss: String,
    /// Whether somebody can do this verb without an object.
    pub(super) is_intransitive: bool,
    /// What it is a kind of, as indices of [`WordNet::synsets`].
    pub(super) kinds: Vec<usize>,
}

/// The words of one part of speech.
#[derive(Debug)]
pub(super) struct WordNet {
    /// The part of speech.
    pub(super) speech: PartOfSpeech,
    /// Every meaning.
    pub(super) synsets: Vec<Synset>,
    /// The meanings of each word in small letters, the most frequent first.
    pub(super) senses: BTreeMap<String, Vec<usize>>,
}

impl WordNet {
    /// Reads a part of speech from the folder of the database.
    pub(super) fn read(folder: &Path, speech: PartOfSpeech) -> Result<Self, Error> {
        let name = match speech {
            PartOfSpeech::Noun => "noun",
            PartOfSpeech::Verb => "verb",
        };
        let path = folder.join(format!("data.{name}"));
        let text = fs::read_to_string(&path).map_err(|source| Error::read(&path, source))?;
        let lines: Vec<&str> = entries(&text).collect();
        let places: BTreeMap<&str, usize> =
            lines.iter().enumerate().map(|(at, line)| (&line[..line.len().min(8)], at)).collect();
        let synsets = lines
            .iter()
            .map(|line| synset(line, &places).ok_or_else(|| damaged(&path, line)))
            .collect::<Result<_, _>>()?;

        let path = folder.join(format!("index.{name}"));
        let text = fs::read_to_string(&path).map_err(|source| Error::read(&path, source))?;
        let senses = entries(&text)
            .map(|line| senses(line, &places).ok_or_else(|| damaged(&path, line)))
            .collect::<Result<_, _>>()?;
        Ok(Self { speech, synsets, senses })
    }

    /// Everything that a meaning is a kind of: itself first, then the nearest first.
    pub(super) fn ancestors(&self, synset: usize) -> Vec<usize> {
        let mut found = vec![synset];
        let mut next = 0;
        while let Some(&at) = found.get(next) {
            next += 1;
            for &kind in &self.synsets[at].kinds {
                if !found.contains(&kind) {
                    found.push(kind);
                }
            }
        }
        found
    }

    /// The least distance of each meaning from the most general one.
    pub(super) fn depths(&self) -> Vec<u32> {
        let mut depths = vec![None; self.synsets.len()];
        for synset in 0..self.synsets.len() {
            self.depth(synset, &mut depths);
        }
        depths.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn depth(&self, synset: usize, depths: &mut [Option<u32>]) -> u32 {
        if let Some(known) = depths[synset] {
            return known;
        }
        // A few verbs are kinds of each other.
        depths[synset] = Some(0);
        let above = self.synsets[synset].kinds.iter();
        let depth = above.map(|&kind| self.depth(kind, depths) + 1).min().unwrap_or(0);
        depths[synset] = Some(depth);
        depth
    }
}

/// The lines of a file without its licence, which is indented.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with(' '))
}

fn damaged(path: &Path, line: &str) -> Error {
    let line = line.chars().take(40).collect();
    Error::WordNet { path: PathBuf::from(path), line }
}

/// The sentence frame `Somebody ----s`.
const SOMEBODY_DOES: &str = "02";
/// The sentence frame `Somebody ----s PP`.
const SOMEBODY_DOES_THERE: &str = "22";

/// `offset topic type words [word id]… pointers [symbol offset type ends]…
/// [frames [+ frame word]…] | gloss`
fn synset(line: &str, places: &BTreeMap<&str, usize>) -> Option<Synset> {
    let (data, gloss) = line.split_once(" | ")?;
    let mut fields = data.split(' ');
    let topic = fields.nth(1)?.parse().ok()?;
    let count = usize::from_str_radix(fields.nth(1)?, 16).ok()?;
    let mut words = Vec::with_capacity(count);
    for _ in 0..count {
        words.push(fields.next()?.replace('_', " "));
        fields.next()?;
    }
    let mut kinds = Vec::new();
    for _ in 0..fields.next()?.parse::<usize>().ok()? {
        let (symbol, offset) = (fields.next()?, fields.next()?);
        fields.nth(1)?;
        if matches!(symbol, "@" | "@i") {
            kinds.push(*places.get(offset)?);
        }
    }
    let frames: Vec<&str> = fields.skip(1).collect();
    let is_intransitive = frames
        .chunks(3)
        .any(|frame| matches!(frame, ["+", SOMEBODY_DOES | SOMEBODY_DOES_THERE, _]));
    let gloss = gloss.split("; \"").next().unwrap_or_default().trim().to_owned();
    Some(Synset { words, topic, gloss, is_intransitive, kinds })
}

/// `word type senses pointers [symbol]… senses tagged offset…`
fn senses(line: &str, places: &BTreeMap<&str, usize>) -> Option<(String, Vec<usize>)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let count: usize = fields.get(2)?.parse().ok()?;
    let offsets = fields.get(fields.len().checked_sub(count)?..)?;
    let senses = offsets.iter().map(|offset| places.get(offset).copied()).collect::<Option<_>>()?;
    Some((fields[0].replace('_', " "), senses))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_words_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("it can be written");
        };
        write(
            "data.noun",
            "  1 a licence\n\
             00000001 03 n 01 entity 0 000 | that which is\n\
             00000002 06 n 02 ship 0 sailing_vessel 0 001 @ 00000001 n 0000 | a vessel; \"she sailed\"\n",
        );
        write("index.noun", "  1 a licence\nship n 1 1 @ 1 1 00000002  \n");
        let read = WordNet::read(folder.path(), PartOfSpeech::Noun).expect("well formed");
        let ship = &read.synsets[read.senses["ship"][0]];
        assert_eq!(ship.words, ["ship", "sailing vessel"]);
        assert_eq!((ship.topic, ship.gloss.as_str()), (6, "a vessel"));
        assert_eq!((read.ancestors(1), read.depths()), (vec![1, 0], vec![0, 1]));

        write("index.noun", "ship n 1 1 @ 1 1 00000009\n");
        let error = WordNet::read(folder.path(), PartOfSpeech::Noun).expect_err("no such meaning");
        assert!(matches!(error, Error::WordNet { .. }), "{error}");
    }
}
