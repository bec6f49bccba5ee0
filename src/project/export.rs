//! Hands a film over to an editing system: plans it, and gives its edit and its footage to
//! the delivery.
//!
//! Knows projects; does not know the formats of editing systems.

use std::path::{Path, PathBuf};

use super::boards::way;
use super::error::Error;
use super::film::shown;
use super::options::ProjectOptions;
use super::plan::plan;
use super::portraits::uncast;
use super::script::CheckedScript;
use super::sounds::film_sound;
use crate::cut::assemble::assemble;
use crate::cut::captions::{captions, srt};
use crate::cut::clips::{ClipSource, source};
use crate::cut::edl::{Edl, PictureEvent};
use crate::cut::footage::{Footage, animatic};
use crate::cut::print::{self, print};
use crate::cut::segments::format;
use crate::deliver::burn_in::burn_in;
use crate::deliver::edl::edl;
use crate::deliver::fcpxml::fcpxml;
use crate::deliver::fdx::fdx;
use crate::deliver::folder::{DeliveryEvent, TurnoverFolder};
use crate::deliver::manifest::{Manifest, ManifestModel, TakeFacts};
use crate::deliver::mlt::mlt;
use crate::deliver::otio::otio;
use crate::deliver::pdf::screenplay::screenplay_pdf;
use crate::deliver::plain_fountain::plain_fountain;
use crate::deliver::shot_table::shots_csv;
use crate::deliver::subtitles::{ttml, vtt};
use crate::deliver::turnover::{EventOrigin, Turnover, TurnoverFormat};
use crate::deliver::xmeml::xmeml;
use crate::deliver::{self};
use crate::media::film::FilmDescription;
use crate::media::mastering::MasterCodec;
use crate::media::provenance::PictureMaker;
use crate::report::plural;
use crate::shoot::drive::survey;
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::lock::Lock;
use crate::shoot::vault::Vault;
use crate::sound::mix::FilmSound;
use crate::source::SourceId;

/// The name of the reference film.
const REFERENCE: &str = "reference.mp4";

/// The name of the script, as other programs read it.
const SCRIPT: &str = "script.fountain";

/// The name of the script as a Final Draft document.
const FINAL_DRAFT: &str = "script.fdx";

/// The name of the script in pages.
const PAGES: &str = "script.pdf";

/// The name of the table of shots.
const SHOTS: &str = "shots.csv";

/// What to hand over, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportOptions {
    /// How the media are encoded.
    pub codec: MasterCodec,
    /// New versions of shots take the names of the old ones.
    pub replace: bool,
    /// The drawings of the animatic, not the film.
    pub animatic: bool,
}

/// A film that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFilm {
    /// The folder.
    pub folder: PathBuf,
    /// Length in frames.
    pub frames: u32,
    /// Media files of the film.
    pub media: usize,
    /// How many of these this export wrote.
    pub written: usize,
    /// Notes for the editor.
    pub notes: Vec<String>,
}

/// What the pictures of a film are: footage of every event, and who made it.
struct Pictures {
    footage: Vec<Option<Footage>>,
    plan: Option<FilmPlan>,
}

