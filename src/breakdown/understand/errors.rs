//! What we say about mistakes in a script, in one voice: lower case, specific,
//! with the remedy. Knows wording, and nothing of how a mistake is found.

use indexmap::IndexMap;

use crate::breakdown::language::glossary::Table;
use crate::breakdown::language::phrases::{PhraseSuggestion, SuggestionKind};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::part;
use crate::breakdown::screenplay::Character;
use crate::diagnostic::{Code, Diagnostic};
use crate::script::tree::DirectiveWord;
use crate::source::{Span, Spanned};
use crate::time::Seconds;

pub(super) fn quoted(words: &str) -> String {
    // A message is one line, whatever was written.
    let flat = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = flat.chars().take(60).collect();
    if short.len() < flat.len() { format!("`{short}…`") } else { format!("`{short}`") }
}

pub(super) fn did_you_mean(near: &str) -> String {
    format!("did you mean `{near}`?")
}

/// What a remedy does that writes other words.
pub(super) fn write(words: &str) -> String {
    format!("write `{words}`")
}

// ─── Shot lines ──────────────────────────────────────────────────────────────

/// A phrase close to one that is known.
pub(crate) fn misspelt_phrase(
    phrase: &Spanned<String>,
    suggestion: &PhraseSuggestion,
    vocabulary: &Vocabulary,
) -> Diagnostic {
    let Vocabulary { angles, lenses, lights, .. } = vocabulary;
    let meant = &suggestion.meant;
    match suggestion.kind {
        SuggestionKind::Move => {
            let wrong = part(phrase, suggestion.wrong.clone()).span;
            unknown_move(phrase, wrong, meant, vocabulary)
        }
        SuggestionKind::Angle => unknown_word(phrase, ["an angle", "angles"], meant, angles),
        SuggestionKind::Lens => unknown_word(phrase, ["a lens", "lenses"], meant, lenses),
        SuggestionKind::Light => unknown_word(phrase, ["a light", "lights"], meant, lights),
        SuggestionKind::Shape => {
            let known: Vec<&str> =
                vocabulary.words(Table::Phrases).iter().map(|known| known.word).collect();
            unknown(phrase, ["a phrase", "phrases"], meant, &known.join(", "))
        }
    }
}

fn unknown_move(
    phrase: &Spanned<String>,
    wrong: Span,
    meant: &str,
    known: &Vocabulary,
) -> Diagnostic {
    let names: Vec<&str> = known.moves.keys().map(String::as_str).collect();
    Diagnostic::error(
        Code::UnknownMove,
        phrase.span,
        format!("{} is not a camera move", quoted(&phrase.value)),
    )
    .label(format!("did you mean `{meant}`?"))
    .help(format!("moves: {}", names.join(", ")))
    .fix(write(meant), wrong, meant)
}

fn unknown_word<E>(
    phrase: &Spanned<String>,
    kind: [&str; 2],
    meant: &str,
    known: &IndexMap<String, E>,
) -> Diagnostic {
    let words: Vec<&str> = known.keys().map(String::as_str).collect();
    unknown(phrase, kind, meant, &words.join(", "))
}

fn unknown(
    phrase: &Spanned<String>,
    [one, many]: [&str; 2],
    meant: &str,
    known: &str,
) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownPhrase,
        phrase.span,
        format!("{} is not {one}", quoted(&phrase.value)),
    )
    .label(format!("did you mean `{meant}`?"))
    .help(format!("{many}: {known}"))
    .fix(write(meant), phrase.span, meant)
}

pub(crate) fn unknown_phrase(phrase: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownPhrase,
        phrase.span,
        format!("{} is not in the vocabulary of shot lines", quoted(&phrase.value)),
    )
    .label("expected a move, an angle, a lens, a light, a length like `3s`, or names")
    .help("only the subject before the first comma is free; write what happens as action below the shot line")
}

