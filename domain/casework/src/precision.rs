//! How often a camera and rule were right, from verdicts and upheld pleas.
//!
//! Courts ask of such equipment: no evident errors, no mass of objections. So each verdict counts, and a plea that was
//! upheld counts against the camera although an inspector had confirmed the violation.

use serde::{Deserialize, Serialize};

use crate::verdict::DismissReason;

/// 1.96 standard deviations: the interval holds the true share in 95 of 100 cases.
const Z: f64 = 1.96;

/// Verdicts on the violations of one camera and rule, each violation once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictCounts {
    /// Confirmed, and not dismissed since.
    pub confirmed: u64,
    /// Dismissed by an officer as false findings; see `DismissReason::is_false_finding`.
    pub dismissed: u64,
    /// Dismissed because a plea was upheld. Not counted in `dismissed`.
    pub pleas_upheld: u64,
}

/// How often a camera and rule were right. Shares are 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    /// Confirmed violations among the judged ones.
    pub share: f64,
    /// The lower end of the Wilson interval of 95 %.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// How many violations were judged.
    pub judged: u64,
}

impl VerdictCounts {
    /// Counts a confirmed violation.
    pub const fn confirm(&mut self) {
        self.confirmed += 1;
    }

    /// Counts a dismissed violation, if the reason tells against the camera.
    pub const fn dismiss(&mut self, reason: DismissReason) {
        if reason.is_false_finding() {
            self.dismissed += 1;
        }
    }

    /// Counts a violation whose plea was upheld.
    pub const fn uphold_plea(&mut self) {
        self.pleas_upheld += 1;
    }

    /// The share of confirmed ones; `None` before the first verdict.
    #[must_use]
    pub fn precision(&self) -> Option<Precision> {
        let judged = self.confirmed.saturating_add(self.dismissed).saturating_add(self.pleas_upheld);
        (judged > 0).then(|| wilson(self.confirmed, judged))
    }
}

/// Wilson's score interval: sound for few verdicts and for shares near 0 and 1, where the plain one is not.
#[expect(clippy::cast_precision_loss, reason = "counts of verdicts are far below 2^53")]
fn wilson(confirmed: u64, judged: u64) -> Precision {
    let (count, share) = (judged as f64, confirmed as f64 / judged as f64);
    let spread = Z * Z / count;
    let middle = (share + spread / 2.0) / (1.0 + spread);
    let half = (share * (1.0 - share) * spread + spread * spread / 4.0).sqrt() / (1.0 + spread);
    // Rounding may leave the share just outside at 0 and 1.
    let (low, high) = ((middle - half).clamp(0.0, share), (middle + half).clamp(share, 1.0));
    Precision { share, low, high, judged }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let counts =
            |confirmed, dismissed, pleas_upheld| VerdictCounts { confirmed, dismissed, pleas_upheld };
        assert_eq!(counts(0, 0, 0).precision(), None);
        for (counts, share, low, high) in [
            (counts(8, 2, 0), 0.8, 0.4902, 0.9433),
            (counts(8, 1, 1), 0.8, 0.4902, 0.9433),
            (counts(1, 0, 0), 1.0, 0.2065, 1.0),
            (counts(0, 0, 1), 0.0, 0.0, 0.7935),
            (counts(950, 30, 20), 0.95, 0.9347, 0.9619),
        ] {
            let found = counts.precision().unwrap();
            for (value, expected) in [(found.share, share), (found.low, low), (found.high, high)] {
                assert!((value - expected).abs() < 1e-4, "{counts:?}: {found:?}");
            }
        }
    }

    #[test]
    fn duplicates_and_permitted_work_do_not_tell_against_a_camera() {
        let mut counts = VerdictCounts::default();
        counts.confirm();
        DismissReason::ALL.iter().for_each(|reason| counts.dismiss(*reason));
        counts.uphold_plea();
        assert_eq!(counts, VerdictCounts { confirmed: 1, dismissed: 6, pleas_upheld: 1 });
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_upheld_plea_never_makes_a_camera_look_better(confirmed in 0..500_u64, dismissed in 0..500_u64) {
            let before = VerdictCounts { confirmed, dismissed, pleas_upheld: 0 };
            let mut after = before;
            after.uphold_plea();
            let after = after.precision().unwrap();
            prop_assert!(0.0 <= after.low && after.low <= after.share && after.share <= after.high && after.high <= 1.0);
            if let Some(before) = before.precision() {
                prop_assert!(after.share <= before.share && after.high <= before.high + 1e-12);
            }
        }
    }
}
