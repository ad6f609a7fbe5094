//! Working days with holidays and 调休, deadlines that count them, and how late a deadline is.

mod days;
mod deadline;
mod file;
mod lateness;

pub use days::{Calendar, CalendarError, Holiday};
pub use deadline::{Counting, Deadline, LastDay, Term, TermError, deadline};
pub use lateness::{Lateness, Steps};
