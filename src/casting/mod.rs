//! A character → a portrait or reference picture → stored reference embeddings. A
//! look is one person in one outfit; every shot shows it to the network by the
//! same picture.
//!
//! Knows characters and pictures; does not know scripts.

mod look;
pub(crate) mod names;
#[cfg(feature = "torch")]
pub(crate) mod embedding;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use blake3::Hash;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::breakdown::description::{Depicted, Description};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::prompts::{lower, stills};
use crate::breakdown::screenplay::{Kind, Subject};
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::model::ModelWords;
use crate::source::files::ProjectFiles;
use crate::source::pictures::{self, PictureError};

pub use self::look::{FOLDER, Look};

/// The most reference pictures that one take gets: the model blurs more into each other.
pub const MAX_REFERENCES: usize = 3;

/// A portrait that is made and chosen, as `photoplay.lock` stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portrait {
    /// The character's name, for people and to tell characters with equal descriptions
    /// apart.
    pub name: String,
    /// The part of the description that never changes.
    pub words: String,
    /// The outfit in the portrait.
    pub outfit: String,
    /// Its file, below the project folder, with `/` between folders.
    pub file: String,
    /// BLAKE3 of the file in hexadecimal digits.
    pub digest: String,
}

/// The looks of a film, and the shots that show them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cast {
    /// Every look, in order of appearance.
    pub looks: Vec<Look>,
    /// The looks of each shot, in the order of its subjects.
    pub shots: Vec<Vec<Appearance>>,
}

/// An appearance of a look in a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// Index into the description's subjects, counted on into `reveals`.
    pub depicted: usize,
    /// Index into [`Cast::looks`].
    pub look: usize,
}

/// Finds the looks of a film. If the model has a table of words, looks whose
/// words it does not distinguish are one.
pub fn looks(list: &ShotList, words: Option<&ModelWords>) -> Cast {
    // A table of words shows every fox as the same fox.
    let recurring = if words.is_none() { recurring(list) } else { BTreeSet::new() };
    let mut found = LookTable {
        list,
        words,
        recurring,
        looks: Vec::new(),
        shown: Vec::new(),
        known: BTreeMap::new(),
    };
    let appearances = |shot: &Shot| match &shot.picture {
        Picture::Take(spec) => found.appearances(spec),
        Picture::Card(_) | Picture::Black | Picture::White => Vec::new(),
    };
    let shots = list.shots.iter().map(appearances).collect();
    Cast { looks: found.looks, shots }
}

/// Subjects without a name that several shots of one scene show. A portrait keeps the looks
/// of each. Subjects of more than one (`two foxes`) get no portrait.
fn recurring(list: &ShotList) -> BTreeSet<Subject> {
    let (mut recurring, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for shot in &list.shots {
        let Picture::Take(spec) = &shot.picture else { continue };
        if spec.resumes.is_some() {
            continue;
        }
        let alone = |who: &Subject| {
            let character = list.subjects.get(*who).filter(|_| !who.is_named());
            character.is_some_and(|extra| {
                matches!(extra.kind, Kind::Extra | Kind::Prop)
                    && extra.count == 1
                    && extra.class().is_some_and(NounClass::has_looks)
            })
        };
        for who in spec.subjects.iter().map(|(who, _)| *who).filter(alone) {
            if !seen.insert((&*shot.scene, who)) {
                recurring.insert(who);
            }
        }
    }
    recurring
}

/// The looks found so far.
struct LookTable<'a> {
    list: &'a ShotList,
    words: Option<&'a ModelWords>,
    /// The subjects without a name that have a look.
    recurring: BTreeSet<Subject>,
    looks: Vec<Look>,
    /// For each look, the words of it that the model knows; empty without a table
    /// of words.
    shown: Vec<Vec<String>>,
    /// The words that the model knows of each person in each outfit: most people
    /// appear in many shots.
    known: BTreeMap<(String, String, bool), Vec<String>>,
}

