//! `photoplay export`: hands the film over to an editing system.

use super::export_args::ExportArgs;
use super::outcome::CommandResult;
use crate::report::OutputStyle;

#[cfg(not(feature = "ffmpeg"))]
pub(super) fn run(_: &ExportArgs, _: OutputStyle) -> CommandResult {
    Err(super::build::unequipped("export"))
}

#[cfg(feature = "ffmpeg")]
pub(super) fn run(args: &ExportArgs, style: OutputStyle) -> CommandResult {
    use super::export_args::MediaName;
    use super::options::DeviceOptions;
    use super::outcome::Exit;
    use super::output::{eprint, explain_interrupt, read_valid};
    use crate::breakdown::screenplay::PictureMotion;
    use crate::deliver::folder::DeliveryEvent;
    use crate::media::mastering::MasterCodec;
    use crate::project::{ExportOptions, Project, ProjectOptions};
    use crate::report::{failure, plural};

    let options = args.options.project_options(&DeviceOptions::default());
    let motion = args.reel.then_some(PictureMotion::Reel);
    let project = Project::open(&args.script).with_options(ProjectOptions { motion, ..options });
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    explain_interrupt("what is written is whole, and the same command goes on from here");
    let how = ExportOptions {
        codec: match args.media {
            MediaName::Dnxhr => MasterCodec::DnxhrHqx,
            MediaName::Prores => MasterCodec::ProRes,
            MediaName::Ffv1 => MasterCodec::Ffv1,
        },
        replace: args.replace,
        animatic: args.animatic,
    };
    let exported = project.export(&script, &args.to, how, &|event| match event {
        DeliveryEvent::Planned { media, to_write } => {
            let kept = media - to_write;
            let kept = if kept > 0 { format!(", {kept} there already") } else { String::new() };
            eprint(&format!("writing {}{kept}\n", plural(to_write, "media file")));
        }
        DeliveryEvent::Media { file, done, of } => eprint(&format!("  {done}/{of} {file}\n")),
        DeliveryEvent::Reference => eprint("writing the reference film\n"),
    })?;
    for note in &exported.notes {
        eprint(&failure::warning(note, style));
    }
    let (folder, media) = (exported.folder.display(), plural(exported.media, "media file"));
    eprint(&format!("{folder}: the edit in five formats, {media}, {} frames\n", exported.frames));
    Ok(Exit::Done)
}
