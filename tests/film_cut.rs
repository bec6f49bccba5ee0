//! Films from synthetic takes: printed, decoded, compared frame by frame.
#![cfg(feature = "ffmpeg")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ffmpeg_next::codec::Id;
use ffmpeg_next::format::stream::Disposition;
use image::{Rgb, RgbImage};
use photoplay::breakdown::language::vocabulary::Vocabulary;
use photoplay::breakdown::screenplay::{Captions, FilmSettings, Subjects, Title};
use photoplay::breakdown::shot::{CaptionLine, Card, CardKind, Picture, Shot, ShotList, Super};
use photoplay::breakdown::transition::{Colour, Direction, TransitionKind};
use photoplay::cut::conform::TakeFile;
use photoplay::cut::edl::{Edl, PictureEvent, TransitionEvent};
use photoplay::cut::footage::Footage;
use photoplay::cut::print::{Printed, in_use, print};
use photoplay::media::decode::FilmReader;
use photoplay::media::provenance::{self, PictureMaker};
use photoplay::media::take::{PiecesReader, TakeReader, TakeWriter};
use photoplay::source::Span;
use photoplay::time::Rate;
use proptest::prelude::*;

const SIZE: (u32, u32) = (64, 36);
const NATIVE: Rate = Rate { numerator: 12, denominator: 1 };

/// A shot of a test film.
#[derive(Debug, Clone)]
struct Piece {
    picture: Kind,
    frames: u32,
    /// Over the cut before it: kind, frames before and after.
    transition: Option<(TransitionKind, u32, u32)>,
    /// Frames at its end.
    fade_out: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A take whose frames show its number and theirs.
    Take(u8),
    Card,
    Black,
    White,
}

fn piece(picture: Kind, frames: u32) -> Piece {
    Piece { picture, frames, transition: None, fade_out: None }
}

/// A project folder with takes and a film.
struct Project {
    folder: tempfile::TempDir,
    lines: Vec<CaptionLine>,
    supers: Vec<Super>,
    captions: Captions,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, lines: Vec::new(), supers: Vec::new(), captions: Captions::Burned }
    }

    fn film(&self) -> PathBuf {
        self.folder.path().join("out/film.mp4")
    }

    fn vault(&self) -> PathBuf {
        self.folder.path().join(".photoplay")
    }

    /// Handles of half a second on both sides, as the networks leave them.
    fn take(&self, number: u8, frames: u32) -> TakeFile {
        let path = self.folder.path().join(format!("{number}-{frames}.mkv"));
        let native = frames.div_ceil(2) + 13;
        if !path.exists() {
            let mut writer = TakeWriter::create(&path, 48, 27, NATIVE).expect("a writer");
            for frame in 0..native {
                writer.write(&bars(number, frame)).expect("writes");
            }
            assert_eq!(writer.finish().expect("finishes"), native);
        }
        let digest = format!("take {number}");
        TakeFile { files: vec![(path, native)], digest, rate: NATIVE, width: 48, height: 27 }
    }

    fn print(&self, pieces: &[Piece]) -> Printed {
        let (shots, edl) = self.edit(pieces);
        let footage = |event: &PictureEvent| match pieces[event.take].picture {
            Kind::Take(number) => Footage::Take(self.take(number, pieces[event.take].frames)),
            other => panic!("{other:?} has no take"),
        };
        print(&shots, &edl, &footage, None, &self.vault(), &self.film(), &mut |_| ())
            .expect("prints")
    }

    fn edit(&self, pieces: &[Piece]) -> (ShotList, Edl) {
        let mut at = 0;
        let event = |(shot, piece): (usize, &Piece)| {
            let record_in = at;
            at += piece.frames;
            PictureEvent {
                shot,
                take: shot,
                source_in: 12,
                record_in,
                record_out: at,
                transition: piece.transition.map(|(kind, before, after)| TransitionEvent {
                    kind,
                    before,
                    after,
                }),
                fade_out: piece.fade_out.map(|before| TransitionEvent {
                    kind: TransitionKind::FadeOut(Colour::default()),
                    before,
                    after: 0,
                }),
            }
        };
        let picture: Vec<PictureEvent> = pieces.iter().enumerate().map(event).collect();
        let shots = ShotList {
            settings: FilmSettings {
                motion: None,
                rate: Rate::FILM,
                width: SIZE.0,
                height: SIZE.1,
                style: String::new(),
                seed: 0,
                pace: 1000,
                captions: self.captions,
                model: None,
                language: "en-GB".into(),
                cards: false,
                voices: true,
                engine: None,
                ambience: true,
                loudness: None,
                blocking: true,
                control: None,
            },
            title: Title {
                title: vec!["The Test & the <Film>".into()],
                credit: Vec::new(),
                authors: vec!["A. Novelist".into()],
            },
            subjects: Subjects::default(),
            shots: pieces.iter().map(shot).collect(),
            lines: self.lines.clone(),
            speeches: Vec::new(),
            supers: self.supers.clone(),
            chapters: vec![(0, "Opening".into()), (at / 2, "Ending".into())],
            files: Vec::new(),
            vocabulary: Vocabulary::standard(),
        };
        (shots, Edl { rate: Rate::FILM, frames: at, picture, sound: Vec::new() })
    }

    fn decode(&self) -> Vec<RgbImage> {
        let film = FilmReader::open(&self.film()).expect("opens");
        film.collect::<Result<_, _>>().expect("decodes")
    }

    fn stored(&self) -> Vec<PathBuf> {
        files(&self.vault().join("segments"))
    }
}