/// A phrase such as `here: IDA left`.
pub(crate) fn directive_in_shot_line(phrase: &Spanned<String>, word: &str) -> Diagnostic {
    unknown_phrase(phrase)
        .help(format!("write `[[{word}: …]]` on a line of its own above the shot line"))
}

pub(crate) fn unknown_clause(rest: &Spanned<String>, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownMove,
        rest.span,
        format!("{} does not go with `{name}`", quoted(&rest.value)),
    )
    .label("expected `to …`, `to reveal …`, `from … to …`, `with …` or nothing")
    .help("write what happens as action below the shot line")
}

pub(crate) fn second_move(phrase: &Spanned<String>, first: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::TwoMoves,
        phrase.span,
        format!("this shot already moves: `{first}`; {} is left out", quoted(&phrase.value)),
    )
    .help("one move per shot; write a second shot for the second move")
}

pub(crate) fn written_twice(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(Code::WrittenTwice, span, format!("this shot already has {what}"))
        .help("keep one of the two")
}

pub(crate) fn decimal_comma(span: Span, whole: &str, rest: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DecimalComma,
        span,
        format!("a comma separates phrases, so `{whole},{rest}` reads as `{whole}` and `{rest}`"),
    )
    .help(format!("write {whole}.{rest}"))
    .fix(write(&format!("{whole}.{rest}")), span, format!("{whole}.{rest}"))
}

pub(crate) fn bare_number(span: Span, number: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::BareNumber, span, format!("`{number}` has no unit"))
        .label("a number needs a unit")
        .help(format!("write {number}s for seconds, {number}mm for a lens"));
    let seconds = format!("{number}s");
    let lens = format!("{number}mm");
    // No shot lasts 35 seconds, and no lens has three millimetres.
    if number.parse::<f64>().is_ok_and(|number| number > 12.0) {
        diagnostic.fix(write(&lens), span, lens).fix(write(&seconds), span, seconds)
    } else {
        diagnostic.fix(write(&seconds), span, seconds)
    }
}

pub(crate) fn bad_duration(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadDuration,
        span,
        format!("{} is not a length of time", quoted(written)),
    )
    .label("expected seconds, like `3s` or `1.5s`")
    .help("a shot lasts 0.5s to 30s; `exactly` allows others")
}

pub(crate) fn absurd_duration(span: Span, length: Seconds) -> Diagnostic {
    if !(Seconds::millis(40)..=Seconds::millis(600_000)).contains(&length) {
        return impossible_duration(span, length);
    }
    let (what, help) = if length < Seconds::millis(500) {
        ("too short to be seen", format!("write at least 0.5s, or `exactly {length}`"))
    } else {
        ("longer than any shot should be", format!("write at most 30s, or `exactly {length}`"))
    };
    Diagnostic::error(Code::AbsurdDuration, span, format!("{length} is {what}")).help(help).fix(
        write(&format!("exactly {length}")),
        span,
        format!("exactly {length}"),
    )
}

pub(crate) fn impossible_duration(span: Span, length: Seconds) -> Diagnostic {
    Diagnostic::error(Code::AbsurdDuration, span, format!("no shot can last {length}"))
        .help("even `exactly` allows no more than 10 minutes, and no less than 0.04s")
}

pub(crate) fn reserved(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        Code::Reserved,
        span,
        format!("`{}` is reserved for a later edition and not built yet", word.to_uppercase()),
    )
    .help("write the shots one by one")
}

pub(crate) fn empty_shot(span: Span) -> Diagnostic {
    Diagnostic::error(Code::EmptyShot, span, "this shot line is empty")
        .help("write a size or a subject: `!! WIDE`, `!! CLOSE ON MARA`")
}

// ─── Names ───────────────────────────────────────────────────────────────────

pub(crate) fn no_one_is_called(
    name: &Spanned<String>,
    near: Option<(String, String)>,
) -> Diagnostic {
    let word = name.value.to_uppercase();
    let diagnostic = Diagnostic::error(
        Code::UnknownName,
        name.span,
        format!("no one is called {}", quoted(&name.value).trim_matches('`')),
    )
    .help(format!(
        "write a person into the story with `[[cast: {word}, …]]`; write things in small letters: \
         `close on the lamp`"
    ));
    match near {
        Some((near, label)) => diagnostic.label(label).fix(write(&near), name.span, near),
        None => diagnostic,
    }
}

