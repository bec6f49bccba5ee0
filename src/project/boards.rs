//! Boards: pictures of every shot as the animatic shows it, and a page with all of them.
//!
//! Knows files; does not know how a shot is drawn. Replaces only boards of the same script
//! that nobody has changed. Removes only boards that the last page lists and that nobody
//! has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufReader;
use std::num::NonZero;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::script::CheckedScript;
use crate::animatic::{AnimaticShot, Artist};
use crate::breakdown::shot::{Card, Picture};
use crate::cut::footage::{Footage, animatic, picture};
use crate::cut::print;
use crate::cut::titles::{Titles, on_paper};
use crate::deliver;
use crate::deliver::pdf::PdfDocument;
use crate::deliver::pdf::boards::{PrintedBoard, boards_pdf};
use crate::media::provenance::{self, PictureMaker};
use crate::script::tree::{Element, ElementKind};
use crate::source::file_names::as_file_name;
use crate::source::{Span, write_whole};
use crate::time::lasting;

/// The name of the page.
const PAGE: &str = "index.html";

/// The name of the storyboard on paper.
const PAPER: &str = "boards.pdf";

/// The width of a picture on paper, in pixels at most, and its quality as JPEG.
const PAPER_WIDTH: u32 = 800;
const PAPER_QUALITY: u8 = 88;

/// Marks a page as the page of boards.
const PAGE_MARK: &str = "content=\"Photoplay boards\"";

/// The beginning and the end of the line that holds the page's index.
const INDEX: [&str; 2] = ["<script type=\"application/json\" id=\"boards\">", "</script>"];

/// Letters of a shot's text on the page at most.
const LONGEST_TEXT: usize = 600;

/// The boards of a film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnBoards {
    /// The page that shows them.
    pub page: PathBuf,
    /// How many pictures there are.
    pub boards: usize,
    /// How many shots they show.
    pub shots: usize,
    /// What the author should know.
    pub notes: Vec<String>,
}

/// A picture to draw.
struct Board<'a> {
    file: String,
    shows: Shown<'a>,
}

