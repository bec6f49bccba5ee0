//! Who and what ordinary sentences put into the picture: every sentence of
//! the sets in `tests/staging/` is filmed, and its shot must show what is to be seen.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::shot::{Picture, ShotList, TakeSpec};
use photoplay::source::Sources;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    say: String,
    #[serde(default)]
    see: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    may: Vec<String>,
    place: Option<String>,
    #[serde(rename = "in")]
    language: Option<String>,
}

/// Who or what must be seen: `2 horse acts`.
#[derive(Debug)]
struct Wanted<'a> {
    /// `None` where nobody counted them.
    count: Option<u32>,
    words: Vec<&'a str>,
    acts: bool,
}

fn wanted(text: &str) -> Wanted<'_> {
    let mut words: Vec<&str> = text.split(' ').collect();
    let acts = words.last() == Some(&"acts");
    words.truncate(words.len() - usize::from(acts));
    let count = match words[0] {
        "some" => None,
        number => Some(number.parse().unwrap_or(1)),
    };
    let counted = words[0] == "some" || words[0].parse::<u32>().is_ok();
    Wanted { count, words: words.split_off(usize::from(counted)), acts }
}

/// Somebody or something in the picture.
#[derive(Debug)]
struct Seen {
    noun: String,
    words: String,
    count: u32,
    acts: bool,
}

fn shots(sentence: &Sentence) -> ShotList {
    let place = sentence.place.as_deref().unwrap_or("EXT. SQUARE - DAY");
    let language = sentence.language.as_deref().unwrap_or("en");
    let script = format!(
        "[[film: cards off | language {language}]]\n\n{place}\n\n!! WIDE\n\n{}\n\n# Cast\n\n\
         [[cast: MARA, a woman of thirty, her hair cut short]]\n\n[[cast: JONAS, a man with his beard cut short]]\n",
        sentence.say
    );
    let mut sources = Sources::default();
    let id = sources.add(Path::new("sentence.play"), &script);
    analyze(&mut sources, id, Strictness::Strict).list
}

fn seen(list: &ShotList) -> Vec<Seen> {
    let takes = list.shots.iter().filter_map(|shot| match &shot.picture {
        Picture::Take(take) => Some(&**take),
        _ => None,
    });
    takes.flat_map(|take| seen_in(list, take)).collect()
}

fn seen_in(list: &ShotList, take: &TakeSpec) -> Vec<Seen> {
    let depicted = take.description.subjects.iter();
    depicted
        .enumerate()
        .map(|(index, depicted)| {
            let subject = take.subjects.get(index).map(|(who, _)| *who);
            let character = subject.map(|who| &list.subjects[who]);
            let name = character.map_or("", |character| &character.name);
            Seen {
                noun: character.map(|it| it.noun().to_owned()).unwrap_or_default(),
                words: format!("{name} {} {}", depicted.called, depicted.words).to_lowercase(),
                count: depicted.count,
                acts: take.acts.iter().any(|act| act.who.contains(&index)),
            }
        })
        .collect()
}

impl Wanted<'_> {
    fn is(&self, seen: &Seen) -> bool {
        let last = self.words.last().copied().unwrap_or_default().to_lowercase();
        let named = seen.words.split(' ').any(|word| word == last) && seen.noun.is_empty();
        let noun = seen.noun.rsplit(' ').next().unwrap_or_default();
        ((noun == last && !noun.is_empty()) || named)
            && self
                .words
                .iter()
                .rev()
                .skip(1)
                .all(|word| seen.words.split(' ').any(|known| known == word.to_lowercase()))
    }
}

/// What is wrong with a sentence.
#[derive(Debug, Default)]
struct Faults {
    wanted: usize,
    missing: Vec<String>,
    forbidden: usize,
    shown: Vec<String>,
    acting: Vec<String>,
}

