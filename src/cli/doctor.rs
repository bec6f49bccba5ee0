//! `photoplay doctor`: what works on this machine, and what is missing.

use std::error::Error;
use std::path::Path;

use serde_json::json;

use super::args::{DoctorArgs, OutputFormat};
use super::outcome::Exit;
use super::output::print;
use crate::breakdown::language::speakers::Speakers;
use crate::diagnostic::chain;
use crate::model::Model;
use crate::shoot::plan::ModelFingerprint;
use crate::shoot::progress::{Progress, ProgressEvent};
use crate::shoot::remote::{self, RemoteCamera};
use crate::sound;
use crate::sound::speech::{KOKORO, SpeechEngine};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    well: bool,
    /// Whether no film can be made without it.
    needed: bool,
    words: String,
}

pub(super) fn run(args: &DoctorArgs) -> Exit {
    let findings = [camera(), ffmpeg(), model(), voices(), folder(&args.project)];
    let well = findings.iter().all(|finding| finding.well || !finding.needed);
    match args.format {
        OutputFormat::Json => {
            let found: Vec<_> = findings
                .iter()
                .map(|Finding { what, well, words, .. }| json!({ "what": what, "well": well, "words": words }))
                .collect();
            print(&format!("{:#}\n", json!(found)));
        }
        OutputFormat::Human => {
            for Finding { what, well, words, .. } in &findings {
                let mark = if *well { "ok" } else { "missing" };
                print(&format!("{mark:>8}  {what}: {words}\n"));
            }
        }
    }
    if well { Exit::Done } else { Exit::ScriptErrors }
}

/// The process with the networks, and what it computes on.
fn camera() -> Finding {
    let looked = || -> Result<String, Box<dyn Error>> {
        let model = Model::embedded()?;
        let fingerprint = ModelFingerprint::new(&model, model.digests()?, &[])?;
        Ok(RemoteCamera::new(&model, &fingerprint, Path::new("."), &Silent).inspect()?)
    };
    match looked() {
        Ok(device) => Finding {
            what: "camera",
            well: true,
            needed: true,
            words: format!("libtorch on {device}"),
        },
        Err(error) => {
            let help = error.downcast_ref::<remote::Error>().and_then(remote::Error::help);
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            Finding {
                what: "camera",
                well: false,
                needed: true,
                words: format!("{}{help}", chain(&*error)),
            }
        }
    }
}

/// Hears nothing.
struct Silent;

impl Progress for Silent {
    fn report(&self, _: &ProgressEvent) {}
}

#[cfg(not(feature = "ffmpeg"))]
const REBUILD: &str = "not in this binary; `cargo install --path .` builds one that has it";

#[cfg(feature = "ffmpeg")]
fn ffmpeg() -> Finding {
    Finding { what: "FFmpeg", well: true, needed: true, words: crate::media::versions() }
}

#[cfg(not(feature = "ffmpeg"))]
fn ffmpeg() -> Finding {
    Finding { what: "FFmpeg", well: false, needed: true, words: REBUILD.to_owned() }
}

fn model() -> Finding {
    match Model::embedded() {
        Ok(model) => Finding {
            what: "model",
            well: true,
            needed: true,
            words: format!("{} is embedded", model.defaults.name),
        },
        Err(error) => Finding { what: "model", well: false, needed: true, words: chain(&error) },
    }
}

/// The voices, without which films are silent.
fn voices() -> Finding {
    let (well, words) = match sound::remote::RemoteVoice::default().start() {
        Ok(()) => {
            let SpeechEngine { name, licence, .. } = KOKORO;
            let voices = Speakers::stdlib().voices.len();
            (true, format!("{name} ({licence}), {voices} voices for English"))
        }
        Err(error) => {
            let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
            (false, format!("films are silent: {}{help}", chain(&error)))
        }
    };
    Finding { what: "voices", well, needed: false, words }
}

/// Whether films can be written here.
fn folder(folder: &Path) -> Finding {
    let tried = tempfile::Builder::new().prefix(".photoplay-").tempfile_in(folder);
    let (well, words) = match tried {
        Ok(_) => (true, format!("`{}` can be written to", folder.display())),
        Err(error) => (false, format!("`{}` cannot be written to: {error}", folder.display())),
    };
    Finding { what: "disk", well, needed: true, words }
}
