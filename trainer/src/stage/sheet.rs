//! Writes contact sheets of what the stage can show.

use std::path::Path;

use image::{RgbImage, imageops};

use super::cast::{Action, Actor, Move, Place, Size, Subject, Time};
use super::render::Stage;
use super::rng::Rng;
use super::scene::{HEIGHT, PLATE, StagedScene, WIDTH};

/// Writes contact sheets beside `out`: subjects, portraits, places at every hour, and
/// strips of random scenes. Returns the files.
pub(crate) fn sheet(stage: &Stage, out: &Path) -> image::ImageResult<Vec<std::path::PathBuf>> {
    let plain = |subjects: Vec<Actor>, size, place, time| StagedScene {
        subjects,
        place,
        time,
        overcast: false,
        action: Action::Stand,
        size,
        movement: Move::Static,
    };
    let everyone = || Subject::ALL.iter().map(|&subject| Actor { subject, colour: None });
    let mut subjects = Vec::new();
    let mut portraits = Vec::new();
    for (i, actor) in everyone().enumerate() {
        portraits.push(stage.portrait(actor));
        let place = Place::ALL[i % Place::ALL.len()];
        for (size, time) in
            [(Size::Medium, Time::Day), (Size::CloseUp, Time::Dusk), (Size::Wide, Time::Night)]
        {
            subjects.extend(stage.render(&plain(vec![actor], size, place, time), 1));
        }
    }
    let mut places = Vec::new();
    for &place in Place::ALL {
        for (size, time, overcast) in [
            (Size::Wide, Time::Day, false),
            (Size::Wide, Time::Dusk, false),
            (Size::Wide, Time::Night, false),
            (Size::Medium, Time::Day, true),
            (Size::CloseUp, Time::Day, false),
        ] {
            places.extend(
                stage.render(&StagedScene { overcast, ..plain(Vec::new(), size, place, time) }, 1),
            );
        }
    }
    let mut rng = Rng::new(7);
    let mut clips = Vec::new();
    for _ in 0..14 {
        let scene = stage.draw(&mut rng);
        let frames = stage.render(&scene, 49);
        clips.extend([0, 4, 8, 12, 24, 48].map(|frame| frames[frame].clone()));
    }
    let films = films(stage);
    let mut written = Vec::new();
    for (name, columns, pictures) in [
        ("subjects", 6, subjects),
        ("portraits", 6, portraits),
        ("places", 5, places),
        ("clips", 6, clips),
        ("keyed", 6, keyed(stage)),
        ("films", 7, films),
    ] {
        let path = out.with_file_name(format!(
            "{}-{name}.png",
            out.file_stem().unwrap_or_default().to_string_lossy()
        ));
        tiled(&pictures, columns, WIDTH).save(&path)?;
        written.push(path);
    }
    let path = out.with_file_name(format!(
        "{}-plates.png",
        out.file_stem().unwrap_or_default().to_string_lossy()
    ));
    tiled(&plates(stage), 3, PLATE[0]).save(&path)?;
    written.push(path);
    Ok(written)
}

/// Everybody alone before the key colour: whole, mirrored, with an open mouth; then head
/// and shoulders likewise.
fn keyed(stage: &Stage) -> Vec<RgbImage> {
    let mut pictures = Vec::new();
    for &subject in Subject::ALL {
        for size in [Size::Medium, Size::CloseUp] {
            for (mirrored, action) in
                [(false, Action::Stand), (true, Action::Stand), (false, Action::OpenMouth)]
            {
                let scene = StagedScene {
                    subjects: vec![Actor { subject, colour: None }],
                    place: Place::Backdrop,
                    time: Time::Day,
                    overcast: false,
                    action,
                    size,
                    movement: Move::Static,
                };
                pictures.push(stage.keyed(&scene, mirrored));
            }
        }
    }
    pictures
}

/// Every place with nobody in it, wider than the frame.
fn plates(stage: &Stage) -> Vec<RgbImage> {
    let mut pictures = Vec::new();
    for &place in Place::ALL {
        for &time in Time::ALL {
            pictures.push(stage.plate(&StagedScene {
                subjects: Vec::new(),
                place,
                time,
                overcast: false,
                action: Action::Stand,
                size: Size::Wide,
                movement: Move::Static,
            }));
        }
    }
    pictures
}

/// Random scenes as the reel films them, each a still of somebody and frames 0, 8 … 40.
fn films(stage: &Stage) -> Vec<RgbImage> {
    let mut rng = Rng::new(7);
    let mut pictures = Vec::new();
    for _ in 0..14 {
        let scene = stage.draw(&mut rng);
        let stills = stage.stills(&scene);
        let alone = stills.iter().rfind(|still| !still.scene.subjects.is_empty());
        pictures.push(match alone {
            Some(still) => stage.still(still),
            None => RgbImage::new(WIDTH, HEIGHT),
        });
        let frames = stage.film(&scene, 41);
        pictures.extend([0, 8, 16, 24, 32, 40].map(|frame| frames[frame].clone()));
    }
    pictures
}

fn tiled(pictures: &[RgbImage], columns: u32, width: u32) -> RgbImage {
    let (width, height) = (width + 4, HEIGHT + 4);
    let rows = (pictures.len() as u32).div_ceil(columns);
    let mut sheet = RgbImage::from_pixel(columns * width, rows * height, image::Rgb([90; 3]));
    for (i, picture) in (0..).zip(pictures) {
        imageops::replace(
            &mut sheet,
            picture,
            i64::from(i % columns * width),
            i64::from(i / columns * height),
        );
    }
    sheet
}
