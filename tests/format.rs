//! The formatter on the scripts of this repository and on thousands of random ones. A
//! second time changes nothing, the tree is the same, every note and boneyard stays,
//! and only spacing of our own marks and line ends change. `PROPTEST_CASES=100000`
//! tests more.

mod common;
#[path = "common/scripts.rs"]
mod files;

use std::fs;
use std::path::Path;

use common::tree_words;
use photoplay::script::format::{edits, format};
use photoplay::script::highlight::{Class, highlight};
use photoplay::script::parse;
use photoplay::source::{SourceId, Sources};
use proptest::prelude::*;

/// A script, parsed and formatted.
struct Formatted {
    sources: Sources,
    id: SourceId,
    after: String,
}

impl Formatted {
    fn of(name: &str, text: &str) -> Self {
        let mut sources = Sources::default();
        let id = sources.add(name, text);
        let after = format(&sources, id);
        Self { sources, id, after }
    }

    fn tree(&self) -> String {
        tree_words(&parse(&self.sources, self.id).0)
    }

    /// The letters of every note and boneyard, in order.
    fn comments(&self) -> Vec<String> {
        let (tree, _) = parse(&self.sources, self.id);
        let source = self.sources.get(self.id);
        let mut comments: Vec<(u32, String)> = Vec::new();
        for colour in highlight(&tree, source) {
            let words: String = source
                .slice(colour.span)
                .chars()
                .filter(|letter| !letter.is_whitespace())
                .collect();
            match (colour.class, comments.last_mut()) {
                (Class::Note | Class::Boneyard, Some((end, last))) if *end == colour.span.start => {
                    last.push_str(&words);
                    *end = colour.span.end;
                }
                (Class::Note | Class::Boneyard, _) => comments.push((colour.span.end, words)),
                _ => {}
            }
        }
        comments.into_iter().map(|(_, words)| words).collect()
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn holds_for(name: &str, text: &str) {
    let once = Formatted::of(name, text);
    let twice = Formatted::of(name, &once.after);
    assert_eq!(twice.after, once.after, "a second time changes {text:?}");
    assert_eq!(once.tree(), twice.tree(), "{text:?} means something else as {:?}", once.after);
    assert_eq!(once.comments(), twice.comments(), "a remark of {text:?} is gone");
    assert_eq!(letters(text), letters(&once.after), "a letter of {text:?} is gone");
    let mut end = 0;
    for (range, with) in edits(&once.sources, once.id) {
        assert!(end <= range.start && range.end <= text.len(), "edits overlap in {text:?}");
        assert_ne!(text[range.clone()], with, "an edit of {text:?} changes nothing");
        end = range.end;
    }
}

#[test]
fn real_scripts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = files::scripts(root);
    assert!(found.len() > 40, "{}", found.len());
    for path in found {
        let text = fs::read_to_string(&path).expect("a script is text");
        holds_for(&path.to_string_lossy(), &text);
        holds_for(&path.to_string_lossy(), &text.replace('\n', "\r\n"));
        // Our examples are formatted.
        if path.starts_with(root.join("examples")) {
            assert_eq!(Formatted::of("a.play", &text).after, text, "{}", path.display());
        }
    }
}

// ─── Random scripts ──────────────────────────────────────────────────────────

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["MARA", "TUSK", "IDA VOSS", "Ida", "小美", "ÉLODIE", "GUARD #2"])
}

fn spaces() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", " ", " ", "  ", "   ", "\t"])
}

fn phrase() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "3s",
        "exactly 40s",
        "slow push in",
        "pan left to reveal TUSK",
        "35mm",
        "low angle",
        "continues",
        "continues #2A#",
        "from \"a, b.png\"",
        "J-cut 0.5s",
        "wearing a hat",
        "1,5s",
        "3,s",
        "#12C#",
        "candlelight",
        "slow dolley in",
        "freeze 2s",
        "",
    ])
}

