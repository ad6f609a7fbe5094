//! Legal-basis cards: what makes a behaviour a violation, the measure on site, the basis of a penalty.

mod card;
mod file;
mod provision;

pub use card::{Basis, CardError, CardRef, CardStatus, LegalCard, Part};
pub use provision::{Provision, ProvisionError};
