//! Shot list → prompts: the words of a model, the lexicon that translates an
//! author's words into them, and advice about words that the model does not know.

mod control;
pub mod lexicon;
pub mod lower;
pub(crate) mod stills;
pub mod advice;
