//! The camera of these tests: one colour for each take, and a log. A test holds takes
//! before their first step, so that it sees the film without them.

use std::error::Error as _;
use std::fs;
use std::io::{self, BufReader, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use image::{Rgb, RgbImage};
use photoplay::media::take::TakeWriter;
use photoplay::programs::camera::{Order, Reply, ShootRequest, receive, send};
use photoplay::time::Rate;

/// The file for the camera's log; its presence makes this program a camera.
pub(crate) const LOG: &str = "CAMERA_LOG";
/// The file with a part of the log lines of the takes that the camera holds; it holds none
/// while there is no file.
pub(crate) const HELD: &str = "CAMERA_HELD";

/// How often the camera looks whether it still holds a take.
const POLL: Duration = Duration::from_millis(5);

pub(crate) fn is_wanted() -> bool {
    std::env::var_os(LOG).is_some()
}

/// The camera: makes the frames of a take in one colour.
pub(crate) fn run() {
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
            Order::Shoot { request, temp } => take(&request, &temp, &received, &mut stdout),
            Order::Check { .. } | Order::Stop => continue,
        };
        send(&mut stdout, &reply).unwrap();
    }
}

fn take(
    request: &ShootRequest<'_>,
    temp: &Path,
    received: &Receiver<Order<'static>>,
    stdout: &mut io::Stdout,
) -> Reply {
    let recipe = &request.recipe;
    let name = format!("{} {}", recipe.steps, recipe.prompt);
    let log = |end: &str| {
        let path = std::env::var(LOG).unwrap();
        let mut log = fs::File::options().append(true).create(true).open(path).unwrap();
        writeln!(log, "{end} {name}").unwrap();
    };
    let held = std::env::var(HELD).unwrap();
    let is_held = || fs::read_to_string(&held).is_ok_and(|part| name.contains(&part));
    let mut done = 0;
    while done < recipe.steps {
        let wait = if is_held() { POLL } else { Duration::ZERO };
        if let Ok(Order::Stop) = received.recv_timeout(wait) {
            log("stopped");
            return Reply::Cancelled;
        }
        // Photoplay stops a take when it hears of a step: a held one tells of its last again.
        done += u32::from(!is_held());
        send(stdout, &Reply::Step { done, steps: recipe.steps }).unwrap();
    }
    let [red, green, blue, ..] = recipe.key().0;
    let colour = RgbImage::from_pixel(recipe.width, recipe.height, Rgb([red, green, blue]));
    match paint(temp, &colour, recipe.stored_frames()) {
        Ok(()) => {
            log("made");
            Reply::Made
        }
        Err(why) => Reply::Failed { reason: format!("{why}: {:?}", why.source()) },
    }
}

fn paint(temp: &Path, colour: &RgbImage, frames: u32) -> Result<(), photoplay::media::Error> {
    let rate = Rate { numerator: 12, denominator: 1 };
    let mut writer = TakeWriter::create(temp, colour.width(), colour.height(), rate)?;
    for _ in 0..frames {
        writer.write(colour)?;
    }
    writer.finish().map(drop)
}
