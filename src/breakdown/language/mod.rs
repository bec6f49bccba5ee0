//! The words of the language: the vocabulary, its phrases, and its tables for
//! editors and the reference. Knows no script.

pub(crate) mod words;
pub mod camera_rules;
pub mod terms;
pub mod entries;
pub(crate) mod own_words;
pub mod word_set;
pub mod word_lists;
pub mod grammar;
pub(crate) mod word_tables;
pub(crate) mod set_phrases;
pub(crate) mod builds;
pub mod nouns;
pub(crate) mod sexes;
pub mod speakers;
pub mod directing;
pub mod vocabulary;
pub mod film_settings;
pub mod glossary;
pub(crate) mod phrases;
