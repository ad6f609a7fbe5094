//! What follows a violation: who may do what, verdicts, cases, deadlines, evidence grade, who is notified.
//!
//! Every function here decides from the values that it is given. There is no clock, no file, no database and no
//! network: the caller reads the present, the calendar and the rows, asks, and writes what was decided.
//! `docs/casework.md` tells the same in prose.

pub mod attachment;
pub mod calendar;
pub mod case;
pub mod disposal;
pub mod grade;
pub mod legal_card;
pub mod notification;
mod officer;
mod outcome;
pub mod precision;
pub mod risk;
pub mod roles;
pub mod verdict;
mod version;
mod worded;

pub use officer::{Certificate, CertificateError, Officer, Recusals};
pub use outcome::Outcome;
pub use version::Version;