fn shot(piece: &Piece) -> Shot {
    let card = Card { kind: CardKind::Text, lines: vec!["A CARD".into()] };
    Shot {
        number: String::new(),
        scene: Arc::default(),
        frames: piece.frames,
        picture: match piece.picture {
            Kind::Take(_) => Picture::Take(Arc::default()),
            Kind::Card => Picture::Card(card),
            Kind::Black => Picture::Black,
            Kind::White => Picture::White,
        },
        transition: None,
        fade_out: None,
        span: Span::default(),
        covered: false,
        shows: Arc::default(),
    }
}

fn line(start: u32, end: u32, text: &str) -> CaptionLine {
    CaptionLine {
        speaker: "MARA".into(),
        subjects: [].into(),
        text: text.into(),
        start,
        end,
        off_screen: false,
        lyrics: false,
        span: Span::default(),
    }
}

/// The left half shows the number of the take, the right half that of the frame.
fn bars(take: u8, frame: u32) -> RgbImage {
    RgbImage::from_fn(48, 27, |x, _| Rgb([if x < 24 { grey(take) } else { level(frame) }; 3]))
}

fn grey(take: u8) -> u8 {
    30 + 20 * (take % 10)
}

fn level(frame: u32) -> u8 {
    20 + (frame * 6 % 216) as u8
}

/// Grey of the left and of the right half.
fn read(frame: &RgbImage) -> (u8, u8) {
    (frame.get_pixel(10, 18).0[1], frame.get_pixel(54, 18).0[1])
}

