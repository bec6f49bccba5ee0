//! Entries that hold for the whole film: `cast`, `voice`, `group`, `prop`
//! and `place`, whether written in the script or in `cast.yaml`.
//!
//! Knows what an entry says; does not know where in the story it matters.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::names::{NameMatch, NameScope};
use crate::breakdown::description::Face;
use crate::breakdown::language::grammar::{Grammar, OutfitWords};
use crate::breakdown::language::speakers::{BadVoice, VoiceBlend};
use crate::breakdown::language::words::{name_key, part};
use crate::breakdown::screenplay::{Character, Kind};
use crate::breakdown::understand::errors;
use crate::breakdown::understand::files;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::script::tree::{Directive, DirectiveWord};
use crate::source::quotes::unquoted;
use crate::source::{Span, Spanned};

/// A place entry.
#[derive(Debug, Clone)]
pub(crate) struct PlaceEntry {
    pub(crate) name: Spanned<String>,
    pub(crate) also: Vec<String>,
    pub(crate) words: String,
}

/// An entry as written, before its name is in the name table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: Spanned<String>,
    /// `None` for a place.
    pub(crate) kind: Option<Kind>,
    pub(crate) words: String,
    pub(crate) outfit: String,
    pub(crate) also: Vec<Spanned<String>>,
    pub(crate) reference: Option<Spanned<String>>,
    pub(crate) face: Face,
    pub(crate) same_as: Option<Spanned<String>>,
    pub(crate) voice: Option<Spanned<VoiceBlend>>,
    pub(crate) say: Option<String>,
}

/// What the fields of an entry look like.
const FIELDS: &[&str] =
    &["also: NAME, NAME", "reference: FILE", "face: hidden", "voice: bf_emma", "say: ˈIdə"];

/// A property of an entry: a field of the directive, or a key in `cast.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryField {
    /// What never changes; a field of `cast.yaml` alone.
    Person,
    /// The first outfit.
    Wearing,
    /// Other names.
    Also,
    /// A picture.
    Reference,
    /// What pictures show of the face.
    Face,
    /// The character whose other look it is; a field of `cast.yaml` alone.
    SameAs,
    /// Whose voice speaks for them.
    Voice,
    /// How their name is pronounced.
    Say,
}

impl EntryField {
    /// The keys of `cast.yaml`.
    pub(crate) const KEYS: [&str; 8] =
        ["person", "wearing", "also", "reference", "face", "same as", "voice", "say"];

    /// The fields of a directive.
    pub(crate) const FIELDS: [&str; 6] = ["also", "reference", "face", "wearing", "voice", "say"];

    /// By its word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "person" | "words" | "description" => Self::Person,
            "wearing" => Self::Wearing,
            "also" => Self::Also,
            "reference" => Self::Reference,
            "face" => Self::Face,
            "same as" | "same_as" => Self::SameAs,
            "voice" => Self::Voice,
            "say" => Self::Say,
            _ => return None,
        })
    }

    /// The field that a text names before its colon, and the text after the colon.
    pub(crate) fn split(text: &str) -> Option<(Self, &str)> {
        let (key, rest) = text.split_once([':', '：'])?;
        Some((Self::of(&key.trim().to_lowercase())?, rest))
    }
}

/// What an entry says of a face; `None` if it is no such word.
pub(crate) fn face(word: &str) -> Option<Face> {
    match word.to_lowercase().as_str() {
        "hidden" | "masked" => Some(Face::Hidden),
        "seen" | "shown" => Some(Face::Seen),
        _ => None,
    }
}

impl Entry {
    /// Takes the outfit out of the words of an entry of `cast.yaml` that gives none.
    pub(crate) fn find_outfit(&mut self, grammar: &Grammar) {
        if self.kind.is_some() && self.outfit.is_empty() {
            (self.words, self.outfit) = outfit_of(&self.words, grammar);
        }
    }
}

/// Whether a directive is an entry.
pub(crate) fn is_entry(word: DirectiveWord) -> bool {
    use DirectiveWord as D;
    matches!(word, D::Cast | D::Voice | D::Group | D::Prop | D::Place)
}

