//! The words of the language: its vocabulary, its tables for people, its
//! phrases. Knows no script.

pub(crate) mod words;
pub mod terms;
pub mod entries;
pub mod grammar;
pub mod vocabulary;
pub mod glossary;
pub(crate) mod phrases;
