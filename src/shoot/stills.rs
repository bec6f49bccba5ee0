//! Shot list → stills of a story reel: the set with nobody in it, and everybody alone in
//! a plain set by day and by night, each a take of one frame.
//!
//! A still is keyed by what the network gets, so all shots that show the same share it,
//! and no movement is in it. Does not run the model or read the vault.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan::{Error, Identity, ModelFingerprint, ShotTakes, TakePlan, still_recipe};
use super::recipe::{KeyedRecipe, Recipe};
use super::seed::{Setup, Slate};
use crate::blocking::block;
use crate::blocking::set::Surface;
use crate::blocking::staged::Blocking;
use crate::breakdown::description::{Depicted, DescribedPlace, Description};
use crate::breakdown::prompts::lower::{ModelDescription, render, translate};
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::casting::{Cast, Chosen};
use crate::model::{ModelWords, ReelDefaults};
use crate::reel::{BoardUse, NightShare, ReelShot, StillPair, comes_near};

/// The stills of a film, and what its shots make of them.
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

/// Plans the story reel of a film; `None` if the model makes none. `chosen` holds the
/// picture of each look, `None` while it is missing; `circled` the numbers of circled stills.
pub fn reel_plan(
    list: &ShotList,
    model: &ModelFingerprint,
    cast: &Cast,
    chosen: &[Option<Chosen>],
    circled: &BTreeMap<Identity, u32>,
) -> Result<Option<ReelPlan>, Error> {
    let (Some(reel), Some(words)) = (&model.settings.reel, &model.words) else { return Ok(None) };
    let stills = ShotList {
        shots: Vec::new(),
        supers: Vec::new(),
        lines: Vec::new(),
        chapters: Vec::new(),
        ..list.clone()
    };
    let mut planner = Planner {
        film: list,
        model,
        reel,
        words,
        chosen,
        circled,
        known: BTreeMap::new(),
        plan: ReelPlan { list: stills, takes: TakePlan::default(), shots: Vec::new() },
    };
    for (index, blocking) in block(&staged(list)).into_iter().enumerate() {
        let shot = match (&list.shots[index].picture, blocking) {
            (Picture::Take(spec), Some(blocking)) if !is_given(spec) => {
                let looks = |depicted: usize| {
                    let appears = cast.shots[index].iter().find(|it| it.depicted == depicted);
                    appears.map(|appearance| appearance.look)
                };
                Some(planner.shot(&list.shots[index], spec, &blocking, &looks)?)
            }
            _ => None,
        };
        planner.plan.shots.push(shot);
    }
    Ok(Some(planner.plan))
}

/// Whether a shot shows a picture or a paper of the author: no network makes it.
fn is_given(spec: &TakeSpec) -> bool {
    spec.from_image.is_some() || !spec.lettering.is_empty()
}

/// The film with a blocking for every shot: nothing else moves a reel.
fn staged(list: &ShotList) -> ShotList {
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

/// The stills found so far.
struct Planner<'a> {
    film: &'a ShotList,
    model: &'a ModelFingerprint,
    reel: &'a ReelDefaults,
    words: &'a ModelWords,
    chosen: &'a [Option<Chosen>],
    circled: &'a BTreeMap<Identity, u32>,
    /// Stills by what makes them different.
    known: BTreeMap<(String, u64, Vec<usize>), usize>,
    plan: ReelPlan,
}

/// What a still shows.
struct Still<'a> {
    description: Description,
    look: Option<usize>,
    /// What tells somebody from others for whom the model has the same words.
    own: &'a str,
    size: [u32; 2],
    /// For people.
    shows: String,
}

