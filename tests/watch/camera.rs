//! The camera of these tests: one colour for each take, and a log.

use std::fs;
use std::io::{self, BufReader, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use image::{Rgb, RgbImage};
use photoplay::media::take::TakeWriter;
use photoplay::programs::camera::{Order, Reply, ShootRequest, receive, send};
use photoplay::time::Rate;

/// Milliseconds of a step; its presence makes this program a camera.
pub(crate) const PACE: &str = "CAMERA_PACE";
/// The file for the camera's log.
pub(crate) const LOG: &str = "CAMERA_LOG";

pub(crate) fn is_wanted() -> bool {
    std::env::var_os(PACE).is_some()
}

pub(crate) fn run() {
    let pace = std::env::var(PACE).unwrap();
    camera(Duration::from_millis(pace.parse().unwrap()));
}

/// The camera: makes the frames of a take in one colour.
fn camera(pace: Duration) {
    let (orders, received) = channel();
    std::thread::spawn(move || {
        let mut stdin = BufReader::new(io::stdin());
        while let Ok(Some(order)) = receive::<Order<'static>>(&mut stdin) {
            if orders.send(order).is_err() {
                return;
            }
        }
    });
    let mut stdout = io::stdout();
    while let Ok(order) = received.recv() {
        let reply = match order {
            Order::Open { .. } => Reply::Ready { device: "a test".to_owned() },
            Order::Shoot { request, temp } => take(&request, &temp, pace, &received, &mut stdout),
            Order::Check { .. } | Order::Stop => continue,
        };
        send(&mut stdout, &reply).unwrap();
    }
}

fn take(
    request: &ShootRequest<'_>,
    temp: &Path,
    pace: Duration,
    received: &Receiver<Order<'static>>,
    stdout: &mut io::Stdout,
) -> Reply {
    let recipe = &request.recipe;
    let log = |end: &str| {
        let path = std::env::var(LOG).unwrap();
        let mut log = fs::File::options().append(true).create(true).open(path).unwrap();
        writeln!(log, "{end} {} {}", recipe.steps, recipe.prompt).unwrap();
    };
    for done in 1..=recipe.steps {
        std::thread::sleep(pace);
        send(stdout, &Reply::Step { done, steps: recipe.steps }).unwrap();
        while let Ok(order) = received.try_recv() {
            if matches!(order, Order::Stop) {
                log("stopped");
                return Reply::Cancelled;
            }
        }
    }
    let [red, green, blue, ..] = recipe.key().0;
    let colour = RgbImage::from_pixel(recipe.width, recipe.height, Rgb([red, green, blue]));
    let rate = Rate { numerator: 12, denominator: 1 };
    let mut writer = TakeWriter::create(temp, recipe.width, recipe.height, rate).unwrap();
    for _ in 0..recipe.stored_frames() {
        writer.write(&colour).unwrap();
    }
    writer.finish().unwrap();
    log("made");
    Reply::Made
}