fn near(found: u8, expected: u8) -> bool {
    found.abs_diff(expected) <= 4
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn takes_come_back_bit_by_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("take: ünï %d.mkv");
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    for (width, height, frames) in
        [(48, 27, 9), (288, 160, 3), (8, 8, 2), (9, 16, 2), (17, 64, 1), (15, 40, 2)]
    {
        let pictures: Vec<RgbImage> = (0..frames)
            .map(|_| RgbImage::from_fn(width, height, |_, _| Rgb([noise(), noise(), noise()])))
            .collect();
        let mut writer = TakeWriter::create(&path, width, height, NATIVE).expect("a writer");
        for picture in &pictures {
            writer.write(picture).expect("writes");
        }
        assert!(writer.write(&RgbImage::new(width + 1, height)).is_err());
        assert_eq!(writer.finish().expect("finishes"), frames);

        let open = |frames| TakeReader::open(&path, width, height, frames).expect("opens");
        let read: Vec<RgbImage> = open(frames).collect::<Result<_, _>>().expect("reads");
        assert!(read == pictures, "{width}×{height}");
        let mut last = open(frames);
        last.skip_frames(frames - 1).expect("skips");
        assert!(last.next().expect("a frame").expect("reads") == pictures[frames as usize - 1]);

        assert!(open(frames + 1).any(|frame| frame.is_err()), "too few frames");
        assert!(open(frames - 1).any(|frame| frame.is_err()), "too many frames");
        assert!(TakeReader::open(&path, width, height + 1, frames).is_err());
    }
}

/// Frames of a take, each of the colour of its number, in files of so many.
fn in_files(folder: &Path, lengths: &[u32]) -> Vec<(PathBuf, u32)> {
    let mut frame = 0;
    let mut file = |length: &u32| {
        let path = folder.join(format!("from-{frame}-of-{}.mkv", lengths.len()));
        let mut writer = TakeWriter::create(&path, 48, 27, NATIVE).expect("a writer");
        for _ in 0..*length {
            writer.write(&bars(1, frame)).expect("writes");
            frame += 1;
        }
        assert_eq!(writer.finish().expect("finishes"), *length);
        (path, *length)
    };
    lengths.iter().map(&mut file).collect()
}

#[test]
fn a_take_in_pieces_is_the_take_in_one() {
    let project = Project::new();
    let (one, three) =
        (in_files(project.folder.path(), &[37]), in_files(project.folder.path(), &[13, 12, 12]));
    let read = |files: &[(PathBuf, u32)], skipped: u32| -> Vec<RgbImage> {
        let mut reader = PiecesReader::new(files.to_vec(), 48, 27);
        reader.skip_frames(skipped).expect("skips");
        assert_eq!(reader.position(), skipped);
        reader.collect::<Result<_, _>>().expect("reads")
    };
    let whole = read(&one, 0);
    for skipped in 0..=37 {
        let left = read(&three, skipped);
        assert!(left == whole[skipped as usize..], "{skipped} skipped");
    }
    let mut short = three.clone();
    short[1].1 += 1;
    assert!(PiecesReader::new(short, 48, 27).any(|frame| frame.is_err()), "too few frames");

    let (shots, edl) = project.edit(&[piece(Kind::Take(1), 48)]);
    let mut films = Vec::new();
    for (files, digest) in [(one, "in one"), (three, "in three")] {
        let footage = |_: &PictureEvent| {
            Footage::Take(TakeFile {
                files: files.clone(),
                digest: digest.into(),
                rate: NATIVE,
                width: 48,
                height: 27,
            })
        };
        let printed =
            print(&shots, &edl, &footage, None, &project.vault(), &project.film(), &mut |_| ());
        assert_eq!(printed.expect("prints").segments_encoded, 1);
        films.push(fs::read(project.film()).expect("the film"));
    }
    assert!(films[0] == films[1], "the films differ");
}

#[test]
fn what_is_no_take_is_refused_with_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("take.mkv");
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("writes");
        let opened = TakeReader::open(&path, 48, 27, 13);
        let error = match opened.and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(_) => panic!("{} bytes were read as a take", bytes.len()),
            Err(error) => error.to_string(),
        };
        assert!(error.contains("take.mkv"), "{error}");
    };
    check(b"");
    check(b"no film at all");
    check(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n");
    let mut writer = TakeWriter::create(&path, 48, 27, NATIVE).expect("a writer");
    for frame in 0..13 {
        writer.write(&bars(3, frame)).expect("writes");
    }
    writer.finish().expect("finishes");
    let good = fs::read(&path).expect("reads");
    for part in 1..8 {
        check(&good[..good.len() * part / 8]);
    }
}

