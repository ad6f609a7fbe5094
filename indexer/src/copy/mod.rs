//! Moving house: a whole index is copied from one engine to the other.
//!
//! `copy_store` holds the way of a copy, `plan` its steps, and `note` how far it has come. Engines stay behind `engine`.

mod begin;
mod compare;
pub(crate) mod copy_store;
mod digest;
pub(crate) mod error;
mod files;
mod key;
mod links;
pub(crate) mod note;
mod numbers;
pub(crate) mod order;
mod page;
mod plan;
mod rows;
mod sides;
