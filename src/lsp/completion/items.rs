//! The completions for a context, the likeliest first.

use gen_lsp_types as lsp;
use indexmap::IndexMap;
use lsp::CompletionItemKind as Icon;

use super::context::{CompletionContext, CompletionKind};
use super::files;
use super::suggestion::Suggestion;
use crate::breakdown::language::film_settings::FilmSetting;
use crate::breakdown::language::glossary::{Table, Word};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::vocabulary::VOCABULARY_ENDINGS;
use crate::breakdown::screenplay::{Character, Kind as Who, Subject};
use crate::breakdown::shots::timing::manners_of_speaking;
use crate::breakdown::{AS_CAST, THIS_SCENE};
use crate::lsp::view::View;
use crate::lsp::{hover, uri};
use crate::script::title_keys;
use crate::script::tree::{DirectiveWord, ElementKind};
use crate::source::pictures::PICTURE_ENDINGS;

pub(super) fn items(view: &View<'_>, context: &CompletionContext, byte: usize) -> Vec<Suggestion> {
    use DirectiveWord as D;
    match &context.kind {
        CompletionKind::TitleKey => title_page(),
        CompletionKind::Line => line(view, byte),
        CompletionKind::Place => places(view),
        CompletionKind::Time => times(view),
        CompletionKind::Head => head(view, byte),
        CompletionKind::Name => names(view, byte, |_| true),
        CompletionKind::Phrase { transition: true } => lengths(&["0.5s", "1s", "1.5s", "2s", "3s"]),
        CompletionKind::Phrase { transition: false } => phrases(view, byte),
        CompletionKind::Move => words(view, Table::Moves),
        CompletionKind::Outfit | CompletionKind::Rest(D::Wear) => outfits(view, byte),
        CompletionKind::File { vocabulary: true } => files(view, &VOCABULARY_ENDINGS),
        CompletionKind::File { vocabulary: false } => files(view, &PICTURE_ENDINGS),
        CompletionKind::Transition => transitions(view),
        CompletionKind::Word { speech: true } => vec![
            word_item(view, "cut", "cut: INSERT - $0"),
            Suggestion::new("cut: back", Icon::Keyword)
                .detail("the picture returns")
                .words("Back to the shot that was cut away from."),
        ],
        CompletionKind::Word { speech: false } => directives(view),
        CompletionKind::Body(D::Film) => settings(view),
        CompletionKind::Body(D::Light) => words(view, Table::Lights),
        CompletionKind::Body(D::Style) => words(view, Table::Styles),
        CompletionKind::Body(D::Weather) => {
            let Grammar { weathers, clear_weather, .. } = grammar(view);
            plain(weathers.iter().chain(clear_weather.iter()))
        }
        CompletionKind::Body(D::Place) => described_nowhere(view),
        CompletionKind::Body(D::Cast | D::Voice | D::Group | D::Prop) => undescribed(view),
        CompletionKind::Body(D::Wear | D::Here | D::Block) => {
            names(view, byte, |who| who != Who::Prop)
        }
        CompletionKind::Body(D::Now | D::Gone) => {
            let mut all = names(view, byte, |_| true);
            all.extend(places(view));
            all
        }
        CompletionKind::Rest(D::Gone) => additions(view, byte),
        CompletionKind::Rest(D::Cast) => {
            let wearing = grammar(view).outfits.wearing.iter();
            let item = |word| Suggestion::new(format!("{word} "), Icon::Keyword);
            wearing.map(|word| item(word).detail("the clothes at the beginning")).collect()
        }
        CompletionKind::Field(D::Cast | D::Voice | D::Group | D::Prop) => fields(view),
        CompletionKind::Field(D::Place) => fields(view).into_iter().take(1).collect(),
        CompletionKind::Field(D::Wear | D::Now | D::Gone) => {
            vec![Suggestion::new(THIS_SCENE, Icon::Field).detail("until the next heading only")]
        }
        CompletionKind::Prose
        | CompletionKind::Body(_)
        | CompletionKind::Rest(_)
        | CompletionKind::Field(_) => Vec::new(),
        CompletionKind::Value(key) => values(view, key),
        CompletionKind::Cue => cues(view, byte, true),
        CompletionKind::Extension => {
            let voices = &view.analysis.screenplay.vocabulary.voices;
            let usual = voices.values().filter_map(|words| words.first());
            // The vocabulary keeps `v.o` of `V.O.`
            let dotted =
                |word: &String| if word.contains('.') { format!("{word}.") } else { word.clone() };
            plain(usual.map(|word| format!("{})", dotted(word).to_uppercase())))
        }
        CompletionKind::Parenthetical => {
            let bracketed = |word: &str| format!("{word})");
            let pauses = view.analysis.screenplay.vocabulary.pauses.keys();
            let mut all = plain(manners_of_speaking().map(bracketed));
            all.extend(plain(pauses.map(|word| bracketed(word))));
            all
        }
        CompletionKind::Mention => names(view, byte, |_| true),
    }
}

