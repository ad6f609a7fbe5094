//! Violations: the list, one of them, counts, and the files of evidence.

pub(crate) mod clip_views;
pub(crate) mod clock_view;
pub(crate) mod counts;
pub(crate) mod evidence;
pub(crate) mod filters;
pub(crate) mod list;
pub(crate) mod run_view;
pub(crate) mod views;
