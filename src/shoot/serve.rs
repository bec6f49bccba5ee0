//! The camera's side of the connection: receives orders, sends replies and takes.
//!
//! Knows the order of messages; does not know how networks make a take.

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
use super::wire::{Order, Reply, receive, send};
use crate::diagnostic::chain;
use crate::diffusion::inspect;
use crate::model::{AdapterFile, Model};

/// Answers orders on standard input until the other side closes it.
pub(crate) fn serve(typeset: DrawLettering) -> ExitCode {
    let stop = Cancel::default();
    let orders = listen(&stop);
    let mut camera = None;
    for order in orders {
        let answer = match order {
            Order::Open { model, digest, text, adapters, placement, prompts, vault } => {
                open(model.as_deref(), digest, adapters).and_then(whole).map(|model| {
                    let opened = NetworkCamera::new(model, (digest, text), vault, typeset);
                    let opened =
                        camera.insert(opened.with_placement(placement).with_prompts(prompts));
                    Reply::Ready { device: opened.device() }
                })
            }
            Order::Check { model, adapters } => {
                let model = model.as_deref().map_or_else(Model::embedded, Model::open);
                let model = model.map(|model| Model { adapters, ..model });
                let checked = model.map(|model| Reply::Checked { wrong: inspect(&model) });
                checked.map_err(|error| chain(&error))
            }
            Order::Shoot { request, temp } => match &mut camera {
                None => Err("no model is open".to_owned()),
                Some(camera) => shoot(camera, &request, &temp, &stop),
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

/// Makes a take; replies after every step.
fn shoot(
    camera: &mut NetworkCamera,
    request: &ShootRequest<'_>,
    temp: &Path,
    stop: &Cancel,
) -> Result<Reply, String> {
    let mut on_step = |done, steps| {
        // If nobody reads the reply, nobody wants the take.
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

/// A model without faults. Reports all faults of a model before the first take.
fn whole(model: Model) -> Result<Model, String> {
    let wrong = inspect(&model);
    if wrong.is_empty() { Ok(model) } else { Err(wrong.join("; ")) }
}

/// Opens a model. The caller hashed a folder's files; of the embedded model, this
/// checks that both programs have the same.
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
    let fingerprint = ModelFingerprint::new(&model, digests, &[]).map_err(|error| chain(&error))?;
    if fingerprint.digest() == digest { Ok(model) } else { Err(OTHER.to_owned()) }
}

const OTHER: &str =
    "the camera belongs to another version of photoplay; install both programs again";

/// Receives orders in a thread of its own, so that `Stop` takes effect during a
/// take. Ends the process when the other side closes the connection, or has ended.
fn listen(stop: &Cancel) -> Receiver<Order<'static>> {
    let (sender, orders) = channel();
    let stop = stop.clone();
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Ok(Some(order)) = receive::<Order<'static>>(&mut input) {
            match order {
                Order::Stop => stop.cancel(),
                Order::Shoot { .. } => stop.reset(),
                Order::Open { .. } | Order::Check { .. } => {}
            }
            if sender.send(order).is_err() {
                return;
            }
        }
        // Whoever gave the orders has ended, and nobody waits for the rest.
        #[allow(clippy::exit, reason = "takes and latents are whole or absent")]
        std::process::exit(0);
    });
    orders
}

fn reply(what: &Reply) -> io::Result<()> {
    send(&mut io::stdout().lock(), what)
}
