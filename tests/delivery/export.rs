//! Folders of turnovers: written, written again, moved; and read by FFmpeg's own tools and
//! by `melt`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use photoplay::Project;
use photoplay::cut::assemble::assemble;
use photoplay::deliver::Error as DeliverError;
use photoplay::deliver::folder::DeliveryEvent;
use photoplay::deliver::manifest::Manifest;
use photoplay::media::decode::FilmReader;
use photoplay::media::mastering::MasterCodec;
use photoplay::project::{Error, ExportOptions, ExportedFilm};
use photoplay::shoot::progress::{Progress, ProgressEvent};

const SCRIPT: &str = "Title: Mära & <Tusk>\n\n[[film: size 320x240 | captions track | cards off | voices off]]\n\n\
    EXT. JUNKYARD - DAY\n\n!! WIDE [[1s]]\n\nMARA stands between the towers.\n\n\
    !! CLOSE ON MARA [[pan left, 1s]]\n\nMARA\nStill here?\n\n> DISSOLVE TO: [[0.5s]]\n\n\
    INT. HALL - NIGHT\n\n!! WIDE [[1s]]\n\nMARA runs.\n\n> Later <\n\n\
    > FADE OUT. [[0.5s]]\n\n# Cast\n\n[[cast: MARA, a girl in a yellow dress]]\n";

fn animatic(codec: MasterCodec, replace: bool) -> ExportOptions {
    ExportOptions { codec, replace, animatic: true }
}

/// Exports the script of a folder; the media that were written, too.
fn export(folder: &Path, how: ExportOptions) -> Result<(ExportedFilm, Vec<String>), Error> {
    let project = Project::open(folder.join("film.play"));
    let script = project.check()?;
    assert!(!script.has_errors(), "{:?}", script.diagnostics);
    let written = Mutex::new(Vec::new());
    let exported = project.export(&script, &folder.join("edit"), how, &|event| {
        if let DeliveryEvent::Media { file, .. } = event {
            written.lock().unwrap().push(file);
        }
    })?;
    let mut written = written.into_inner().unwrap();
    written.sort();
    Ok((exported, written))
}

fn project(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("film.play"), script).unwrap();
    folder
}

fn manifest(folder: &Path) -> Manifest {
    Manifest::read(&folder.join("edit")).expect("a manifest")
}

#[test]
fn a_folder_is_written_once_and_holds_what_it_says() {
    let folder = project(SCRIPT);
    let (exported, written) = export(folder.path(), animatic(MasterCodec::Ffv1, false)).unwrap();
    let manifest = manifest(folder.path());
    let names: Vec<&str> = manifest.media.iter().map(|media| media.file.as_str()).collect();
    let cut = ["media/s001_a.mkv", "media/s001_b.mkv", "media/s002_a.mkv", "media/s002_b.mkv"];
    assert_eq!(names, cut);
    assert_eq!(written, cut);
    assert_eq!((exported.media, exported.written), (4, 4));
    for media in &manifest.media {
        assert!(media.head >= 12 && media.tail >= 12, "{media:?}");
        assert!(folder.path().join("edit").join(&media.file).is_file());
    }
    for file in [
        "film.otio",
        "film.fcpxml",
        "film.xml",
        "film.edl",
        "film.mlt",
        "film.en.vtt",
        "script.fdx",
    ] {
        assert!(manifest.files.contains_key(file), "{file}");
    }
    let reference = FilmReader::open(&folder.path().join("edit/reference.mp4")).unwrap();
    assert_eq!(reference.map(Result::unwrap).count() as u32, exported.frames);

    // Again: nothing is written. One shot changed: one file, and only if it may be replaced.
    let (again, written) = export(folder.path(), animatic(MasterCodec::Ffv1, false)).unwrap();
    assert_eq!((again.written, written.len()), (0, 0));
    let changed = SCRIPT.replace("MARA runs.", "MARA sits.");
    fs::write(folder.path().join("film.play"), changed).unwrap();
    let refused = export(folder.path(), animatic(MasterCodec::Ffv1, false)).unwrap_err();
    assert!(matches!(refused, Error::Deliver(DeliverError::Earlier { .. })), "{refused}");
    let (_, written) = export(folder.path(), animatic(MasterCodec::Ffv1, true)).unwrap();
    assert_eq!(written, ["media/s002_a.mkv"]);
}

#[test]
fn nothing_of_others_is_replaced() {
    let folder = project("EXT. ROAD - DAY\n\n> Rain <\n");
    let edit = folder.path().join("edit");
    fs::create_dir(&edit).unwrap();
    fs::write(edit.join("film.otio"), "mine").unwrap();
    let refused = export(folder.path(), animatic(MasterCodec::Ffv1, true)).unwrap_err();
    assert!(matches!(refused, Error::Deliver(DeliverError::Foreign { .. })), "{refused}");
    assert_eq!(fs::read_to_string(edit.join("film.otio")).unwrap(), "mine");
    fs::remove_file(edit.join("film.otio")).unwrap();
    export(folder.path(), animatic(MasterCodec::Ffv1, false)).unwrap();
    let media = manifest(folder.path()).media[0].file.clone();
    fs::write(edit.join(&media), "mine").unwrap();
    let refused = export(folder.path(), animatic(MasterCodec::Ffv1, true)).unwrap_err();
    assert!(matches!(refused, Error::Deliver(DeliverError::Foreign { .. })), "{refused}");
}

