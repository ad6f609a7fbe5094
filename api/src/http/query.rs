//! The query of a request, checked key by key: what is unknown, malformed or out of range is refused by name.

use std::fmt::Display;
use std::str::FromStr;

use anjian_domain::{RunKind, Score, WallTime};
use anjian_indexer::{ViolationQuery, ViolationStatus};
use url::form_urlencoded;
use utoipa::IntoParams;

use crate::http::problem::Problem;

/// The keys that choose violations; for the OpenAPI document. Those that may repeat are alternatives.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the keys; `take` reads them")]
pub(crate) struct FilterParams {
    /// Of this site; may repeat.
    site: Option<Vec<String>>,
    /// Of this camera; may repeat.
    camera: Option<Vec<String>>,
    /// In this zone; may repeat.
    zone: Option<Vec<String>>,
    /// A name that `/api/v1/behaviours` lists; may repeat.
    behaviour: Option<Vec<String>>,
    /// `open`, `closed`, `confirmed` or `dismissed`; may repeat.
    status: Option<Vec<String>>,
    /// `live` or `archive`: the kind of Run that found it; may repeat.
    run: Option<Vec<String>>,
    /// Opened at or after, RFC 3339.
    #[param(format = "date-time")]
    from: Option<String>,
    /// Opened before, RFC 3339.
    #[param(format = "date-time")]
    to: Option<String>,
    /// At least this sure, 0..1.
    #[param(minimum = 0, maximum = 1)]
    min_score: Option<f32>,
}

/// The keys that walk through a list; for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the keys; `page` reads them")]
pub(crate) struct PageParams {
    /// How many a page; 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next_cursor` of the page before, unchanged.
    cursor: Option<String>,
}

/// The keys that [`FilterParams`] documents.
pub(crate) const FILTER_KEYS: [&str; 9] =
    ["site", "camera", "zone", "behaviour", "status", "run", "from", "to", "min_score"];
/// The keys that [`PageParams`] documents.
const PAGE_KEYS: [&str; 2] = ["limit", "cursor"];

/// A list's query: which violations, how many, from where on.
pub(crate) fn page(raw: Option<&str>) -> Result<ViolationQuery, Problem> {
    let pairs = pairs(raw, &[&FILTER_KEYS[..], &PAGE_KEYS[..]].concat())?;
    let mut query = filters(&pairs)?;
    if let Some(limit) = one(&pairs, "limit")? {
        query.limit = limit_of(limit)?;
    }
    query.cursor = parsed(&pairs, "cursor")?;
    Ok(query)
}

fn limit_of(text: &str) -> Result<u16, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=ViolationQuery::MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| {
        Problem::query(
            "limit",
            format!("limit: {text:?} is not a whole number of 1 to {}", ViolationQuery::MAX_LIMIT),
        )
    })
}

/// The keys that choose violations, out of pairs that may hold others too.
pub(crate) fn filters(pairs: &Pairs) -> Result<ViolationQuery, Problem> {
    let query = ViolationQuery {
        sites: all(pairs, "site", parse)?,
        cameras: all(pairs, "camera", parse)?,
        zones: all(pairs, "zone", parse)?,
        behaviours: all(pairs, "behaviour", parse)?,
        statuses: all(pairs, "status", parse::<ViolationStatus>)?,
        runs: all(pairs, "run", run_kind)?,
        from: moment(pairs, "from")?,
        to: moment(pairs, "to")?,
        min_score: one(pairs, "min_score")?.map(score).transpose()?,
        ..ViolationQuery::default()
    };
    match (query.from, query.to) {
        (Some(from), Some(to)) if from > to => Err(Problem::query("from", "from: must not be after to")),
        _ => Ok(query),
    }
}

/// Keys and values, decoded, in the order in which they came.
pub(crate) type Pairs = Vec<(String, String)>;

/// Refuses keys that are not `known`, and lists of more values than the index takes.
pub(crate) fn pairs(raw: Option<&str>, known: &[&str]) -> Result<Pairs, Problem> {
    let pairs: Pairs = form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect();
    for (key, _) in &pairs {
        if !known.contains(&key.as_str()) {
            return Err(Problem::query(key, format!("{key:?} is not a key here: use {}", known.join(", "))));
        }
        if pairs.iter().filter(|(other, _)| other == key).count() > ViolationQuery::MAX_VALUES {
            return Err(Problem::query(key, format!("{key}: at most {} values", ViolationQuery::MAX_VALUES)));
        }
    }
    Ok(pairs)
}

