//! The scorecard: how well the model in the repository shows scenes and words that it
//! was not trained on, beside how well the stage itself does.

mod findings;
mod measures;
mod page;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use image::RgbImage;
use photoplay::breakdown::language::vocabulary::Vocabulary;
use photoplay::breakdown::prompts::lower::lower;
use photoplay::diffusion::vae::{Vae, VaeConfig};
use photoplay::diffusion::{EncodedReference, Pipeline, Request};
use photoplay::model::Model;
use tch::Device;

use crate::random::stream;
use crate::scenes::actors;
use crate::scorer::{LENGTH, Scorer, Verdict};
use crate::stage::{Actor, Colour, Move, Rng, Size, Stage, StagedScene};
use crate::{Error, pixels};
use findings::{Findings, Shares, Values};

pub(crate) use findings::ScorecardOptions;

/// Makes and scores clips, and writes the page.
pub(crate) fn write(stage: &Stage, options: &ScorecardOptions) -> Result<(), Error> {
    tch::set_num_threads(options.threads);
    let _guard = tch::no_grad_guard();
    let scorer = Scorer::open(&options.scorer)?;
    let model = Model::open(&options.model)?;
    let mut studio = Studio::open(stage, &model)?;
    let vae = autoencoder(&model)?;
    let mut found = Findings::default();
    for number in 0..options.scenes {
        let scene = held_out_scene(stage, number);
        let truth = stage.render(&scene, LENGTH);
        let began = Instant::now();
        let made = studio.shoot(&scene, &scene.subjects, number)?;
        let film = f64::from(LENGTH) / f64::from(model.defaults.frame_rate);
        found.pace.push(began.elapsed().as_secs_f64() / film);
        judge(&mut found.stage, &scorer, &scene, &truth);
        judge(&mut found.model, &scorer, &scene, &made);
        compare(&mut found.picture, &scene, &truth, &made);
        let clip = pixels::clip(&truth[..CODED]).unsqueeze(0);
        let back = vae.decode(&vae.encode(&clip).mean);
        let coded = found.reconstruction.entry(scene.size.word()).or_default();
        coded.push(pixels::psnr(&back, &clip));
        if number < SHOWN {
            let strip = |frames: &[RgbImage]| frames.iter().step_by(12).cloned().collect();
            found.sheet.extend([strip(&truth), strip(&made)]);
        }
        let alone = studio.shoot(&scene, &[], number)?;
        let right = recognised(&scorer.judge(&alone), &scene);
        found.model.entry(page::WITHOUT).or_default().count(right);
        swap(&mut found, &scorer, &mut studio, number)?;
        crate::eprint(&format!("{} of {} scenes", number + 1, options.scenes));
    }
    page::write(&found, &scorer, &model, options)
}

/// How many scenes the sheet shows.
const SHOWN: u64 = 10;
/// How many frames of a scene measure what the autoencoder alone loses.
const CODED: usize = 5;

/// Held-out scene number `number` that has somebody in it.
fn held_out_scene(stage: &Stage, number: u64) -> StagedScene {
    stage.draw_held_out(&mut Rng::new(stream("scorecard", number, 0)))
}

/// The model, and the references of all actors.
struct Studio<'a> {
    stage: &'a Stage,
    model: &'a Model,
    pipeline: Pipeline,
    cast: Vec<(Actor, EncodedReference)>,
}

