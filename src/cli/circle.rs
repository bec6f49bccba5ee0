//! `photoplay circle`: chooses a take of a shot.

use super::args::CircleArgs;
use super::outcome::{CommandResult, Exit};
use super::output::{print, read_valid};
use crate::project::CheckedScript;
use crate::project::circles::{choose, owner};
use crate::report::{OutputStyle, plural, shell_path};
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::plan::ShotTakes;
use crate::shoot::recipe::TakeKey;
use crate::shoot::stills::PlannedReelShot;
use crate::shoot::vault::glance;

pub(super) fn run(args: &CircleArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project(&args.script);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut film_plan = project.plan(&script)?;
    let owner = owner(&script, &film_plan, &args.shot)?;
    let keys = |film_plan: &FilmPlan| -> Vec<Vec<TakeKey>> {
        (0..script.list.shots.len()).map(|shot| film_plan.keys_of(shot)).collect()
    };
    let (before, used) = (keys(&film_plan), film_plan.number(owner));
    choose(&script, &mut film_plan, owner, args.take)?;
    let after = keys(&film_plan);
    let changed = |shot: &usize| {
        let own = film_plan.owner(*shot) == Some(owner) || film_plan.owner(*shot) != Some(*shot);
        !own && before[*shot] != after[*shot]
    };
    // Shots of a reel share stills, one by one.
    let same_take = |shot: usize| film_plan.reel.is_none() && before[shot] == before[owner];
    let (alike, following): (Vec<usize>, Vec<usize>) =
        (0..after.len()).filter(changed).partition(|shot| same_take(*shot));
    let others = (alike.len(), following.len());
    print(&report(&script, &film_plan, (owner, used, args.take), others));
    Ok(Exit::Done)
}

/// What the choice changes.
fn report(
    script: &CheckedScript,
    film_plan: &FilmPlan,
    (owner, used, take): (usize, u32, u32),
    (alike, following): (usize, usize),
) -> String {
    let number = &script.list.shots[owner].number;
    let path = shell_path(&script.path);
    let of = shown(film_plan, owner);
    let shot = if used == take {
        format!("shot {number}: take {take}{of} is the one that is used already")
    } else if take == 0 {
        format!("shot {number}: back to the first take{of}")
    } else {
        format!("shot {number}: take {take}{of} is circled")
    };
    let vault = vault_of(&script.folder);
    let held = |part: &&ShotTakes| part.is_held(&|key| glance(&vault, key));
    let next = if film_plan.parts(owner).iter().all(held) {
        format!("`photoplay build {path}` cuts it in")
    } else {
        format!("it is not shot yet: `photoplay build {path}` shoots it and cuts it in")
    };
    let following = match (film_plan.reel.is_some(), following) {
        (_, 0) => String::new(),
        (true, 1) => "1 other shot shows the same and changes too\n".to_owned(),
        (true, more) => format!("{} show the same and change too\n", plural(more, "other shot")),
        (false, 1) => "1 shot continues it and is shot again\n".to_owned(),
        (false, more) => format!("{} continue it and are shot again\n", plural(more, "shot")),
    };
    let alike = match alike {
        0 => String::new(),
        1 => "1 other shot shows the same take and changes too\n".to_owned(),
        more => format!("{} show the same take and change too\n", plural(more, "other shot")),
    };
    format!("{shot}; {next}\n{alike}{following}")
}

/// Whom or what the stills show that a take of a story reel chooses.
fn shown(film_plan: &FilmPlan, owner: usize) -> String {
    let Some(reel) = &film_plan.reel else { return String::new() };
    let stills = reel.shots[owner].iter().flat_map(PlannedReelShot::choice);
    let mut names: Vec<&str> = stills.map(|still| &*reel.list.shots[*still].shows).collect();
    names.dedup();
    let all = match names.as_slice() {
        [] => return String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    format!(" of {}", all.replace("set: ", "the set "))
}
