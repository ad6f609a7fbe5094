//! A straight line through samples of something that must not grow, and what the line proves.

use std::fmt;
use std::time::Duration;

const HOUR_S: f64 = 3_600.0;

/// Least squares over samples of one quantity, in the unit of the samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The first sample.
    pub first: f64,
    /// The last sample.
    pub last: f64,
    /// The largest sample.
    pub most: f64,
    /// How much the line climbs in an hour.
    pub slope_per_hour: f64,
    /// Two standard errors of the slope: about 95 of 100 slopes lie within, if the samples are independent.
    pub uncertainty_per_hour: f64,
}

/// What a trend proves about a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The slope stays below the limit, with its uncertainty.
    Steady,
    /// The slope exceeds the limit, without its uncertainty.
    Grows,
    /// The limit lies within the uncertainty: the run was too short, or the samples vary too much.
    Undecided,
}

impl Trend {
    /// Fits a line. `None` for fewer than three samples, or samples that were all taken at one moment.
    #[must_use]
    pub fn fit(samples: &[(Duration, f64)]) -> Option<Self> {
        let (first, last) = (samples.first()?.1, samples.last()?.1);
        let points: Vec<(f64, f64)> =
            samples.iter().map(|(at, value)| (at.as_secs_f64() / HOUR_S, *value)).collect();
        let count = points.len() as f64;
        let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
        let spread_x: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        if points.len() < 3 || spread_x == 0.0 {
            return None;
        }
        let slope = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread_x;
        let residual = |(x, y): &(f64, f64)| (y - mean_y - slope * (x - mean_x)).powi(2);
        let variance = points.iter().map(residual).sum::<f64>() / (count - 2.0);
        Some(Self {
            first,
            last,
            most: samples.iter().map(|(_, value)| *value).fold(f64::MIN, f64::max),
            slope_per_hour: slope,
            uncertainty_per_hour: 2.0 * (variance / spread_x).sqrt(),
        })
    }

    /// Compares the slope with the most that it may be in an hour.
    #[must_use]
    pub fn verdict(&self, limit_per_hour: f64) -> Verdict {
        if self.slope_per_hour + self.uncertainty_per_hour <= limit_per_hour {
            Verdict::Steady
        } else if self.slope_per_hour - self.uncertainty_per_hour > limit_per_hour {
            Verdict::Grows
        } else {
            Verdict::Undecided
        }
    }
}

impl fmt::Display for Trend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, most, slope_per_hour, uncertainty_per_hour } = self;
        write!(
            out,
            "first {first:.1}, last {last:.1}, most {most:.1}, {slope_per_hour:+.1} ± {uncertainty_per_hour:.1} an hour"
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Steady => "steady",
            Self::Grows => "grows",
            Self::Undecided => "undecided",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sample an hour.
    fn hourly(values: &[f64]) -> Vec<(Duration, f64)> {
        (0..).map(Duration::from_hours).zip(values.iter().copied()).collect()
    }

    #[track_caller]
    fn check(values: &[f64], slope: f64, uncertainty: f64) {
        let trend = Trend::fit(&hourly(values)).unwrap();
        assert!((trend.slope_per_hour - slope).abs() < 1e-9, "{trend:?}");
        assert!((trend.uncertainty_per_hour - uncertainty).abs() < 1e-4, "{trend:?}");
    }

    #[test]
    fn the_line_is_that_of_least_squares() {
        check(&[7.0, 7.0, 7.0], 0.0, 0.0);
        check(&[10.0, 12.0, 14.0, 16.0], 2.0, 0.0);
        // By hand: slope 5.5 / 5, residuals -0.1, 0.8, -1.3, 0.6, two standard errors 2 √(1.35 / 5).
        check(&[1.0, 3.0, 2.0, 5.0], 1.1, 1.0392);
    }

    #[test]
    fn minutes_are_scaled_to_hours() {
        let minutes = |number| Duration::from_mins(number);
        let trend = Trend::fit(&[(minutes(10), 1.0), (minutes(11), 2.0), (minutes(12), 3.0)]).unwrap();
        assert!((trend.slope_per_hour - 60.0).abs() < 1e-9, "{trend:?}");
        assert_eq!((trend.first, trend.last, trend.most), (1.0, 3.0, 3.0));
    }

    #[test]
    fn a_line_needs_three_samples_at_different_moments() {
        assert_eq!(Trend::fit(&[]), None);
        assert_eq!(Trend::fit(&hourly(&[1.0, 2.0])), None);
        assert_eq!(Trend::fit(&[(Duration::ZERO, 1.0); 5]), None);
    }

    #[test]
    fn the_uncertainty_decides_what_is_proven() {
        for (values, limit, expected) in [
            (&[5.0, 5.0, 5.0, 5.0][..], 1.0, Verdict::Steady),
            (&[9.0, 8.0, 7.0, 6.0], 1.0, Verdict::Steady),
            (&[1.0, 3.0, 5.0, 7.0], 1.0, Verdict::Grows),
            (&[1.0, 3.0, 2.0, 5.0], 3.0, Verdict::Steady),
            (&[1.0, 3.0, 2.0, 5.0], 1.5, Verdict::Undecided),
            (&[1.0, 3.0, 2.0, 5.0], 0.0, Verdict::Grows),
        ] {
            let trend = Trend::fit(&hourly(values)).unwrap();
            assert_eq!(trend.verdict(limit), expected, "{values:?}, limit {limit}");
        }
    }
}
