//! The scorecard as a page, with its sheet of pictures.

use std::fs;

use photoplay::model::Model;

use super::findings::{Findings, ScorecardOptions, Share, Values};
use crate::scorer::Scorer;
use crate::{Error, lexicon, pixels};

pub(super) const IDENTITY: &str = "the character, among all of the cast";
pub(super) const WITHOUT: &str = "the character, without references";
pub(super) const BY_REFERENCE: &str = "the character, clothes shown by the reference alone";
pub(super) const SWAPPED: &str = "another's reference taken for the character's";
pub(super) const SUBJECT: &str = "the kind of subject";
pub(super) const BOTH: &str = "both kinds of two subjects";
pub(super) const PLACE: &str = "the place";
pub(super) const TIME: &str = "the time of day";
pub(super) const ACTION: &str = "the action";
pub(super) const CAMERA: &str = "the camera's move";

pub(super) const FLICKER: &str = "second difference in time of static shots";
pub(super) const GRADIENT: &str = "90th percentile of the gradient";
pub(super) const SIMILARITY: &str = "structural similarity";

/// The limits, in the order of the page: the least or most that is good.
const BARS: &[(&str, &str)] = &[
    (IDENTITY, "≥ 95 %"),
    (BY_REFERENCE, "≥ 95 %"),
    (SWAPPED, "≤ 2 %"),
    (WITHOUT, "—"),
    (SUBJECT, "≥ 95 %"),
    (BOTH, "≥ 85 %"),
    (PLACE, "≥ 95 %"),
    (TIME, "≥ 95 %"),
    (ACTION, "≥ 85 %"),
    (CAMERA, "≥ 90 %"),
];

const PICTURE: &[(&str, &str)] = &[(FLICKER, "≤ 1.2"), (GRADIENT, "≥ 0.7"), (SIMILARITY, "—")];

fn percent(share: Option<&Share>) -> String {
    share.filter(|share| share.of > 0).map_or_else(
        || "—".to_owned(),
        |Share { right, of }| format!("{:.1} % of {of}", 100.0 * *right as f64 / *of as f64),
    )
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn row(values: &Values, name: &str) -> String {
    values.get(name).map_or_else(|| "—".to_owned(), |values| format!("{:.2}", median(values)))
}

/// How well characters are recognised and how well words are followed.
fn identity(found: &Findings, model: &Model) -> String {
    let mut text = String::new();
    let mut line = |more: &str| {
        text.push_str(more);
        text.push('\n');
    };
    line("## Identity, adherence");
    line("");
    line("| | bar | model | stage |");
    line("|---|---|---|---|");
    for (name, bar) in BARS {
        let (made, stage) = (percent(found.model.get(name)), percent(found.stage.get(name)));
        line(&format!("| {name} | {bar} | {made} | {stage} |"));
    }
    let (asked, wrong) = lexicon::held_out(model);
    let right = Share { right: (asked - wrong.len()) as u64, of: asked as u64 };
    line(&format!("| words never seen, understood | ≥ 80 % | {} | — |", percent(Some(&right))));
    line("");
    line(&format!("Words not understood, and what is shown for them: {}.", wrong.join(", ")));
    line("");
    text
}

/// How good the pictures are.
fn picture(found: &Findings) -> String {
    let mut text = String::new();
    let mut line = |more: &str| {
        text.push_str(more);
        text.push('\n');
    };
    line("## Picture");
    line("");
    line("Medians; the first two as ratios to the stage's own renders of the same scenes.");
    line("");
    line("| | bar | model |");
    line("|---|---|---|");
    for (name, bar) in PICTURE {
        line(&format!("| {name} | {bar} | {} |", row(&found.picture, name)));
    }
    for size in found.reconstruction.keys() {
        let value = row(&found.reconstruction, size);
        line(&format!("| reconstruction by the autoencoder, {size}, dB | ≥ 32 | {value} |"));
    }
    line("");
    text
}

/// Writes the page and, beside it, its sheet.
pub(super) fn write(
    found: &Findings,
    scorer: &Scorer,
    model: &Model,
    options: &ScorecardOptions,
) -> Result<(), Error> {
    let mut page = String::new();
    let mut line = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    let settings = &model.defaults;
    line("# Scorecard of Toy Theatre");
    line("");
    line(&format!(
        "Written by `make scorecard`: {} scenes of combinations that the stage keeps from training (one of ten, by name), shot by the model in `models/toy-theatre` with {} steps and a guidance scale of {}, {} frames of {}×{} each, and judged by a scorer that was trained on the stage's own renders alone. The column *stage* is the scorer's accuracy on the stage's own renders of the same scenes: the most that can be measured.",
        options.scenes,
        settings.steps,
        settings.guidance_scale,
        crate::scorer::LENGTH,
        settings.width,
        settings.height,
    ));
    line("");
    line(
        "The first 90,000 samples that the weights learned from were drawn before any combination was kept, so they have seen these too; those drawn since have not.",
    );
    line("");
    line(&format!("Scorer: `trainer/scorer.safetensors`, BLAKE3 `{}`.", scorer.digest));
    line("");
    for text in [identity(found, model), picture(found)] {
        page.push_str(&text);
    }
    let mut line = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    line("## Pace");
    line("");
    line(&format!(
        "A second of film at {} frames a second takes {:.2} s on {} of this machine's CPU (median; networks alone, storing and encoding left out).",
        settings.frame_rate,
        median(&found.pace),
        match options.threads {
            1 => "one thread".to_owned(),
            threads => format!("{threads} threads"),
        },
    ));
    line("");
    line("## Pictures");
    line("");
    line(
        "The first ten scenes: the stage's own render above what the model makes, at 0, 1 and 2 seconds.",
    );
    line("");
    line("![The stage's own renders above the model's](docs/scorecard.jpg)");
    fs::write(&options.out, &page).map_err(|source| Error::write(&options.out, source))?;
    let folder = options.out.parent().unwrap_or(std::path::Path::new("")).join("docs");
    fs::create_dir_all(&folder).map_err(|source| Error::write(&folder, source))?;
    pixels::sheet(&found.sheet, &folder.join("scorecard.jpg"))
}
