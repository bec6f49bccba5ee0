//! The pieces of art that the stage uses, each in a few sizes.
//!
//! Does not know what they are used for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tiny_skia::{IntSize, Pixmap};

use super::rng::Rng;

/// A colour as `0xRRGGBB`.
pub(super) type Hex = u32;

/// Why the art cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the art `{path}`; fetch it as trainer/README.md says", path = path.display())]
pub(crate) struct Error {
    path: PathBuf,
    #[source]
    source: image::ImageError,
}

/// Name, file stem (a code point of the emoji set) and, if the art is repainted, the
/// dark, middle and light colour of the paint.
const PIECES: &[(&str, &str, Option<[Hex; 3]>)] = &[
    ("mammoth", "1f9a3", Some([0x16202c, 0x6c8aa6, 0xf2f6ff])),
    ("man dancing", "1f57a-1f3fc", None),
    ("woman dancing", "1f483-1f3fc", None),
    ("bull", "1f402", Some([0x180c0c, 0x743828, 0xffeed8])),
    ("old woman", "1f475-1f3fb", None),
    ("old man", "1f474-1f3fb", None),
    ("witch", "1f469-1f3fb", Some([0x101808, 0x5fa83c, 0xe6ffc8])),
    ("wizard", "1f9d9-1f3fb-200d-2642-fe0f", None),
    ("king", "1fac5-1f3fb", None),
    ("girl", "1f467-1f3fb", None),
    ("boy", "1f466-1f3fd", None),
    ("woman", "1f469-1f3fb-200d-1f9b0", None),
    ("man", "1f9d4-1f3fb-200d-2642-fe0f", None),
    ("matador", "1f468-1f3fd-200d-1f9b0", None),
    ("guest 1", "1f468-1f3fc", None),
    ("guest 2", "1f469-1f3fb", None),
    ("guest 3", "1f466-1f3fb", None),
    ("guest 4", "1f469-1f3fc", None),
    ("guest 5", "1f468-1f3fd", None),
    ("lion", "1f981", None),
    ("dog", "1f436", None),
    ("cat", "1f408-200d-2b1b", Some([0x101018, 0x3a3a4c, 0xb0b0c8])),
    ("horse", "1f40e", None),
    ("fox", "1f98a", None),
    ("owl", "1f989", None),
    ("train", "1f682", None),
    ("car", "1f697", None),
    ("ship", "26f5", None),
    ("clock", "1f570-fe0f", None),
    ("book", "1f4d7", None),
    ("letter", "1f48c", None),
    ("telephone", "260e-fe0f", None),
    ("gear", "2699-fe0f", None),
    ("rusty gear", "2699-fe0f", Some([0x2a1408, 0x9a5828, 0xffc880])),
    ("bolt", "1f529", Some([0x241810, 0x806048, 0xe8d0b8])),
    ("wreck", "1f697", Some([0x1c1614, 0x866450, 0xd8c0a8])),
    ("barrel", "1f6e2-fe0f", Some([0x201008, 0x8c5030, 0xe8b080])),
    ("tree", "1f333", None),
    ("pine", "1f332", None),
    ("house", "1f3e0", None),
    ("sunflower", "1f33b", None),
    ("mushroom", "1f344", None),
    ("plant", "1fab4", None),
    ("picture", "1f5bc-fe0f", None),
];

/// All pieces, each halved until it is small.
pub(super) struct Art {
    pieces: BTreeMap<String, Vec<Pixmap>>,
}

/// Where a piece is seen, in shares of its side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) top: f32,
    pub(super) bottom: f32,
    /// Between its left and its right edge.
    pub(super) middle: f32,
}

impl Art {
    /// Reads the pieces from the folder of an unpacked art package, or from
    /// its `assets`.
    pub(super) fn load(folder: &Path) -> Result<Self, Error> {
        let mut art = Self { pieces: BTreeMap::new() };
        for (name, stem, paint) in PIECES {
            let picture = opened(folder, stem)?;
            art.pieces.insert((*name).to_owned(), halvings(premultiplied(&picture, *paint)));
        }
        Ok(art)
    }