impl Planner<'_> {
    fn shot(
        &mut self,
        shot: &Shot,
        spec: &TakeSpec,
        blocking: &Arc<Blocking>,
        looks: &dyn Fn(usize) -> Option<usize>,
    ) -> Result<PlannedReelShot, Error> {
        let description = &spec.description;
        let plate = Still {
            description: plate(description),
            look: None,
            own: "",
            size: self.reel.plate,
            shows: format!("set: {}", description.place.name),
        };
        let ModelDescription { time, place, .. } = self.translated(&plate.description);
        let afloat = blocking.ground.surface == Surface::Water;
        let water = self.reel.water.get(&place).filter(|_| afloat);
        let floor = water.copied().unwrap_or(self.reel.floor);
        let light = self.reel.light.get(&time).copied().unwrap_or([1.0; 3]);
        let mut stills = vec![self.still(shot, plate)?];
        let mut boards = Vec::new();
        let everybody = description.subjects.iter().chain(&description.reveals);
        for (subject, depicted) in everybody.enumerate() {
            let figures: Vec<usize> = (0..blocking.figures.len())
                .filter(|at| blocking.figures[*at].subject == subject)
                .collect();
            let look = looks(subject);
            let alone = |size: &str, time: usize| {
                let referenced = look.is_some();
                self.alone(depicted, referenced, (size, time), &description.style)
            };
            let full = [alone("medium shot", 0), alone("medium shot", 1)];
            let Some(known) = self.translated(&full[0]).subjects.pop() else { continue };
            if figures.is_empty() {
                continue;
            }
            let near = figures.iter().any(|at| comes_near(blocking, *at));
            let of = |description| Still {
                description,
                look,
                own: if depicted.words.is_empty() { &depicted.called } else { &depicted.words },
                size: [self.model.settings.width, self.model.settings.height],
                shows: depicted.called.clone(),
            };
            let number = stills.len();
            let close = near.then(|| [alone("close-up", 0), alone("close-up", 1)]);
            for description in full.into_iter().chain(close.into_iter().flatten()) {
                stills.push(self.still(shot, of(description))?);
            }
            let pair = |by_day: usize| StillPair { by_day, by_night: by_day + 1 };
            let close = near.then(|| pair(number + 2));
            let mouth = self.mouth(&known);
            let together = self.reel.together.iter().any(|word| known.ends_with(word.as_str()));
            let groups: Vec<Vec<usize>> = if together {
                vec![figures]
            } else {
                figures.into_iter().map(|figure| vec![figure]).collect()
            };
            boards.extend(groups.into_iter().map(|figures| BoardUse {
                figures,
                full: pair(number),
                close,
                mouth,
            }));
        }
        let [set, figures] = self.reel.night_share;
        let night = NightShare { set, figures };
        let shot = ReelShot { blocking: blocking.clone(), boards, light, night, floor };
        Ok(PlannedReelShot { shot, stills })
    }

    fn translated(&self, description: &Description) -> ModelDescription {
        translate(description, self.words, &self.film.vocabulary.grammar)
    }

    /// Where the mouth is of somebody whom the model knows by some words.
    fn mouth(&self, known: &str) -> Option<[f32; 3]> {
        let named = |who: &&String| known.ends_with(who.as_str());
        let longest = self.reel.mouths.keys().filter(named).max_by_key(|who| who.len())?;
        self.reel.mouths.get(longest).copied()
    }

    /// Somebody alone in the plain set, in some size and at the first or the second hour.
    fn alone(
        &self,
        depicted: &Depicted,
        referenced: bool,
        (size, time): (&str, usize),
        style: &str,
    ) -> Description {
        let depicted = Depicted { count: 1, side: None, referenced, ..depicted.clone() };
        Description {
            size: size.to_owned(),
            subjects: vec![depicted],
            action: "stands still".to_owned(),
            place: DescribedPlace { name: self.reel.ground.clone(), ..DescribedPlace::default() },
            time: self.reel.times[time].clone(),
            style: style.to_owned(),
            ..Description::default()
        }
    }

    /// The index of a still, which is added if it is new.
    fn still(&mut self, shot: &Shot, still: Still<'_>) -> Result<usize, Error> {
        let Still { description, look, own, size, shows } = still;
        let translated = self.translated(&description);
        let prompt = render(&self.model.settings.prompt_template, &translated)?;
        let looks: Vec<usize> = look.into_iter().collect();
        let pictures: Option<Vec<_>> =
            looks.iter().map(|look| self.chosen[*look].as_ref().map(|it| it.digest)).collect();
        let mut subjects = translated.subjects;
        // Who has a reference is told from others by it.
        subjects.extend((looks.is_empty() && !own.is_empty()).then(|| own.to_owned()));
        let setup = Setup {
            place: translated.place,
            size: translated.size,
            subjects,
            references: pictures.clone().unwrap_or_default(),
            ..Setup::default()
        };
        let slate = Slate { film: self.film.settings.seed, setup, ordinal: 0 };
        let name = (prompt.clone(), slate.seed(0), looks.clone());
        if let Some(known) = self.known.get(&name) {
            return Ok(*known);
        }
        let recipes: Vec<KeyedRecipe> = pictures
            .map(|references| {
                let [width, height] = size;
                let seed = slate.seed(0);
                let recipe = still_recipe(self.model);
                Recipe { prompt: prompt.clone(), references, seed, width, height, ..recipe }.into()
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
            key,
            identity: key,
            slate,
            number: 0,
            control: None,
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
        Ok(index)
    }
}

/// The set of a shot with nobody in it, from where all of it is seen.
fn plate(shot: &Description) -> Description {
    Description {
        size: "wide shot".to_owned(),
        place: shot.place.clone(),
        time: shot.time.clone(),
        light: shot.light.clone(),
        weather: shot.weather.clone(),
        style: shot.style.clone(),
        ..Description::default()
    }
}
