//! `photoplay doctor`: what works on this machine, and what is missing.

use std::path::Path;

use serde_json::json;

use super::args::{Doctor, Format};
use super::{Exit, say};
use crate::model::Model;
use crate::report::failure;

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    well: bool,
    words: String,
}

pub(super) fn run(args: &Doctor) -> Exit {
    let findings = [libtorch(), device(), ffmpeg(), model(), folder(&args.project)];
    let well = findings.iter().all(|finding| finding.well);
    match args.format {
        Format::Json => {
            let told: Vec<_> = findings
                .iter()
                .map(|Finding { what, well, words }| json!({ "what": what, "well": well, "words": words }))
                .collect();
            say(&format!("{:#}\n", json!(told)));
        }
        Format::Human => {
            for Finding { what, well, words } in &findings {
                let mark = if *well { "ok" } else { "missing" };
                say(&format!("{mark:>8}  {what}: {words}\n"));
            }
        }
    }
    if well { Exit::Done } else { Exit::ScriptErrors }
}

#[cfg(not(all(feature = "torch", feature = "ffmpeg")))]
const REBUILD: &str = "not in this binary; `cargo install --path .` builds one that has it";

#[cfg(feature = "torch")]
fn libtorch() -> Finding {
    let words = format!("2.11.0, {} threads", tch::get_num_threads());
    Finding { what: "libtorch", well: true, words }
}

#[cfg(not(feature = "torch"))]
fn libtorch() -> Finding {
    Finding { what: "libtorch", well: false, words: REBUILD.to_owned() }
}

#[cfg(feature = "torch")]
fn device() -> Finding {
    let device = crate::diffusion::best_device();
    let kind = crate::diffusion::best_kind(device);
    Finding { what: "device", well: true, words: format!("{device:?}, computing in {kind:?}") }
}

#[cfg(not(feature = "torch"))]
fn device() -> Finding {
    Finding { what: "device", well: false, words: "needs libtorch".to_owned() }
}

#[cfg(feature = "ffmpeg")]
fn ffmpeg() -> Finding {
    Finding { what: "FFmpeg", well: true, words: crate::media::versions() }
}

#[cfg(not(feature = "ffmpeg"))]
fn ffmpeg() -> Finding {
    Finding { what: "FFmpeg", well: false, words: REBUILD.to_owned() }
}

fn model() -> Finding {
    match Model::embedded() {
        Ok(model) => Finding {
            what: "model",
            well: true,
            words: format!("{} is embedded", model.settings.name),
        },
        Err(error) => Finding { what: "model", well: false, words: failure::chain(&error) },
    }
}

/// Whether films can be written here.
fn folder(folder: &Path) -> Finding {
    let tried = tempfile::Builder::new().prefix(".photoplay-").tempfile_in(folder);
    let (well, words) = match tried {
        Ok(_) => (true, format!("`{}` can be written to", folder.display())),
        Err(error) => (false, format!("`{}` cannot be written to: {error}", folder.display())),
    };
    Finding { what: "disk", well, words }
}