/// Hands over the film of a script without errors.
pub(crate) fn export(
    script: &CheckedScript,
    folder: &Path,
    options: &ProjectOptions,
    how: ExportOptions,
    on_event: &(dyn Fn(DeliveryEvent) + Sync),
) -> Result<ExportedFilm, Error> {
    script.check_makeable()?;
    let list = &script.list;
    let cut = assemble(list);
    if cut.frames == 0 {
        return Err(print::Error::Empty.into());
    }
    let pictures = pictures(script, &cut, options, how)?;
    let sources: Vec<ClipSource> =
        (0..cut.picture.len()).map(|index| source(list, &cut, index, &pictures.footage)).collect();
    let turnover = turnover(script, &cut, &sources, &pictures, how);
    let facts: Vec<TakeFacts> =
        turnover.media.iter().map(|media| facts(&pictures, &cut.picture[media.event])).collect();
    let media_sources = turnover.media.iter().map(|media| sources[media.event].clone()).collect();
    let manifest = manifest(script, folder, &turnover, &pictures, how);
    let settings = (how.codec, how.replace);
    let delivery =
        TurnoverFolder::new(folder, settings, turnover, media_sources, &facts, manifest)?;
    let mut documents: Vec<(String, Vec<u8>)> = documents(script, folder, delivery.turnover())
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let model = pictures.plan.as_ref().map_or("", |plan| &plan.fingerprint.settings.name);
    let text = script.sources.get(SourceId(0));
    let tree = &script.tree;
    let shots = shots_csv(list, delivery.turnover(), &facts, model);
    let pages = screenplay_pdf(tree).map_err(deliver::Error::from)?;
    let missing_letters = pages.missing_letters();
    documents.extend([
        (SCRIPT.to_owned(), plain_fountain(text, tree).into_bytes()),
        (FINAL_DRAFT.to_owned(), fdx(text, tree).into_bytes()),
        (PAGES.to_owned(), pages.bytes),
        (SHOTS.to_owned(), shots.into_bytes()),
    ]);
    let mut names: Vec<String> = documents.iter().map(|(name, _)| name.clone()).collect();
    names.push(REFERENCE.to_owned());
    delivery.check(&names)?;
    std::fs::create_dir_all(folder)
        .map_err(|why| Error::MakeFolder { folder: folder.to_owned(), why })?;
    let written = delivery.write_media(on_event)?;
    for (name, bytes) in &documents {
        delivery.write(name, bytes)?;
    }
    on_event(DeliveryEvent::Reference);
    let made_by = maker(&sources);
    reference(script, &cut, &pictures, delivery.turnover(), made_by, &folder.join(REFERENCE))?;
    delivery.note_file(REFERENCE)?;
    delivery.remove_old(&names)?;
    let turnover = delivery.turnover();
    Ok(ExportedFilm {
        folder: folder.to_owned(),
        frames: turnover.frames,
        media: turnover.media.len(),
        written,
        notes: notes(turnover, list.lines.is_empty()).into_iter().chain(missing_letters).collect(),
    })
}

/// The pictures of the film; every take exists.
fn pictures(
    script: &CheckedScript,
    cut: &Edl,
    options: &ProjectOptions,
    how: ExportOptions,
) -> Result<Pictures, Error> {
    let given = animatic(&script.list, &script.folder);
    if how.animatic {
        let footage = cut.picture.iter().map(|event| given[event.shot].clone()).collect();
        return Ok(Pictures { footage, plan: None });
    }
    let film_plan = plan(script, options)?;
    let uncast = uncast(&film_plan);
    if !uncast.is_empty() {
        let portraits = plural(uncast.len(), "portrait");
        return Err(deliver::Error::Unmade(format!("{portraits} is")).into());
    }
    let vault = Vault::open(&vault_of(&script.folder))?;
    let missing = survey(film_plan.work(&script.list).1, &|key| vault.glance(key)).to_make;
    if missing > 0 {
        let what = if film_plan.reel.is_some() { "still" } else { "take" };
        let are = if missing == 1 { "is" } else { "are" };
        let missing = plural(missing, what);
        return Err(deliver::Error::Unmade(format!("{missing} {are}")).into());
    }
    let filmed = |event: &PictureEvent| film_plan.owner(event.shot).is_some();
    let footage = cut.picture.iter().map(|event| {
        let is_shown = filmed(event) || given[event.shot].is_some();
        is_shown.then(|| shown(&film_plan, &vault, &given, event))
    });
    let footage = footage.collect();
    Ok(Pictures { footage, plan: Some(film_plan) })
}