impl LookTable<'_> {
    fn appearances(&mut self, spec: &TakeSpec) -> Vec<Appearance> {
        let depicted = spec.description.subjects.iter().chain(&spec.description.reveals);
        let all = || spec.subjects.iter().zip(depicted.clone()).enumerate();
        let named = all().filter(|(_, ((who, _), _))| who.is_named());
        let unnamed = all().filter(|(_, ((who, _), _))| !who.is_named());
        let mut found = Vec::new();
        // Subjects with a name come first.
        for (index, ((subject, _), who)) in named.chain(unnamed) {
            if found.len() == MAX_REFERENCES {
                break;
            }
            if let Some(look) = self.look(*subject, who) {
                found.push(Appearance { depicted: index, look });
            }
        }
        found.sort_by_key(|appearance| appearance.depicted);
        found
    }

    /// The look of a subject in a shot, added if it is new. Extras, groups and
    /// things have one only if the author gives a picture, or if they have no name and
    /// are in several shots of a scene; voices never have one.
    fn look(&mut self, subject: Subject, who: &Depicted) -> Option<usize> {
        let character = self.list.subjects.get(subject)?;
        let reference = character.reference.as_ref().map(|path| path.value.clone());
        let person = if who.words.is_empty() { &who.called } else { &who.words };
        let named = who.words.is_empty() && who.named;
        let pictured = reference.is_some();
        let recurs = self.recurring.contains(&subject);
        match character.kind {
            Kind::Voice => return None,
            Kind::Group | Kind::Extra | Kind::Prop if !pictured && !recurs => return None,
            Kind::Cast if !pictured && person.is_empty() => return None,
            Kind::Cast | Kind::Group | Kind::Extra | Kind::Prop => {}
        }
        let dressed = character.kind == Kind::Cast || recurs;
        let outfit = if dressed { who.outfit.clone() } else { String::new() };
        let shown = self.shown(person, &outfit, named);
        // The model knows no word for a portrait.
        if dressed && !pictured && self.words.is_some() && shown.is_empty() {
            return None;
        }
        let same = |(look, seen): (&Look, &Vec<String>)| {
            look.subject == subject
                && match self.words {
                    None => look.words == *person && look.outfit == outfit,
                    Some(_) => *seen == shown,
                }
        };
        if let Some(known) = self.looks.iter().zip(&self.shown).position(same) {
            return Some(known);
        }
        // The author's picture shows the first outfit; portraits in others are
        // made from it.
        let first = !dressed || who.outfit == character.outfit || !pictured;
        let given = reference.clone().filter(|_| first);
        let known = |look: &Look| look.subject == subject && look.words == *person;
        let base = match (self.looks.iter().position(known), &reference) {
            (None, Some(reference)) if !first => {
                let shown = self.shown(person, &character.outfit, named);
                let look = Look {
                    subject,
                    name: character.name.clone(),
                    words: person.clone(),
                    named,
                    outfit: character.outfit.clone(),
                    given: Some(reference.clone()),
                    base: None,
                    ordinal: 0,
                };
                Some(self.add(look, shown))
            }
            (base, _) => base,
        };
        let alike = self.looks.iter().filter(|look| look.words == *person);
        let alike: BTreeSet<Subject> =
            alike.map(|look| look.subject).filter(|other| *other != subject).collect();
        let ordinal = base.map_or(alike.len() as u32, |base| self.looks[base].ordinal);
        let base = if given.is_some() { None } else { base };
        let (name, words) = (character.name.clone(), person.clone());
        let look = Look { subject, name, words, named, outfit, given, base, ordinal };
        Some(self.add(look, shown))
    }

    fn add(&mut self, look: Look, shown: Vec<String>) -> usize {
        self.looks.push(look);
        self.shown.push(shown);
        self.looks.len() - 1
    }

    /// The words that a model with a table of words knows of a person in an
    /// outfit.
    fn shown(&mut self, person: &str, outfit: &str, named: bool) -> Vec<String> {
        let Some(words) = self.words else { return Vec::new() };
        let key = (person.to_owned(), outfit.to_owned(), named);
        if let Some(shown) = self.known.get(&key) {
            return shown.clone();
        }
        let grammar = &self.list.vocabulary.grammar;
        let portrait = stills::portrait(person, outfit, named, "");
        let shown = lower::translate(&portrait, words, grammar).subjects;
        self.known.insert(key, shown.clone());
        shown
    }
}

