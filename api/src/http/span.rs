//! Which camera and which time a request is about, checked before anything is read.

use std::time::Duration;

use anjian_domain::WallTime;
use utoipa::IntoParams;

use crate::http::problem::Problem;
use crate::http::query::{Pairs, moment};

/// A day at the site is 25 hours at the longest: what shows a day asks for one.
pub(crate) const LONGEST_DAY: Duration = Duration::from_hours(25);

/// The keys of a range; for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the keys; `Span::read` reads them")]
pub(crate) struct SpanParams {
    /// Beginning, RFC 3339.
    #[param(format = "date-time")]
    from: String,
    /// End, which does not belong to it; RFC 3339.
    #[param(format = "date-time")]
    to: String,
}

/// A range of time: `from` belongs to it, `to` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: WallTime,
    pub(crate) to: WallTime,
}

impl Span {
    /// Both keys are needed, and `to` is after `from`, by no more than `longest`.
    pub(crate) fn read(pairs: &Pairs, longest: Duration) -> Result<Self, Problem> {
        let span = Self { from: needed(pairs, "from")?, to: needed(pairs, "to")? };
        if span.from >= span.to {
            return Err(Problem::query("to", "to: must be after from"));
        }
        if span.length() > longest {
            let hours = longest.as_secs() / 3600;
            let longest = if hours > 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") };
            return Err(Problem::query(
                "to",
                format!("to: more than {longest} after from: ask for less at once"),
            ));
        }
        Ok(span)
    }

    pub(crate) fn length(&self) -> Duration {
        self.to.since(self.from)
    }
}

/// The moment of a key that must stand.
pub(crate) fn needed(pairs: &Pairs, key: &str) -> Result<WallTime, Problem> {
    let example = || Problem::query(key, format!("{key}: is needed, such as {key}=2026-03-01T08:00:00Z"));
    moment(pairs, key)?.ok_or_else(example)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::query::pairs;

    #[track_caller]
    fn check(raw: &str, expected: Result<u64, &str>) {
        let span = Span::read(&pairs(Some(raw), &["from", "to"]).unwrap(), LONGEST_DAY);
        match (span, expected) {
            (Ok(span), Ok(minutes)) => assert_eq!(span.length(), Duration::from_mins(minutes), "{raw}"),
            (Err(problem), Err(says)) => assert!(problem.to_string().contains(says), "{raw}: {problem}"),
            other => panic!("{raw}: {other:?}"),
        }
    }

    #[test]
    fn a_range_has_two_ends_in_order_and_a_longest() {
        check("from=2026-03-01T00:00:00Z&to=2026-03-01T08:30:00%2B08:00", Ok(30));
        // The longest day of a site, and a microsecond more.
        check("from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z", Ok(25 * 60));
        check("from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00.000001Z", Err("more than 25 hours"));
        check("from=2026-03-01T00:00:00Z", Err("to: is needed"));
        check("to=2026-03-01T00:00:00Z", Err("from: is needed"));
        check("from=2026-03-01T00:00:00Z&to=2026-03-01T00:00:00Z", Err("after from"));
        check("from=2026-03-01T00:00:00Z&to=tomorrow", Err("RFC 3339"));
    }
}