fn judge(sentence: &Sentence) -> Faults {
    let list = shots(sentence);
    let mut left = seen(&list);
    let mut faults = Faults { wanted: sentence.see.len(), ..Faults::default() };
    for text in &sentence.see {
        let wanted = wanted(text);
        let count = |seen: &Seen| match wanted.count {
            Some(count) => seen.count == count,
            None => seen.count > 2,
        };
        match left.iter().position(|seen| wanted.is(seen) && count(seen)) {
            Some(at) => {
                let seen = left.remove(at);
                if wanted.acts && !seen.acts {
                    faults.acting.push(text.clone());
                }
            }
            None => faults.missing.push(text.clone()),
        }
    }
    let may = |seen: &Seen| sentence.may.iter().any(|text| wanted(text).is(seen));
    faults.shown = left
        .iter()
        .filter(|seen| !may(seen))
        .map(|seen| format!("{} {}", seen.count, seen.words))
        .collect();
    let listed = |seen: &&Seen| sentence.not.iter().any(|text| wanted(text).is(seen));
    let unlisted = left.iter().filter(|seen| !may(seen) && !listed(seen)).count();
    faults.forbidden = sentence.not.len() + unlisted;
    faults
}

#[test]
fn an_extra_in_several_shots_of_a_scene_has_a_portrait() {
    let script = include_str!("plans/extras.play");
    let mut sources = Sources::default();
    let id = sources.add(Path::new("extras.play"), script);
    let list = analyze(&mut sources, id, Strictness::Strict).list;
    let cast = photoplay::casting::looks(&list, None);
    let names: Vec<&str> = cast.looks.iter().map(|look| look.name.as_str()).collect();
    assert_eq!(names, ["fox", "other fox"]);
    let shown = cast.shots.iter().filter(|shot| !shot.is_empty()).count();
    assert!(shown >= 3, "{cast:?}");
}

/// How well the sentences of a set are filmed: what is missing, shown or idle, of how many.
#[derive(Debug, Default)]
struct Score {
    wanted: usize,
    missing: usize,
    forbidden: usize,
    shown: usize,
    idle: usize,
    report: String,
}

fn score(sentences: &[Sentence]) -> Score {
    let mut score = Score::default();
    for sentence in sentences {
        let faults = judge(sentence);
        score.wanted += faults.wanted;
        score.missing += faults.missing.len();
        score.forbidden += faults.forbidden;
        score.shown += faults.shown.len();
        score.idle += faults.acting.len();
        for (what, list) in
            [("missing", &faults.missing), ("shown", &faults.shown), ("idle", &faults.acting)]
        {
            if !list.is_empty() {
                let line = format!("{}: {what} {}", sentence.say, list.join(", "));
                writeln!(score.report, "{line}").expect("a string");
            }
        }
    }
    score
}

/// At most so much of a set is missing, or shown though nothing shows it.
const MISSING: f64 = 0.05;
const SHOWN: f64 = 0.02;

#[test]
#[expect(clippy::print_stdout, reason = "what is missing is read with `--nocapture`")]
fn who_is_in_the_sentence_is_in_the_picture() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/staging");
    let mut sets: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|set| set.expect("a file").path()).collect();
    sets.sort();
    let (mut summary, mut under) = (String::new(), Vec::new());
    for set in sets {
        let text = fs::read_to_string(&set).expect("a text");
        let sentences: Vec<Sentence> = serde_yaml::from_str(&text).expect("well formed");
        let Score { wanted, missing, forbidden, shown, idle, report } = score(&sentences);
        writeln!(
            summary,
            "{}, {} sentences: {missing} of {wanted} missing, {shown} of {forbidden} shown, {idle} idle\n{report}",
            set.display(),
            sentences.len()
        )
        .expect("a string");
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        let meets = share(missing, wanted) <= MISSING
            && share(shown, forbidden) <= SHOWN
            && share(idle, wanted) <= MISSING;
        if !meets {
            under.push(set.display().to_string());
        }
    }
    println!("{summary}");
    assert!(under.is_empty(), "below the bar: {}\n{summary}", under.join(", "));
}
