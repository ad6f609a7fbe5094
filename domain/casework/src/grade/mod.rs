//! Evidence grade: what of the law's demands is there, what is missing, and which outcomes that allows.

mod assess;
mod check;
mod facts;

pub use assess::{Grade, Level, assess};
pub use check::{Check, Finding, Item};
pub use facts::{Clip, Digests, Facts, Limits, PersonHeight, Publication, Review};