#[test]
fn a_film_is_what_its_edit_list_says() {
    let mut project = Project::new();
    project.captions = Captions::Track;
    let mut pieces = [
        piece(Kind::Card, 24),
        piece(Kind::Take(1), 48),
        piece(Kind::Take(6), 36),
        piece(Kind::Black, 12),
        piece(Kind::Take(3), 30),
        piece(Kind::White, 6),
    ];
    pieces[2].transition = Some((TransitionKind::Dissolve, 6, 6));
    pieces[4].transition = Some((TransitionKind::FadeIn(Colour::default()), 0, 8));
    pieces[4].fade_out = Some(8);
    let printed = project.print(&pieces);
    let frames = project.decode();
    assert_eq!((printed.frames, frames.len()), (156, 156));
    assert_eq!((printed.segments_encoded, printed.segments_reused), (7, 0));

    // Takes are shown on twos, from behind their handles.
    for at in [24, 25, 40, 65] {
        let (take, frame) = read(&frames[at]);
        assert!(near(take, grey(1)) && near(frame, level((12 + at as u32 - 24) / 2)), "{at}");
    }
    assert!(near(read(&frames[78]).0, grey(6)) && near(read(&frames[65]).0, grey(1)));
    // The middle of a dissolve has half of both pictures' light.
    let light = |grey: u8| (f64::from(grey) / 255.0).powf(2.2);
    let half = f64::midpoint(light(grey(1)), light(grey(6))).powf(1.0 / 2.2) * 255.0;
    let middle = u8::midpoint(read(&frames[71]).0, read(&frames[72]).0);
    assert!(near(middle, half as u8), "{middle} {half}");
    let left: Vec<u8> = frames[66..78].iter().map(|frame| read(frame).0).collect();
    assert!(left.is_sorted(), "{left:?}");
    // Fades begin and end in their colour.
    assert!(near(read(&frames[110]).0, 0) && near(read(&frames[120]).0, 0));
    assert!(near(read(&frames[124]).0, grey(3) / 2));
    assert!(near(read(&frames[130]).0, grey(3)));
    assert!(near(read(&frames[149]).0, 0) && near(read(&frames[150]).0, 255));
}

#[test]
fn a_changed_take_changes_its_frames_and_no_others() {
    let project = Project::new();
    let mut pieces: Vec<Piece> =
        (0..6).map(|number| piece(Kind::Take(number), 20 + u32::from(number))).collect();
    for piece in &mut pieces[1..] {
        piece.transition = Some((TransitionKind::Dissolve, 4, 4));
    }
    assert_eq!(project.print(&pieces).segments_encoded, 11);
    let before = project.decode();
    pieces[3].picture = Kind::Take(9);
    let printed = project.print(&pieces);
    assert_eq!((printed.segments_encoded, printed.segments_reused), (3, 8));
    let after = project.decode();
    assert_eq!(before.len(), after.len());
    let start: usize = pieces[..3].iter().map(|piece| piece.frames as usize).sum();
    let changed = start - 4..start + pieces[3].frames as usize + 4;
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        assert_eq!(before == after, !changed.contains(&at), "frame {at}");
    }

    // Two shots change places: nothing but the places of their cuts is new.
    for piece in &mut pieces {
        piece.transition = None;
    }
    project.print(&pieces);
    pieces.swap(1, 4);
    assert_eq!(project.print(&pieces).segments_encoded, 0);
}

