//! Pictures of anything, as an author might give one for a first frame: pieces of the
//! art on a ground of two colours. They show nothing of the world.

use image::RgbImage;
use tiny_skia::{Pixmap, Transform};

use super::art::Art;
use super::cast::Move;
use super::motion;
use super::paint::{self, Fill, Hex, Light, Painter};
use super::render::{MARGIN, Stage, photographed};
use super::rng::Rng;
use super::scene::{HEIGHT, WIDTH};

impl Stage {
    /// The first frames of a camera that looks at a postcard.
    pub(crate) fn postcard(&self, rng: &mut Rng, movement: Move, frames: u32) -> Vec<RgbImage> {
        let card = self.painted(rng);
        (0..frames)
            .map(|frame| {
                let mut canvas = Pixmap::new(WIDTH, HEIGHT).expect("pictures are not empty");
                let sees = motion::camera(movement, frame).sees(1.0);
                paint::lay(&mut canvas, &card, sees.pre_translate(-MARGIN.0, -MARGIN.1));
                photographed(&canvas)
            })
            .collect()
    }

    fn painted(&self, rng: &mut Rng) -> Pixmap {
        let colour = |rng: &mut Rng| (rng.bits() >> 40) as Hex;
        let tint = std::array::from_fn(|_| 0.4 + 0.6 * rng.uniform());
        let (width, height) = (WIDTH as f32, HEIGHT as f32);
        let size = (WIDTH + 2 * MARGIN.0 as u32, HEIGHT + (MARGIN.1 + MARGIN.2) as u32);
        let placed = Transform::from_translate(MARGIN.0, MARGIN.1);
        let mut painter = Painter::new(size, placed, Light { tint, grey: 0.0 }, &self.art);
        let ground = Fill::LampFall(colour(rng), colour(rng));
        painter.rect(-MARGIN.0, -MARGIN.1, size.0 as f32, size.1 as f32, ground);
        for _ in 0..rng.one_of(&[1, 1, 2, 3, 5]) {
            let (x, y) = (rng.uniform() * width, rng.uniform() * height);
            let wide = 30.0 + 110.0 * rng.uniform();
            if rng.chance(0.3) {
                painter.oval(x, y, wide / 2.0, wide / 2.0, Fill::Ball(colour(rng)));
            } else {
                let turn = rng.one_of(&[paint::UPRIGHT, paint::MIRRORED]);
                painter.art(Art::any(rng), x, y, wide, turn);
            }
        }
        painter.pixmap
    }
}