enum Shown<'a> {
    Card(&'a Card),
    Paper(&'a [String]),
    File(&'a Path),
    /// A moment of a shot, in seconds.
    Shot(&'a AnimaticShot, f64),
}

/// A board that is drawn.
struct DrawnBoard {
    /// The digest of its file.
    digest: String,
    print: PaperPicture,
}

/// A board for paper.
#[derive(Clone)]
struct PaperPicture {
    jpeg: Vec<u8>,
    /// Width and height in pixels.
    size: (u32, u32),
}

/// What the page says.
#[derive(Serialize)]
struct BoardsPage<'a> {
    title: String,
    language: &'a str,
    length: String,
    shots: &'a [PageShot],
    /// A [`BoardsIndex`] between the two of [`INDEX`].
    index: &'a str,
}

/// What the page stores for the next page in its place.
#[derive(Default, Serialize, Deserialize)]
struct BoardsIndex {
    /// The name of the script.
    script: String,
    /// The digest of the relative path from the folder to the script: it stays the same
    /// when both move.
    way: String,
    /// The digest of every board, by its name.
    boards: BTreeMap<String, String>,
    /// The digest of the page without this index.
    #[serde(default)]
    page: String,
}

/// A shot on the page.
#[derive(Serialize)]
struct PageShot {
    /// The heading of its scene, with the first shot of the scene.
    heading: Option<String>,
    number: String,
    shows: String,
    length: String,
    text: String,
    /// The text without the shot line, which the caption on paper says.
    #[serde(skip)]
    paper: String,
    files: Vec<String>,
}

/// Draws the boards of a script without errors.
pub(super) fn draw(script: &CheckedScript, folder: &Path) -> Result<DrawnBoards, Error> {
    if script.has_errors() {
        return Err(Error::Mistakes { script: script.path.clone() });
    }
    if script.list.frames() == 0 {
        return Err(print::Error::Empty.into());
    }
    let drawn = animatic(&script.list, &script.folder);
    let (boards, shots) = plan(script, &drawn);
    fs::create_dir_all(folder)
        .map_err(|why| Error::MakeFolder { folder: folder.to_owned(), why })?;
    let page = folder.join(PAGE);
    let names = boards.iter().map(|board| board.file.as_str()).chain([PAPER]);
    let wanted: BTreeSet<PathBuf> = names.map(|name| folder.join(name)).collect();
    let read: Vec<_> =
        script.files().iter().filter_map(|file| fs::canonicalize(file).ok()).collect();
    let is_read = |path: &Path| fs::canonicalize(path).is_ok_and(|path| read.contains(&path));
    for path in wanted.iter().chain([&page]) {
        if is_read(path) {
            return Err(Error::ReplacesItself { part: "boards", file: path.clone() });
        }
    }
    let before = read_index(&page);
    let mut index = BoardsIndex {
        script: script.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        way: way(folder, &script.path),
        ..BoardsIndex::default()
    };
    if before.as_ref().is_some_and(|before| before.way != index.way) {
        let script = before.unwrap_or_default().script;
        return Err(Error::OtherBoards { folder: folder.to_owned(), script });
    }
    let before = before.unwrap_or_default();
    for path in wanted.iter().chain([&page]) {
        if path.exists() && !before.lists(path) && !is_board(path, &index.way) {
            return Err(Error::ForeignBoard { file: path.clone() });
        }
    }
    let size = (script.list.settings.width.max(1), script.list.settings.height.max(1));
    let drawn = write_pictures(&boards, folder, size, &index.way)?;
    let pdf = printed(script, &shots, &drawn)?;
    let notes = pdf.missing_letters().into_iter().collect();
    let paper = sealed(pdf.bytes, &index.way);
    write(&folder.join(PAPER), &paper)?;
    index.boards = drawn.into_iter().map(|(file, drawn)| (file, drawn.digest)).collect();
    index.boards.insert(PAPER.to_owned(), digest(&paper));
    remove_old(folder, &before, &|path| wanted.contains(path) || is_read(path))?;
    index.page = digest(write_page(script, &shots, "").as_bytes());
    write(&page, write_page(script, &shots, &index.line()).as_bytes())?;
    Ok(DrawnBoards { page, boards: boards.len(), shots: shots.len(), notes })
}

/// The pictures to draw, and the text of the page.
fn plan<'a>(
    script: &'a CheckedScript,
    drawn: &'a [Option<Footage>],
) -> (Vec<Board<'a>>, Vec<PageShot>) {
    let list = &script.list;
    let (mut boards, mut shots) = (Vec::new(), Vec::new());
    let mut names = BTreeSet::new();
    let mut scene = None;
    for (shot, drawn) in list.shots.iter().zip(drawn) {
        let moments: Vec<(Shown<'_>, &str)> = match (&shot.picture, drawn) {
            (Picture::Card(card), _) | (_, Some(Footage::Card(card))) => {
                vec![(Shown::Card(card), "")]
            }
            (_, Some(Footage::Paper(lines))) => vec![(Shown::Paper(lines), "")],
            (_, Some(Footage::File(path, _))) => vec![(Shown::File(path), "")],
            (_, Some(Footage::Animatic(drawn))) => {
                let seconds = drawn.blocking.seconds;
                let frame = list.settings.rate.duration(1).as_micros() as f64 / 1e6;
                let last = (seconds - frame).max(0.0);
                if drawn.blocking.moves() {
                    vec![(Shown::Shot(drawn, 0.0), " first"), (Shown::Shot(drawn, last), " last")]
                } else {
                    vec![(Shown::Shot(drawn, seconds / 2.0), "")]
                }
            }
            _ => continue,
        };
        let stem = file_stem(&shot.number, &mut names);
        let mut files = Vec::new();
        for (shows, end) in moments {
            let file = format!("{stem}{end}.png");
            files.push(file.clone());
            boards.push(Board { file, shows });
        }
        let begins = scene.replace(shot.scene.clone()) != Some(shot.scene.clone());
        let place = match &shot.picture {
            Picture::Take(take) => take.description.place.name.to_uppercase(),
            _ => String::new(),
        };
        let texts = match &shot.picture {
            Picture::Take(_) => {
                let span = script.span_of(shot);
                let text = script.sources.get(span.source).slice(span);
                let before = if begins { dressing(script, span) } else { String::new() };
                (shortened(&before, text), shortened(&before, &without_shot_lines(script, span)))
            }
            _ => (String::new(), String::new()),
        };
        shots.push(PageShot {
            heading: begins.then(|| format!("{} {place}", shot.scene).trim().to_owned()),
            number: shot.number.clone(),
            shows: match &shot.picture {
                Picture::Card(card) => card.in_one_line(),
                _ => shot.shows.to_string(),
            },
            length: lasting(list.settings.rate.duration(shot.frames)),
            text: texts.0,
            paper: texts.1,
            files,
        });
    }
    (boards, shots)
}

/// The text of a shot, with what stands before it, as far as a page has room.
fn shortened(before: &str, own: &str) -> String {
    let text = [before, own.trim()].join("\n\n");
    text.trim().chars().take(LONGEST_TEXT).collect()
}

/// The text of a shot without its shot lines.
fn without_shot_lines(script: &CheckedScript, shot: Span) -> String {
    let source = script.sources.get(shot.source);
    let within = |span: &Span| {
        span.source == shot.source && shot.start <= span.start && span.end <= shot.end
    };
    let lines = script.tree.elements.iter();
    let lines = lines.filter(|element| matches!(element.kind, ElementKind::Shot(_)));
    let mut text = String::new();
    let mut at = shot.start;
    for line in lines.map(|element| element.span).filter(within) {
        text.push_str(source.slice(Span { start: at, end: line.start, ..shot }));
        at = line.end;
    }
    text.push_str(source.slice(Span { start: at, ..shot }));
    text
}

/// The action between the heading of a scene and its first shot line, which that shot
/// shows.
fn dressing(script: &CheckedScript, shot: Span) -> String {
    let before =
        |element: &&Element| element.span.source == shot.source && element.span.end <= shot.start;
    let elements = script.tree.elements.iter().filter(before).rev();
    let since = elements.take_while(|one| !matches!(one.kind, ElementKind::Heading { .. }));
    let actions = since.filter(|one| matches!(one.kind, ElementKind::Action { .. }));
    let mut texts: Vec<&str> =
        actions.map(|action| script.sources.get(shot.source).slice(action.span).trim()).collect();
    texts.reverse();
    texts.join("\n\n")
}

/// The number of a shot as part of a file's name, different from all names before it.
fn file_stem(number: &str, names: &mut BTreeSet<String>) -> String {
    let number = as_file_name(number);
    let number = if number.is_empty() { "card".to_owned() } else { number };
    let mut name = number.clone();
    let mut again = 1;
    while !names.insert(name.clone()) {
        again += 1;
        name = format!("{number} ({again})");
    }
    name
}

/// Draws in parallel: each thread takes the next board. Every board by its name.
fn write_pictures(
    boards: &[Board<'_>],
    folder: &Path,
    size: (u32, u32),
    way: &str,
) -> Result<BTreeMap<String, DrawnBoard>, Error> {
    let next = Mutex::new(boards.iter());
    let take = || next.lock().ok().and_then(|mut next| next.next());
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(boards.len());
    thread::scope(|scope| {
        let work = || {
            let mut artist = Artist::new(size.0, size.1);
            let mut titles = Titles::new(size.0, size.1);
            let mut drawn_here = Vec::new();
            while let Some(board) = take() {
                let picture = match &board.shows {
                    Shown::Card(card) => titles.card(card),
                    Shown::Paper(lines) => on_paper(lines, size.0, size.1),
                    Shown::File(path) => picture(path, size).map_err(print::Error::from)?,
                    Shown::Shot(shot, seconds) => artist.draw(shot, *seconds),
                };
                let png = png_of(&picture, way);
                write(&folder.join(&board.file), &png)?;
                let drawn = DrawnBoard { digest: digest(&png), print: print_of(&picture) };
                drawn_here.push((board.file.clone(), drawn));
            }
            Ok(drawn_here)
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut all = BTreeMap::new();
        for thread in threads {
            let drawn: Result<Vec<_>, Error> =
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.extend(drawn?);
        }
        Ok(all)
    })
}

/// A picture for paper.
fn print_of(picture: &RgbImage) -> PaperPicture {
    let (width, height) = picture.dimensions();
    let (width, height) = if width > PAPER_WIDTH {
        let scaled = f64::from(height) * f64::from(PAPER_WIDTH) / f64::from(width);
        (PAPER_WIDTH, (scaled.round() as u32).max(1))
    } else {
        (width, height)
    };
    let picture = imageops::resize(picture, width, height, FilterType::Triangle);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, PAPER_QUALITY)
        .encode_image(&picture)
        .expect("memory takes everything");
    PaperPicture { jpeg, size: (width, height) }
}

/// The storyboard on paper.
fn printed(
    script: &CheckedScript,
    shots: &[PageShot],
    drawn: &BTreeMap<String, DrawnBoard>,
) -> Result<PdfDocument, Error> {
    let mut boards = Vec::new();
    for shot in shots {
        for (index, file) in shot.files.iter().enumerate() {
            let PaperPicture { jpeg, size } = drawn[file].print.clone();
            let end = if index > 0 { ", end" } else { "" };
            boards.push(PrintedBoard {
                heading: shot.heading.clone().filter(|_| index == 0),
                caption: format!("{}{end}  {}  {}", shot.number, shot.shows, shot.length),
                text: if index == 0 { shot.paper.clone() } else { String::new() },
                jpeg,
                size,
            });
        }
    }
    Ok(boards_pdf(&script.title(), &boards).map_err(deliver::Error::from)?)
}

/// A picture as PNG that says who made it, as films do, and for which script.
fn png_of(picture: &RgbImage, way: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mark = provenance::packet("", &[], PictureMaker::Program);
    let keyword = "XML:com.adobe.xmp".to_owned();
    encoder.add_itxt_chunk(keyword, mark).expect("a keyword of PNG's own");
    let made = made_for(picture.as_raw(), way);
    encoder.add_text_chunk(BOARD_MARK.to_owned(), made).expect("Latin letters");
    let mut writer = encoder.write_header().expect("memory takes everything");
    writer.write_image_data(picture.as_raw()).expect("memory takes everything");
    writer.finish().expect("memory takes everything");
    bytes
}

/// The keyword of what a board says of itself.
const BOARD_MARK: &str = "Photoplay board";

/// What a board stores about itself: the digests of its pixels and of the script that it is
/// for.
fn made_for(pixels: &[u8], way: &str) -> String {
    digest(&[pixels, way.as_bytes()].concat())
}

/// A storyboard with a comment at its end that says what it is, as a board does.
fn sealed(mut pdf: Vec<u8>, way: &str) -> Vec<u8> {
    let seal = seal(&pdf, way);
    pdf.extend(seal.as_bytes());
    pdf
}

fn seal(pdf: &[u8], way: &str) -> String {
    format!("%{BOARD_MARK} {}\n", made_for(pdf, way))
}

/// Whether a file is a board or the storyboard of a script, as it was made: whoever painted
/// on it shall find it again.
fn is_board(path: &Path, way: &str) -> bool {
    if path.ends_with(PAPER) {
        let Ok(bytes) = fs::read(path) else { return false };
        let (pdf, end) = bytes.split_at(bytes.len().saturating_sub(seal(&[], way).len()));
        return end == seal(pdf, way).as_bytes();
    }
    let Ok(file) = fs::File::open(path) else { return false };
    let Ok(mut reader) = png::Decoder::new(BufReader::new(file)).read_info() else { return false };
    let texts = &reader.info().uncompressed_latin1_text;
    let said = texts.iter().find(|text| text.keyword == BOARD_MARK).map(|text| text.text.clone());
    let (Some(said), Some(size)) = (said, reader.output_buffer_size()) else { return false };
    let mut pixels = vec![0; size];
    reader.next_frame(&mut pixels).is_ok() && made_for(&pixels, way) == said
}

impl BoardsIndex {
    /// Whether a file is as the page lists it, or the page itself as it was written.
    fn lists(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == PAGE {
            let Ok(text) = fs::read_to_string(path) else { return false };
            return text.contains(PAGE_MARK)
                && digest(text.replace(&self.line(), "").as_bytes()) == self.page;
        }
        let written = self.boards.get(&*name);
        written.is_some_and(|written| fs::read(path).is_ok_and(|bytes| digest(&bytes) == *written))
    }

    /// The line of the page that holds it.
    fn line(&self) -> String {
        let index = serde_json::to_string(self).expect("plain data becomes JSON");
        // JSON has this sign in strings only, and HTML would take it for a tag there.
        format!("{}{}{}", INDEX[0], index.replace('<', "\\u003c"), INDEX[1])
    }
}

/// What the page says of its boards, if it is one of ours and says so.
fn read_index(page: &Path) -> Option<BoardsIndex> {
    let text = fs::read_to_string(page).ok()?;
    let index = text.lines().find_map(|line| line.strip_prefix(INDEX[0]))?;
    serde_json::from_str(index.strip_suffix(INDEX[1])?).ok()
}

/// The digest of the way from a folder to a script.
pub(super) fn way(folder: &Path, script: &Path) -> String {
    let real = |path: &Path| {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        path.components().map(|part: Component<'_>| part.as_os_str().to_owned()).collect::<Vec<_>>()
    };
    let (folder, script) = (real(folder), real(script));
    let common = folder.iter().zip(&script).take_while(|(one, other)| one == other).count();
    let mut way: PathBuf = folder[common..].iter().map(|_| "..").collect();
    way.extend(&script[common..]);
    digest(way.as_os_str().as_encoded_bytes())
}

fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Removes the boards of shots that no longer exist: unchanged boards that the last page
/// lists, except those in `kept`.
fn remove_old(
    folder: &Path,
    before: &BoardsIndex,
    kept: &dyn Fn(&PathBuf) -> bool,
) -> Result<(), Error> {
    for (name, written) in &before.boards {
        let path = folder.join(name);
        // Somebody may have edited the page, so every name must be that of a file in its
        // folder.
        let plain = Path::new(name).components().eq([Component::Normal(name.as_ref())]);
        if !plain || kept(&path) {
            continue;
        }
        if fs::read(&path).is_ok_and(|bytes| digest(&bytes) == *written) {
            fs::remove_file(&path).map_err(|why| Error::Board {
                file: path.clone(),
                doing: "remove",
                why,
            })?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |why| Error::Board { file: path.to_owned(), doing: "write", why };
    write_whole(path, bytes).map_err(failed)
}

fn write_page(script: &CheckedScript, shots: &[PageShot], index: &str) -> String {
    let list = &script.list;
    let mut environment = Environment::new();
    // The name's end has every value escaped.
    environment.add_template(PAGE, include_str!("boards.html")).expect("the page's own template");
    let template = environment.get_template(PAGE).expect("it was added");
    let page = BoardsPage {
        title: script.title(),
        language: &list.settings.language,
        length: lasting(list.settings.rate.duration(list.frames())),
        shots,
        index,
    };
    template.render(Serde(page)).expect("the template asks for nothing else")
}