/// The description of a look's portrait.
pub fn portrait_description(look: &Look, style: &str) -> Description {
    stills::portrait(&look.words, &look.outfit, look.named, style)
}

/// The chosen picture of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its file, below the project folder.
    pub file: PathBuf,
    /// BLAKE3 of the file.
    pub digest: Hash,
    /// A change that the author should know about.
    pub note: Option<PortraitChange>,
}

/// A change of a look's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortraitChange {
    /// Another readable picture has replaced the chosen file.
    Replaced,
    /// A file with the character's name became their portrait.
    TakenUp,
}

/// Why a picture cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("cannot read the picture `{path}`", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is missing.
    #[error("the picture `{path}` of {name} is missing", path = path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// Whose.
        name: String,
    },
    /// Photoplay cannot use it as a picture.
    #[error("`{path}` {why}", path = path.display())]
    NotAPicture {
        /// The file.
        path: PathBuf,
        /// Why.
        why: PictureError,
    },
    /// The network failed to make a portrait or an embedding.
    #[cfg(feature = "torch")]
    #[error("the network failed")]
    Network(#[from] crate::diffusion::Error),
}

/// The chosen picture of each look; `None` while it is still to make. `grammar` is
/// that of the film's language, in which files are named. `digest` gives the digest of
/// a file of `files`, or `None` if there is no file.
pub fn choose(
    cast: &Cast,
    grammar: &Grammar,
    portraits: &[Portrait],
    files: &dyn ProjectFiles,
    project: &Path,
    digest: &mut dyn FnMut(&Path) -> io::Result<Option<Hash>>,
) -> Result<Vec<Option<Chosen>>, Error> {
    let mut chosen: Vec<Option<Chosen>> = Vec::new();
    let mut renamed = BTreeMap::new();
    for look in &cast.looks {
        let is_picture = |file: &Path| load(files, &below(project, file)).is_ok();
        let mut read = |file: &Path| {
            let path = below(project, file);
            digest(&path).map_err(|source| Error::Read { path, source })
        };
        let file = Path::new(FOLDER).join(format!("{}.png", names::stem(look, grammar)));
        let pinned = pinned(cast, look, portraits, &mut renamed);
        let claimed = portraits.iter().any(|portrait| Path::new(&portrait.file) == file)
            || chosen.iter().flatten().any(|chosen: &Chosen| chosen.file == file);
        let file = (!claimed).then_some(file);
        chosen.push(choose_one(look, pinned, file, &is_picture, &mut read)?);
    }
    Ok(chosen)
}

/// The picture of one look: the author's, else its portrait, else the file with its
/// name if that is not somebody else's.
fn choose_one(
    look: &Look,
    pinned: Option<&Portrait>,
    named: Option<PathBuf>,
    is_picture: &dyn Fn(&Path) -> bool,
    read: &mut dyn FnMut(&Path) -> Result<Option<Hash>, Error>,
) -> Result<Option<Chosen>, Error> {
    if let Some(file) = &look.given {
        let digest = read(file)?
            .ok_or_else(|| Error::Missing { path: file.clone(), name: look.name.clone() })?;
        return Ok(Some(Chosen { file: file.clone(), digest, note: None }));
    }
    if let Some(portrait) = pinned {
        let file = PathBuf::from(&portrait.file);
        return Ok(match read(&file)? {
            None => None,
            Some(digest) if digest.to_hex().as_str() == portrait.digest => {
                Some(Chosen { file, digest, note: None })
            }
            // A damaged portrait is made again; a readable one is the author's
            // choice.
            Some(digest) => is_picture(&file).then_some(Chosen {
                file,
                digest,
                note: Some(PortraitChange::Replaced),
            }),
        });
    }
    let Some(file) = named else { return Ok(None) };
    Ok(match read(&file)? {
        Some(digest) if is_picture(&file) => {
            Some(Chosen { file, digest, note: Some(PortraitChange::TakenUp) })
        }
        _ => None,
    })
}

