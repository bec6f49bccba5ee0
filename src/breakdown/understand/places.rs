//! Scene headings: inside or outside, the set, the time of day, the time line.
//!
//! Knows sluglines (docs/rules.md#d10); does not know what happens in a scene.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::breakdown::language::terms::TimeOfDay;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{Token, canonical, is_dash, name_key, tokens};
use crate::breakdown::screenplay::{Place, PlaceId};
use crate::source::Span;

/// The parts of a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Slugline {
    /// `None` when it does not say.
    pub(crate) interior: Option<bool>,
    /// `HOUSE - KITCHEN`; empty when it gives none.
    pub(crate) path: String,
    /// Time of day, if one is given.
    pub(crate) time: Option<TimeOfDay>,
    /// `continuous`, `later`, `same`.
    pub(crate) relative: Option<String>,
    /// The time line it opens.
    pub(crate) timeline: Option<String>,
    /// The year alone, for a heading that returns to a known time line.
    pub(crate) year: Option<String>,
    /// `(PRESENT)`.
    pub(crate) present: bool,
    /// The weather of the scene: `rain`.
    pub(crate) weather: Option<String>,
}

/// The prefix of a heading: inside or outside, and where the rest begins.
/// Fountain's own prefixes, and those of the film's language.
pub(crate) fn prefix(text: &str, vocabulary: &Vocabulary) -> Option<(bool, usize)> {
    let lists =
        [(&vocabulary.both, true), (&vocabulary.interior, true), (&vocabulary.exterior, false)];
    let mut known: Vec<(&str, bool)> = lists
        .into_iter()
        .flat_map(|(list, interior)| list.iter().map(move |prefix| (prefix.as_str(), interior)))
        .collect();
    known.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
    known.into_iter().find_map(|(prefix, interior)| {
        let mut letters = text.char_indices();
        for wanted in prefix.chars() {
            let (_, letter) = letters.next()?;
            if !letter.to_uppercase().eq(wanted.to_uppercase()) {
                return None;
            }
        }
        let rest = letters.as_str();
        // "Followed by either a dot or a space."
        let end = text.len() - rest.len();
        let after = rest.trim_start_matches(['.', '。']);
        let dotted = after.len() < rest.len();
        (dotted || rest.is_empty() || rest.starts_with(char::is_whitespace))
            .then(|| (interior, end + (rest.len() - after.trim_start().len())))
    })
}

/// Reads a heading.
pub(crate) fn slugline(text: &str, vocabulary: &Vocabulary) -> Slugline {
    let mut slug = Slugline::default();
    let rest = match prefix(text, vocabulary) {
        Some((interior, start)) => {
            slug.interior = Some(interior);
            &text[start..]
        }
        None => text,
    };
    let mut segments = segments(rest);
    // Takes words about time from the right; the rest is the place.
    let mut tags: Vec<String> = Vec::new();
    let weathers = &vocabulary.grammar.weathers;
    while !segments.is_empty() {
        // `DAY / DRIVING`: what a slash adds to a time goes with it.
        let group =
            segments.iter().rposition(|segment| segment.kind != SegmentKind::Slashed).unwrap_or(0);
        let time = (group..segments.len()).find(|index| {
            let segment = &segments[*index];
            let alone = *index == 0 && segment.kind != SegmentKind::Bracketed;
            let company = if alone { Company::Alone } else { Company::Others };
            let words = &rest[segment.range.clone()];
            read_time((words, segment.kind), company, &mut slug, &mut tags, vocabulary)
        });
        let Some(time) = time else {
            // `NIGHT - RAIN`.
            let last = segments.last().filter(|_| segments.len() > 1);
            let words = last.map(|segment| canonical(&rest[segment.range.clone()]));
            let Some(words) = words.filter(|words| weathers.contains(words)) else { break };
            slug.weather = Some(words);
            segments.pop();
            continue;
        };
        for segment in &segments[time + 1..] {
            let words = &rest[segment.range.clone()];
            read_time((words, segment.kind), Company::Others, &mut slug, &mut tags, vocabulary);
        }
        // `[THE NEXT] MORNING`: the bracket is part of the time.
        let joined = segments[time].kind == SegmentKind::Joined;
        segments.truncate(time);
        if joined && let Some(before) = segments.pop() {
            let words = &rest[before.range];
            let segment = (words, SegmentKind::Bracketed);
            read_time(segment, Company::Others, &mut slug, &mut tags, vocabulary);
        }
    }
    // A bracketed tag may precede the last segment too.
    segments.retain(|segment| {
        let words = &rest[segment.range.clone()];
        let (segment, others) = ((words, segment.kind), Company::Others);
        segment.1 != SegmentKind::Bracketed
            || !read_time(segment, others, &mut slug, &mut tags, vocabulary)
    });
    if !tags.is_empty() || slug.year.is_some() {
        tags.reverse();
        let year = slug.year.clone();
        let parts: Vec<String> = tags.iter().cloned().chain(year).collect();
        slug.timeline = Some(parts.join(" "));
    }
    if slug.present {
        slug.timeline = None;
    }
    let mut path = String::new();
    for segment in &segments {
        let words = rest[segment.range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words.trim_end_matches('.').to_owned();
        if words.is_empty() {
            continue;
        }
        if segment.kind == SegmentKind::Bracketed {
            path.extend([" (", &words, ")"]);
        } else {
            if !path.is_empty() {
                path.push_str(" - ");
            }
            path.push_str(&words);
        }
    }
    path.trim().clone_into(&mut slug.path);
    slug
}

struct Segment {
    range: Range<usize>,
    kind: SegmentKind,
}

/// How a segment of a heading stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum SegmentKind {
    /// At the beginning or behind a dash.
    #[default]
    Dashed,
    /// Behind a slash.
    Slashed,
    /// Behind a bracket.
    Joined,
    /// In brackets.
    Bracketed,
}

