//! Parses text into a tree; never fails. Does not know the meaning of elements.
//!
//! `grammar/screenplay.pest` defines the language; `lower` decides what a
//! grammar cannot.

mod blocks;
mod dialect;
pub mod format;
mod grammar;
pub mod highlight;
mod lines;
mod lower;
mod notes;
mod parse;
mod scan;
mod shot;
mod spans;
mod speech;
pub(crate) mod stray_marks;
mod text;
mod title_page;
pub mod tree;

pub(crate) use self::blocks::Blocks;
pub use self::dialect::Dialect;
pub(crate) use self::parse::parse_again;
pub use self::parse::{parse, parse_as};
pub(crate) use self::shot::technique;
pub(crate) use self::stray_marks::unnumbered;
pub(crate) use self::text::unstyled;
pub(crate) use self::title_page::{title_key, title_keys};
