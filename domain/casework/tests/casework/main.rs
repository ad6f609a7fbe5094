//! The decisions of casework, against the public interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod calendar;
mod case;
mod grade;
mod legal_card;
mod notification;
mod roles;
mod verdict;
