//! Which camera and which time a request is about, checked before anything is read.

use std::str::FromStr;
use std::time::Duration;

use anjian_domain::WallTime;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::problem::Problem;
use crate::http::query::one;

/// A day at the site is 25 hours at the longest: what shows a day asks for one.
pub(crate) const LONGEST_DAY: Duration = Duration::from_hours(25);

/// A moment as clients write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Rfc3339(pub(crate) WallTime);

impl FromStr for Rfc3339 {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // An offset's plus that was not percent-encoded arrives as a space.
        let time = text.replace(' ', "+").parse().map(Self);
        time.map_err(|_| format!("{text:?} is not a time: write RFC 3339, such as 2026-03-01T08:00:00Z"))
    }
}

impl TryFrom<String> for Rfc3339 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// The keys of a range.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanParams {
    /// Beginning, RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, format = "date-time", required)]
    from: Option<Rfc3339>,
    /// End, which does not belong to it; RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, format = "date-time", required)]
    to: Option<Rfc3339>,
}

/// The key of a moment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AtParams {
    /// The moment, RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, format = "date-time", required)]
    at: Option<Rfc3339>,
}

/// A range of time: `from` belongs to it, `to` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: WallTime,
    pub(crate) to: WallTime,
}

impl SpanParams {
    /// Both keys are needed, and `to` is after `from`, by no more than `longest`.
    pub(crate) fn within(&self, longest: Duration) -> Result<Span, Problem> {
        let span = Span { from: needed("from", self.from)?, to: needed("to", self.to)? };
        if span.from >= span.to {
            return Err(Problem::query("to", "to: must be after from"));
        }
        if span.length() > longest {
            let hours = longest.as_secs() / 3600;
            let longest = if hours > 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") };
            let reason = format!("to: more than {longest} after from: ask for less at once");
            return Err(Problem::query("to", reason));
        }
        Ok(span)
    }
}

impl AtParams {
    /// The moment, which is needed.
    pub(crate) fn moment(&self) -> Result<WallTime, Problem> {
        needed("at", self.at)
    }
}

impl Span {
    pub(crate) fn length(&self) -> Duration {
        self.to.since(self.from)
    }
}

fn needed(key: &str, moment: Option<Rfc3339>) -> Result<WallTime, Problem> {
    let example = || Problem::query(key, format!("{key}: is needed, such as {key}=2026-03-01T08:00:00Z"));
    moment.map(|moment| moment.0).ok_or_else(example)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::query::Query;

    #[track_caller]
    fn check(raw: &str, expected: Result<u64, &str>) {
        let span = Query::<SpanParams>::of(raw).and_then(|Query(params)| params.within(LONGEST_DAY));
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
