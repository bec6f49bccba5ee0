//! The camera's own side of the conversation: orders in, takes and replies out.
//!
//! Knows the order of things; does not know how a take is made.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use blake3::Hash;

use super::camera::{DrawLettering, NetworkCamera};
use super::drive::{ShootFailure, ShootRequest};
use super::plan::ModelFingerprint;
use super::progress::Cancel;
use super::wire::{Order, Reply, hear, say};
use crate::diagnostic::chain;
use crate::diffusion::inspect;
use crate::model::{AdapterFile, Model};

/// Serves whoever holds the other ends of standard input and output, until
/// they let go.
pub fn serve(typeset: DrawLettering) -> ExitCode {
    let stop = Cancel::default();
    let orders = listen(&stop);
    let mut camera = None;
    for order in orders {
        let answer = match order {
            Order::Open { model, digest, text, adapters, placement, prompts, vault } => {
                open(model.as_deref(), digest, adapters).and_then(whole).map(|model| {
                    let opened = NetworkCamera::new(model, (digest, text), vault, typeset);
                    let opened = camera.insert(opened.placed(placement).reading(prompts));
                    Reply::Ready { device: opened.device() }
                })
            }
            Order::Check { model, adapters } => {
                let model = model.as_deref().map_or_else(Model::embedded, Model::open);
                let model = model.map(|model| Model { adapters, ..model });
                let checked = model.map(|model| Reply::Checked { wrong: inspect(&model) });
                checked.map_err(|error| chain(&error))
            }
            Order::Shoot { call, draft } => match &mut camera {
                None => Err("it was not told which model to shoot with".to_owned()),
                Some(camera) => shoot(camera, &call, &draft, &stop),
            },
            Order::Stop => continue,
        };
        let answer = answer.unwrap_or_else(|reason| Reply::Failed { reason });
        if reply(&answer).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// Makes a take, replying after every step.
fn shoot(
    camera: &mut NetworkCamera,
    request: &ShootRequest<'_>,
    temp: &Path,
    stop: &Cancel,
) -> Result<Reply, String> {
    let mut on_step = |done, steps| {
        // Without anybody there to read the reply the take is not wanted.
        if stop.is_cancelled() || reply(&Reply::Step { done, steps }).is_err() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    let loading = |model: &str| {
        let _ = reply(&Reply::Loading { model: model.to_owned() });
    };
    match camera.shoot(request, temp, &loading, &mut on_step) {
        Ok(()) => {
            if let Some(message) = camera.remark() {
                let _ = reply(&Reply::Remark { message });
            }
            Ok(Reply::Made)
        }
        Err(ShootFailure::Cancelled) => Ok(Reply::Cancelled),
        Err(ShootFailure::Failed(error)) => Err(chain(&error)),
    }
}

/// A model, unless something is wrong with it: what is missing in it is said
/// before anything is made, and not when its turn comes.
fn whole(model: Model) -> Result<Model, String> {
    let wrong = inspect(&model);
    if wrong.is_empty() { Ok(model) } else { Err(wrong.join("; ")) }
}

/// Opens a model. A folder was hashed by whoever named it; that the embedded
/// model is the same in both programs is found out here.
fn open(folder: Option<&Path>, digest: Hash, adapters: Vec<AdapterFile>) -> Result<Model, String> {
    let mut model = match folder {
        Some(folder) => Model::open(folder).map_err(|error| chain(&error))?,
        None => embedded(digest)?,
    };
    model.adapters = adapters;
    Ok(model)
}

fn embedded(digest: Hash) -> Result<Model, String> {
    let model = Model::embedded().map_err(|error| chain(&error))?;
    let digests = model.digests().map_err(|error| chain(&error))?;
    let network = ModelFingerprint::new(&model, digests, &[]).map_err(|error| chain(&error))?;
    if network.digest() == digest { Ok(model) } else { Err(OTHER.to_owned()) }
}

const OTHER: &str = "it belongs to another version of Photoplay; install both anew";

/// Hears orders while a take is in work, so that one to stop is heard at once.
fn listen(stop: &Cancel) -> Receiver<Order<'static>> {
    let (sender, orders) = channel();
    let stop = stop.clone();
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Ok(Some(order)) = hear::<Order<'static>>(&mut input) {
            match order {
                Order::Stop => stop.cancel(),
                Order::Shoot { .. } => stop.reset(),
                Order::Open { .. } | Order::Check { .. } => {}
            }
            if sender.send(order).is_err() {
                return;
            }
        }
        stop.cancel();
    });
    orders
}

fn reply(what: &Reply) -> io::Result<()> {
    say(&mut io::stdout().lock(), what)
}
