//! `photoplay circle`: chooses a take of a shot.

use super::args::CircleArgs;
use super::outcome::{CommandResult, Exit};
use super::output::{print, read_valid};
use crate::project::CheckedScript;
use crate::project::circles::{choose, owner};
use crate::report::{OutputStyle, plural, shell_path};
use crate::shoot::film_plan::vault_of;
use crate::shoot::plan::TakePlan;
use crate::shoot::vault::glance;

pub(super) fn run(args: &CircleArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project(&args.script);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut film_plan = project.plan(&script)?;
    let owner = owner(&script, &film_plan, &args.shot)?;
    let before = film_plan.takes.clone();
    choose(&script, &mut film_plan, owner, args.take)?;
    print(&report(&script, &before, &film_plan.takes, owner, args.take));
    Ok(Exit::Done)
}

/// What the choice changes.
fn report(
    script: &CheckedScript,
    before: &TakePlan,
    after: &TakePlan,
    owner: usize,
    take: u32,
) -> String {
    let number = &script.list.shots[owner].number;
    let path = shell_path(&script.path);
    let shot = if before.shots[owner].number == take {
        format!("shot {number}: take {take} is the one that is used already")
    } else if take == 0 {
        format!("shot {number}: back to its first take")
    } else {
        format!("shot {number}: take {take} is circled")
    };
    let vault = vault_of(&script.folder);
    let made = after.is_held(owner, &|key| glance(&vault, key));
    let next = if made {
        format!("`photoplay build {path}` cuts it in")
    } else {
        format!("it is not shot yet: `photoplay build {path}` shoots it and cuts it in")
    };
    let following = (0..after.shots.len())
        .filter(|shot| *shot != owner && after.shots[*shot].key != before.shots[*shot].key)
        .count();
    let following = match following {
        0 => String::new(),
        1 => "1 shot continues it and is shot again\n".to_owned(),
        more => format!("{} continue it and are shot again\n", plural(more, "shot")),
    };
    format!("{shot}; {next}\n{following}")
}
