//! What observations of a person tell, and when episodes begin and end.

use anjian_domain::NormBox;

/// When episodes begin and end; each rule's settings say what the numbers mean and their ranges.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Thresholds {
    pub(in crate::rules) window_s: f64,
    pub(in crate::rules) breach_share: f64,
    pub(in crate::rules) kept_share: f64,
    pub(in crate::rules) min_observations: u32,
    pub(in crate::rules) grace_s: f64,
    pub(in crate::rules) hidden_s: f64,
}

/// What an observation says about the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Told {
    Broken,
    Kept,
}

/// An observation of a person that tells something.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Reading {
    pub(in crate::rules) told: Told,
    /// How sure, 0..1.
    pub(in crate::rules) score: f32,
    /// What it is about, besides the person.
    pub(in crate::rules) subject: Option<NormBox>,
    pub(in crate::rules) source: Source,
}

/// Where a reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Source {
    /// This frame.
    Observed,
    /// An observation of a moment ago that still holds: it counts once, but the breach goes on.
    Held,
}