/// Reads an entry of the script.
pub(crate) fn entry(context: &mut Context<'_>, directive: &Directive) -> Option<Entry> {
    let word = directive.word.value.as_str();
    let body = &directive.body;
    let split = body.value.find([',', '，']);
    let name_end = split.unwrap_or(body.value.len());
    let head = part(body, 0..name_end);
    let words = split.map_or(String::new(), |at| {
        body.value[at..].trim_start_matches([',', '，']).trim().to_owned()
    });
    let (name, same_as) = match head.value.find(['=', '＝']) {
        Some(at) => {
            let after = at + head.value[at..].chars().next().map_or(1, char::len_utf8);
            (part(&head, 0..at), Some(part(&head, after..head.value.len())))
        }
        None => (head, None),
    };
    if !name.value.chars().any(char::is_alphanumeric) {
        let example = match directive.word.value {
            DirectiveWord::Place => "HARBOUR OFFICE, a round room of windows",
            DirectiveWord::Prop => "THE LEDGER, a tall green ledger",
            DirectiveWord::Group => "THE CROWD, forty dock workers",
            DirectiveWord::Voice => "HALE, a dry harbour master",
            _ => "MARA, a watchmaker in her thirties, wearing a green coat",
        };
        context.emit(errors::empty_directive(directive.span, word, example));
        return None;
    }
    let kind = match directive.word.value {
        DirectiveWord::Cast => Some(Kind::Cast),
        DirectiveWord::Voice => Some(Kind::Voice),
        DirectiveWord::Group => Some(Kind::Group),
        DirectiveWord::Prop => Some(Kind::Prop),
        _ => None,
    };
    let (words, outfit) = if kind.is_some() {
        outfit_of(&words, &context.vocabulary.grammar)
    } else {
        (words, String::new())
    };
    let mut entry = Entry {
        name,
        kind,
        words,
        outfit,
        also: Vec::new(),
        reference: None,
        face: Face::Seen,
        same_as,
        voice: None,
        say: None,
    };
    for field in &directive.fields {
        let Some(colon) = field.value.find([':', '：']) else {
            let unknown = errors::unknown_field(field, None, FIELDS);
            context.emit(if entry.words.is_empty() && entry.outfit.is_empty() {
                unknown.help(format!(
                    "a description follows the name after a comma: `[[{word}: {}, {}]]`",
                    entry.name.value, field.value
                ))
            } else {
                unknown
            });
            continue;
        };
        let key = part(field, 0..colon);
        let after = colon + field.value[colon..].chars().next().map_or(1, char::len_utf8);
        let value = part(field, after..field.value.len());
        set_field(context, &mut entry, &key, value);
    }
    Some(entry)
}

/// A named property of an entry.
fn set_field(
    context: &mut Context<'_>,
    entry: &mut Entry,
    key: &Spanned<String>,
    value: Spanned<String>,
) {
    let word = key.value.to_lowercase();
    match EntryField::of(&word) {
        Some(EntryField::Also) => {
            let mut at = 0;
            for name in value.value.split([',', '，']) {
                let also = part(&value, at..at + name.len());
                at += name.len()
                    + value.value[at + name.len()..].chars().next().map_or(0, char::len_utf8);
                if !also.value.is_empty() {
                    entry.also.push(also);
                }
            }
        }
        Some(EntryField::Reference) => {
            let bare = unquoted(&value.value).to_owned();
            entry.reference = Some(Spanned::new(bare, value.span));
        }
        Some(EntryField::Face) => match face(&value.value) {
            Some(face) => entry.face = face,
            None => context.emit(errors::bad_face(&value)),
        },
        Some(EntryField::Wearing) => entry.outfit = value.value,
        Some(EntryField::Voice) => match VoiceBlend::parse(&value.value) {
            Ok(voice) => entry.voice = Some(Spanned::new(voice, value.span)),
            Err(bad) => context.emit(bad_voice(&value, &bad)),
        },
        Some(EntryField::Say) => entry.say = Some(value.value),
        Some(EntryField::Person | EntryField::SameAs) | None => {
            let near = did_you_mean(&word, EntryField::FIELDS);
            context.emit(errors::unknown_field(key, near, FIELDS));
        }
    }
}

