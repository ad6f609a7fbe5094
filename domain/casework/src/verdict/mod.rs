//! Verdicts: what an inspector made of a violation, undo, second signatures, new verdicts.

mod decide;
mod finding;
mod policy;
mod refusal;
mod state;

pub use decide::{Act, Context, Way, decide};
pub use finding::{DismissReason, Finding};
pub use policy::{Policy, SecondSignPolicy};
pub use refusal::Refusal;
pub use state::{Judgement, Second, VerdictState};