    /// Adds a piece under its file's stem.
    pub(super) fn add(&mut self, folder: &Path, stem: &str) -> Result<(), Error> {
        if !self.pieces.contains_key(stem) {
            let picture = opened(folder, stem)?;
            self.pieces.insert(stem.to_owned(), halvings(premultiplied(&picture, None)));
        }
        Ok(())
    }

    /// Where a piece is seen.
    pub(super) fn bounds(&self, name: &str) -> Bounds {
        let picture = &self.pieces.get(name).expect("a piece that was loaded")[0];
        let (side, mut rows, mut columns) = (picture.width(), Vec::new(), Vec::new());
        for (at, _) in (0..).zip(picture.pixels()).filter(|(_, pixel)| pixel.alpha() > 127) {
            rows.push(at / side);
            columns.push(at % side);
        }
        let share = |at: Option<&u32>| at.copied().unwrap_or_default() as f32 / side as f32;
        let (left, right) = (share(columns.iter().min()), share(columns.iter().max()));
        Bounds {
            top: share(rows.first()),
            bottom: share(rows.last()),
            middle: f32::midpoint(left, right),
        }
    }

    /// No art: for figures that are painted without.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { pieces: BTreeMap::new() }
    }

    /// A random piece's name.
    pub(super) fn any(rng: &mut Rng) -> &'static str {
        rng.one_of(PIECES).0
    }

    /// The smallest version of a piece that is at least `width` pixels wide.
    pub(super) fn at_least(&self, name: &str, width: f32) -> &Pixmap {
        let sizes = self.pieces.get(name).expect("the set designer uses what is in PIECES");
        sizes.iter().rev().find(|picture| picture.width() as f32 >= width).unwrap_or(&sizes[0])
    }
}

fn opened(folder: &Path, stem: &str) -> Result<image::RgbaImage, Error> {
    let assets = folder.join("assets");
    let folder = if assets.is_dir() { &assets } else { folder };
    let path = folder.join(format!("{stem}.webp"));
    Ok(image::open(&path).map_err(|source| Error { path, source })?.to_rgba8())
}

fn premultiplied(picture: &image::RgbaImage, paint: Option<[Hex; 3]>) -> Pixmap {
    let mut data = Vec::with_capacity(picture.as_raw().len());
    for pixel in picture.pixels() {
        let [r, g, b, a] = pixel.0;
        let mut rgb = [r, g, b].map(f32::from);
        if let Some(ramp) = paint {
            rgb = repainted((0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2]) / 255.0, ramp);
        }
        let alpha = f32::from(a) / 255.0;
        data.extend(rgb.map(|c| (c * alpha + 0.5) as u8));
        data.push(a);
    }
    let size = IntSize::from_wh(picture.width(), picture.height()).expect("pictures are not empty");
    Pixmap::from_vec(data, size).expect("four bytes a pixel")
}

fn repainted(luma: f32, [dark, middle, light]: [Hex; 3]) -> [f32; 3] {
    let (from, to, share) = if luma < 0.45 {
        (dark, middle, luma / 0.45)
    } else {
        (middle, light, (luma - 0.45) / 0.55)
    };
    [16, 8, 0].map(|shift| {
        let (from, to) = ((from >> shift & 0xff) as f32, (to >> shift & 0xff) as f32);
        from + (to - from) * share
    })
}

/// The picture, its half, its quarter and so on, by a box filter, so that bilinear
/// sampling between two neighbours never aliases.
fn halvings(picture: Pixmap) -> Vec<Pixmap> {
    let mut sizes = vec![picture];
    while let Some(last) = sizes.last()
        && last.width() > 24
    {
        let (w, h) = (last.width() / 2, last.height() / 2);
        let mut half = Pixmap::new(w, h).expect("larger than nothing");
        let (from, row) = (last.data(), last.width() as usize * 4);
        for (i, out) in half.data_mut().iter_mut().enumerate() {
            let (x, y, c) = (i / 4 % w as usize, i / 4 / w as usize, i % 4);
            let at = 2 * y * row + 8 * x + c;
            let sum: u16 =
                [at, at + 4, at + row, at + row + 4].map(|k| u16::from(from[k])).iter().sum();
            *out = ((sum + 2) / 4) as u8;
        }
        sizes.push(half);
    }
    sizes
}