#[test]
fn the_same_print_again_does_nothing() {
    let project = Project::new();
    let pieces = [piece(Kind::Take(1), 24), piece(Kind::Card, 12), piece(Kind::Take(2), 24)];
    project.print(&pieces);
    let film = project.film();
    let read = |path: &Path| fs::read(path).expect("reads");
    let (first, written) = (read(&film), fs::metadata(&film).expect("there").modified().ok());
    let again = project.print(&pieces);
    assert_eq!((again.segments_encoded, again.segments_reused), (0, 3));
    assert_eq!(fs::metadata(&film).expect("there").modified().ok(), written);

    // A film that is not as it was left is joined again, to the same bytes.
    fs::write(&film, b"something else").expect("writes");
    assert_eq!(project.print(&pieces).segments_encoded, 0);
    assert!(read(&film) == first);
    fs::remove_file(film.with_extension("srt")).expect("removes");
    project.print(&pieces);
    assert!(film.with_extension("srt").exists());

    // Damaged segments are made again.
    fs::remove_file(&film).expect("removes");
    for (number, path) in project.stored().into_iter().enumerate() {
        let bytes = read(&path);
        match number % 3 {
            0 => fs::write(&path, &bytes[..bytes.len() / 2]),
            1 => fs::write(&path, b""),
            _ => fs::write(&path, [&bytes[..60], &[!bytes[60]], &bytes[61..]].concat()),
        }
        .expect("writes");
    }
    assert_eq!(project.print(&pieces).segments_encoded, 3);
    assert!(read(&film) == first);
    assert_eq!(in_use(&project.vault()).len(), project.stored().len());
}

#[test]
fn a_changed_word_encodes_the_segments_it_stands_in() {
    let mut project = Project::new();
    project.lines = vec![line(5, 20, "Still here."), line(30, 44, "You work?")];
    project.supers = vec![Super { text: "HAMBURG".into(), start: 52, end: 70 }];
    let pieces: Vec<Piece> = (1..4).map(|number| piece(Kind::Take(number), 24)).collect();
    assert_eq!(project.print(&pieces).segments_encoded, 3);
    let before = project.decode();
    project.lines[1].text = "You work!".into();
    assert_eq!(project.print(&pieces).segments_encoded, 1);
    let after = project.decode();
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        assert!(before == after || (24..48).contains(&at), "frame {at}");
    }
    assert!(before[35] != after[35]);
    project.supers.clear();
    assert_eq!(project.print(&pieces).segments_encoded, 1);
    let srt = fs::read_to_string(project.film().with_extension("srt")).expect("reads");
    assert!(srt.contains("00:00:01,250 --> 00:00:01,833\nYou work!"), "{srt}");
}

#[test]
fn a_failed_print_leaves_the_old_film() {
    let project = Project::new();
    let mut pieces = [piece(Kind::Take(1), 24), piece(Kind::Take(2), 24)];
    project.print(&pieces);
    let before = fs::read(project.film()).expect("reads");
    pieces[1].picture = Kind::Take(3);
    let (shots, edl) = project.edit(&pieces);
    let lost = project.folder.path().join("lost.mkv");
    let footage = |event: &PictureEvent| match event.take {
        0 => Footage::Take(project.take(1, 24)),
        _ => Footage::Take(TakeFile {
            files: vec![(lost.clone(), 24)],
            digest: "lost".into(),
            ..project.take(3, 24)
        }),
    };
    let error = print(&shots, &edl, &footage, None, &project.vault(), &project.film(), &mut |_| ())
        .expect_err("a take is missing");
    assert!(error.to_string().contains("lost.mkv"), "{error}");
    assert!(fs::read(project.film()).expect("reads") == before);
    let left = fs::read_dir(project.film().parent().expect("a folder")).expect("reads").count();
    assert_eq!(left, 2, "the film and its subtitles, nothing temporary");
}