/// What else a heading has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Company {
    /// This segment is all.
    Alone,
    /// Other segments, or a bracket around this one.
    Others,
}

/// Splits at ` - `, ` – `, ` — `, `--` and `/`, and takes brackets out.
fn segments(text: &str) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut bracket = None;
    // How the segment that is being read stands.
    let mut kind = SegmentKind::Dashed;
    let mut push = |range: Range<usize>, kind| {
        if !text[range.clone()].trim().is_empty() {
            found.push(Segment { range, kind });
        }
    };
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    for (index, &(at, letter)) in letters.iter().enumerate() {
        let end = at + letter.len_utf8();
        match letter {
            '(' | '[' | '（' if bracket.is_none() => {
                push(start..at, std::mem::take(&mut kind));
                start = end;
                bracket = Some(letter);
            }
            ')' | ']' | '）' if bracket.take().is_some() => {
                push(start..at, SegmentKind::Bracketed);
                start = end;
                kind = SegmentKind::Joined;
            }
            '/' if bracket.is_none() => {
                push(start..at, std::mem::take(&mut kind));
                start = end;
                kind = SegmentKind::Slashed;
            }
            _ if is_dash(letter) && bracket.is_none() => {
                let before = index.checked_sub(1).map_or(' ', |index| letters[index].1);
                let after = letters.get(index + 1).map_or(' ', |(_, letter)| *letter);
                let blank = |letter: char| letter.is_whitespace();
                if (blank(before) && blank(after)) || is_dash(before) || is_dash(after) {
                    push(start..at, std::mem::take(&mut kind));
                    start = end;
                }
            }
            _ => {}
        }
    }
    push(start..text.len(), if bracket.is_some() { SegmentKind::Bracketed } else { kind });
    found
}

/// What a segment says about time; `None` if it is not about time. The only segment is the
/// place unless it says nothing but a time (`INT. NIGHT CLUB`).
fn read_time(
    (words, kind): (&str, SegmentKind),
    company: Company,
    slug: &mut Slugline,
    tags: &mut Vec<String>,
    vocabulary: &Vocabulary,
) -> bool {
    let all: Vec<Token> = tokens(words).into_iter().filter(|token| !token.is_mark()).collect();
    if all.is_empty() {
        return true;
    }
    let relative = contained(&all, &vocabulary.relative, words);
    let times = vocabulary.times.iter().map(|(word, entry)| (word, &entry.also));
    let time = contained(&all, times, words);
    let tag = contained(&all, &vocabulary.tags, words);
    let present = contained(&all, &vocabulary.present, words);
    let year = all.iter().find(|token| is_year(&token.word)).map(|token| token.word.clone());
    let year = year.filter(|_| {
        kind == SegmentKind::Bracketed || all.len() == 1 || tag.is_some() || time.is_some()
    });
    let relevant = relative.is_some()
        || time.is_some()
        || tag.is_some()
        || present.is_some()
        || year.is_some();
    if !relevant {
        return false;
    }
    let covers = [&relative, &time, &tag, &present]
        .into_iter()
        .flatten()
        .any(|(_, taken)| *taken == all.len());
    if company == Company::Alone && !covers {
        return false;
    }
    if slug.weather.is_none() {
        // `RAINY NIGHT`.
        let named = all.iter().find(|token| vocabulary.grammar.weathers.contains(&token.word));
        slug.weather = named.map(|token| token.word.clone());
    }
    if slug.time.is_none() {
        slug.time = time.and_then(|(word, _)| vocabulary.time_of_day(&word));
    }
    if slug.relative.is_none() {
        slug.relative = relative.map(|(word, _)| word);
    }
    slug.present |= present.is_some();
    if let Some((tag, _)) = tag {
        tags.push(tag);
    }
    if slug.year.is_none() {
        slug.year = year;
    }
    true
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && word.bytes().all(|byte| byte.is_ascii_digit())
        && ("1000"..="2999").contains(&word)
}