pub(crate) fn undeclared_thing(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::hint(
        Code::UndeclaredThing,
        name.span,
        format!("nobody and nothing is called {}, so it looks new in every shot", name.value),
    )
    .help(format!(
        "say what it looks like with `[[prop: {}, …]]`, or write it in small letters",
        name.value
    ))
    .fix(
        format!("write `{}` in small letters", name.value.to_lowercase()),
        name.span,
        name.value.to_lowercase(),
    )
}

pub(crate) fn small_name(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::warning(
        Code::SmallName,
        name.span,
        format!("{} in small letters is a thing, not the person", quoted(&name.value)),
    )
    .help(format!("write {}", name.value.to_uppercase()))
    .fix(write(&name.value.to_uppercase()), name.span, name.value.to_uppercase())
}

pub(crate) fn several_answer(name: &Spanned<String>, owners: Vec<Character>) -> Diagnostic {
    let count = match owners.len() {
        2 => "two people are called".to_owned(),
        more => format!("{more} people are called"),
    };
    let mut diagnostic = Diagnostic::error(
        Code::AmbiguousName,
        name.span,
        format!("{count} {}", name.value.to_uppercase()),
    )
    .label("which of them?")
    .help(format!(
        "use full names, or say which: `| also: {}` on one of them",
        name.value.to_uppercase()
    ));
    for owner in &owners {
        diagnostic = diagnostic.related(owner.origin, owner.name.clone());
    }
    diagnostic
}

pub(crate) fn doubtful_name(span: Span, name: &str, taken: &Character) -> Diagnostic {
    Diagnostic::warning(
        Code::AmbiguousName,
        span,
        format!(
            "several people are called {name}; this means {}, whom the script named last",
            taken.name
        ),
    )
    .help(format!("use full names, or say which: `| also: {name}` on one of them"))
}

pub(crate) fn two_entries(second: &Spanned<String>, first: Span) -> Diagnostic {
    Diagnostic::error(
        Code::TwoEntries,
        second.span,
        format!("two entries are called {}", second.value.to_uppercase()),
    )
    .label("second")
    .related(first, "first")
    .help("give one of them another name, or put both descriptions into one entry")
}

pub(crate) fn comma_introduction(span: Span, name: &str, person: &str, outfit: &str) -> Diagnostic {
    let wearing = if outfit.is_empty() { String::new() } else { format!(", wearing {outfit}") };
    let entry = format!("[[cast: {name}, {person}{wearing}]]");
    Diagnostic::hint(
        Code::Introduction,
        span,
        format!("{name} is introduced here, and always looks as this sentence says"),
    )
    .help(format!("to say more: `{entry}`"))
    .entry(entry)
}

// ─── Directives ──────────────────────────────────────────────────────────────

/// A directive names somebody and says nothing about them.
pub(crate) fn what(word: DirectiveWord, name: &Spanned<String>) -> Diagnostic {
    let who = name.value.to_uppercase();
    let (question, label, example) = match word {
        DirectiveWord::Wear => {
            (format!("what does {who} wear?"), "expected clothes", "a black oilskin")
        }
        _ => (format!("what has changed about {who}?"), "expected what is new", "covered in soot"),
    };
    Diagnostic::error(Code::Who, name.span, question)
        .label(format!("{label} after the name, behind a comma"))
        .help(format!("for example `[[{}: {who}, {example}]]`", word.as_str()))
}