#[test]
fn a_film_says_what_it_is() {
    let mut project = Project::new();
    project.lines = vec![line(5, 20, "Still here."), line(30, 44, "You work?")];
    project.print(&[piece(Kind::Take(1), 30), piece(Kind::Take(2), 31)]);
    let mut film = File::open(project.film()).expect("opens");
    let mark = provenance::find(&mut film).expect("walks the boxes").expect("has the mark");
    assert!(mark.contains(PictureMaker::Model.source_type()));
    assert!(mark.contains("The Test &amp; the &lt;Film&gt;") && mark.contains("A. Novelist"));

    let bytes = fs::read(project.film()).expect("reads");
    let find = |name: &[u8]| bytes.windows(name.len()).position(|window| window == name);
    assert!(find(b"moov") < find(b"mdat"), "it can be played before it is all there");

    let ffmpeg = ffmpeg_next::format::input(&project.film()).expect("opens");
    let tracks: Vec<_> = ffmpeg.streams().map(|track| track.parameters().id()).collect();
    assert_eq!(tracks[..3], [Id::H264, Id::AAC, Id::MOV_TEXT]);
    let picture = ffmpeg.stream(0).expect("the picture");
    assert_eq!(picture.frames(), 61);
    assert_eq!(picture.avg_frame_rate(), (24, 1).into());
    assert_eq!(picture.start_time(), 0);
    let seconds = |time: i64, base: ffmpeg_next::Rational| time as f64 * f64::from(base);
    let exact = 61.0 / 24.0;
    assert!((seconds(picture.duration(), picture.time_base()) - exact).abs() < 1e-6);
    let whole = ffmpeg.duration() as f64 / f64::from(ffmpeg_next::ffi::AV_TIME_BASE);
    assert!((whole - exact).abs() < 1e-3, "{whole}");
    let subtitles = ffmpeg.stream(2).expect("subtitles");
    assert_eq!(subtitles.metadata().get("language"), Some("eng"));
    // They are in the picture already.
    assert!(!subtitles.disposition().contains(Disposition::DEFAULT));
    assert!(picture.disposition().contains(Disposition::DEFAULT));
    assert_eq!(ffmpeg.metadata().get("title"), Some("The Test & the <Film>"));
    assert_eq!(ffmpeg.metadata().get("artist"), Some("A. Novelist"));
    let chapters: Vec<_> = ffmpeg
        .chapters()
        .map(|chapter| chapter.metadata().get("title").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(chapters, ["Opening", "Ending"]);
}

fn transitions() -> impl Strategy<Value = Option<(TransitionKind, u32, u32)>> {
    let direction = prop_oneof![
        Just(Direction::Left),
        Just(Direction::Right),
        Just(Direction::Up),
        Just(Direction::Down)
    ];
    let kind = prop_oneof![
        Just(TransitionKind::Cut),
        Just(TransitionKind::Dissolve),
        Just(TransitionKind::WhipPan),
        Just(TransitionKind::FadeIn(Colour { red: 255, green: 0, blue: 9 })),
        Just(TransitionKind::FadeOut(Colour::default())),
        direction.prop_map(TransitionKind::Wipe),
    ];
    prop::option::of((kind, 0..20_u32, 0..20_u32))
}

fn films() -> impl Strategy<Value = Vec<Piece>> {
    let picture = prop_oneof![
        4 => (0..6_u8).prop_map(Kind::Take),
        1 => Just(Kind::Card),
        1 => Just(Kind::Black),
        1 => Just(Kind::White),
    ];
    let fade = prop::option::of(0..20_u32);
    let piece = (picture, 1..20_u32, transitions(), fade).prop_map(
        |(picture, frames, transition, fade_out)| Piece { picture, frames, transition, fade_out },
    );
    prop::collection::vec(piece, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_film_has_the_frames_of_its_edit_list(pieces in films()) {
        let project = Project::new();
        let printed = project.print(&pieces);
        let expected: u32 = pieces.iter().map(|piece| piece.frames).sum();
        prop_assert_eq!(printed.frames, expected);
        prop_assert_eq!(project.decode().len(), expected as usize);
        // Once for each key: equal pieces are encoded once.
        prop_assert_eq!(printed.segments_encoded, project.stored().len() - 1);
    }
}