fn grammar<'a>(view: &View<'a>) -> &'a Grammar {
    &view.analysis.screenplay.vocabulary.grammar
}

fn plain(words: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Suggestion> {
    words.into_iter().map(|word| Suggestion::new(word.as_ref(), Icon::Text)).collect()
}

fn lengths(lengths: &[&str]) -> Vec<Suggestion> {
    lengths.iter().map(|word| Suggestion::new(*word, Icon::Unit).detail("length")).collect()
}

fn title_page() -> Vec<Suggestion> {
    let label = |key: &str| {
        let mut letters = key.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}: ", letters.as_str())
    };
    title_keys().map(|key| Suggestion::new(label(key), Icon::Property)).collect()
}

fn word(known: Word<'_>, icon: Icon) -> Suggestion {
    Suggestion::new(known.word, icon).detail(known.table.noun()).words(hover::word(known))
}

fn words(view: &View<'_>, table: Table) -> Vec<Suggestion> {
    let icon = match table {
        Table::Moves => Icon::Event,
        _ => Icon::Value,
    };
    let mut items = Vec::new();
    for known in view.analysis.screenplay.vocabulary.words(table) {
        if known.directions.is_empty() || table != Table::Moves {
            items.push(word(known, icon));
        }
        for direction in known.directions {
            let mut item = word(known, icon);
            item.label = format!("{} {direction}", known.word);
            items.push(item);
        }
    }
    items
}

fn word_item(view: &View<'_>, label: &str, text: &str) -> Suggestion {
    let meaning = view.analysis.screenplay.vocabulary.meaning(Table::Directives, label);
    Suggestion::new(label, Icon::Keyword).detail("directive").words(meaning).text(text)
}

fn directives(view: &View<'_>) -> Vec<Suggestion> {
    let words = view.analysis.screenplay.vocabulary.words(Table::Directives);
    let words = words.into_iter().filter(|word| word.word != "cut");
    words.map(|word| word_item(view, word.word, &format!("{}: $0", word.word))).collect()
}

fn settings(view: &View<'_>) -> Vec<Suggestion> {
    let words = view.analysis.screenplay.vocabulary.words(Table::Settings);
    words
        .into_iter()
        .map(|known| {
            let mut item = word(known, Icon::Property);
            item.text = format!("{} ", known.word);
            item
        })
        .collect()
}

fn values(view: &View<'_>, key: &str) -> Vec<Suggestion> {
    match FilmSetting::of(key) {
        Some(FilmSetting::Style) => words(view, Table::Styles),
        Some(FilmSetting::Language) => plain(view.analysis.screenplay.vocabulary.languages.keys()),
        Some(setting) => plain(&setting.entry().examples),
        None => Vec::new(),
    }
}

fn fields(view: &View<'_>) -> Vec<Suggestion> {
    let known = view.analysis.screenplay.vocabulary.words(Table::Fields);
    let item = |known: Word<'_>| {
        Suggestion::new(format!("{}: ", known.word), Icon::Field).detail(known.meaning)
    };
    known.into_iter().map(item).collect()
}

// ─── Lines ───────────────────────────────────────────────────────────────────

/// A line after an empty line: a cue, a heading or a shot.
fn line(view: &View<'_>, byte: usize) -> Vec<Suggestion> {
    let mut all = cues(view, byte, false);
    all.push(Suggestion::new("!! ", Icon::Snippet).detail("a shot").text("!! $1 [[$2]]\n\n$0"));
    let vocabulary = &view.analysis.screenplay.vocabulary;
    for (prefixes, detail) in
        [(&vocabulary.interior, "a scene inside"), (&vocabulary.exterior, "a scene outside")]
    {
        let usual = prefixes.first().map(|prefix| format!("{prefix}. "));
        all.extend(usual.map(|label| Suggestion::new(label, Icon::Class).detail(detail)));
    }
    all.extend(headings(view));
    all.extend(transitions(view).into_iter().map(|mut item| {
        item.text = format!("> {}", item.text);
        item
    }));
    all.push(Suggestion::new("[[", Icon::Snippet).detail("a directive").text("[[$0]]"));
    all
}