fn turnover(
    script: &CheckedScript,
    cut: &Edl,
    sources: &[ClipSource],
    pictures: &Pictures,
    how: ExportOptions,
) -> Turnover {
    let even = format(&script.list, cut);
    let scale = how.codec.enlarged((even.width, even.height));
    let shape = TurnoverFormat {
        title: script.title(),
        ending: how.codec.ending(),
        width: even.width * scale,
        height: even.height * scale,
    };
    let number = |event: &PictureEvent| {
        let plan = pictures.plan.as_ref()?;
        plan.owner(event.shot).map(|shot| plan.number(shot))
    };
    Turnover::of(&script.list, cut, shape, &|index, event| match &sources[index] {
        ClipSource::Take { file, .. } => EventOrigin {
            owner: event.take,
            source_in: event.source_in,
            available: Some(file.conformed_frames(cut.rate)),
            still: false,
            take: number(event),
        },
        other => EventOrigin {
            owner: event.shot,
            source_in: 0,
            available: None,
            still: !matches!(other, ClipSource::Animatic { .. } | ClipSource::Reel { .. }),
            take: if matches!(other, ClipSource::Reel { .. }) { number(event) } else { None },
        },
    })
}

/// The prompt of the network.
fn facts(pictures: &Pictures, event: &PictureEvent) -> TakeFacts {
    let Some(plan) = pictures.plan.as_ref().filter(|plan| plan.owner(event.shot).is_some()) else {
        return TakeFacts::default();
    };
    let recipes = plan.parts(event.shot).into_iter().flat_map(|part| &part.recipes);
    TakeFacts {
        prompt: plan.prompt(event.shot),
        seeds: recipes.map(|recipe| recipe.seed).collect(),
        takes: plan.keys_of(event.shot).iter().map(ToString::to_string).collect(),
    }
}

fn manifest(
    script: &CheckedScript,
    folder: &Path,
    turnover: &Turnover,
    pictures: &Pictures,
    how: ExportOptions,
) -> Manifest {
    let model = pictures.plan.as_ref().map(|plan| {
        let settings = &plan.fingerprint.settings;
        let files = plan.fingerprint.digests.iter();
        ManifestModel {
            name: settings.name.clone(),
            licence: settings.licence.clone(),
            files: files
                .map(|(name, digest)| (name.clone(), digest.to_hex().to_string()))
                .collect(),
        }
    });
    Manifest {
        photoplay: env!("CARGO_PKG_VERSION").to_owned(),
        script: script.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        way: way(&settled(folder), &script.path),
        title: turnover.title.clone(),
        rate: format!("{}/{}", turnover.rate.numerator, turnover.rate.denominator),
        size: (turnover.width, turnover.height),
        frames: turnover.frames,
        codec: how.codec.settings().to_owned(),
        model,
        ..Manifest::default()
    }
}

/// The whole path, without links, of a folder that may not exist yet.
fn settled(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = absolute.ancestors().find_map(|ancestor| {
        let real = std::fs::canonicalize(ancestor).ok()?;
        Some(real.join(absolute.strip_prefix(ancestor).ok()?))
    });
    there.unwrap_or(absolute)
}

/// The documents of a turnover, by name.
fn documents(script: &CheckedScript, folder: &Path, turnover: &Turnover) -> Vec<(String, String)> {
    let list = &script.list;
    let mut documents = vec![
        ("film.otio".to_owned(), otio(turnover)),
        ("film.fcpxml".to_owned(), fcpxml(turnover)),
        ("film.xml".to_owned(), xmeml(turnover, &address(folder))),
        ("film.edl".to_owned(), edl(turnover)),
        ("film.mlt".to_owned(), mlt(turnover)),
    ];
    let captions = captions(&list.lines);
    if !captions.is_empty() {
        let (rate, language) = (turnover.rate, &list.settings.language);
        documents.extend([
            (format!("film.{language}.srt"), srt(&captions, rate)),
            (format!("film.{language}.vtt"), vtt(&captions, rate)),
            (format!("film.{language}.ttml"), ttml(&captions, rate, language)),
        ]);
    }
    documents
}

/// The address of a folder for programs: percent-encoded.
fn address(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut address = String::from("file://localhost");
    for byte in absolute.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    if !address.ends_with('/') {
        address.push('/');
    }
    address
}

