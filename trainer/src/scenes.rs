//! Staged scenes as latents, for the denoiser to learn from. The seed and n alone
//! determine scene number n.

use std::collections::BTreeMap;

use image::RgbImage;
use photoplay::breakdown::language::vocabulary::Vocabulary;
use photoplay::breakdown::prompts::lower::lower;
use photoplay::diffusion::Vae;
use photoplay::diffusion::noise::Noise;
use photoplay::model::ModelWords;
use serde::Deserialize;
use tch::{Device, Tensor};

use crate::random::{below, stream};
use crate::stage::{
    Actor, Colour, Edition, HEIGHT, PLATE, Rng, Stage, StagedScene, Still, Subject, WIDTH,
};
use crate::{Error, parallel, pixels};

/// One scene, ready to learn from.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Normalised latents, (z, F, h, w).
    pub(crate) latents: Tensor,
    /// The prompt.
    pub(crate) prompt: String,
    /// The prompt without what the references show.
    pub(crate) terse: String,
    /// Normalised latents of the subjects' references, (z, 1, h, w).
    pub(crate) references: Vec<Tensor>,
    /// Latents of the given frames, with grey after them, and the number of given
    /// frames.
    pub(crate) known: Option<(Tensor, i64)>,
}

/// The part of the world that is shown more often than the rest, because the example
/// films need it: with little compute, a small world learned well.
#[derive(Debug, Deserialize)]
struct Focus {
    /// Share of the scenes to draw from it.
    share: f64,
    subjects: Vec<String>,
    /// Colours of those who have a choice of clothes.
    colours: Vec<String>,
    /// Times of day by place.
    places: BTreeMap<String, Vec<String>>,
}

impl Focus {
    fn new() -> Self {
        serde_json::from_str(include_str!("../configs/focus.json"))
            .expect("well formed in the source")
    }

    fn has(&self, scene: &StagedScene) -> bool {
        let among = |words: &[String], word: &str| words.iter().any(|known| known == word);
        self.places.get(scene.place.word()).is_some_and(|times| among(times, scene.time.word()))
            && scene.subjects.iter().all(|actor| {
                among(&self.subjects, actor.subject.word())
                    && actor.colour.is_none_or(|colour| among(&self.colours, colour.word()))
            })
    }

    /// Draws a scene of the focus or of the whole world.
    fn draw(&self, stage: &Stage, noise: &mut Noise) -> StagedScene {
        let focused = noise.next_uniform() < self.share;
        let mut rng = Rng::new(below(noise, u64::MAX));
        loop {
            let scene = stage.draw(&mut rng);
            if !focused || self.has(&scene) {
                return scene;
            }
        }
    }
}

/// A kind of scenes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SceneKind {
    /// Frames of a scene, 4k+1.
    pub(crate) frames: i64,
    /// A set with nobody in it, wider than the frame.
    pub(crate) plate: bool,
    /// Share of the scenes whose first frames are given.
    pub(crate) given: f64,
}

/// Stages scenes and encodes them as samples.
pub(crate) struct SceneGenerator<'a> {
    stage: &'a Stage,
    words: ModelWords,
    focus: Focus,
    vae: Vae,
    seed: u64,
    device: Device,
    /// References by actor.
    references: Vec<(Actor, Tensor)>,
}

impl<'a> SceneGenerator<'a> {
    /// One generator for each autoencoder; each is for one thread.
    pub(crate) fn several(
        stage: &'a Stage,
        vaes: Vec<Vae>,
        seed: u64,
        device: Device,
    ) -> Vec<Self> {
        let mut known: Vec<(Actor, Tensor)> = Vec::new();
        let makers = vaes.into_iter().map(|vae| {
            let (words, focus) = (stage.words(), Focus::new());
            let mut maker = Self { stage, words, focus, vae, seed, device, references: Vec::new() };
            if known.is_empty() {
                let all = actors().into_iter();
                known = all.map(|actor| (actor, maker.encode(&[stage.portrait(actor)]))).collect();
            }
            let shared = known.iter().map(|(actor, latents)| (*actor, latents.shallow_clone()));
            maker.references = shared.collect();
            maker
        });
        makers.collect()
    }

    /// Draws a scene to learn from.
    pub(crate) fn draw(&self, noise: &mut Noise) -> StagedScene {
        self.focus.draw(self.stage, noise)
    }

    pub(crate) fn vae(&self) -> &Vae {
        &self.vae
    }

    /// Normalised latents (z, F, h, w) of frames.
    pub(crate) fn encode(&self, frames: &[RgbImage]) -> Tensor {
        self.encode_clip(&pixels::clip(frames).to_device(self.device))
    }

    fn encode_clip(&self, clip: &Tensor) -> Tensor {
        tch::no_grad(|| {
            self.vae.normalise(&self.vae.encode(&clip.unsqueeze(0)).mean).squeeze_dim(0)
        })
    }

    /// Latents of `frames` empty frames of a kind of scenes.
    pub(crate) fn blank(&self, frames: i64, plate: bool) -> Tensor {
        let [width, height] = if plate { PLATE } else { [WIDTH, HEIGHT] }.map(i64::from);
        self.encode_clip(&Tensor::zeros(
            [3, frames, height, width],
            (tch::Kind::Float, self.device),
        ))
    }

    /// The prompt of a scene.
    pub(crate) fn prompt(&self, scene: &StagedScene) -> Result<String, Error> {
        let description = self.stage.description(scene);
        let grammar = &Vocabulary::standard().grammar;
        Ok(lower("toy-theatre", &description, Some(&self.words), grammar)?)
    }