/// Earlier headings, the last first.
fn headings(view: &View<'_>) -> Vec<Suggestion> {
    let mut seen: IndexMap<&str, ()> = IndexMap::new();
    for scene in view.analysis.screenplay.scenes.iter().rev() {
        if !scene.heading.value.is_empty() {
            seen.insert(&scene.heading.value, ());
        }
    }
    seen.keys()
        .map(|heading| Suggestion::new(*heading, Icon::Class).detail("scene heading"))
        .collect()
}

/// Earlier places, the last first.
fn places(view: &View<'_>) -> Vec<Suggestion> {
    let screenplay = &view.analysis.screenplay;
    let mut seen: IndexMap<&str, usize> = IndexMap::new();
    for scene in screenplay.scenes.iter().rev() {
        seen.entry(&screenplay.places[scene.place.0].name).or_insert(scene.place.0);
    }
    seen.into_iter()
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, place)| {
            Suggestion::new(name, Icon::Class)
                .detail("place")
                .words(&*screenplay.places[place].words)
        })
        .collect()
}

fn times(view: &View<'_>) -> Vec<Suggestion> {
    let vocabulary = &view.analysis.screenplay.vocabulary;
    let upper = |word: &String| word.to_uppercase();
    let times = vocabulary.times.keys().map(upper).map(|word| (word, "time of day"));
    let relative =
        vocabulary.relative.keys().map(upper).map(|word| (word, "time after the scene before"));
    let tags = vocabulary.tags.keys().map(upper).map(|word| (word, "a time line of its own"));
    let all = times.chain(relative).chain(tags);
    all.map(|(word, detail)| Suggestion::new(word, Icon::Value).detail(detail)).collect()
}

fn transitions(view: &View<'_>) -> Vec<Suggestion> {
    let words = view.analysis.screenplay.vocabulary.words(Table::Transitions);
    words
        .into_iter()
        .map(|known| {
            let mut item = word(known, Icon::Operator);
            let name = known.word.to_uppercase();
            let leads = known.also.iter().any(|also| *also == format!("{} to", known.word));
            item.label = if leads { format!("{name} TO:") } else { format!("{name}.") };
            item.text.clone_from(&item.label);
            item
        })
        .collect()
}

// ─── Shots ───────────────────────────────────────────────────────────────────

fn head(view: &View<'_>, byte: usize) -> Vec<Suggestion> {
    let mut all = Vec::new();
    for known in view.analysis.screenplay.vocabulary.words(Table::Sizes) {
        let mut item = word(known, Icon::Event);
        let name = known.word.to_uppercase();
        item.label = name.strip_suffix(" SHOT").unwrap_or(&name).to_owned();
        all.push(item);
    }
    all.extend(view.analysis.screenplay.vocabulary.words(Table::Heads).into_iter().map(|known| {
        let mut item = word(known, Icon::Event);
        item.label = known.word.to_uppercase();
        item
    }));
    all.extend(names(view, byte, |who| who != Who::Voice));
    all
}

fn phrases(view: &View<'_>, byte: usize) -> Vec<Suggestion> {
    let mut all = lengths(&["3s", "5s", "2s"]);
    all.extend(words(view, Table::Speeds).into_iter().map(|mut speed| {
        speed.label.push(' ');
        speed
    }));
    for table in [Table::Moves, Table::Angles, Table::Lenses, Table::Lights] {
        all.extend(words(view, table));
    }
    let shapes = view.analysis.screenplay.vocabulary.words(Table::Phrases).into_iter();
    let is_length =
        |known: &Word<'_>| known.word.starts_with(|letter: char| letter.is_ascii_digit());
    all.extend(shapes.filter(|known| !is_length(known)).map(|known| {
        let mut item = word(known, Icon::Snippet);
        item.text = known.word.replace('…', "$1");
        item
    }));
    all.extend(names(view, byte, |who| who != Who::Voice));
    all
}

// ─── Names ───────────────────────────────────────────────────────────────────