/// Who made the pictures of the film, the strongest claim first.
fn maker(sources: &[ClipSource]) -> PictureMaker {
    let has = |maker: PictureMaker| sources.iter().any(|source| source.maker() == maker);
    match (has(PictureMaker::Model), has(PictureMaker::Reel)) {
        (true, _) => PictureMaker::Model,
        (_, true) => PictureMaker::Reel,
        _ => PictureMaker::Program,
    }
}

/// Prints the film and writes it again with its timecode.
fn reference(
    script: &CheckedScript,
    cut: &Edl,
    pictures: &Pictures,
    turnover: &Turnover,
    made_by: PictureMaker,
    out: &Path,
) -> Result<(), Error> {
    let vault = vault_of(&script.folder);
    std::fs::create_dir_all(&vault)
        .map_err(|why| Error::MakeFolder { folder: vault.clone(), why })?;
    let scratch = tempfile::Builder::new()
        .prefix(".photoplay-")
        .tempdir_in(&vault)
        .map_err(|why| Error::Unwritable { file: vault.clone(), why })?;
    let film = scratch.path().join("film.mp4");
    let lock = match &pictures.plan {
        Some(_) => None,
        None => Some(Lock::read(script.sources.files(), &script.folder)?),
    };
    let lock = pictures.plan.as_ref().map(|plan| &plan.lock).or(lock.as_ref());
    let sound: Option<FilmSound> = lock.and_then(|lock| film_sound(script, lock, &mut |_| ()));
    let footage = |event: &PictureEvent| {
        let index = cut.picture.iter().position(|other| other == event);
        let shown = index.and_then(|index| pictures.footage[index].clone());
        shown.expect("a shot that is filmed shows something")
    };
    print(&script.list, cut, &footage, sound.as_ref(), &vault, &film, &mut |_| ())?;
    let description = FilmDescription {
        title: turnover.title.clone(),
        authors: script.list.title.authors.clone(),
        language: script.list.settings.language.clone(),
        made_by,
        ..FilmDescription::default()
    };
    burn_in(&film, out, turnover, &description)?;
    Ok(())
}

/// What the formats cannot say and an editor should know.
fn notes(turnover: &Turnover, silent: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let frozen = turnover.media.iter().filter(|media| media.frozen_head + media.frozen_tail > 0);
    let frozen = frozen.count();
    if frozen > 0 {
        let files = plural(frozen, "media file");
        notes.push(format!("{files} with frozen frames in the handles; MANIFEST.json says which"));
    }
    let others = turnover.events.iter().filter(|event| {
        event.dissolve.as_ref().is_some_and(|dissolve| dissolve.instead_of.is_some())
    });
    let others = others.count();
    if others > 0 {
        let wipes = plural(others, "transition");
        notes.push(format!("{wipes} written as dissolve; a marker names what the film has"));
    }
    let coloured = turnover.events.iter().flat_map(|event| [event.fade_in, event.fade_out]);
    let coloured = coloured.flatten().filter(|fade| !fade.is_black()).count();
    if coloured > 0 {
        let fades = plural(coloured, "fade");
        notes.push(format!("{fades} to or from a colour written with black; markers name it"));
    }
    if silent {
        notes.push("no words are spoken: no subtitles".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_path_before_and_after_it_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = folder.path().join("made");
        let edit = made.join("edit");
        let before = settled(&edit);
        std::fs::create_dir_all(&edit).expect("a folder");
        assert_eq!(before, settled(&edit));
        assert_eq!(settled(&made.join("../made/edit")), before);
        let here = std::env::current_dir().expect("a folder");
        assert_eq!(settled(Path::new("not-there")), settled(&here.join("not-there")));
    }

    #[test]
    fn addresses_hold_every_name() {
        let address = address(Path::new("/films/Mära & co"));
        assert_eq!(address, "file://localhost/films/M%C3%A4ra%20%26%20co/");
    }
}
