//! Shot list → recipes: the takes that a film needs, the recipe of each, and its
//! key in the vault. Does not run the model or read the vault.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blake3::Hash;

use super::control::{TakeBlocking, blockings};
use super::pieces::{chain, piece_seed};
use super::recipe::{KeyedRecipe, Preceding, Recipe, RecipeAdapter, TakeKey};
use super::seed::{Setup, Slate, portrait_seed};
use crate::breakdown::control::TakeControl;
use crate::breakdown::description::Description;
use crate::breakdown::prompts::lower::{self, LoweredPrompt, ModelDescription};
use crate::breakdown::screenplay::FilmSettings;
use crate::breakdown::shot::{HANDLE, Picture, ShotList, TakeSpec};
use crate::casting::{self, Cast, Chosen, Look, below, portrait_description};
use crate::model::{self, Conditioning, Model, ModelDefaults, ModelIndex, ModelWords};
use crate::source::Spanned;
use crate::time::{Rate, Seconds};

/// Frames that a take shares with the one it continues, for models that accept
/// several: two latent frames, enough to carry motion on.
pub const OVERLAP: u32 = 5;

/// Why a film cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The prompt template failed.
    #[error(transparent)]
    Prompt(#[from] lower::Error),
    /// A picture of the script cannot be read.
    #[error("cannot read the picture `{path}`", path = path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The model cannot be read.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// The model's clips are too short to continue each other.
    #[error("the model makes clips of at most {frames} frames; a film needs more than {OVERLAP}")]
    Short {
        /// Most frames of one clip.
        frames: u32,
    },
}

/// A model, as far as recipes depend on it.
#[derive(Debug, Clone)]
pub struct ModelFingerprint {
    /// The model's defaults with the command line's changes.
    pub settings: ModelDefaults,
    /// The words it understands.
    pub words: Option<ModelWords>,
    /// Digests of its files.
    pub digests: Arc<BTreeMap<String, Hash>>,
    /// How the model's parts work together.
    pub index: ModelIndex,
    /// Which pictures it accepts as conditions.
    pub conditioning: Conditioning,
    /// Adapters of its transformers.
    pub adapters: Arc<[RecipeAdapter]>,
    /// Largest relative difference at which a step reuses a velocity; `None` to
    /// compute every step.
    pub reuse: Option<f64>,
    /// Digest of its preview decoder, if it has one: preview takes are decoded by
    /// it.
    pub preview_decoder: Option<Hash>,
    /// What controls every take, whatever the script says.
    pub control: Option<TakeControl>,
}

impl ModelFingerprint {
    /// The prompt of a picture of a film, whose take follows a blocking if it has one.
    pub(super) fn prompt(
        &self,
        description: &Description,
        list: &ShotList,
        control: Option<&TakeBlocking>,
    ) -> Result<LoweredPrompt, lower::Error> {
        let (words, grammar) = (self.words.as_ref(), &list.vocabulary.grammar);
        let template = &self.settings.prompt_template;
        LoweredPrompt::new(template, description, words, grammar, control.is_some())
    }

    /// The fingerprint of a model. `adapters` are the digests of its adapters, in
    /// their order.
    pub fn new(
        model: &Model,
        digests: BTreeMap<String, Hash>,
        adapters: &[Hash],
    ) -> Result<Self, Error> {
        let ModelDefaults { max_frames, .. } = model.defaults;
        if max_frames <= 2 * OVERLAP {
            return Err(Error::Short { frames: max_frames });
        }
        Ok(Self {
            settings: model.defaults.clone(),
            words: model.words.clone(),
            digests: Arc::new(digests),
            index: model.index()?,
            conditioning: model.conditioning()?,
            adapters: model
                .adapters
                .iter()
                .zip(adapters)
                .map(|(adapter, digest)| RecipeAdapter {
                    digest: *digest,
                    strength: adapter.strength,
                    network: adapter.network.clone(),
                })
                .collect(),
            reuse: None,
            preview_decoder: None,
            control: None,
        })
    }

    /// Whether the model accepts references and a last frame.
    pub(in crate::shoot) fn takes_references(&self) -> bool {
        self.conditioning == Conditioning::Control
    }