pub(crate) fn who(word: DirectiveWord, body: &Spanned<String>) -> Diagnostic {
    let (question, help) = match word {
        DirectiveWord::Wear => (
            "who wears it?",
            format!("`[[wear: NAME, {0}]]`; `[[now: NAME, {0}]]` adds to a person", body.value),
        ),
        DirectiveWord::Now => (
            "who or what has changed?",
            "`[[now: MARA, soot on her face]]`, `[[now: WORKSHOP, the window is broken]]`"
                .to_owned(),
        ),
        DirectiveWord::Gone => (
            "who or what is gone?",
            "`[[gone: THE LEDGER]]`, `[[gone: MARA, soot on her face]]`".to_owned(),
        ),
        _ => ("who is here?", "`[[here: IDA left, JONAS right]]`".to_owned()),
    };
    Diagnostic::error(Code::Who, body.span, question)
        .label("expected a name, then a comma")
        .help(help)
}

pub(crate) fn empty_directive(span: Span, word: &str, example: &str) -> Diagnostic {
    Diagnostic::error(Code::EmptyDirective, span, format!("`{word}` has no text"))
        .help(format!("for example `[[{word}: {example}]]`"))
}

pub(crate) fn unknown_field(
    field: &Spanned<String>,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownField,
        field.span,
        format!("{} is not a field of this directive", quoted(&field.value)),
    )
    .help(if known.is_empty() {
        "this directive has no fields after `|`".to_owned()
    } else {
        format!("after `|`: {}", known.join(", "))
    });
    match near {
        Some(near) => diagnostic.label(did_you_mean(near)).fix(write(near), field.span, near),
        None => diagnostic,
    }
}

/// `(key, example)` is a right setting.
pub(crate) fn bad_setting(
    value: &Spanned<String>,
    (key, example): (&str, &str),
    expected: &str,
) -> Diagnostic {
    let message = if value.value.is_empty() {
        format!("`{key}` has no value")
    } else {
        format!("`{key}` cannot be {}", quoted(&value.value))
    };
    Diagnostic::error(Code::BadSetting, value.span, message)
        .label(format!("expected {expected}"))
        .help(format!("for example `[[film: {key} {example}]]`"))
}

pub(crate) fn bad_face(value: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        Code::BadFace,
        value.span,
        format!("`face` cannot be {}", quoted(&value.value)),
    )
    .label("expected `hidden` or `seen`")
}

pub(crate) fn unknown_key(key: &Spanned<String>, near: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownKey,
        key.span,
        format!("{} is not a key of a cast file", quoted(&key.value)),
    )
    .help(format!("known here: {}", known.join(", ")));
    match near {
        Some(near) => diagnostic.label(did_you_mean(near)).fix(write(near), key.span, near),
        None => diagnostic,
    }
}

/// A stage direction with an unknown word.
pub(crate) fn unknown_direction(word: &Spanned<String>, near: Option<&str>) -> Diagnostic {
    let message = format!("{} is no word of a stage direction", quoted(&word.value));
    let found = Diagnostic::error(Code::BadDirective, word.span, message);
    let found = match near {
        Some(near) => found.label(format!("did you mean `{near}`?")),
        None => found,
    };
    found.help("a name, then a motion and where it leads: `MARA enters left`, `MARA crosses to TUSK`, `TUSK right, far`")
}

/// A stage direction that says nothing.
pub(crate) fn empty_direction(span: Span) -> Diagnostic {
    Diagnostic::error(Code::BadDirective, span, "this stage direction does not say who does what")
        .help("write a name, then a motion or a mark: `MARA enters left`, `TUSK right, far`")
}

pub(crate) fn bad_directive(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::BadDirective, span, message).help(help)
}

pub(crate) fn inside_shot(span: Span, word: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::StateInsideShot,
        span,
        format!("`{word}` is inside a shot and takes effect at the next one"),
    )
    .help("write it before the line of the shot that it should change")
}

pub(crate) fn not_there(span: Span, name: &str, words: &str, has: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        Code::NothingToTakeAway,
        span,
        format!("nothing like {} was added to {name}", quoted(words)),
    );
    if has.is_empty() {
        diagnostic.help(format!("`[[now: {name}, …]]` adds what `gone` takes away"))
    } else {
        diagnostic.help(format!("{name} has: {}", has.join(", ")))
    }
}