/// The longest word of a table that some words contain, and its length.
fn contained<'a>(
    all: &[Token],
    table: impl IntoIterator<Item = (&'a String, &'a Vec<String>)>,
    text: &str,
) -> Option<(String, usize)> {
    let mut best: Option<(String, usize)> = None;
    for (word, also) in table {
        for alias in std::iter::once(word).chain(also) {
            let wanted: Vec<&str> = alias.split(' ').collect();
            let hit = all.windows(wanted.len()).any(|window| {
                window.iter().zip(&wanted).all(|(token, wanted)| token.word == *wanted)
            });
            // Scripts without blanks: 夜 in 深夜.
            let caseless = !alias.is_ascii()
                && crate::breakdown::language::words::is_caseless(alias)
                && text.trim() == alias;
            let length = wanted.len();
            let longer = best.as_ref().is_none_or(|(_, taken)| *taken < length);
            if (hit || caseless) && longer {
                best = Some((word.clone(), length));
            }
        }
    }
    best
}

/// Every set of a film, found by its path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets {
    pub(crate) places: Vec<Place>,
    /// Comparable path of each place.
    keys: Vec<String>,
    index: BTreeMap<(String, bool), PlaceId>,
    /// Paths of several segments, by what they end with.
    endings: BTreeMap<String, BTreeSet<String>>,
    /// Other names → the paths they mean.
    also: BTreeMap<String, String>,
}

impl Sets {
    /// Makes a path of a heading known, so that its end alone finds it.
    pub(crate) fn know(&mut self, path: &str) {
        let key = name_key(path);
        for (at, _) in key.match_indices(" - ") {
            self.endings.entry(key[at + 3..].to_owned()).or_default().insert(key.clone());
        }
    }

    /// Lets a set answer to another name.
    pub(crate) fn also(&mut self, also: &str, path: &str) {
        self.also.insert(name_key(also), name_key(path));
    }

    /// The set of a path; new ones are entered.
    pub(crate) fn set(&mut self, path: &str, interior: bool, origin: Span) -> PlaceId {
        let key = self.resolve(path);
        if let Some(known) = self.index.get(&(key.clone(), interior)) {
            return *known;
        }
        let id = PlaceId(self.places.len());
        self.places.push(Place {
            name: path.to_owned(),
            interior,
            words: String::new(),
            origin,
            entry: None,
        });
        self.keys.push(key.clone());
        self.index.insert((key, interior), id);
        id
    }

    /// A path in comparable form: its own, or the one it stands for. A single
    /// segment that ends exactly one known path is that set.
    pub(crate) fn resolve(&self, path: &str) -> String {
        let key = name_key(path);
        if let Some(meant) = self.also.get(&key) {
            return meant.clone();
        }
        if !key.contains(" - ")
            && let Some(paths) = self.endings.get(&key)
            && let (1, Some(only)) = (paths.len(), paths.first())
        {
            return only.clone();
        }
        key
    }

    /// The sets a name in a directive means: the current one if it has that
    /// name, else all that have.
    pub(crate) fn named(&self, name: &str, current: Option<PlaceId>) -> Vec<PlaceId> {
        let key = self.resolve(name);
        if key.is_empty() {
            return Vec::new();
        }
        if let Some(here) = current
            && self.keys[here.0] == key
        {
            return vec![here];
        }
        [true, false]
            .iter()
            .filter_map(|inside| self.index.get(&(key.clone(), *inside)).copied())
            .collect()
    }
}

