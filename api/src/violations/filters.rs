//! The keys of a query that choose violations, and those that walk through a list of them.

use std::str::FromStr;

use anjian_casework::verdict::DismissReason;
use anjian_domain::{Behaviour, CameraId, RunKind, Score, SiteId, Verdict, ZoneId};
use anjian_indexer::{CaseMark, Cursor, Marks, SearchWords, UnknownStatus, ViolationQuery, ViolationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::problem::Problem;
use crate::http::query::{Limit, many, one, words};
use crate::http::span::Rfc3339;

/// The keys that choose violations. Those that may repeat are alternatives.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FilterParams {
    /// Of this site; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    site: Vec<SiteId>,
    /// Of this camera; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    camera: Vec<CameraId>,
    /// In this zone; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    zone: Vec<ZoneId>,
    /// A name that `/api/v1/behaviours` lists; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    behaviour: Vec<Behaviour>,
    /// `open` or `closed`, with any verdict; may repeat. `confirmed` and `dismissed` mean the same as under `verdict`,
    /// and do not stand beside the other two.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    status: Vec<StatusWord>,
    /// `none`, `confirmed` or `dismissed`; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    verdict: Vec<Verdict>,
    /// Why it was dismissed: `hat_worn`, `not_a_person`, `permitted_work`, `lamp_or_reflection`, `not_on_site`, `duplicate`,
    /// `unclear` or `other`; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    reason: Vec<DismissReason>,
    /// `true`: only those whose verdict waits for a second signature.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<bool>)]
    awaits_second: Option<bool>,
    /// `none`: confirmed, and in no case but withdrawn ones; or where its case stands, as under `stage` of `/api/v1/cases`.
    /// May repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Option<Vec<String>>)]
    case: Vec<CaseMark>,
    /// Words that all occur in the names of its site and camera, or in those that officers wrote of it.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, max_length = 100)]
    words: Option<SearchWords>,
    /// `live` or `archive`: the kind of Run that found it; may repeat.
    #[serde(default, deserialize_with = "words")]
    #[param(value_type = Option<Vec<String>>)]
    run: Vec<RunKind>,
    /// Opened at or after, RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Rfc3339>,
    /// Opened before, RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, format = "date-time")]
    to: Option<Rfc3339>,
    /// At least this sure, 0..1.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<f32>, minimum = 0, maximum = 1)]
    min_score: Option<LeastScore>,
}

/// The keys that walk through a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// How many a page; 50 when not given.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<Limit<{ ViolationQuery::MAX_LIMIT }>>,
    /// `next_cursor` of the page before, unchanged.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

struct LeastScore(Score);

impl FromStr for LeastScore {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let score = text.parse().ok().and_then(Score::new);
        score.map(Self).ok_or_else(|| format!("{text:?} is not a number of 0 to 1"))
    }
}

/// A status, or a verdict that stood under `status` before it had a key of its own.
enum StatusWord {
    Status(ViolationStatus),
    OldVerdict(Verdict),
}

impl FromStr for StatusWord {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        match text.parse() {
            Ok(verdict @ (Verdict::Confirmed | Verdict::Dismissed)) => Ok(Self::OldVerdict(verdict)),
            _ => text.parse().map(Self::Status),
        }
    }
}

/// Clients that ask for a status or for a verdict by its old name get what they mean. Together the two meant any of
/// them, which no query says any more.
fn split(words: Vec<StatusWord>) -> Result<(Vec<ViolationStatus>, Vec<Verdict>), Problem> {
    let (mut statuses, mut verdicts) = (Vec::new(), Vec::new());
    for word in words {
        match word {
            StatusWord::Status(status) => statuses.push(status),
            StatusWord::OldVerdict(verdict) => verdicts.push(verdict),
        }
    }
    if !verdicts.is_empty() && !statuses.is_empty() {
        let reason = "status: confirmed and dismissed are verdicts and do not stand beside open and closed: use verdict";
        return Err(Problem::query("status", reason));
    }
    Ok((statuses, verdicts))
}

impl FilterParams {
    /// The first page of what they choose.
    pub(crate) fn query(self) -> Result<ViolationQuery, Problem> {
        let (from, to) = (self.from.map(|from| from.0), self.to.map(|to| to.0));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Problem::query("from", "from: must not be after to"));
        }
        let (statuses, mut verdicts) = split(self.status)?;
        verdicts.extend(self.verdict);
        Ok(ViolationQuery {
            sites: self.site,
            cameras: self.camera,
            zones: self.zone,
            behaviours: self.behaviour,
            statuses,
            verdicts,
            marks: Marks {
                reasons: self.reason,
                awaits_second: self.awaits_second.unwrap_or(false),
                cases: self.case,
            },
            words: self.words,
            runs: self.run,
            from,
            to,
            min_score: self.min_score.map(|score| score.0),
            ..ViolationQuery::default()
        })
    }
}

