//! The stills of a reel: each once, with its take.
//!
//! Knows recipes; does not know what a still is for.

use std::collections::BTreeMap;
use std::sync::Arc;

use blake3::Hash;

use crate::breakdown::description::Description;
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::casting::Chosen;
use crate::reel::ReelShot;
use crate::shoot::control::TakeBlocking;
use crate::shoot::plan::{Identity, ShotTakes, TakePlan};
use crate::shoot::recipe::{KeyedRecipe, Recipe};
use crate::shoot::seed::{Setup, Slate};

/// The stills of a film, and how its shots use them.
#[derive(Debug, Clone)]
pub struct ReelPlan {
    /// The stills as the shots of a film, each once.
    pub list: ShotList,
    /// Their takes, of one frame each.
    pub takes: TakePlan,
    /// One entry for each shot of the film; `None` for cards, colours, and pictures and
    /// papers of the author.
    pub shots: Vec<Option<PlannedReelShot>>,
}

/// A shot of a reel with its stills.
#[derive(Debug, Clone)]
pub struct PlannedReelShot {
    /// How they are moved.
    pub shot: ReelShot,
    /// Indices into [`ReelPlan::list`], in the order in which the shot numbers them.
    pub stills: Vec<usize>,
}

impl PlannedReelShot {
    /// The stills that a take of the shot chooses: those of everybody in it, or the set's
    /// if nobody is. Other shots of a set keep its still, whoever is in them.
    pub fn choice(&self) -> &[usize] {
        match &*self.stills {
            [_, figures @ ..] if !figures.is_empty() => figures,
            set => set,
        }
    }
}

/// Whether a shot shows a picture or a paper of the author, which no network makes.
pub(super) fn is_given(spec: &TakeSpec) -> bool {
    spec.from_image.is_some() || !spec.lettering.is_empty()
}

/// The film with a blocking for every shot, because nothing else moves a reel.
pub(super) fn staged(list: &ShotList) -> ShotList {
    let mut staged = list.clone();
    for shot in &mut staged.shots {
        if let Picture::Take(spec) = &mut shot.picture
            && spec.unblocked
        {
            Arc::make_mut(spec).unblocked = false;
        }
    }
    staged
}

/// Prompt, seed, looks and the digest of what it follows.
type StillName = (String, u64, Vec<usize>, Option<[u8; 32]>);

/// The stills found so far.
pub(super) struct Stills<'a> {
    film: &'a ShotList,
    pub(super) chosen: &'a [Option<Chosen>],
    circled: &'a BTreeMap<Identity, u32>,
    /// Stills by what makes them different.
    known: BTreeMap<StillName, usize>,
    pub(super) plan: ReelPlan,
}

/// A still that a shot needs.
pub(super) struct NeededStill {
    pub(super) description: Description,
    pub(super) prompt: String,
    /// Indices of the looks that are its references.
    pub(super) looks: Vec<usize>,
    pub(super) setup: Setup,
    /// Everything of its recipe but prompt, references, seed and control.
    pub(super) recipe: Recipe,
    pub(super) control: Option<TakeBlocking>,
    /// For people.
    pub(super) shows: String,
}

impl<'a> Stills<'a> {
    pub(super) fn new(
        film: &'a ShotList,
        chosen: &'a [Option<Chosen>],
        circled: &'a BTreeMap<Identity, u32>,
    ) -> Self {
        let list = ShotList {
            shots: Vec::new(),
            speeches: Vec::new(),
            supers: Vec::new(),
            lines: Vec::new(),
            chapters: Vec::new(),
            ..film.clone()
        };
        let plan = ReelPlan { list, takes: TakePlan::default(), shots: Vec::new() };
        Self { film, chosen, circled, known: BTreeMap::new(), plan }
    }

    /// The pictures of some looks; `None` while one is missing.
    pub(super) fn pictures(&self, looks: &[usize]) -> Option<Vec<Hash>> {
        looks.iter().map(|look| self.chosen[*look].as_ref().map(|it| it.digest)).collect()
    }

    /// The index of a still. Adds it if it is new.
    pub(super) fn add(&mut self, shot: &Shot, still: NeededStill) -> usize {
        let NeededStill { description, prompt, looks, setup, recipe, control, shows } = still;
        let slate = Slate { film: self.film.settings.seed, setup };
        let followed = control.as_ref().map(|control| control.control(0..1));
        let digest = followed.as_ref().map(|control| *control.blocking.as_bytes());
        let name = (prompt.clone(), slate.seed(0), looks.clone(), digest);
        if let Some(known) = self.known.get(&name) {
            return *known;
        }
        let recipes: Vec<KeyedRecipe> = self
            .pictures(&looks)
            .map(|references| {
                let (prompt, seed, control) = (prompt.clone(), slate.seed(0), followed);
                Recipe { prompt, seed, references, control, ..recipe }.into()
            })
            .into_iter()
            .collect();
        let index = self.plan.list.shots.len();
        let key = recipes.last().map(KeyedRecipe::key);
        let mut planned = ShotTakes {
            take: Some(index),
            prompt,
            looks,
            recipes,
            still: None,
            key,
            identity: key,
            slate,
            number: 0,
            control,
        };
        if let Some(number) = key.and_then(|key| self.circled.get(&key)) {
            planned.recipes = planned.take(*number);
            planned.key = planned.recipes.last().map(KeyedRecipe::key);
            planned.number = *number;
        }
        self.plan.takes.shots.push(planned);
        let spec = TakeSpec { description: Arc::new(description), ..TakeSpec::default() };
        self.plan.list.shots.push(Shot {
            frames: 1,
            picture: Picture::Take(Arc::new(spec)),
            transition: None,
            fade_out: None,
            shows: shows.into(),
            ..shot.clone()
        });
        self.known.insert(name, index);
        index
    }
}