    /// Whether the model accepts a first frame.
    fn takes_first_frame(&self) -> bool {
        self.conditioning != Conditioning::Prompt
    }

    /// Frames that a take shares with the one it continues.
    fn overlap(&self) -> u32 {
        match self.conditioning {
            Conditioning::Prompt => 0,
            Conditioning::FirstFrame => 1,
            Conditioning::Control => OVERLAP,
        }
    }

    /// The looks of a film for this model; none if the model accepts no
    /// references.
    pub fn cast(&self, list: &ShotList) -> Cast {
        if self.takes_references() {
            return casting::looks(list, self.words.as_ref());
        }
        Cast { looks: Vec::new(), shots: list.shots.iter().map(|_| Vec::new()).collect() }
    }

    /// One digest of the files that encode prompts.
    pub fn text_digest(&self) -> Hash {
        let named = self.settings.weights.get("text_encoder");
        self.digest_of(|file| {
            let folder = file.split_once('/').map_or("", |(folder, _)| folder);
            matches!(folder, "text_encoder" | "tokenizer") || named.is_some_and(|it| it == file)
        })
    }

    /// One digest of all files.
    pub fn digest(&self) -> Hash {
        self.digest_of(|_| true)
    }

    fn digest_of(&self, counts: impl Fn(&str) -> bool) -> Hash {
        let mut hasher = blake3::Hasher::new_derive_key("photoplay model files 1");
        for (file, digest) in self.digests.iter().filter(|(file, _)| counts(file)) {
            hasher.update(&(file.len() as u64).to_le_bytes()).update(file.as_bytes());
            hasher.update(digest.as_bytes());
        }
        hasher.finalize()
    }
}

/// The takes of a film.
#[derive(Debug, Clone, Default)]
pub struct TakePlan {
    /// One entry for each shot of the list.
    pub shots: Vec<ShotTakes>,
}

/// The take of one shot.
#[derive(Debug, Clone, Default)]
pub struct ShotTakes {
    /// The shot whose take the film shows: itself, or the one it resumes. `None`
    /// for cards and plain colours.
    pub take: Option<usize>,
    /// The prompt for the text encoder; empty for a shot without a take of its
    /// own.
    pub prompt: String,
    /// Looks whose pictures are references, in order.
    pub looks: Vec<usize>,
    /// The recipes of its own take: one, or one for each piece, each continuing
    /// the piece before. Empty while a portrait is missing.
    pub recipes: Vec<KeyedRecipe>,
    /// The circled still that the take begins with.
    pub still: Option<CircledStill>,
    /// The key of the last recipe. That recipe continues the others, so this key
    /// names them all.
    pub key: Option<TakeKey>,
    /// The shot's identity, whichever take the film uses.
    pub identity: Option<Identity>,
    /// What all takes of the shot share.
    pub slate: Slate,
    /// Number of the take that the film uses: the circled one, or 0.
    pub number: u32,
    /// The blocking that controls it, if one does.
    pub control: Option<TakeBlocking>,
}

/// A still of a story reel that somebody circled.
#[derive(Debug, Clone, PartialEq)]
pub struct CircledStill {
    /// What the choice is kept under.
    pub identity: Identity,
    /// The recipe of the circled one.
    pub recipe: KeyedRecipe,
}

/// What a shot is, independent of its place in the film: the key that its take 0
/// would have in one piece, for a fixed number of steps.
pub type Identity = TakeKey;

impl ShotTakes {
    /// Everything that the camera makes for the take, in order: the still that it begins
    /// with, and its pieces.
    pub fn all_recipes(&self) -> impl Iterator<Item = &KeyedRecipe> {
        self.still.iter().map(|still| &still.recipe).chain(&self.recipes)
    }

    /// Whether every piece of the take is held.
    pub fn is_held(&self, held: &dyn Fn(&TakeKey) -> bool) -> bool {
        !self.recipes.is_empty() && self.recipes.iter().all(|recipe| held(&recipe.key()))
    }

    /// The recipes of another take of the shot.
    pub fn take(&self, number: u32) -> Vec<KeyedRecipe> {
        let mut take: Vec<KeyedRecipe> = Vec::with_capacity(self.recipes.len());
        for (piece, recipe) in self.recipes.iter().enumerate() {
            let mut recipe = Recipe::clone(recipe);
            recipe.seed = piece_seed(self.slate.seed(number), piece, recipe.preceding.as_ref());
            if let (Some(preceding), Some(piece)) = (&mut recipe.preceding, take.last()) {
                preceding.take = piece.key();
            }
            take.push(recipe.into());
        }
        take
    }
}

