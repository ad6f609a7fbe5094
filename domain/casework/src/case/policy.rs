//! What an installation decides about cases.

use std::time::Duration;

use crate::calendar::{Counting, Steps, Term};

/// What an installation decides about cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How days are counted.
    pub counting: Counting,
    /// When deadlines escalate.
    pub steps: Steps,
    /// How long a rule must stay quiet before a camera proves a rectification, counted only while it watched persons.
    pub quiet: Duration,
    /// How soon a notice must be served.
    pub service: Term,
}

impl Default for Policy {
    /// 4 hours of quiet; 7 days for service (行政处罚法 61); days and steps as `Counting` and `Steps` have them.
    fn default() -> Self {
        let service = Term::days(7).expect("7 days are a term");
        let quiet = Duration::from_secs(4 * 3_600);
        Self { counting: Counting::default(), steps: Steps::default(), quiet, service }
    }
}
