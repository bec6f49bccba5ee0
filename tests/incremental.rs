//! A cache changes no analysis: after every edit, an analysis with the cache of
//! the text before equals one without a cache. `PROPTEST_CASES=100000`
//! tests more.

#[path = "common/scripts.rs"]
mod files;

use std::fs;
use std::path::{Path, PathBuf};

use photoplay::analysis::{AnalysisCache, ScriptAnalysis, analyze_with};
use photoplay::breakdown::Strictness;
use photoplay::source::Sources;
use proptest::prelude::*;

/// Texts to type, with an example of everything that affects other lines.
const SCRAPS: &[&str] = &[
    "x",
    " ",
    "  ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    ".",
    ",",
    "é",
    "小美",
    "[[",
    "]]",
    "/*",
    "*/",
    "*",
    "MARA",
    "IDA",
    "VOSS",
    "GUARD",
    "\n\nMARA\nStay here. (beat) Both of you.\n\n",
    "\n\nVOSS\n(whispering)\nNo.\n\n",
    "\n\nALL\nWe stay.\n\n",
    "\n\nGUARD\nHalt!\n\n",
    "\n\nMARA (V.O.)\nIt was a long night, and nobody slept.\n\n",
    "\n\nMARA (PRE-LAP)\nListen.\n\n",
    "\n\n@小美\n(笑)\n你好。\n\n",
    "\n\nINT. WORKSHOP - NIGHT\n\n",
    "\n\nEXT. QUAY - NIGHT - FLASHBACK (1882)\n\n",
    "\n\nINT. HOUSE - LATER #12A#\n\n",
    "\n\nEND FLASHBACK\n\n",
    "\n\n> DISSOLVE TO: [[1s]]\n\n",
    "\n\n> FADE OUT.\n\n",
    "\n\nMATCH CUT TO:\n\n",
    "\n\n!! CLOSE ON MARA [[slow push in, 3s]]\n\n",
    "\n\n!! WIDE [[continues, 2s]]\n\n",
    "\n\n!! TWO SHOT, MARA and TUSK, J-cut 0.5s #2A#\n\n",
    "\n\n!! INSERT - THE LEDGER [[2s]]\n\n",
    "\n\n!! CLOSE ON THE LANTERN [[L-cut 1s]]\n\n",
    "\n\n!! BACK TO SCENE\n\n",
    "\n\n!! MEDIUM ON MARA, slow dolley in\n\n",
    "\n\nCLOSE ON THE LETTER\n\n",
    "\n\nANGLE ON Mara.  She waits.\n\n",
    "\n\nSUPER: \"Three years later\"\n\n",
    "\n\n> THE END <\n\n",
    "\n\nMARA (30s, copper curls, wearing a green coat) comes in.\n\n",
    "\n\nVARYA, twenty-four, keys at her belt, comes in.\n\n",
    "\n\nThey do not look at each other. Jonas is gone. She walks to the window. He follows.\n\n",
    "\n\n    Nell --\n    Do not wind it.\n\n",
    "\n\n[[wear: MARA, a black oilskin]]\n\n",
    "\n\n[[now: TUSK, dented | this scene]]\n\n",
    "\n\n[[gone: TUSK]]\n\n",
    "\n\n[[here: MARA left, TUSK right]]\n\n",
    "\n\n[[weather: rain]]\n\n",
    "\n\n[[light: candlelight]]\n\n",
    "\n\n[[style: noir]]\n\n",
    "\n\n[[block: MARA enters left]]\n\n",
    "\n\n[[film: blocking off]]\n\n",
    "\n\nA fox runs between the trees. Two horses follow it.\n\n",
    "\n\nThe fox stops. It barks.\n\n",
    "\n\nAnother fox barks at MARA.\n\n",
    "\n\n[[wear: the fox, a red ribbon]]\n\n",
    "\n\n[[gone: the fox]]\n\n",
    "\n\n!! CLOSE ON the fox [[2s]]\n\n",
    "\n\n!! WIDE [[continues #2A#, 2s]]\n\n",
    "\n\n[[now: HALL, candles]]\n\n",
    "\n\n# Part Two\n\n",
    "\n\nVARYA, a dog, comes in. The dog sits.\n\n",
    "\n\n[[cast: MARA VOSS, a watchmaker, wearing a grey coat | also: MUM]]\n\n",
    "\n\n[[cast: YOUNG IDA = IDA, eleven years old]]\n\n",
    "\n\n[[group: THE SAILORS, six men]]\n\n",
    "\n\n[[place: WORKSHOP, a hundred clocks]]\n\n",
    "\n\n[[prop: THE LEDGER, a black book]]\n\n",
    "\n\n[[film: pace 0.9 | captions cards]]\n\n",
    "\n\n[[film: language de]]\n\n",
    " [[cut: INSERT - the eye]] and then [[cut: back]] ",
    "[[allow: negation]]",
];

/// One edit: its start, the length that it removes, and the new text; sometimes the
/// text before it returns.
#[derive(Debug, Clone)]
struct Edit {
    at: prop::sample::Index,
    gone: usize,
    new: &'static str,
    undo: bool,
}

fn edit() -> impl Strategy<Value = Edit> {
    let gone = prop_oneof![3 => Just(0), 2 => 1..4_usize, 1 => 1..200_usize];
    let new = prop_oneof![1 => Just(""), 4 => prop::sample::select(SCRAPS)];
    (any::<prop::sample::Index>(), gone, new, prop::bool::weighted(0.2))
        .prop_map(|(at, gone, new, undo)| Edit { at, gone, new, undo })
}

fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn scripts() -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a script is text");
        (path, text)
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files::scripts(root).into_iter().map(read).collect()
}

/// The whole analysis of a text, without a cache or with one.
fn known(path: &Path, text: &str, mut cache: Option<&mut AnalysisCache>) -> String {
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let (strictness, reused) = (Strictness::of(path), cache.as_deref_mut());
    let analysis = analyze_with(&mut sources, id, strictness, reused, |_| Vec::new());
    let ScriptAnalysis { tree, screenplay: film, list, diagnostics } = analysis;
    let everything = format!(
        "{tree:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{list:#?}\n{diagnostics:#?}",
        film.settings, film.title, film.subjects, film.places, film.scenes, film.files, film.usages,
    );
    if let Some(cache) = cache {
        cache.recycle(tree);
    }
    everything
}

fn first_difference(wanted: &str, found: &str) -> String {
    let (at, lines) = wanted
        .lines()
        .zip(found.lines())
        .enumerate()
        .find(|(_, (wanted, found))| wanted != found)
        .unwrap_or((0, ("one ends", "before the other")));
    let from = at.saturating_sub(12);
    let around: Vec<&str> = wanted.lines().skip(from).take(at - from).collect();
    format!("{}\nwanted {}\nfound  {}", around.join("\n"), lines.0, lines.1)
}

fn check(path: &Path, start: &str, edits: &[Edit]) -> Result<(), TestCaseError> {
    let mut cache = AnalysisCache::default();
    let mut texts = vec![start.to_owned()];
    known(path, start, Some(&mut cache));
    for Edit { at, gone, new, undo } in edits {
        if *undo && texts.len() > 1 {
            texts.pop();
        } else {
            let mut text = texts[texts.len() - 1].clone();
            let from = boundary(&text, at.index(text.len() + 1));
            let to = boundary(&text, from + gone);
            text.replace_range(from..to.max(from), new);
            texts.push(text);
        }
        let text = &texts[texts.len() - 1];
        let (wanted, found) = (known(path, text, None), known(path, text, Some(&mut cache)));
        prop_assert!(
            wanted == found,
            "{}: {text:?}\n{}",
            path.display(),
            first_difference(&wanted, &found)
        );
    }
    Ok(())
}

/// Both change a paragraph and, with it, an empty line further on.
#[test]
fn what_an_empty_line_moves_is_behind_it() {
    let path = Path::new("/nonexistent/film.play");
    let mut cache = AnalysisCache::default();
    let script = |first: &str, gap: &str| {
        format!("INT. HALL - DAY\n\n{first}\n\nINT. YARD - DAY\n\n{gap}MARA waits.\n\nMARA\nNo.\n")
    };
    for text in [script("One.", ""), script("One, two.", "\n"), script("One.", "\n\n")] {
        let (wanted, found) = (known(path, &text, None), known(path, &text, Some(&mut cache)));
        assert!(wanted == found, "{}", first_difference(&wanted, &found));
    }
}

/// Two versions of a script that differ in one place, whose analysis differs in another.
#[test]
fn what_a_scene_depends_on_is_behind_it() {
    let yard = "EXT. YARD - DAY\n\nThe dog barks. MARA waits.\n\n!! CLOSE ON MARA\n\nShe waits.\n";
    let flashback = "INT. HALL - NIGHT (FLASHBACK)\n\nOne.\n\nEND FLASHBACK\n\nThe dog barks.\n";
    let pairs = [
        ("INT. HALL - DAY\n\nOne.\n\n", "INT. HALL - DAY\n\n[[light: candlelight]]\n\nOne.\n\n"),
        ("[[weather: rain]]\n\n", "[[weather: snow]]\n\n"),
        ("[[cast: MARA, a woman]]\n\n", "[[cast: MARA, a white dog]]\n\n"),
        ("EXT. YARD - NIGHT\n\nA wall.\n\n", "EXT. YARD - NIGHT\n\n!! CLOSE ON A wall\n\nOne.\n\n"),
        ("INT. HALL - DAY\n\nMARA\nNo.\n\n", "INT. HALL - DAY\n\nMARA\nNo.\n\nTHE DOG\nWoof.\n\n"),
        ("[[gone: MARA]]\n\n", ""),
        ("", "/*\n\n"),
        ("# One\n\n", "# Two\n\n"),
    ];
    let path = Path::new("/nonexistent/film.play");
    for (before, after) in pairs {
        for rest in
            [yard.to_owned(), format!("{yard}\n{flashback}"), format!("{flashback}\n{yard}")]
        {
            let mut cache = AnalysisCache::default();
            for first in [before, after, before, after] {
                let text = format!("{first}{rest}");
                let (wanted, found) =
                    (known(path, &text, None), known(path, &text, Some(&mut cache)));
                let difference = || first_difference(&wanted, &found);
                assert!(wanted == found, "{text}\n{}", difference());
            }
        }
    }
}

#[test]
fn edited_scripts_mean_what_they_say() {
    let scripts = scripts();
    assert!(scripts.len() > 40, "{}", scripts.len());
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    // A case is many edits.
    config.cases = config.cases.div_ceil(8);
    let case = (any::<prop::sample::Index>(), prop::collection::vec(edit(), 1..24));
    proptest!(config, |((script, edits) in case)| {
        let (path, text) = script.get(&scripts);
        check(path, text, &edits)?;
    });
}
