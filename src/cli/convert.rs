//! `photoplay convert`: a script in another form.

use std::path::Path;

use super::convert_args::ConvertArgs;
use super::outcome::{CommandResult, Exit, Failure};
use super::output::eprint;
use crate::deliver::fdx::fdx;
use crate::deliver::final_draft::{LARGEST, fountain_of};
use crate::deliver::plain_fountain::plain_fountain;
use crate::report::{OutputStyle, failure, shell_path};
use crate::script::tree::Tree;
use crate::script::{Dialect, parse_as};
use crate::source::files::DiskFiles;
use crate::source::{Sources, read_text, read_utf8, write_whole};

/// The forms of a script, by the ending of its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Script(Dialect),
    FinalDraft,
    Pdf,
}

impl Form {
    fn of(path: &Path) -> Option<Self> {
        let ends =
            |ending: &str| path.extension().is_some_and(|it| it.eq_ignore_ascii_case(ending));
        if ends("fdx") {
            return Some(Self::FinalDraft);
        }
        if ends("pdf") {
            return Some(Self::Pdf);
        }
        Dialect::by_ending(path).map(Self::Script)
    }
}

pub(super) fn run(args: &ConvertArgs, style: OutputStyle) -> CommandResult {
    let form = |path: &Path| {
        Form::of(path).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("`{}` is no form of a script", path.display()))
                .help("the name of a script ends in `.play`, `.fountain` or `.fdx`; `.pdf` is for printing")
        })
    };
    let (from, to) = (form(&args.script)?, form(&args.output)?);
    if from == Form::Pdf {
        let message = format!("`{}` is printed: Photoplay does not read it", args.script.display());
        return Err(Failure::new(Exit::Usage, message)
            .help("convert the `.play`, `.fountain` or `.fdx` file that it was made from"));
    }
    if args.output.exists() {
        let message = format!("`{}` is there already", args.output.display());
        return Err(Failure::new(Exit::Usage, message).help("name another file, or remove it"));
    }
    let unread = |error: crate::source::Error| {
        let help = error.help();
        let failure = Failure::new(Exit::ScriptErrors, error);
        match help {
            Some(help) => failure.help(help),
            None => failure,
        }
    };
    let text = if from == Form::FinalDraft {
        let document = read_utf8(&DiskFiles, &args.script, LARGEST).map_err(unread)?;
        let imported = fountain_of(&document).map_err(|error| {
            let message = format!("{}: {error}", args.script.display());
            Failure::new(Exit::ScriptErrors, message)
        })?;
        for what in &imported.left_out {
            eprint(&failure::warning(&format!("left out: {what}"), style));
        }
        imported.text
    } else {
        read_text(&DiskFiles, &args.script).map_err(unread)?
    };
    let mut sources = Sources::default();
    let id = sources.add(&args.script, text);
    let dialect = if let Form::Script(dialect) = from { dialect } else { Dialect::Play };
    let (tree, _) = parse_as(&sources, id, dialect);
    let source = sources.get(id);
    let named = format!("{}\n", args.output.display());
    let (converted, done) = match to {
        Form::Script(Dialect::Play) => {
            let script = shell_path(&args.output);
            let next = format!("{}; `photoplay check {script}` reads it\n", args.output.display());
            (source.text.clone().into_bytes(), next)
        }
        Form::Script(Dialect::Fountain) => (plain_fountain(source, &tree).into_bytes(), named),
        Form::FinalDraft => (fdx(source, &tree).into_bytes(), named),
        Form::Pdf => printed(&tree, &args.output, style)?,
    };
    write_whole(&args.output, &converted).map_err(|why| {
        let message = format!("cannot write `{}`: {why}", args.output.display());
        Failure::new(Exit::FilmFailed, message)
    })?;
    eprint(&done);
    Ok(Exit::Done)
}

/// The screenplay in pages.
#[cfg(feature = "ffmpeg")]
fn printed(tree: &Tree, output: &Path, style: OutputStyle) -> Result<(Vec<u8>, String), Failure> {
    use crate::deliver::pdf::screenplay::screenplay_pdf;
    use crate::report::plural;

    let document =
        screenplay_pdf(tree).map_err(|error| Failure::new(Exit::FilmFailed, error.to_string()))?;
    if let Some(missing) = document.missing_letters() {
        eprint(&failure::warning(&missing, style));
    }
    if document.pages == 0 {
        let message = format!("nothing to print for `{}`: the script is empty", output.display());
        return Err(Failure::new(Exit::ScriptErrors, message)
            .help("write a scene, such as `INT. KITCHEN - DAY`"));
    }
    let pages = plural(document.pages, "page");
    Ok((document.bytes, format!("{}: {pages}\n", output.display())))
}

#[cfg(not(feature = "ffmpeg"))]
fn printed(_: &Tree, _: &Path, _: OutputStyle) -> Result<(Vec<u8>, String), Failure> {
    Err(super::build::unequipped("convert"))
}
