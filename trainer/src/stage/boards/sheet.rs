//! Contact sheets of the second edition's world.

use std::path::{Path, PathBuf};

use image::{RgbImage, imageops};

use super::terms::{FIGURE, Facing, Figure, Framing, Layer, Mood, Picture, Plate, SET};
use super::world::World;
use super::{figure, plate};
use crate::stage::sets::{Daylight, Weather};

/// Writes the sheets `-boards` (every subject, whole and near, turned), `-moods` (a few of
/// them in every mood), `-sets` (every place at every hour), `-layers` and `-weathers`
/// beside `out`; returns their paths.
pub(crate) fn sheets(world: &World, out: &Path) -> image::ImageResult<Vec<PathBuf>> {
    let figures: Vec<_> = everybody(world).into_iter().map(Picture::Figure).collect();
    let moods: Vec<_> = moods(world).into_iter().map(Picture::Figure).collect();
    let set = |place: usize, time, weather, layer| {
        Picture::Plate(Plate { place: place as u16, time, weather, layer })
    };
    let places = 0..world.places.len();
    let hours = |place| {
        Daylight::ALL.iter().map(move |&time| set(place, time, Weather::Clear, Layer::Whole))
    };
    let layers = |place| Layer::ALL.map(|layer| set(place, Daylight::Day, Weather::Clear, layer));
    let outside = places.clone().filter(|place| !world.places[*place].inside);
    let weathers = |place| {
        Weather::ALL.iter().map(move |&weather| set(place, Daylight::Day, weather, Layer::Whole))
    };
    let all: [(&str, u32, [u32; 2], Vec<Picture>); 5] = [
        ("boards", 16, FIGURE.map(|side| side / 2), figures),
        ("moods", 15, FIGURE.map(|side| side / 2), moods),
        ("sets", 4, SET.map(|side| side / 2), places.clone().flat_map(hours).collect()),
        ("layers", 4, SET.map(|side| side / 2), places.flat_map(layers).collect()),
        ("weathers", 5, SET.map(|side| side / 2), outside.flat_map(weathers).collect()),
    ];
    let mut written = Vec::new();
    for (name, columns, size, pictures) in all {
        let stem = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = out.with_file_name(format!("{stem}-{name}.png"));
        tiled(world, &pictures, columns, size).save(&path)?;
        written.push(path);
    }
    Ok(written)
}

pub(super) fn everybody(world: &World) -> Vec<Figure> {
    let count = world.subjects.len() as u16;
    let both = |subject: u16| {
        [Framing::Full, Framing::Bust].map(|framing| Figure {
            subject,
            dress: [None; 3],
            framing,
            facing: figure::turned(world, subject),
            mood: Mood::Neutral,
            open: false,
        })
    };
    (0..count).flat_map(both).collect()
}

fn moods(world: &World) -> Vec<Figure> {
    let mut figures = Vec::new();
    for subject in figure::dressed(world) {
        for facing in [Facing::Front, Facing::Right, Facing::Left] {
            for mood in Mood::ALL {
                let open = (mood as usize + usize::from(subject)).is_multiple_of(2);
                let dress = [0, 1, 2].map(|part| Some((mood as u8 + subject as u8 + part) % 4));
                let framing = Framing::Bust;
                figures.push(Figure { subject, dress, framing, facing, mood, open });
            }
        }
    }
    figures
}

fn tiled(world: &World, pictures: &[Picture], columns: u32, [width, height]: [u32; 2]) -> RgbImage {
    let rows = (pictures.len() as u32).div_ceil(columns);
    let size = (columns * (width + 2), rows * (height + 2));
    let mut sheet = RgbImage::from_pixel(size.0, size.1, image::Rgb([90; 3]));
    for (i, picture) in (0..).zip(pictures) {
        let small = imageops::thumbnail(&painted(world, *picture), width, height);
        let (x, y) = (i % columns * (width + 2), i / columns * (height + 2));
        imageops::replace(&mut sheet, &small, i64::from(x), i64::from(y));
    }
    sheet
}

/// A picture, before the key colour where it does not fill the frame.
pub(super) fn painted(world: &World, picture: Picture) -> RgbImage {
    match picture {
        Picture::Figure(figure) => figure::keyed(world, &figure),
        Picture::Plate(plate) => plate::painted(world, plate),
    }
}