/// All names: first those of this scene, the last mention first; then the
/// others, the most mentioned first.
fn ranked(view: &View<'_>, byte: usize) -> Vec<Subject> {
    let analysis = view.analysis;
    let scene = analysis.scene_at(byte).map_or(0, |scene| scene.heading.span.start as usize);
    let mut counts: IndexMap<Subject, usize> = IndexMap::new();
    let mut here: Vec<Subject> = Vec::new();
    for usage in &analysis.screenplay.usages {
        let at = usage.span.start as usize;
        let own = usage.span.source == analysis.id;
        // A name that the author is still writing is not a name yet.
        if own && at <= byte && byte <= usage.span.end as usize {
            continue;
        }
        *counts.entry(usage.subject).or_default() += 1;
        if own && scene <= at && at < byte {
            here.retain(|known| *known != usage.subject);
            here.insert(0, usage.subject);
        }
    }
    let mut others: Vec<(Subject, usize)> =
        counts.into_iter().filter(|(subject, _)| !here.contains(subject)).collect();
    others.sort_by_key(|(subject, count)| (std::cmp::Reverse(*count), *subject));
    here.extend(others.into_iter().map(|(subject, _)| subject));
    here
}

fn names(view: &View<'_>, byte: usize, wanted: impl Fn(Who) -> bool) -> Vec<Suggestion> {
    let spellings = Spellings::of(view);
    ranked(view, byte)
        .into_iter()
        .filter(|subject| wanted(view.analysis.subject(*subject).kind))
        .map(|subject| name(view, subject, spellings.get(subject)))
        .collect()
}

fn name(view: &View<'_>, subject: Subject, label: String) -> Suggestion {
    let who = view.analysis.subject(subject);
    let (icon, kind) = match who.kind {
        Who::Cast => (Icon::Variable, "cast"),
        Who::Voice => (Icon::Variable, "a voice"),
        Who::Group => (Icon::Variable, "a group"),
        Who::Extra => (Icon::Variable, "an extra"),
        Who::Prop => (Icon::Constant, "a thing"),
    };
    let detail = if who.person.is_empty() { kind.to_owned() } else { who.person.clone() };
    let mut item = Suggestion::new(label, icon).detail(detail);
    item.subject = Some(subject);
    item
}

/// The written form in capitals that is most frequent for each; else the full
/// name.
struct Spellings<'a> {
    view: &'a View<'a>,
    most: IndexMap<Subject, (usize, &'a str)>,
}

impl<'a> Spellings<'a> {
    fn of(view: &'a View<'a>) -> Self {
        let analysis = view.analysis;
        let mut counts: IndexMap<(Subject, &str), usize> = IndexMap::new();
        for usage in &analysis.screenplay.usages {
            let written = analysis.slice(usage.span);
            let name = usage.span.source == analysis.id
                && !written.contains(|letter: char| letter.is_lowercase() || letter == '\n');
            if name {
                *counts.entry((usage.subject, written)).or_default() += 1;
            }
        }
        let mut most: IndexMap<Subject, (usize, &str)> = IndexMap::new();
        for ((subject, written), count) in counts {
            let known = most.entry(subject).or_insert((count, written));
            if known.0 < count {
                *known = (count, written);
            }
        }
        Self { view, most }
    }

    fn get(&self, subject: Subject) -> String {
        let full = || self.view.analysis.subject(subject).name.to_uppercase();
        self.most.get(&subject).map_or_else(full, |(_, name)| (*name).to_owned())
    }
}

/// The likely next speakers: the speaker before the last, then the others.
fn cues(view: &View<'_>, byte: usize, forced: bool) -> Vec<Suggestion> {
    let analysis = view.analysis;
    let scene = analysis.scene_at(byte).map_or(0, |scene| scene.heading.span.start as usize);
    let mut speakers: Vec<Subject> = Vec::new();
    for element in analysis.elements_before(byte).iter().rev() {
        if (element.span.start as usize) < scene || speakers.len() > 3 {
            break;
        }
        if let ElementKind::Speech(speech) = &element.kind
            && let Some(usage) = analysis.usage_at(speech.name.span.start as usize)
            && !speakers.contains(&usage.subject)
            && (element.span.end as usize) < byte
        {
            speakers.push(usage.subject);
        }
    }
    // Put the last speaker at the end.
    if speakers.len() > 1 {
        let last = speakers.remove(0);
        speakers.push(last);
    }
    let mut order = speakers;
    for subject in ranked(view, byte) {
        if !order.contains(&subject) && analysis.subject(subject).kind != Who::Prop {
            order.push(subject);
        }
    }
    let end = if forced { "" } else { "\n" };
    let spellings = Spellings::of(view);
    order
        .into_iter()
        .map(|subject| {
            let label = spellings.get(subject);
            let text = format!("{label}{end}");
            name(view, subject, label).text(text)
        })
        .collect()
}