impl PageParams {
    /// How many of them, from where on.
    pub(crate) fn of(self, query: ViolationQuery) -> ViolationQuery {
        let limit = self.limit.map_or(query.limit, |limit| limit.0);
        ViolationQuery { limit, cursor: self.cursor, ..query }
    }
}

#[cfg(test)]
mod tests {
    use anjian_casework::case::CaseState;

    use super::*;
    use crate::http::query::{Both, Query};

    fn page(raw: &str) -> Result<ViolationQuery, Problem> {
        let Query(Both(filters, page)) = Query::<Both<FilterParams, PageParams>>::of(raw)?;
        Ok(page.of(filters.query()?))
    }

    #[test]
    fn every_key_is_read() {
        let raw = "site=a&camera=b&camera=c&zone=d&behaviour=hot_work&behaviour=no_hard_hat&status=open&run=archive\
                   &from=2026-03-01T08:00:00%2B08:00&to=2026-03-02T00:00:00Z&min_score=0.5&limit=200&cursor=";
        let query = page(raw).unwrap();
        assert_eq!(query.cameras.len(), 2);
        assert_eq!(query.behaviours.len(), 2);
        assert_eq!(query.runs, [RunKind::Archive]);
        assert_eq!(query.from.unwrap().to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(query.min_score, Score::new(0.5));
        assert_eq!((query.limit, query.cursor), (200, None));
        assert_eq!(page("").unwrap(), ViolationQuery::default());
    }

    #[test]
    fn verdicts_are_known_by_the_key_that_they_had() {
        use Verdict::{Confirmed, Dismissed, None};
        use ViolationStatus::{Closed, Open};
        let cases: [(&str, &[ViolationStatus], &[Verdict]); 6] = [
            ("status=closed", &[Closed], &[]),
            ("status=open&status=closed", &[Open, Closed], &[]),
            ("status=confirmed&status=dismissed", &[], &[Confirmed, Dismissed]),
            ("status=confirmed&verdict=none", &[], &[Confirmed, None]),
            ("status=open&verdict=none&verdict=confirmed", &[Open], &[None, Confirmed]),
            ("status=&verdict=", &[], &[]),
        ];
        for (raw, statuses, verdicts) in cases {
            let query = page(raw).unwrap();
            assert_eq!((&query.statuses[..], &query.verdicts[..]), (statuses, verdicts), "{raw}");
        }
    }

    #[test]
    fn marks_and_words_are_read() {
        let query = page(
            "reason=hat_worn&reason=other&awaits_second=true&case=none&case=draft&words=%E5%8A%A8%E7%81%AB+gate",
        );
        let ViolationQuery { marks, words, .. } = query.unwrap();
        assert_eq!(marks.reasons, [DismissReason::HatWorn, DismissReason::Other]);
        assert!(marks.awaits_second);
        assert_eq!(marks.cases, [CaseMark::None, CaseMark::Stage(CaseState::Draft)]);
        assert_eq!(words, Some("动火 gate".parse().unwrap()));
    }

    #[test]
    fn an_unencoded_plus_is_understood() {
        let query = page("from=2026-03-01T08:00:00+08:00").unwrap();
        assert_eq!(query.from.unwrap().to_string(), "2026-03-01T00:00:00Z");
    }

    #[track_caller]
    fn check_refused(raw: &str, wrong: &str, says: &str) {
        match page(raw) {
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
        check_refused("status=new", "status", "use open or closed");
        check_refused("status=closed&status=confirmed", "status", "use verdict");
        check_refused("verdict=open", "verdict", "use none, confirmed or dismissed");
        check_refused("run=old", "run", "live or archive");
        check_refused("min_score=1.5", "min_score", "0 to 1");
        check_refused("min_score=nan", "min_score", "0 to 1");
        check_refused("reason=none", "reason", "use hat_worn, not_a_person");
        check_refused("case=gone", "case", "use draft, noticed");
        check_refused("awaits_second=yes", "awaits_second", "true");
        check_refused("words=%EF%BC%81", "words", "at least one letter");
        check_refused(&format!("words={}", "a".repeat(101)), "words", "at most 100");
        check_refused("cursor=abc", "cursor", "not a cursor");
        check_refused(&"camera=a&".repeat(65), "camera", "at most 64");
    }
}