/// Splits a description into the person and, after `wearing`, the outfit.
/// `in her …` and `dressed in …` count as `wearing`.
pub(crate) fn outfit_of(words: &str, grammar: &Grammar) -> (String, String) {
    let OutfitWords { wearing, dressed, in_whose } = &grammar.outfits;
    let lower = words.to_ascii_lowercase();
    let place = |mark: &str, anywhere: bool| {
        lower.match_indices(mark).map(|(at, _)| at).find(|at| {
            let before = &words[..*at];
            lower[at + mark.len()..].starts_with(' ')
                && (before.is_empty()
                    || before.trim_end().ends_with([',', ';', '.'])
                    || anywhere && before.ends_with(' '))
        })
    };
    let anywhere = wearing.iter().filter_map(|mark| Some((place(mark, true)?, mark, "")));
    let apart = dressed.iter().filter_map(|mark| Some((place(mark, false)?, mark, "")));
    let whose = in_whose.iter().filter_map(|mark| {
        let at = place(mark, false)?;
        // `in her thirties` and `in his own way` describe no clothes.
        let whose = mark.rsplit(' ').next().unwrap_or_default();
        (!is_age(&lower[at + mark.len()..], grammar)).then_some((at, mark, whose))
    });
    let found = anywhere.chain(apart).chain(whose);
    let first = found.min_by_key(|(at, mark, _)| (*at, std::cmp::Reverse(mark.len())));
    let Some((at, mark, whose)) = first else { return (words.trim().to_owned(), String::new()) };
    let person = words[..at].trim().trim_end_matches([',', ';', '.']).trim().to_owned();
    let outfit = words[at + mark.len()..].trim().trim_end_matches('.');
    let outfit = if whose.is_empty() { outfit.to_owned() } else { format!("{whose} {outfit}") };
    (person, outfit)
}

/// Whether words begin with an age: `her early thirties`, `40`.
fn is_age(words: &str, grammar: &Grammar) -> bool {
    let words = words.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).take(2).any(|word| {
        grammar.age.decade_endings.ends(word) || word.starts_with(|l: char| l.is_ascii_digit())
    })
}

/// Enters everybody: first characters of their own, then other looks of them.
pub(crate) fn enter(context: &mut Context<'_>, entries: Vec<Entry>) -> Vec<PlaceEntry> {
    let bases: BTreeSet<String> = entries.iter().map(|entry| name_key(&entry.name.value)).collect();
    let mut first: BTreeMap<(bool, String), Span> = BTreeMap::new();
    let mut places = Vec::new();
    let (looks, own): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.same_as.is_some());
    for entry in own.into_iter().chain(after_their_bases(looks)) {
        // The first entry keeps the name, even if it is a look.
        let key = (entry.kind.is_none(), name_key(&entry.name.value));
        if let Some(first) = first.get(&key) {
            let (first, second) =
                if first.start > entry.name.span.start && first.source == entry.name.span.source {
                    (entry.name.span, Spanned::new(entry.name.value.clone(), *first))
                } else {
                    (*first, entry.name.clone())
                };
            context.emit(errors::two_entries(&second, first));
            continue;
        }
        first.insert(key, entry.name.span);
        match entry.kind {
            None => {
                if let Some(also) = &entry.reference {
                    context.emit(errors::unknown_field(also, None, &["also: NAME"]));
                }
                places.push(PlaceEntry {
                    name: entry.name,
                    also: entry.also.into_iter().map(|also| also.value).collect(),
                    words: entry.words,
                });
            }
            Some(kind) => enter_one(context, entry, kind, &bases),
        }
    }
    places
}

/// Looks in an order in which each follows the one that it is a look of. A circle of looks
/// comes last.
fn after_their_bases(mut waiting: Vec<Entry>) -> Vec<Entry> {
    let mut sorted = Vec::with_capacity(waiting.len());
    loop {
        let names: Vec<String> = waiting.iter().map(|entry| name_key(&entry.name.value)).collect();
        let waits = |entry: &Entry| {
            let base = entry.same_as.as_ref().map(|base| name_key(&base.value));
            base.is_some_and(|base| names.contains(&base))
        };
        let (still, ready): (Vec<Entry>, Vec<Entry>) = waiting.into_iter().partition(waits);
        let stuck = ready.is_empty();
        sorted.extend(ready);
        waiting = still;
        if stuck {
            sorted.append(&mut waiting);
            return sorted;
        }
    }
}

/// Somebody is a look of somebody who is a look of them.
fn circle_of_looks(entry: &Entry, base: &Spanned<String>) -> Diagnostic {
    let (name, base) = (entry.name.value.to_uppercase(), base.value.to_uppercase());
    let message = if name == base {
        format!("{name} is a look of {name}")
    } else {
        format!("{name} is a look of {base}, and {base} in turn of {name}")
    };
    Diagnostic::error(Code::BadDirective, entry.name.span, message)
        .help(format!("describe one of them: `[[cast: {base}, …]]`"))
}

