//! Stills of cutouts: the set with nobody in it, and everybody alone in a plain set by day
//! and by night, or before a key colour.
//!
//! Does not run the model or read the vault.

use std::sync::Arc;

use super::needed::{NeededStill, PlannedReelShot, ReelPlan, Stills, is_given, staged};
use crate::blocking::block;
use crate::blocking::set::Surface;
use crate::blocking::staged::Blocking;
use crate::breakdown::description::{Depicted, Description};
use crate::breakdown::prompts::lower::{LoweredPrompt, ModelDescription, translate};
use crate::breakdown::prompts::stills::{self, FigureSize};
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::casting::Cast;
use crate::model::{ModelWords, ReelDefaults};
use crate::reel::{CutoutUse, FirstStill, Matte, NightShare, ReelShot, StillPair, comes_near};
use crate::shoot::plan::{Error, ModelFingerprint, still_recipe};
use crate::shoot::recipe::Recipe;
use crate::shoot::seed::Setup;

/// Plans a plate for each set, and cutouts for everybody.
pub(super) fn cutouts(
    list: &ShotList,
    model: &ModelFingerprint,
    (reel, words): (&ReelDefaults, &ModelWords),
    cast: &Cast,
    stills: Stills<'_>,
) -> Result<ReelPlan, Error> {
    let mut planner = Planner { film: list, model, reel, words, stills };
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
        planner.stills.plan.shots.push(shot);
    }
    Ok(planner.stills.plan)
}

/// Plans cutouts and plates.
struct Planner<'a> {
    film: &'a ShotList,
    model: &'a ModelFingerprint,
    reel: &'a ReelDefaults,
    words: &'a ModelWords,
    stills: Stills<'a>,
}

/// What a still shows.
struct Still<'a> {
    description: Description,
    look: Option<usize>,
    /// The author's words for a figure, to distinguish figures for which the model has the
    /// same words.
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
            description: stills::set(description),
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
        // Before a key colour one light is enough.
        let hours = if self.reel.key.is_some() { 1 } else { 2 };
        let mut cutouts = Vec::new();
        let everybody = description.subjects.iter().chain(&description.reveals);
        for (subject, depicted) in everybody.enumerate() {
            let figures: Vec<usize> = (0..blocking.figures.len())
                .filter(|at| blocking.figures[*at].subject == subject)
                .collect();
            let look = looks(subject);
            let alone = Depicted { referenced: look.is_some(), ..depicted.clone() };
            let (times, ground) = (&self.reel.times[..hours], &self.reel.ground);
            let all = |size: FigureSize| -> Vec<Description> {
                let at = |time| stills::figure(&alone, size, ground, time, &description.style);
                times.iter().map(|time| at(time)).collect()
            };
            let full = all(FigureSize::Full);
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
            let close = near.then(|| all(FigureSize::Near));
            for description in full.into_iter().chain(close.into_iter().flatten()) {
                stills.push(self.still(shot, of(description))?);
            }
            let pair = |by_day: usize| StillPair { by_day, by_night: by_day + hours - 1 };
            let close = near.then(|| pair(number + hours));
            let mouth = self.mouth(&known);
            let together = self.reel.together.iter().any(|word| known.ends_with(word.as_str()));
            let groups: Vec<Vec<usize>> = if together {
                vec![figures]
            } else {
                figures.into_iter().map(|figure| vec![figure]).collect()
            };
            cutouts.extend(groups.into_iter().map(|figures| CutoutUse {
                figures,
                full: pair(number),
                close,
                mouth,
            }));
        }
        let [set, figures] = self.reel.night_share;
        let matte = self.reel.key.map_or(Matte::Night(NightShare { set, figures }), Matte::Key);
        let shot = ReelShot {
            blocking: blocking.clone(),
            cutouts,
            light,
            matte,
            floor,
            first: FirstStill::Set,
        };
        Ok(PlannedReelShot { shot, stills })
    }

    fn translated(&self, description: &Description) -> ModelDescription {
        translate(description, self.words, &self.film.vocabulary.grammar)
    }

    /// Where the mouth of a figure is that the model knows by some words.
    fn mouth(&self, known: &str) -> Option<[f32; 3]> {
        let named = |who: &&String| known.ends_with(who.as_str());
        let longest = self.reel.mouths.keys().filter(named).max_by_key(|who| who.len())?;
        self.reel.mouths.get(longest).copied()
    }

    /// The index of a still. Adds it if it is new.
    fn still(&mut self, shot: &Shot, still: Still<'_>) -> Result<usize, Error> {
        let Still { description, look, own, size, shows } = still;
        let LoweredPrompt { text: prompt, translated } =
            self.model.prompt(&description, self.film, None)?;
        let translated = translated.unwrap_or_else(|| self.translated(&description));
        let looks: Vec<usize> = look.into_iter().collect();
        let mut subjects = translated.subjects;
        // A reference already distinguishes a figure from others.
        subjects.extend((looks.is_empty() && !own.is_empty()).then(|| own.to_owned()));
        let setup = Setup {
            place: translated.place,
            size: translated.size,
            subjects,
            references: self.stills.pictures(&looks).unwrap_or_default(),
            ..Setup::default()
        };
        let [width, height] = size;
        let recipe = Recipe { width, height, ..still_recipe(self.model) };
        let control = None;
        let needed = NeededStill { description, prompt, looks, setup, recipe, control, shows };
        Ok(self.stills.add(shot, needed))
    }
}