fn phrases() -> impl Strategy<Value = String> {
    let one = (spaces(), phrase(), spaces(), prop::sample::select(vec![",", ",", ",", "，"]));
    prop::collection::vec(one, 1..5).prop_map(|all| {
        let mut text = String::new();
        for (index, (before, phrase, after, comma)) in all.iter().enumerate() {
            if index > 0 {
                text.push_str(comma);
            }
            text.extend([*before, phrase, after]);
        }
        text
    })
}

/// A remark, a directive or a boneyard.
fn comment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[[a remark]]".to_owned()),
        Just("[[a remark ,  of\ntwo lines]]".to_owned()),
        Just("/* gone, | for now */".to_owned()),
        Just("/* one\n\ntwo */".to_owned()),
        Just("[[/* in a note */ x]]".to_owned()),
        Just("[[cut: back]]".to_owned()),
        Just("[[note: wear: MARA]]".to_owned()),
        (spaces(), name(), spaces(), spaces())
            .prop_map(|(a, name, b, c)| format!("[[{a}now:{b}{name},{c}soot |{a}this scene{b}]]")),
        phrases().prop_map(|phrases| format!("[[cut: INSERT - the eye, {phrases}]]")),
    ]
}

fn words() -> impl Strategy<Value = String> {
    (name(), prop::option::weighted(0.3, comment()), spaces()).prop_map(|(name, comment, end)| {
        let comment = comment.map_or_else(String::new, |comment| format!(" {comment}"));
        format!("{name} *waits*, and_ waits.{comment}{end}")
    })
}

/// A carelessly written paragraph of a script.
fn paragraph() -> impl Strategy<Value = String> {
    let heading =
        (name(), spaces()).prop_map(|(place, end)| format!("INT. {place} - DAY #1A#{end}"));
    let shot = (spaces(), spaces(), name(), spaces(), prop::option::of(phrases()), spaces())
        .prop_map(|(a, b, name, c, tail, d)| {
            let tail = tail.map_or_else(String::new, |tail| format!("{c}[[{tail}]]"));
            format!("{a}!!{b}CLOSE ON {name}{tail}{d}")
        });
    let open = (name(), phrases(), prop::option::of(comment())).prop_map(|(name, all, comment)| {
        format!("!! MEDIUM ON {name}, {all} {}", comment.unwrap_or_default())
    });
    let speech = (name(), words(), prop::option::of(words()), spaces()).prop_map(
        |(name, first, second, end)| {
            let second = second.map_or_else(String::new, |more| format!("\n  \n(beat)\n{more}"));
            format!("{name} (V.O.){end}\n{first}{second}")
        },
    );
    let directive = (spaces(), name(), spaces(), spaces()).prop_map(|(a, name, b, c)| {
        format!("{a}[[cast :{b}{name},{c}a girl|{b}also: X{c}｜face: hidden]]{a}")
    });
    let transition = (spaces(), prop::option::of(phrases())).prop_map(|(end, tail)| {
        format!("> DISSOLVE TO:{}{end}", tail.map_or_else(String::new, |t| format!(" [[{t}]]")))
    });
    prop_oneof![
        2 => heading, 4 => shot, 2 => open, 4 => words(), 4 => speech, 2 => directive,
        1 => transition, 2 => comment(),
        1 => Just("CUT TO: ".to_owned()),
        1 => Just("# Act  one ".to_owned()),
        1 => Just("> the end <".to_owned()),
        1 => Just("    a letter,\n    indented".to_owned()),
    ]
}

fn script() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec![
        "\n", "\n\n", "\n\n", "\n\n", "\n \n", "\n  \n", "\r\n\r\n", "\n\n\n",
    ]);
    prop::collection::vec((paragraph(), end), 1..12)
        .prop_map(|all| all.into_iter().map(|(paragraph, end)| paragraph + end).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scripts_nobody_wrote(text in script()) {
        holds_for("a.play", &text);
        holds_for("a.fountain", &text);
    }
}