fn enter_one(context: &mut Context<'_>, entry: Entry, kind: Kind, entered: &BTreeSet<String>) {
    let same_as = match &entry.same_as {
        None => None,
        Some(base) => {
            match context.names.find(&base.value, &NameScope::default(), &context.vocabulary) {
                NameMatch::One(_) | NameMatch::Several(_) => {
                    context.subject(base, &NameScope::default())
                }
                // The other one has an entry, which waits for this one.
                NameMatch::None if entered.contains(&name_key(&base.value)) => {
                    context.emit(circle_of_looks(&entry, base));
                    None
                }
                NameMatch::None => {
                    context.unknown_name(base);
                    None
                }
            }
        }
    };
    let reference = entry.reference.as_ref().and_then(|written| files::picture(context, written));
    for also in &entry.also {
        if let Some(owner) = context.names.exactly(&also.value) {
            let first = context.names.get(owner).origin;
            context.emit(errors::two_entries(also, first));
        }
    }
    let (mut words, mut outfit) = (entry.words, entry.outfit);
    if let Some(base) = same_as {
        // Another look inherits the description only if it has none of its own.
        let base = context.names.get(base);
        if words.is_empty() {
            words.clone_from(&base.person);
        }
        if outfit.is_empty() && words == base.person {
            outfit.clone_from(&base.outfit);
        }
    }
    let subject = context.names.next();
    for name in std::iter::once(&entry.name).chain(&entry.also) {
        context.record_usage(subject, name);
    }
    let character = Character {
        name: entry.name.value,
        also: entry.also.into_iter().map(|also| also.value).collect(),
        kind,
        noun: None,
        count: 1,
        person: words,
        outfit,
        reference,
        sex: None,
        face: entry.face,
        same_as,
        of: None,
        voice: entry.voice,
        say: entry.say,
        origin: entry.name.span,
    };
    context.names.add(character, &context.vocabulary);
}

/// A voice that does not exist.
pub(crate) fn bad_voice(value: &Spanned<String>, bad: &BadVoice) -> Diagnostic {
    let message = format!("there is no voice {}", errors::quoted(&bad.written));
    let diagnostic = Diagnostic::error(Code::UnknownVoice, value.span, message)
        .help("for example `voice: bf_emma`, or a mixture: `voice: am_onyx 0.7, bm_lewis`");
    match bad.near {
        // Only the whole value has a place in the script.
        Some(near) if bad.written == value.value => {
            diagnostic.label(errors::did_you_mean(near)).fix(errors::write(near), value.span, near)
        }
        Some(near) => diagnostic.label(errors::did_you_mean(near)),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::outfit_of;
    use crate::breakdown::language::vocabulary::Vocabulary;

    #[test]
    fn what_follows_wearing_is_the_outfit() {
        let cases = [
            ("a girl, wearing a green coat", "a girl", "a green coat"),
            (
                "a watchmaker in her early thirties, copper curls",
                "a watchmaker in her early thirties, copper curls",
                "",
            ),
            ("50s, still in her travelling cloak", "50s", "her travelling cloak"),
            ("87, a footman's coat buttoned wrong", "87, a footman's coat buttoned wrong", ""),
            ("wearing rags", "", "rags"),
            ("30s, in her forties at heart", "30s, in her forties at heart", ""),
            ("a man dressed in black", "a man dressed in black", ""),
        ];
        for (words, person, outfit) in cases {
            let grammar = &Vocabulary::standard().grammar;
            assert_eq!(
                outfit_of(words, grammar),
                (person.to_owned(), outfit.to_owned()),
                "{words}"
            );
        }
    }

    #[test]
    fn german_outfits_follow_german_words() {
        let mut german = (*Vocabulary::standard()).clone();
        assert!(german.speak("de"));
        let cases = [
            ("eine Frau mit Hut, trägt einen Mantel", "eine Frau mit Hut", "einen Mantel"),
            ("ein Mann, in einem Frack", "ein Mann", "einem Frack"),
            ("eine Frau, in ihren Dreißigern", "eine Frau, in ihren Dreißigern", ""),
            ("a girl, wearing rags", "a girl", "rags"),
        ];
        for (words, person, outfit) in cases {
            let found = outfit_of(words, &german.grammar);
            assert_eq!(found, (person.to_owned(), outfit.to_owned()), "{words}");
        }
    }
}