/// Path of a project's file, whether or not `file` begins with the project
/// folder.
pub fn below(project: &Path, file: &Path) -> PathBuf {
    if file.starts_with(project) { file.to_owned() } else { project.join(file) }
}

/// The portrait of a look: under its name or, if the author has renamed the
/// character, under a name that the film no longer has. `renamed` keeps the old name of
/// each new one: two who were alike and are both renamed share no portrait.
fn pinned<'a>(
    cast: &Cast,
    look: &Look,
    portraits: &'a [Portrait],
    renamed: &mut BTreeMap<String, String>,
) -> Option<&'a Portrait> {
    let alike =
        |portrait: &&Portrait| portrait.words == look.words && portrait.outfit == look.outfit;
    let named = portraits.iter().filter(alike).find(|portrait| portrait.name == look.name);
    named.or_else(|| {
        let gone = |portrait: &&Portrait| cast.looks.iter().all(|look| look.name != portrait.name);
        let mut gone = portraits.iter().filter(alike).filter(gone);
        if let Some(old) = renamed.get(&look.name) {
            return gone.find(|portrait| portrait.name == *old);
        }
        let found = gone.find(|portrait| renamed.values().all(|old| *old != portrait.name))?;
        renamed.insert(look.name.clone(), found.name.clone());
        Some(found)
    })
}

/// Reads a picture within limits, upright; transparent parts become white.
pub fn load(files: &dyn ProjectFiles, path: &Path) -> Result<RgbImage, Error> {
    let refused = |why| Error::NotAPicture { path: path.to_owned(), why };
    let picture = pictures::read(files, path).map_err(refused)?;
    if !picture.color().has_alpha() {
        return Ok(picture.into_rgb8());
    }
    let picture = picture.into_rgba8();
    Ok(RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let image::Rgba([red, green, blue, alpha]) = *picture.get_pixel(x, y);
        let over = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([over(red), over(green), over(blue)])
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(name: &str, outfit: &str) -> Look {
        Look {
            subject: Subject(0),
            name: name.to_owned(),
            words: "a sailor".to_owned(),
            named: false,
            outfit: outfit.to_owned(),
            given: None,
            base: None,
            ordinal: 0,
        }
    }

    fn portrait(name: &str, outfit: &str) -> Portrait {
        Portrait {
            name: name.to_owned(),
            words: "a sailor".to_owned(),
            outfit: outfit.to_owned(),
            file: format!("cast/{name}-{outfit}.png"),
            digest: String::new(),
        }
    }

    #[test]
    fn two_who_were_alike_and_are_renamed_share_no_portrait() {
        let old = ["ABEL", "BORIS"].map(|name| ["", "oilskin"].map(|worn| portrait(name, worn)));
        let portraits: Vec<Portrait> = old.into_iter().flatten().collect();
        let picked = |people: [&str; 2]| {
            let looks = people.iter().flat_map(|name| ["", "oilskin"].map(|worn| look(name, worn)));
            let cast = Cast { looks: looks.collect(), shots: Vec::new() };
            let mut renamed = BTreeMap::new();
            let looks = cast.looks.iter();
            let found = looks.map(|look| pinned(&cast, look, &portraits, &mut renamed));
            found.map(|found| found.map_or("", |it| it.name.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(picked(["CARL", "DAVID"]), ["ABEL", "ABEL", "BORIS", "BORIS"]);
        assert_eq!(picked(["BORIS", "CARL"]), ["BORIS", "BORIS", "ABEL", "ABEL"]);
        assert_eq!(picked(["ABEL", "BORIS"]), ["ABEL", "ABEL", "BORIS", "BORIS"]);
    }
}