impl TakePlan {
    /// The key of the take that the film shows for a shot.
    pub fn key(&self, shot: usize) -> Option<TakeKey> {
        self.shots[self.shots[shot].take?].key
    }

    /// The shot whose take the take of `shot` continues.
    pub fn before(&self, list: &ShotList, shot: usize) -> Option<usize> {
        let Picture::Take(spec) = &list.shots[shot].picture else { return None };
        self.shots.get(spec.continues?)?.take
    }

    /// Whether the take that the film shows for a shot is held.
    pub fn is_held(&self, shot: usize, held: &dyn Fn(&TakeKey) -> bool) -> bool {
        self.shots[shot].take.is_some_and(|owner| self.shots[owner].is_held(held))
    }

    /// The key of every take of the film, each once.
    pub fn keys(&self) -> BTreeSet<TakeKey> {
        self.shots.iter().filter_map(|shot| shot.key).collect()
    }

    /// The key of every piece of every take and of every still that one begins with, each
    /// once.
    pub fn piece_keys(&self) -> BTreeSet<TakeKey> {
        self.shots.iter().flat_map(ShotTakes::all_recipes).map(KeyedRecipe::key).collect()
    }
}

/// The author's choices for a film.
#[derive(Debug, Clone, Copy)]
pub struct TakeChoices<'a> {
    /// The picture of each look; `None` while it is missing.
    pub pictures: &'a [Option<Chosen>],
    /// The numbers of circled takes.
    pub circled: &'a BTreeMap<Identity, u32>,
    /// For each shot, the circled still that its take begins with.
    pub stills: &'a [Option<CircledStill>],
}

/// Plans the takes of a film. `digest` gives the digest of a picture file.
pub fn plan(
    list: &ShotList,
    model: &ModelFingerprint,
    cast: &Cast,
    choices: TakeChoices<'_>,
    project: &Path,
    digest: &mut dyn FnMut(&Path) -> io::Result<Option<Hash>>,
) -> Result<TakePlan, Error> {
    let TakeChoices { pictures: chosen, circled, stills } = choices;
    let (spans, mut blockings) =
        (spans(list), blockings(list, &model.settings, model.conditioning, model.control));
    let base = recipe(model);
    let mut plan = TakePlan::default();
    for (index, shot) in list.shots.iter().enumerate() {
        let Picture::Take(spec) = &shot.picture else {
            plan.shots.push(ShotTakes::default());
            continue;
        };
        if let Some((owner, _)) = spec.resumes {
            plan.shots.push(ShotTakes { take: Some(owner), ..ShotTakes::default() });
            continue;
        }
        let control = blockings[index].take();
        let mut planned = ShotTakes { take: Some(index), control, ..ShotTakes::default() };
        let mut description = (*spec.description).clone();
        if model.takes_references() {
            for appearance in &cast.shots[index] {
                planned.looks.push(appearance.look);
                depicted(&mut description, appearance.depicted).referenced = true;
            }
        }
        let LoweredPrompt { text, translated } =
            model.prompt(&description, list, planned.control.as_ref())?;
        planned.prompt = text;
        let pictures: Option<Vec<Hash>> = planned
            .looks
            .iter()
            .map(|look| chosen[*look].as_ref().map(|chosen| chosen.digest))
            .collect();
        let preceding = preceding(list, &plan, spec, model);
        if let (Some(references), Some(preceding)) = (pictures, preceding) {
            let prompt = planned.prompt.clone();
            let mut recipe = Recipe { prompt, references, preceding, ..base.clone() };
            if model.takes_first_frame() {
                add_pictures(&mut recipe, spec, model, project, digest)?;
            }
            let frames =
                take_frames(spec.head(), spans[index], list.settings.rate, &model.settings);
            let blocking = planned.control.clone();
            let control = |frames| blocking.as_ref().map(|blocking| blocking.control(frames));
            let mut first = Recipe { frames, steps: 0, reuse: None, ..recipe.clone() };
            first.control = control(0..frames);
            let before = plan.before(list, index).and_then(|owner| plan.shots[owner].identity);
            if let (Some(preceding), Some(before)) = (&mut first.preceding, before) {
                preceding.take = before;
            }
            planned.slate = Slate {
                film: list.settings.seed,
                setup: setup(&description, translated, &recipe.references),
            };
            first.seed = planned.slate.seed(0);
            let mut identity = first.key();
            // A circled take stays, whichever still the author has circled before or since.
            if let Some(still) = &stills[index]
                && model.takes_first_frame()
                && recipe.preceding.is_none()
                && !circled.contains_key(&identity)
            {
                let begins = Some(Preceding {
                    take: still.recipe.key(),
                    first: 0,
                    frames: still.recipe.frames,
                    next_piece: false,
                });
                (recipe.preceding, first.preceding) = (begins, begins);
                planned.still = Some(still.clone());
                identity = first.key();
            }
            planned.number = circled.get(&identity).copied().unwrap_or(0);
            planned.identity = Some(identity);
            recipe.seed = planned.slate.seed(planned.number);
            let limits = (model.settings.max_frames, model.overlap());
            planned.recipes = chain(&recipe, frames, limits, &control);
            planned.key = planned.recipes.last().map(KeyedRecipe::key);
        }
        plan.shots.push(planned);
    }
    Ok(plan)
}