/// The value of a key that may stand once; an empty value is as none.
pub(crate) fn one<'a>(pairs: &'a Pairs, key: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = values(pairs, key);
    let first = values.next();
    match values.next() {
        Some(_) => Err(Problem::query(key, format!("{key}: may stand only once"))),
        None => Ok(first),
    }
}

/// Every value of a key; an empty value (`camera=`) is as none.
pub(crate) fn values<'a>(pairs: &'a Pairs, key: &str) -> impl Iterator<Item = &'a str> {
    pairs
        .iter()
        .filter(move |(other, value)| other == key && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

fn all<T>(pairs: &Pairs, key: &str, read: fn(&str) -> Result<T, String>) -> Result<Vec<T>, Problem> {
    let read = |value| read(value).map_err(|reason| Problem::query(key, format!("{key}: {reason}")));
    values(pairs, key).map(read).collect()
}

fn parsed<T: FromStr<Err: Display>>(pairs: &Pairs, key: &str) -> Result<Option<T>, Problem> {
    let read = |value| parse(value).map_err(|reason| Problem::query(key, format!("{key}: {reason}")));
    one(pairs, key)?.map(read).transpose()
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn run_kind(text: &str) -> Result<RunKind, String> {
    let named = [RunKind::Live, RunKind::Archive].into_iter().find(|kind| kind.as_str() == text);
    named.ok_or_else(|| format!("{text:?} is not a kind of Run: use live or archive"))
}

pub(crate) fn moment(pairs: &Pairs, key: &str) -> Result<Option<WallTime>, Problem> {
    let read = |text: &str| {
        // An offset's plus that was not percent-encoded arrives as a space.
        text.replace(' ', "+").parse::<WallTime>().map_err(|_| {
            Problem::query(
                key,
                format!("{key}: {text:?} is not a time: write RFC 3339, such as 2026-03-01T08:00:00Z"),
            )
        })
    };
    one(pairs, key)?.map(read).transpose()
}

fn score(text: &str) -> Result<Score, Problem> {
    let score = text.parse().ok().and_then(Score::new);
    score.ok_or_else(|| Problem::query("min_score", format!("min_score: {text:?} is not a number of 0 to 1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        let raw = "site=a&camera=b&camera=c&zone=d&behaviour=hot_work&behaviour=no_hard_hat&status=open&run=archive\
                   &from=2026-03-01T08:00:00%2B08:00&to=2026-03-02T00:00:00Z&min_score=0.5&limit=200&cursor=";
        let query = page(Some(raw)).unwrap();
        assert_eq!(query.cameras.len(), 2);
        assert_eq!(query.behaviours.len(), 2);
        assert_eq!(query.runs, [RunKind::Archive]);
        assert_eq!(query.from.unwrap().to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(query.min_score, Score::new(0.5));
        assert_eq!((query.limit, query.cursor), (200, None));
        assert_eq!(page(None).unwrap(), ViolationQuery::default());
    }

    #[test]
    fn an_unencoded_plus_is_understood() {
        let query = page(Some("from=2026-03-01T08:00:00+08:00")).unwrap();
        assert_eq!(query.from.unwrap().to_string(), "2026-03-01T00:00:00Z");
    }

    #[track_caller]
    fn check_refused(raw: &str, wrong: &str, says: &str) {
        match page(Some(raw)) {
            Err(Problem::Query { key, reason }) => {
                assert_eq!(key, wrong, "{raw}");
                assert!(reason.contains(says), "{raw}: {reason}");
            }
            other => panic!("{raw}: {other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        check_refused("colour=red", "colour", "use site, camera");
        check_refused("limit=0", "limit", "1 to 200");
        check_refused("limit=201", "limit", "1 to 200");
        check_refused("limit=ten", "limit", "1 to 200");
        check_refused("limit=5&limit=6", "limit", "only once");
        check_refused("from=yesterday", "from", "RFC 3339");
        check_refused("to=2026-03-01", "to", "RFC 3339");
        check_refused("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from", "not be after");
        check_refused("behaviour=No-hat", "behaviour", "is not a behaviour");
        check_refused("camera=../etc", "camera", "is not an id");
        check_refused("status=new", "status", "use open, closed");
        check_refused("run=old", "run", "live or archive");
        check_refused("min_score=1.5", "min_score", "0 to 1");
        check_refused("min_score=nan", "min_score", "0 to 1");
        check_refused("cursor=abc", "cursor", "not a cursor");
        check_refused(&"camera=a&".repeat(65), "camera", "at most 64");
    }
}