pub(crate) fn asked_though_gone(span: Span, name: &str, since: &str, gone: Span) -> Diagnostic {
    Diagnostic::warning(
        Code::Gone,
        span,
        format!("this shot line asks for {name}, who has been gone since {since}"),
    )
    .related(gone, "gone here")
    .help(format!("`[[here: {name}]]` ends this"))
}

// ─── Files ───────────────────────────────────────────────────────────────────

pub(crate) fn file(
    written: &Spanned<String>,
    code: Code,
    message: String,
    near: Option<String>,
    help: &str,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(code, written.span, message).help(help);
    match near {
        Some(near) => diagnostic.label(did_you_mean(&near)).fix(write(&near), written.span, near),
        None => diagnostic,
    }
}

pub(crate) fn recursive_use(span: Span, chain: &[String]) -> Diagnostic {
    Diagnostic::error(
        Code::RecursiveUse,
        span,
        format!("this file uses itself: {}", chain.join(" → ")),
    )
    .help("remove one of these `use` directives")
}

pub(crate) fn not_vocabulary(span: Span, path: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::BadVocabulary, span, format!("`{path}` is not a vocabulary: {why}"))
        .help("a vocabulary is YAML like `moves: { swoop: { like: crane, also: [swooping] } }`")
}

pub(crate) fn bad_bible(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::BadCastFile, span, message).help(help)
}

// ─── The page ────────────────────────────────────────────────────────────────

/// What a cue was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakenFor {
    Heading,
    Super,
    Transition,
    Shot,
    Action,
}

pub(crate) fn suspect_cue(
    span: Span,
    line: Span,
    cue: &str,
    says: &str,
    taken_for: TakenFor,
) -> Diagnostic {
    let read_as = |what| format!("Photoplay reads it as the {what} that it looks like");
    let (looks, help) = match taken_for {
        TakenFor::Heading => (read_as("heading"), "leave an empty line after a heading"),
        TakenFor::Transition => (read_as("transition"), "leave an empty line after a transition"),
        TakenFor::Super => (read_as("super"), "leave an empty line after it"),
        TakenFor::Shot => {
            (read_as("shot"), "begin the line with `!!`, or leave an empty line after it")
        }
        TakenFor::Action => (
            "Photoplay reads it as action".to_owned(),
            "leave an empty line after it; to make it a name, write `@` before it",
        ),
    };
    let says: String = says.chars().take(40).collect();
    Diagnostic::warning(
        Code::SuspectCue,
        span,
        format!("\"{cue}\" is a character here and speaks \"{says}\"; {looks}"),
    )
    .help(help)
    .fix("leave an empty line after it", Span { start: line.end, ..line }, "\n")
    .fix("make it a name", Span { end: span.start, ..span }, "@")
}

pub(crate) fn almost_cue(span: Span, line: &str) -> Diagnostic {
    Diagnostic::hint(
        Code::MixedCaseCue,
        span,
        format!("{} has a small letter, so it is action and not a name", quoted(line)),
    )
    .help(format!("write `@{line}` to make it a cue"))
    .fix("make it a name", Span { end: span.start, ..span }, "@")
}

pub(crate) fn repeated_number(span: Span, number: &str, given: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::SceneNumber,
        span,
        format!("scene number {number} is used twice; this scene becomes {given}"),
    )
    .help("give it another number")
}

// ─── Lint ────────────────────────────────────────────────────────────────────

pub(crate) fn negation(span: Span, word: &str) -> Diagnostic {
    Diagnostic::hint(
        Code::Negation,
        span,
        format!("models ignore `{word}`: write what the picture shows"),
    )
}

pub(crate) fn many_actions(span: Span, count: usize, length: Seconds) -> Diagnostic {
    Diagnostic::hint(
        Code::ManyActions,
        span,
        format!("{count} actions in {length}: models show one action in a shot"),
    )
    .help("one action per shot; write a shot line for each")
}