/// A film is handed over when its takes are made.
#[test]
fn takes_that_are_not_made_are_told() {
    let folder = project("EXT. ROAD - DAY\n\n!! WIDE [[1s]]\n\nRain falls.\n");
    let how = ExportOptions { animatic: false, ..animatic(MasterCodec::Ffv1, false) };
    let refused = export(folder.path(), how).unwrap_err();
    assert!(matches!(refused, Error::Deliver(DeliverError::Unmade(_))), "{refused}");
    assert!(!folder.path().join("edit").exists());
}

struct Quiet;

impl Progress for Quiet {
    fn report(&self, _: &ProgressEvent) {}
}

/// What `ffprobe` says of a file.
fn probe(file: &Path) -> serde_json::Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json"])
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "needs the readers of `make delivery-test`"]
fn media_say_what_they_are() {
    for codec in [MasterCodec::DnxhrHqx, MasterCodec::ProRes, MasterCodec::Ffv1] {
        let folder = project(SCRIPT);
        export(folder.path(), animatic(codec, false)).unwrap();
        for media in manifest(folder.path()).media {
            let said = probe(&folder.path().join("edit").join(&media.file));
            let streams = said["streams"].as_array().unwrap();
            let picture = &streams[0];
            assert_eq!(picture["nb_read_frames"], media.frames.to_string(), "{said}");
            assert_eq!(picture["r_frame_rate"], "24/1");
            assert_eq!(picture["color_primaries"], "bt709", "{said}");
            assert_eq!(picture["color_transfer"], "bt709", "{said}");
            if codec == MasterCodec::Ffv1 {
                let tags = &picture["tags"];
                let timecode = tags.get("TIMECODE").or_else(|| tags.get("timecode"));
                assert_eq!(timecode.unwrap(), &media.timecode, "{said}");
                continue;
            }
            assert_eq!(picture["color_space"], "bt709", "{said}");
            assert_eq!(picture["color_range"], "tv", "{said}");
            assert_eq!(picture["pix_fmt"], "yuv422p10le");
            let tags = &streams[1]["tags"];
            assert_eq!(streams[1]["codec_tag_string"], "tmcd", "{said}");
            assert_eq!(tags["timecode"], media.timecode, "{said}");
            assert_eq!(tags["reel_name"], media.reel, "{said}");
            let seconds: f64 = said["format"]["duration"].as_str().unwrap().parse().unwrap();
            assert!((seconds * 24.0 - f64::from(media.frames)).abs() < 1e-3, "{seconds}");
        }
    }
}

/// The luma of every frame of a film in 32 × 24 fields, as FFmpeg reads it.
fn luma(film: &Path) -> Vec<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(film)
        .args(["-vf", "scale=32:24:flags=area,format=gray", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks(32 * 24).map(<[u8]>::to_vec).collect()
}

/// `melt` renders the folder, after it was moved, as the film itself is.
#[test]
#[ignore = "needs the readers of `make delivery-test`"]
fn melt_shows_the_film() {
    let folder = project(SCRIPT);
    let (exported, _) = export(folder.path(), animatic(MasterCodec::DnxhrHqx, false)).unwrap();
    let film = folder.path().join("film.mp4");
    let project = Project::open(folder.path().join("film.play"));
    let script = project.check().unwrap();
    project.build_animatic(&script, &film, &Quiet).unwrap();
    let moved = folder.path().join("elsewhere");
    fs::rename(folder.path().join("edit"), &moved).unwrap();
    let render = folder.path().join("render.mov");
    let output = Command::new("melt")
        .arg(moved.join("film.mlt"))
        .arg("-consumer")
        .arg(format!("avformat:{}", render.display()))
        .args(["vcodec=ffv1", "an=1", "real_time=-1"])
        .env("QT_QPA_PLATFORM", "offscreen")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (ours, theirs) = (luma(&film), luma(&render));
    assert_eq!(theirs.len() as u32, exported.frames);
    assert_eq!(ours.len(), theirs.len());
    let otio = fs::read_to_string(moved.join("film.otio")).unwrap();
    assert!(otio.contains("\"target_url\": \"media/"), "relative addresses");
    let edl = assemble(&script.list);
    let part = |frame: u32| {
        let blends = edl.picture.iter().any(|event| {
            let blend = event.transition.as_ref();
            blend.is_some_and(|blend| {
                (event.record_in - blend.before..event.record_in + blend.after).contains(&frame)
            })
        });
        let fades = edl.picture.iter().any(|event| {
            let fade = event.fade_out.as_ref().map_or(0, |fade| fade.before);
            (event.record_out - fade..event.record_out).contains(&frame)
        });
        if blends {
            "dissolves"
        } else if fades {
            "fades"
        } else {
            "alone"
        }
    };
    let mut worst: BTreeMap<&str, u8> = BTreeMap::new();
    for (frame, (one, other)) in ours.iter().zip(&theirs).enumerate() {
        let apart = one.iter().zip(other).map(|(one, other)| one.abs_diff(*other)).max().unwrap();
        let worst = worst.entry(part(frame as u32)).or_default();
        *worst = (*worst).max(apart);
    }
    eprintln!("code values apart, at most: {worst:?}");
    assert!(worst["alone"] <= 5 && worst["fades"] <= 8, "{worst:?}");
    // The film mixes light and `melt` code values: half of each is up to 60 apart.
    assert!(worst["dissolves"] <= 60, "{worst:?}");
}
