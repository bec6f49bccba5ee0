//! Pictures of the second edition, made once and kept on disk as bytes: figures and sets,
//! each with its prompt. One of ten is kept from training.
//!
//! Reading a picture costs a hundredth of painting it. Knows pictures and prompts; does
//! not know networks.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tch::Tensor;

use crate::stage::Rng;
use crate::stage::boards::{FIGURE, Picture, SET, World};
use crate::{Error, parallel};

/// A figure or a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StillKind {
    Figure,
    Plate,
}

impl StillKind {
    pub(crate) const ALL: [Self; 2] = [Self::Figure, Self::Plate];

    /// Width and height of its pictures.
    pub(crate) fn size(self) -> [u32; 2] {
        match self {
            Self::Figure => FIGURE,
            Self::Plate => SET,
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Figure => "figures.rgb",
            Self::Plate => "plates.rgb",
        }
    }
}

/// What a picture shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) prompt: String,
    /// The words for whom it shows, without pose, size and mood; empty for a set.
    pub(crate) who: String,
    /// Kept from training.
    pub(crate) held_out: bool,
}

/// The prompts of all pictures, in the order of the files.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Labels {
    figures: Vec<Label>,
    plates: Vec<Label>,
}

const LABELS: &str = "labels.json";

/// Figures of one look that are drawn one after the other.
const SAME: u64 = 4;

/// Paints pictures of the world into a folder: `figures` of its figures, and all sets.
pub(crate) fn make(
    world: &World,
    folder: &Path,
    figures: u64,
    threads: u64,
    seed: u64,
) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::write(folder, source))?;
    let mut rng = Rng::new(seed);
    let mut drawn: Vec<(Picture, bool)> = Vec::new();
    let mut last = None;
    for number in 0..figures {
        // Several of one look, so that one can be the reference of another.
        let like = last.filter(|_| !number.is_multiple_of(SAME));
        let figure = world.draw_figure(&mut rng, like);
        last = Some(figure);
        drawn.push((Picture::Figure(figure), world.is_held_out(&figure)));
    }
    let plates = world.plates().into_iter().map(Picture::Plate);
    let plates: Vec<_> = (0..).zip(plates).map(|(at, plate)| (plate, at % 10 == 9)).collect();
    let labels = |pictures: &[(Picture, bool)]| {
        let label = |(picture, held_out): &(Picture, bool)| Label {
            prompt: world.prompt(*picture),
            who: world.who(*picture),
            held_out: *held_out,
        };
        pictures.iter().map(label).collect()
    };
    for (kind, pictures) in [(StillKind::Figure, &drawn), (StillKind::Plate, &plates)] {
        let path = folder.join(kind.file());
        let mut file = File::create(&path).map_err(|source| Error::write(&path, source))?;
        let mut makers = vec![(); threads as usize];
        for some in pictures.chunks(256) {
            let painted = parallel::each(&mut makers, some, |(), (picture, _)| {
                Ok(world.paint(*picture).into_raw())
            })?;
            for bytes in painted {
                file.write_all(&bytes).map_err(|source| Error::write(&path, source))?;
            }
        }
    }
    let labels = Labels { figures: labels(&drawn), plates: labels(&plates) };
    let text = serde_json::to_string(&labels).expect("plain data");
    let path = folder.join(LABELS);
    fs::write(&path, text).map_err(|source| Error::write(&path, source))
}

/// The pictures of a folder.
#[derive(Debug)]
pub(crate) struct Stills {
    folder: PathBuf,
    files: [Mutex<File>; 2],
    labels: Labels,
    /// Numbers of the pictures to learn from, and of those kept from it.
    numbers: [[Vec<usize>; 2]; 2],
}

impl Stills {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(LABELS);
        let text = fs::read_to_string(&path).map_err(|source| Error::read(&path, source))?;
        let labels: Labels =
            serde_json::from_str(&text).map_err(|source| Error::Json { path, source })?;
        let open = |kind: StillKind| {
            let path = folder.join(kind.file());
            File::open(&path).map(Mutex::new).map_err(|source| Error::read(&path, source))
        };
        let numbers = [&labels.figures, &labels.plates].map(|labels| {
            [false, true].map(|held_out| {
                (0..labels.len()).filter(|at| labels[*at].held_out == held_out).collect()
            })
        });
        let files = [open(StillKind::Figure)?, open(StillKind::Plate)?];
        Ok(Self { folder: folder.to_owned(), files, labels, numbers })
    }

    /// Numbers of the pictures of a kind to learn from, or of those kept from it.
    pub(crate) fn numbers(&self, kind: StillKind, held_out: bool) -> &[usize] {
        &self.numbers[kind as usize][usize::from(held_out)]
    }

    /// What every picture of a kind shows.
    pub(crate) fn labels(&self, kind: StillKind) -> &[Label] {
        match kind {
            StillKind::Figure => &self.labels.figures,
            StillKind::Plate => &self.labels.plates,
        }
    }

    /// A picture as bytes, (3, H, W).
    pub(crate) fn picture(&self, kind: StillKind, number: usize) -> Result<Tensor, Error> {
        let [width, height] = kind.size();
        let mut bytes = vec![0; (3 * width * height) as usize];
        let at = SeekFrom::Start(number as u64 * bytes.len() as u64);
        let mut file = self.files[kind as usize].lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(at).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|source| Error::read(&self.folder.join(kind.file()), source))?;
        let [width, height] = kind.size().map(i64::from);
        Ok(Tensor::from_slice(&bytes).reshape([height, width, 3]).permute([2, 0, 1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let label = |prompt: &str, held_out| Label {
            prompt: prompt.to_owned(),
            who: String::new(),
            held_out,
        };
        let figures = vec![label("full. king.", false), label("full. queen.", true)];
        let labels = serde_json::to_string(&Labels { figures, plates: Vec::new() });
        let [width, height] = StillKind::Figure.size();
        let size = (3 * width * height) as usize;
        let mut bytes = vec![1_u8; size];
        bytes.extend((0..size).map(|at| (at % 251) as u8));
        for (name, bytes) in [
            (LABELS, labels.expect("plain data").into_bytes()),
            (StillKind::Figure.file(), bytes),
            (StillKind::Plate.file(), Vec::new()),
        ] {
            fs::write(folder.path().join(name), bytes).expect("it is written");
        }
        let stills = Stills::open(folder.path()).expect("it is whole");
        assert_eq!(stills.numbers(StillKind::Figure, false), [0]);
        assert_eq!(stills.numbers(StillKind::Figure, true), [1]);
        let queen = stills.picture(StillKind::Figure, 1).expect("it is there");
        assert_eq!(queen.size(), [3, i64::from(height), i64::from(width)]);
        // Two right of three rows down: its green.
        let at = (3 * (3 * width as usize + 2) + 1) % 251;
        assert_eq!(queen.int64_value(&[1, 3, 2]), at as i64);
        assert!(stills.picture(StillKind::Plate, 0).is_err());
    }
}