impl<'a> Studio<'a> {
    fn open(stage: &'a Stage, model: &'a Model) -> Result<Self, Error> {
        let pipeline = Pipeline::load(model, Device::Cpu)?;
        let (width, height) = (model.defaults.width, model.defaults.height);
        let cast = actors()
            .into_iter()
            .map(|actor| {
                let portrait = stage.portrait(actor);
                Ok((actor, pipeline.encode_reference(&portrait, width, height)?))
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { stage, model, pipeline, cast })
    }

    /// Makes a clip of a scene, with these actors as references.
    fn shoot(
        &mut self,
        scene: &StagedScene,
        references: &[Actor],
        seed: u64,
    ) -> Result<Vec<RgbImage>, Error> {
        let description = self.stage.description(scene);
        let settings = &self.model.defaults;
        let words = self.model.words.as_ref();
        let references = references.iter().map(|actor| {
            let wanted = actor.dressed();
            let known = self.cast.iter().find(|(known, _)| *known == wanted);
            known.expect("everyone is cast").1.clone()
        });
        let prompt =
            lower(&settings.prompt_template, &description, words, &Vocabulary::standard().grammar)?;
        let request = Request {
            references: references.collect(),
            ..Request::of(settings, prompt, LENGTH, seed)
        };
        Ok(self.pipeline.generate(&request, &mut |_, _| ControlFlow::Continue(()))?)
    }
}

/// Whether the scorer sees the actors of a scene first.
fn recognised(verdict: &Verdict, scene: &StagedScene) -> bool {
    let seen = &verdict.actors[..scene.subjects.len()];
    scene.subjects.iter().all(|actor| seen.contains(&actor.dressed()))
}

fn judge(shares: &mut Shares, scorer: &Scorer, scene: &StagedScene, frames: &[RgbImage]) {
    let verdict = scorer.judge(frames);
    let seen = &verdict.actors[..scene.subjects.len()];
    let kinds = scene.subjects.iter().all(|one| seen.iter().any(|it| it.subject == one.subject));
    let mut count = |question, right| shares.entry(question).or_default().count(right);
    if scene.subjects.len() == 1 {
        count(page::IDENTITY, recognised(&verdict, scene));
        count(page::SUBJECT, kinds);
    } else {
        count(page::BOTH, kinds);
    }
    count(page::PLACE, verdict.place == scene.place);
    count(page::TIME, verdict.time == scene.time);
    count(page::ACTION, verdict.action == scene.action);
    let moved = measures::movement(&frames[0], &frames[LENGTH as usize - 1]);
    count(page::CAMERA, moved == scene.movement);
}

/// Compares the measures of a clip with those of the stage's own render.
fn compare(values: &mut Values, scene: &StagedScene, truth: &[RgbImage], made: &[RgbImage]) {
    let mut note = |name, value| values.entry(name).or_default().push(value);
    if scene.movement == Move::Static {
        note(page::FLICKER, measures::flicker(made) / measures::flicker(truth).max(1e-6));
    }
    for (truth, made) in truth.iter().zip(made).step_by(12) {
        note(page::GRADIENT, measures::crispness(made) / measures::crispness(truth).max(1e-6));
        note(page::SIMILARITY, measures::similarity(truth, made));
    }
}

/// Films somebody whose clothes the prompt does not name: with their own reference, and
/// with that of their double in another colour.
fn swap(
    found: &mut Findings,
    scorer: &Scorer,
    studio: &mut Studio<'_>,
    number: u64,
) -> Result<(), Error> {
    let mut rng = Rng::new(stream("swap", number, 0));
    let mut scene = held_out_scene(studio.stage, number);
    let dresses: Vec<Actor> = actors().into_iter().filter(|actor| actor.colour.is_some()).collect();
    let actor = rng.one_of(&dresses);
    let others: Vec<Colour> =
        Colour::ALL.iter().copied().filter(|colour| Some(*colour) != actor.colour).collect();
    let double = Actor { colour: Some(rng.one_of(&others)), ..actor };
    scene.subjects = vec![Actor { colour: None, ..actor }];
    scene.size = rng.one_of(&[Size::Medium, Size::CloseUp]);
    let first = |frames: &[RgbImage]| scorer.judge(frames).actors[0];
    let own = first(&studio.shoot(&scene, &[actor], number)?);
    let other = first(&studio.shoot(&scene, &[double], number)?);
    found.model.entry(page::BY_REFERENCE).or_default().count(own == actor);
    found.model.entry(page::SWAPPED).or_default().count(other == actor);
    Ok(())
}

/// The autoencoder of a model, in f32.
fn autoencoder(model: &Model) -> Result<Vae, Error> {
    let file = "vae/config.json";
    let config: VaeConfig = serde_json::from_slice(&model.read(file)?)
        .map_err(|source| Error::Json { path: Path::new(file).to_owned(), source })?;
    Ok(Vae::load(model, &config, Device::Cpu)?)
}
