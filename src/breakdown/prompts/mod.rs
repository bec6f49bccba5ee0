//! Shot list → the words of a model: prompts, what a model's lexicon makes of
//! them, and what to tell an author about words it does not know.

pub mod lexicon;
pub mod lower;
pub mod advice;