    /// The reference of an actor.
    pub(crate) fn reference(&self, actor: Actor) -> Tensor {
        let wanted = actor.dressed();
        self.references
            .iter()
            .find(|(known, _)| *known == wanted)
            .map(|(_, latents)| latents.shallow_clone())
            .expect("every actor has a reference")
    }

    /// What the networks are shown of a scene, with its prompt: in the second edition a
    /// still of its first figure, or frames of its film.
    pub(crate) fn shown(
        &self,
        scene: &StagedScene,
        frames: i64,
    ) -> Result<(Vec<RgbImage>, String), Error> {
        if self.stage.edition() == Edition::First {
            return Ok((self.stage.render(scene, frames as u32), self.prompt(scene)?));
        }
        let stills = self.stage.stills(scene);
        match stills.iter().find(|still| !still.scene.subjects.is_empty()) {
            Some(still) if frames == 1 => Ok((vec![self.stage.still(still)], still.prompt.clone())),
            _ => Ok((self.stage.film(scene, frames as u32), self.prompt(&self.stage.told(scene))?)),
        }
    }

    /// Makes still number `number`: one that the reel asks for.
    fn make_still(&self, number: u64, plate: bool) -> Result<Sample, Error> {
        let name = if plate { "plate" } else { "figure" };
        let mut noise = Noise::new(self.seed, stream(name, number, 1));
        let Still { scene, prompt } = loop {
            let mut stills = self.stage.stills(&self.draw(&mut noise));
            stills.retain(|still| still.scene.subjects.is_empty() == plate);
            if !stills.is_empty() {
                break stills.swap_remove(below(&mut noise, stills.len() as u64) as usize);
            }
        };
        let mut terse = scene.clone();
        terse.subjects.iter_mut().for_each(|actor| actor.colour = None);
        let picture = self.stage.still(&Still { scene: scene.clone(), prompt: prompt.clone() });
        Ok(Sample {
            latents: self.encode(&[picture]),
            prompt,
            terse: self.prompt(&terse)?,
            references: scene.subjects.iter().map(|actor| self.reference(*actor)).collect(),
            known: None,
        })
    }

    /// Makes scene number `number`.
    fn make(&self, number: u64, kind: SceneKind) -> Result<Sample, Error> {
        let second = self.stage.edition() == Edition::Second;
        if second && kind.frames == 1 {
            return self.make_still(number, kind.plate);
        }
        let name = if kind.frames == 1 { "picture" } else { "clip" };
        let mut noise = Noise::new(self.seed, stream(name, number, kind.frames as u64));
        let scene = self.draw(&mut noise);
        let given = match noise.next_uniform() / kind.given {
            share if share < 0.4 && kind.frames > 5 => Some(5),
            share if share < 1.0 => Some(1),
            _ => None,
        };
        // A given picture may show anything.
        let postcard = given == Some(1) && noise.next_uniform() < 0.5;
        // A continuation may begin in the middle of a motion.
        let start = if given.is_some() && !postcard { below(&mut noise, 25) as usize } else { 0 };
        let length = (start as i64 + kind.frames) as u32;
        let frames = if postcard {
            let mut rng = Rng::new(below(&mut noise, u64::MAX));
            self.stage.postcard(&mut rng, scene.movement, length)
        } else if second {
            self.stage.film(&scene, length).split_off(start)
        } else {
            self.stage.render(&scene, length).split_off(start)
        };
        let clip = pixels::clip(&frames).to_device(self.device);
        let known = given.map(|count: i64| {
            let seen = clip.copy();
            let _ = seen.narrow(1, count, kind.frames - count).zero_();
            (self.encode_clip(&seen), count)
        });
        let references = scene.subjects.iter().map(|actor| self.reference(*actor)).collect();
        let mut terse = scene.clone();
        for actor in &mut terse.subjects {
            actor.colour = None;
        }
        if noise.next_uniform() < 0.2 {
            terse.subjects.clear();
        }
        Ok(Sample {
            latents: self.encode_clip(&clip),
            prompt: self.prompt(&scene)?,
            terse: self.prompt(&terse)?,
            references,
            known,
        })
    }
}

/// All actors, in every colour they have.
pub(crate) fn actors() -> Vec<Actor> {
    Subject::ALL
        .iter()
        .flat_map(|&subject| {
            let colours: Vec<Option<Colour>> = if Subject::DRESSED.contains(&subject) {
                Colour::ALL.iter().copied().map(Some).collect()
            } else {
                vec![None]
            };
            colours.into_iter().map(move |colour| Actor { subject, colour })
        })
        .collect()
}

/// Makes scenes of these kinds and numbers, in order.
pub(crate) fn make(
    wanted: &[(SceneKind, u64)],
    makers: &mut [SceneGenerator<'_>],
) -> Result<Vec<Sample>, Error> {
    parallel::each(makers, wanted, |maker, (kind, number)| maker.make(*number, *kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{Place, Time};

    #[test]
    fn the_focus_is_part_of_the_world() {
        let focus = Focus::new();
        let known = |words: Vec<&str>, word: &str| words.contains(&word);
        for subject in &focus.subjects {
            assert!(known(Subject::ALL.iter().map(|it| it.word()).collect(), subject), "{subject}");
        }
        for colour in &focus.colours {
            assert!(known(Colour::ALL.iter().map(|it| it.word()).collect(), colour), "{colour}");
        }
        for (place, times) in &focus.places {
            assert!(known(Place::ALL.iter().map(|it| it.word()).collect(), place), "{place}");
            for time in times {
                assert!(known(Time::ALL.iter().map(|it| it.word()).collect(), time), "{time}");
            }
        }
    }
}