/// Adds the first and last picture of a shot, as far as the model accepts them,
/// or the words to draw on its first frame.
fn add_pictures(
    recipe: &mut Recipe,
    spec: &TakeSpec,
    model: &ModelFingerprint,
    project: &Path,
    digest: &mut dyn FnMut(&Path) -> io::Result<Option<Hash>>,
) -> Result<(), Error> {
    let mut picture = |written: &Option<Spanned<PathBuf>>| {
        let Some(written) = written else { return Ok(None) };
        let path = below(project, &written.value);
        digest(&path).map_err(|source| Error::Picture { path, source })
    };
    recipe.first_image = picture(&spec.from_image)?;
    if model.takes_references() {
        recipe.last_image = picture(&spec.to_image)?;
    }
    if recipe.first_image.is_none() {
        recipe.lettering.clone_from(&spec.lettering);
    }
    Ok(())
}

/// A subject of a description, counted on into those that it reveals.
pub(super) fn depicted(
    description: &mut Description,
    index: usize,
) -> &mut crate::breakdown::description::Depicted {
    let subjects = description.subjects.len();
    if index < subjects {
        &mut description.subjects[index]
    } else {
        &mut description.reveals[index - subjects]
    }
}

/// The fields that all recipes of a model share.
fn recipe(model: &ModelFingerprint) -> Recipe {
    let settings = &model.settings;
    Recipe {
        model: model.digests.clone(),
        adapters: model.adapters.clone(),
        prompt: String::new(),
        negative_prompt: settings.negative_prompt.as_str().into(),
        text_length: settings.text_length as u32,
        seed: 0,
        scheduler: settings.scheduler.as_str().into(),
        steps: settings.steps,
        shift: settings.shift,
        guidance_scale: settings.guidance_scale,
        guidance_scale_2: settings.guidance_scale_2,
        boundary_ratio: model.index.boundary_ratio,
        expand_timesteps: model.index.expand_timesteps,
        reuse: model.reuse,
        preview_decoder: None,
        width: settings.width,
        height: settings.height,
        frames: 1,
        references: Vec::new(),
        first_image: None,
        last_image: None,
        lettering: Vec::new(),
        preceding: None,
        control: None,
    }
}

/// The recipe of a look's portrait: a take of one frame. `base` is a picture of
/// the same person in other clothes.
pub fn portrait_recipe(
    look: &Look,
    base: Option<Hash>,
    list: &ShotList,
    model: &ModelFingerprint,
) -> Result<Recipe, Error> {
    let FilmSettings { seed, style, .. } = &list.settings;
    let description = portrait_description(look, style);
    let prompt = model.prompt(&description, list, None)?.text;
    let mut recipe = Recipe { prompt, ..recipe(model) };
    // Portraits outlast preview takes, so they get full quality.
    recipe.reuse = None;
    recipe.references = base.into_iter().collect();
    recipe.seed = portrait_seed(*seed, &look.words, look.ordinal);
    Ok(recipe)
}