/// Whether words are one of a list, as a whole.
pub(crate) fn is_listed(words: &str, list: &[String]) -> bool {
    let words = canonical(words);
    !words.is_empty() && list.contains(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::terms::word_of;

    #[test]
    fn sluglines_are_taken_apart() {
        let vocabulary = Vocabulary::standard();
        let read = |text: &str| {
            let slug = slugline(text, &vocabulary);
            let inside = match slug.interior {
                Some(true) => "int",
                Some(false) => "ext",
                None => "-",
            };
            format!(
                "{inside}|{}|{}|{}|{}",
                slug.path,
                word_of(slug.time.as_ref()),
                slug.relative.unwrap_or_default(),
                slug.timeline.unwrap_or_default()
            )
        };
        // docs/rules.md#d10
        let cases = [
            ("INT. HARBOUR OFFICE - DAWN", "int|HARBOUR OFFICE|dawn||"),
            ("EXT. QUAY - NIGHT - FLASHBACK (1882)", "ext|QUAY|night||flashback 1882"),
            ("EXT. QUAY - CONTINUOUS", "ext|QUAY||continuous|"),
            ("INT. HOUSE - KITCHEN -- NIGHT / LATER", "int|HOUSE - KITCHEN|night|later|"),
            ("INT. BARN - DAY [STORY VERSION]", "int|BARN|day||story"),
            ("INT. HALL - (PRESENT) DAY", "int|HALL|day||"),
            ("INT. CAR - DAY / DRIVING", "int|CAR|day||"),
            ("INT. HOUSE/KITCHEN - DAY", "int|HOUSE - KITCHEN|day||"),
            ("INT. BARN - [THE NEXT] MORNING", "int|BARN|morning||"),
            ("INT./EXT. CAR – DUSK", "int|CAR|dusk||"),
            ("int house", "int|house|||"),
            ("I/E CAR - DAY", "int|CAR|day||"),
            ("INT. NIGHT CLUB", "int|NIGHT CLUB|||"),
            ("EXT. FIELD - 1943", "ext|FIELD|||1943"),
            ("AT THE WINDOW", "-|AT THE WINDOW|||"),
            ("LATER", "-|||later|"),
            ("INT. HOUSE  -  MOMENTS LATER", "int|HOUSE||later|"),
            ("INT.", "int||||"),
            ("EXT. HARBOUR - NIGHT - RAIN", "ext|HARBOUR|night||"),
            ("EXT. HARBOUR - FOG - DAWN", "ext|HARBOUR|dawn||"),
            ("EXT. FOG", "ext|FOG|||"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
        let weather = |text: &str| slugline(text, &vocabulary).weather.unwrap_or_default();
        assert_eq!(weather("EXT. HARBOUR - NIGHT - HEAVY RAIN"), "heavy rain");
        assert_eq!(weather("EXT. ROAD - RAINY NIGHT"), "rainy");
        assert_eq!(weather("EXT. RAINY STREET - NIGHT"), "");
    }

    #[test]
    fn other_languages_have_their_own_prefixes() {
        let mut vocabulary = (*Vocabulary::standard()).clone();
        vocabulary.speak("de");
        vocabulary.speak("zh");
        let slug = slugline("INNEN. KÜCHE - NACHT", &vocabulary);
        assert_eq!((slug.interior, slug.path.as_str()), (Some(true), "KÜCHE"));
        assert_eq!(word_of(slug.time.as_ref()), "night");
        let slug = slugline("内景 厨房 - 夜", &vocabulary);
        assert_eq!((slug.interior, slug.path.as_str()), (Some(true), "厨房"));
        assert_eq!(word_of(slug.time.as_ref()), "night");
        assert_eq!(prefix("INNENHOF", &vocabulary), None);
    }

    #[test]
    fn a_last_segment_finds_its_set() {
        let mut sets = Sets::default();
        sets.know("HOUSE - KITCHEN");
        let long = sets.set("HOUSE - KITCHEN", true, Span::default());
        assert_eq!(sets.set("Kitchen", true, Span::default()), long);
        assert_ne!(sets.set("KITCHEN", false, Span::default()), long);
        assert_eq!(sets.named("kitchen", None).len(), 2);
    }
}
