//! The stage: composes an endless supply of labelled toy-theatre scenes.
//!
//! Leaves little to chance, so that a small network learns the world in an hour: a set
//! always looks the same, figures have one height per shot size and stand on fixed
//! marks, motion begins in a fixed phase. Knows no networks.

#![allow(clippy::unreadable_literal, reason = "colours are written as on the web")]

mod art;
pub(crate) mod boards;
mod cast;
mod figures;
mod film;
mod motion;
mod paint;
mod postcard;
mod puppet;
mod render;
mod rng;
mod scene;
mod sets;
mod sheet;
mod world;

pub(crate) use art::Error;
pub(crate) use cast::{Action, Actor, Colour, Move, Place, Size, Subject, Time};
pub(crate) use film::Still;
pub(crate) use render::{Stage, mouths};
pub(crate) use rng::{Rng, hash};
pub(crate) use scene::{Edition, HEIGHT, KEY, PLATE, StagedScene, WIDTH};
pub(crate) use sheet::sheet;
pub(crate) use world::{vocabulary, words};
