//! Cases over HTTP: listed, opened, and taken step by step; the grade of evidence, review records, recusals, legal-basis cards.

pub(crate) mod act;
pub(crate) mod cards;
pub(crate) mod detail_view;
pub(crate) mod grade;
pub(crate) mod list;
pub(crate) mod notice_view;
pub(crate) mod one;
pub(crate) mod open;
pub(crate) mod proofs;
pub(crate) mod recusals;
pub(crate) mod reviews;
pub(crate) mod steps;
pub(crate) mod views;