/// People with a cue and without a description.
fn undescribed(view: &View<'_>) -> Vec<Suggestion> {
    let subjects = view.analysis.screenplay.subjects.named().iter().enumerate();
    subjects
        .filter(|(_, who)| who.person.is_empty() && who.kind == Who::Cast)
        .map(|(index, who)| {
            let text = format!("{}, ", who.name);
            name(view, Subject(index), who.name.clone()).text(text)
        })
        .collect()
}

fn described_nowhere(view: &View<'_>) -> Vec<Suggestion> {
    let mut all = places(view);
    let places = &view.analysis.screenplay.places;
    all.retain(|item| places.iter().any(|place| place.name == item.label && place.entry.is_none()));
    for item in &mut all {
        item.text = format!("{}, ", item.label);
    }
    all
}

/// The person that a directive or shot line concerns: the nearest name before.
fn subject_before(view: &View<'_>, byte: usize) -> Option<Subject> {
    let start = view.document.line_start(view.document.line_of(byte));
    let line = start as u32;
    let usages = view.analysis.screenplay.usages.iter().rev();
    usages
        .filter(|usage| usage.span.source == view.analysis.id)
        .find(|usage| (usage.span.end as usize) <= byte && usage.span.start >= line)
        .map(|usage| usage.subject)
        .or_else(|| spelt(view, &view.document.as_str()[start..byte]))
}

/// The last name in a text that the parser has not read, because its note is
/// still open.
fn spelt(view: &View<'_>, text: &str) -> Option<Subject> {
    let text = text.to_uppercase();
    let subjects = view.analysis.screenplay.subjects.named().iter().enumerate();
    let last = |(index, who): (usize, &Character)| {
        let names = std::iter::once(&who.name).chain(&who.also);
        let end = names.filter_map(|name| {
            let name = name.to_uppercase();
            text.rfind(&name).map(|at| at + name.len())
        });
        end.max().map(|end| (end, Subject(index)))
    };
    subjects.filter_map(last).max().map(|(_, subject)| subject)
}

/// Earlier outfits of a person.
fn outfits(view: &View<'_>, byte: usize) -> Vec<Suggestion> {
    let mut all = Vec::new();
    if let Some(subject) = subject_before(view, byte) {
        let who = view.analysis.subject(subject);
        let first = Some(&who.outfit).filter(|outfit| !outfit.is_empty()).cloned();
        for outfit in first.into_iter().chain(hover::outfits(view, subject)) {
            all.push(
                Suggestion::new(outfit, Icon::Color).detail(format!("{} wore this", who.name)),
            );
        }
    }
    all.push(Suggestion::new(AS_CAST, Icon::Color).detail("the clothes of the beginning"));
    all
}

/// What `now` has added to a person or thing and `gone` may remove.
fn additions(view: &View<'_>, byte: usize) -> Vec<Suggestion> {
    let Some(subject) = subject_before(view, byte) else { return Vec::new() };
    let scenes = view.analysis.screenplay.scenes.iter();
    let items = scenes.flat_map(|scene| &scene.items);
    let before = items.take_while(|item| (item.span.start as usize) < byte);
    let Some(state) = before.last().map(|item| &item.state) else { return Vec::new() };
    let has = state.additions.get(&subject).map_or(&[][..], Vec::as_slice);
    has.iter().map(|words| Suggestion::new(words.as_str(), Icon::Value)).collect()
}

fn files(view: &View<'_>, endings: &[&str]) -> Vec<Suggestion> {
    let folder = &view.analysis.folder;
    files::below(view.analysis.sources.files(), folder, endings)
        .into_iter()
        .map(|file| {
            let picture = format!("![{file}]({})", uri::of_path(&folder.join(&file)));
            let shown = if endings == PICTURE_ENDINGS { picture } else { String::new() };
            Suggestion::new(file, Icon::File).words(shown)
        })
        .collect()
}
