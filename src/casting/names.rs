//! File names of portraits. Knows letters, not pictures.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use super::look::{FOLDER, Look};
use crate::breakdown::language::grammar::Grammar;
use crate::source::files::ProjectFiles;

/// A name as a file name: lower-case letters and digits of any script, with
/// hyphens between words.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.nfc().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "nobody".to_owned() } else { slug.to_owned() }
}

/// The file name of a look's portrait without its extension: `mara`, and for
/// another outfit `mara-black-oilskin`, without the articles and pronouns of the
/// film's language.
pub(crate) fn stem(look: &Look, grammar: &Grammar) -> String {
    let name = slug(&look.name);
    if look.base.is_none() {
        return name;
    }
    let small = [&grammar.articles, &grammar.pronouns.woman, &grammar.pronouns.man];
    let words = look.outfit.split_whitespace();
    let words = words.filter(|word| !small.iter().any(|list| list.has(word)));
    let outfit: Vec<&str> = words.take(3).collect();
    format!("{name}-{}", slug(&outfit.join(" ")))
}

/// A path below the project folder for a look's portrait; no file has it yet.
pub(crate) fn unused_path(
    files: &dyn ProjectFiles,
    project: &Path,
    look: &Look,
    grammar: &Grammar,
) -> PathBuf {
    let stem = stem(look, grammar);
    let file = |end: String| Path::new(FOLDER).join(format!("{stem}{end}.png"));
    let plain = file(String::new());
    if !files.exists(&project.join(&plain)) {
        return plain;
    }
    (2..u32::MAX)
        .map(|number| file(format!("-{number}")))
        .find(|file| !files.exists(&project.join(file)))
        .expect("a folder holds finitely many files")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;
    use crate::breakdown::screenplay::Subject;

    #[test]
    fn names_become_file_names() {
        let cases = [
            ("MARA", "mara"),
            ("IDA VOSS", "ida-voss"),
            ("GUARD #2", "guard-2"),
            ("Шарлотта", "шарлотта"),
            ("../..", "nobody"),
        ];
        for (name, expected) in cases {
            assert_eq!(slug(name), expected);
        }
    }

    #[test]
    fn another_outfit_is_named_in_the_language_of_the_film() {
        let mut german = (*Vocabulary::standard()).clone();
        assert!(german.speak("de"));
        let english = Vocabulary::standard();
        let look = |outfit: &str| Look {
            subject: Subject(0),
            name: "MARA".to_owned(),
            words: String::new(),
            named: false,
            outfit: outfit.to_owned(),
            given: None,
            base: Some(0),
            ordinal: 0,
        };
        let cases = [
            (&*english, "her black oilskin", "mara-black-oilskin"),
            (&*english, "A coat and the hat", "mara-coat-and-hat"),
            (&german, "ihren schwarzen Mantel", "mara-schwarzen-mantel"),
        ];
        for (vocabulary, outfit, expected) in cases {
            assert_eq!(stem(&look(outfit), &vocabulary.grammar), expected, "{outfit}");
        }
    }
}
