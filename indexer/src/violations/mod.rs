//! Violations: recorded, searched page by page, counted, shown whole, closed when their process was killed.

pub(crate) mod by_words;
pub(crate) mod calendar;
pub(crate) mod count;
pub(crate) mod count_marked;
pub(crate) mod cursor;
pub(crate) mod days;
pub(crate) mod detail;
pub(crate) mod interrupted;
pub(crate) mod known_start;
pub(crate) mod list_row;
pub(crate) mod listed;
pub(crate) mod marked;
pub(crate) mod marks;
pub(crate) mod occurring;
pub(crate) mod parts;
pub(crate) mod probe;
pub(crate) mod query;
pub(crate) mod record;
pub(crate) mod rows;
pub(crate) mod run_row;
pub(crate) mod search;
pub(crate) mod status;
pub(crate) mod supersede;
pub(crate) mod tally;
pub(crate) mod walk;
