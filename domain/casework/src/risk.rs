//! The risk of a site, as points with their reasons. No model and no secret: each line can be explained to the
//! enterprise, and the weights are a table that the customer sets.

use serde::{Deserialize, Serialize};

use crate::worded::worded;

/// The behaviour by which officers record that a camera was covered, turned or cut (危险化学品安全法 38).
pub const TAMPERING: &str = "camera_tampering";

/// The highest score.
const MAX_SCORE: u32 = 100;

worded! {
    /// What adds to the risk of a site.
    pub enum RiskFactor {
        /// Confirmed violations of the last 90 days.
        Confirmed = "confirmed", "近90天已确认违规", "Confirmed violations of the last 90 days";
        /// Confirmed violations like an earlier one of the same camera and rule.
        Repeated = "repeated", "重复违规", "Repeated violations";
        /// Cases whose deadline is over.
        Overdue = "overdue", "逾期未整改", "Overdue cases";
        /// Rectifications that were returned.
        Returned = "returned", "整改被退回", "Returned rectifications";
        /// Findings of a covered, turned or cut camera.
        Tampering = "tampering", "遮挡、破坏监控", "Cameras covered, turned or cut";
        /// The class that the regulator gave the site: 0 lowest, 3 highest.
        SiteClass = "site_class", "企业风险等级", "Risk class of the site";
    }
}

/// The points of a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Points for each.
    pub points: u32,
    /// Most points of this factor together.
    pub most: u32,
}

/// One line of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskLine {
    /// What adds.
    pub factor: RiskFactor,
    /// How many of it.
    pub count: u32,
    /// Points.
    pub points: u32,
}

/// The risk of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// 0..=100: the sum of the lines, cut off at 100.
    pub score: u32,
    /// Every factor, whether it adds or not.
    pub lines: Vec<RiskLine>,
}

/// The weight of a factor when the customer sets none.
#[must_use]
pub const fn default_weight(factor: RiskFactor) -> Weight {
    let (points, most) = match factor {
        RiskFactor::Confirmed => (2, 30),
        RiskFactor::Repeated => (3, 15),
        RiskFactor::Overdue => (10, 30),
        RiskFactor::Returned => (5, 15),
        RiskFactor::Tampering => (20, 40),
        RiskFactor::SiteClass => (5, 15),
    };
    Weight { points, most }
}

/// The class of a site, 0 to 3, out of the regulator's own words: 重大, 较大, 一般 and 低 (or red, orange, yellow and blue), or a
/// digit. What is not understood adds nothing.
#[must_use]
pub fn class_of(risk_level: &str) -> u32 {
    const WORDS: [(u32, [&str; 3]); 3] =
        [(3, ["重大", "红", "3"]), (2, ["较大", "橙", "2"]), (1, ["一般", "黄", "1"])];
    let found = WORDS.iter().find(|(_, words)| words.iter().any(|word| risk_level.contains(word)));
    found.map_or(0, |(class, _)| *class)
}

/// The risk of a site whose counts `count` tells, with weights that `weight` tells.
#[must_use]
pub fn risk(count: impl Fn(RiskFactor) -> u32, weight: impl Fn(RiskFactor) -> Weight) -> Risk {
    let line = |factor: &RiskFactor| {
        let (factor, count, weight) = (*factor, count(*factor), weight(*factor));
        RiskLine { factor, count, points: count.saturating_mul(weight.points).min(weight.most) }
    };
    let lines: Vec<_> = RiskFactor::ALL.iter().map(line).collect();
    let sum = lines.iter().fold(0_u32, |sum, line| sum.saturating_add(line.points));
    Risk { score: sum.min(MAX_SCORE), lines }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn points_add_up_and_are_cut_off() {
        use RiskFactor::{Confirmed, Overdue, SiteClass, Tampering};
        for (counts, expected) in [
            (&[][..], 0),
            (&[(Confirmed, 4)], 8),
            (&[(Confirmed, 4), (Overdue, 1), (SiteClass, 3)], 33),
            (&[(Confirmed, u32::MAX)], 30),
            (&[(Confirmed, 90), (Overdue, 9), (Tampering, 9), (SiteClass, 3)], 100),
        ] {
            let count =
                |factor| counts.iter().find(|(named, _)| *named == factor).map_or(0, |(_, count)| *count);
            assert_eq!(risk(count, default_weight).score, expected, "{counts:?}");
        }
    }

    #[test]
    fn classes_are_read_out_of_the_words_of_regulators() {
        for (text, expected) in [
            ("重大", 3),
            ("重大风险（红）", 3),
            ("较大", 2),
            ("橙色", 2),
            ("一般", 1),
            ("低", 0),
            ("", 0),
            ("2", 2),
            ("A", 0),
        ] {
            assert_eq!(class_of(text), expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn more_of_anything_never_lowers_the_score(counts in prop::array::uniform6(0..30_u32), more in 0..6_usize) {
            let score = |counts: [u32; 6]| risk(|factor| counts[factor as usize], default_weight).score;
            let mut raised = counts;
            raised[more] += 1;
            prop_assert!(score(raised) >= score(counts) && score(raised) <= 100);
        }
    }
}