/// What the recipes of all stills of a reel share: one frame of full quality, because a
/// film shows it for a long time.
pub(super) fn still_recipe(model: &ModelFingerprint) -> Recipe {
    Recipe { reuse: None, ..recipe(model) }
}

/// The setup of a shot as the network sees it: in the model's own words if the
/// model has a table of them.
pub(super) fn setup(
    description: &Description,
    translated: Option<ModelDescription>,
    references: &[Hash],
) -> Setup {
    let references = references.to_vec();
    if let Some(ModelDescription { place, size, subjects, .. }) = translated {
        return Setup { place, size, subjects, references, ..Setup::default() };
    }
    let place = &description.place;
    let people = description.subjects.iter().chain(&description.reveals);
    Setup {
        place: format!("{}, {}", place.name, place.words),
        size: description.size.clone(),
        subjects: people.map(|who| format!("{}, {}", who.called, who.words)).collect(),
        references,
        angle: description.angle.clone(),
        lens: description.lens.clone(),
    }
}

/// For each shot with a take, the frames of the film from the shot's in-point to
/// the last out-point of all shots that share the take.
pub fn spans(list: &ShotList) -> Vec<u32> {
    let mut spans: Vec<u32> = list.shots.iter().map(|shot| shot.frames).collect();
    for shot in &list.shots {
        if let Picture::Take(take) = &shot.picture
            && let Some((owner, passed)) = take.resumes
        {
            spans[owner] = spans[owner].max(passed + shot.frames);
        }
    }
    spans
}

/// The frame of a take that the film shows at a conformed frame.
pub fn native(conformed: u32, rate: Rate, frame_rate: u32) -> u32 {
    let seen = u64::from(conformed) * u64::from(frame_rate) * u64::from(rate.denominator);
    (seen / u64::from(rate.numerator)) as u32
}

/// Frames of a take at the model's rate: a span of the film and the handles
/// before and after it, rounded up to 4k+1.
pub fn take_frames(head: Seconds, span: u32, rate: Rate, settings: &ModelDefaults) -> u32 {
    let conformed = head.to_frames(rate) + span + HANDLE.to_frames(rate);
    let needed = native(conformed.saturating_sub(1), rate, settings.frame_rate) + 1;
    needed.saturating_sub(1).div_ceil(4) * 4 + 1
}

/// What a shot's take continues; outer `None` while the key of that take is
/// unknown.
#[allow(clippy::option_option, reason = "unknown is not the same as nothing")]
fn preceding(
    list: &ShotList,
    plan: &TakePlan,
    spec: &TakeSpec,
    model: &ModelFingerprint,
) -> Option<Option<Preceding>> {
    let Some(before) = spec.continues.filter(|_| model.takes_first_frame()) else {
        return Some(None);
    };
    let Some(owner) = plan.shots.get(before).and_then(|planned| planned.take) else {
        return Some(None);
    };
    let passed = match &list.shots[before].picture {
        Picture::Take(take) => take.resumes.map_or(0, |(_, passed)| passed),
        _ => 0,
    };
    let Picture::Take(made) = &list.shots[owner].picture else { return Some(None) };
    let (rate, frame_rate) = (list.settings.rate, model.settings.frame_rate);
    let head = |spec: &TakeSpec| spec.head().to_frames(rate);
    let out = native(head(made) + passed + list.shots[before].frames, rate, frame_rate);
    // The new take's in-point is this far behind its first frame.
    let first = out.saturating_sub(native(head(spec), rate, frame_rate));
    let frames = model.overlap();
    plan.shots[owner].key.map(|take| Some(Preceding { take, first, frames, next_piece: false }))
}

/// A plan in words, for the history.
pub fn history(list: &ShotList, plan: &TakePlan) -> super::history::History {
    let mut takes = Vec::new();
    for (shot, planned) in list.shots.iter().zip(&plan.shots) {
        for recipe in &planned.recipes {
            takes.push(super::history::PastTake {
                number: shot.number.clone(),
                key: recipe.key(),
                recipe: recipe.explain(),
            });
        }
    }
    super::history::History { takes, alternatives: std::collections::BTreeSet::new() }
}
