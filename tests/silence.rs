//! Nothing is swallowed: scripts that ask for what cannot be shown or heard, made at random
//! of tests/silence.yaml, and every one of these asks is told at its place.

use std::path::Path;

use photoplay::analysis::analyze_with;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::prompts::advice::advise;
use photoplay::diagnostic::Diagnostic;
use photoplay::model::Model;
use photoplay::source::Sources;
use serde::Deserialize;

/// How many scripts are made.
const SCRIPTS: usize = 300;

/// Asks in one script.
const ASKS: usize = 6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    settings: Vec<Ask>,
    story: Vec<Ask>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    ask: String,
    /// Codes of messages of which one must be at the ask.
    told: Vec<String>,
}

/// Paragraphs of which there is nothing to tell, between the asks.
const PLAIN: [&str; 4] = [
    "!! WIDE [[2s]]\n\nMARA walks.",
    "!! MEDIUM ON MARA [[static, 3s]]\n\nMARA stands.",
    "MARA\nIt is late.",
    "MARA walks to the door.",
];

const CAST: &str = "[[cast: MARA, a woman, wearing a green coat]]";

#[test]
fn whatever_is_asked_and_not_shown_is_told() {
    let table = include_str!("silence.yaml");
    let table: Table = serde_yaml::from_str(table).expect("the table is YAML of this form");
    let toy = Model::embedded().expect("the embedded model is whole");
    // A linear congruential generator (Knuth, MMIX) makes the same scripts in every run.
    let mut seed = 1912_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let (mut asked, mut silent) = (vec![0; table.story.len()], Vec::new());
    for _ in 0..SCRIPTS {
        let mut script = Script::default();
        script.ask(&table.settings[next(table.settings.len())]);
        script.add(CAST);
        script.add("INT. ROOM - DAY");
        script.add(PLAIN[next(PLAIN.len())]);
        let mut chosen: Vec<usize> = (0..ASKS).map(|_| next(table.story.len())).collect();
        chosen.dedup();
        for (at, index) in chosen.iter().enumerate() {
            script.add(PLAIN[next(PLAIN.len())]);
            // A message about a word or a name comes once for a film.
            if !chosen[..at].contains(index) {
                asked[*index] += 1;
                script.ask(&table.story[*index]);
            }
        }
        script.add("!! WIDE [[2s]]\n\nMARA walks.");
        let told = script.told(&toy);
        for (place, ask) in &script.asks {
            let is_here = |found: &&Diagnostic| {
                found.span.is_some_and(|span| place.contains(&(span.start as usize)))
            };
            let here: Vec<&str> =
                told.iter().filter(is_here).map(|found| found.code.as_str()).collect();
            if !ask.told.iter().any(|code| here.contains(&code.as_str())) {
                silent.push(format!("{:?}: {:?}, not {here:?}", ask.ask, ask.told));
            }
        }
    }
    silent.sort_unstable();
    silent.dedup();
    assert!(silent.is_empty(), "not told:\n{}", silent.join("\n"));
    assert!(asked.iter().all(|times| *times > 0), "some are never asked: {asked:?}");
}

/// A script in the making, with the places of its asks.
#[derive(Default)]
struct Script<'a> {
    text: String,
    asks: Vec<(std::ops::Range<usize>, &'a Ask)>,
}

impl<'a> Script<'a> {
    fn add(&mut self, paragraph: &str) {
        self.text.push_str(paragraph);
        self.text.push_str("\n\n");
    }

    fn ask(&mut self, ask: &'a Ask) {
        let start = self.text.len();
        self.add(&ask.ask);
        self.asks.push((start..self.text.len(), ask));
    }

    fn told(&self, model: &Model) -> Vec<Diagnostic> {
        let mut sources = Sources::default();
        let id = sources.add(Path::new("tests/silence/film.play"), self.text.as_str());
        let advice = |list: &_| advise(list, model);
        analyze_with(&mut sources, id, Strictness::Strict, None, advice).diagnostics
    }
}
