//! How many violations opened: by behaviour, by camera, by hour or day of the site.

use std::str::FromStr;
use std::time::Duration;

use anjian_domain::{Clock, Viewer, WallTime};
use anjian_indexer::{CountKey, GroupBy, Index, ViolationCount, ViolationQuery};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::behaviours;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Both, Query, one, words};
use crate::shared::Shared;
use crate::violations::filters::FilterParams;

const DAY: Duration = Duration::from_hours(24);
/// The longest range that is counted.
const MAX_RANGE: Duration = Duration::from_hours(24 * 400);
/// The index counts hours of at most 31 days at once.
const HOURS_AT_ONCE: Duration = Duration::from_hours(24 * 31);

/// The keys that choose groups.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupParams {
    /// May repeat; behaviour, camera and hour when not given.
    #[serde(default, deserialize_with = "words")]
    #[param(value_type = Option<Vec<Group>>, inline)]
    group_by: Vec<Group>,
    /// IANA zone whose hours and days are meant, such as `Asia/Shanghai`; UTC when not given.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    time_zone: Option<Zone>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Group {
    Behaviour,
    Camera,
    Hour,
    Day,
}

struct Zone(TimeZone);

impl FromStr for Zone {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let zone = TimeZone::get(name).map(Self);
        zone.map_err(|_| format!("{name:?} is not an IANA zone, such as Asia/Shanghai"))
    }
}

/// How many violations there are of one key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountView {
    /// A behaviour, a camera, the beginning of an hour (RFC 3339) or a day (2026-03-01).
    key: String,
    count: u64,
}

/// Counts by the groups that were asked for; keys without violations are left out.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CountsView {
    #[serde(skip_serializing_if = "Option::is_none")]
    by_behaviour: Option<Vec<CountView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_camera: Option<Vec<CountView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_hour: Option<Vec<CountView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_day: Option<Vec<CountView>>,
}

/// Counts violations by behaviour, camera, hour or day.
///
/// Takes the filters of the list. The range is the last 24 hours when not given, and 400 days at most.
#[utoipa::path(
    get,
    path = "/api/v1/violations/counts",
    tag = "violations",
    params(FilterParams, GroupParams),
    responses(
        (status = OK, body = CountsView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn counts(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(Both(filters, groups)): Query<Both<FilterParams, GroupParams>>,
) -> Result<Json<CountsView>, Problem> {
    let query = bounded(filters.query()?, shared.clock.as_ref())?;
    behaviours::check(&query, &shared.behaviours)?;
    let zone = groups.time_zone.map_or(TimeZone::UTC, |zone| zone.0);
    let mut wanted = groups.group_by;
    if wanted.is_empty() {
        wanted = vec![Group::Behaviour, Group::Camera, Group::Hour];
    }
    let (index, mut view) = (&shared.index, CountsView::default());
    for group in wanted {
        let by = |group| count(&viewer, index, &query, group);
        match group {
            Group::Behaviour => view.by_behaviour = Some(by_behaviour(&viewer, &shared, &query).await?),
            Group::Camera => view.by_camera = Some(by(GroupBy::Camera).await?),
            Group::Hour => view.by_hour = Some(hours(&viewer, index, &query, &zone).await?),
            Group::Day => view.by_day = Some(by(GroupBy::Day(zone.clone())).await?),
        }
    }
    Ok(Json(view))
}

/// Gives the range its defaults and refuses one that is too long.
fn bounded(mut query: ViolationQuery, clock: &dyn Clock) -> Result<ViolationQuery, Problem> {
    let to = query.to.unwrap_or_else(|| query.from.map_or_else(|| clock.now(), |from| clock.now().max(from)));
    let from = query.from.unwrap_or_else(|| to.minus(DAY));
    if to.since(from) > MAX_RANGE {
        return Err(Problem::query("from", "from: more than 400 days before to: count a shorter time"));
    }
    query.from = Some(from);
    query.to = Some(to);
    Ok(query)
}

async fn count(
    viewer: &Viewer,
    index: &Index,
    query: &ViolationQuery,
    group: GroupBy,
) -> Result<Vec<CountView>, Problem> {
    Ok(index.count_violations(viewer, query, group).await?.into_iter().map(CountView::from).collect())
}

/// In the order of lists; those of other versions come last, by name.
async fn by_behaviour(
    viewer: &Viewer,
    shared: &Shared,
    query: &ViolationQuery,
) -> Result<Vec<CountView>, Problem> {
    let mut counts = shared.index.count_violations(viewer, query, GroupBy::Behaviour).await?;
    // Stable: the index answers by name.
    counts.sort_by_key(|count| match &count.key {
        CountKey::Behaviour(behaviour) => Some(shared.behaviours.rank(behaviour)),
        _ => None,
    });
    Ok(counts.into_iter().map(CountView::from).collect())
}

/// Hours of a long range, asked for piece by piece. A piece may end within an hour: its halves are put together.
async fn hours(
    viewer: &Viewer,
    index: &Index,
    query: &ViolationQuery,
    zone: &TimeZone,
) -> Result<Vec<CountView>, Problem> {
    let mut views: Vec<CountView> = Vec::new();
    for (from, to) in pieces(query) {
        let piece = ViolationQuery { from: Some(from), to: Some(to), ..query.clone() };
        for view in count(viewer, index, &piece, GroupBy::Hour(zone.clone())).await? {
            match views.iter_mut().rfind(|other| other.key == view.key) {
                Some(other) => other.count += view.count,
                None => views.push(view),
            }
        }
    }
    Ok(views)
}

fn pieces(query: &ViolationQuery) -> Vec<(WallTime, WallTime)> {
    let (Some(mut from), Some(end)) = (query.from, query.to) else { return Vec::new() };
    let mut pieces = Vec::new();
    while from < end {
        let to = from.plus(HOURS_AT_ONCE).min(end);
        pieces.push((from, to));
        from = to;
    }
    pieces
}

impl From<ViolationCount> for CountView {
    fn from(count: ViolationCount) -> Self {
        let key = match count.key {
            CountKey::Behaviour(behaviour) => behaviour.to_string(),
            CountKey::Camera(camera) => camera.to_string(),
            CountKey::Hour(begins) => begins.to_string(),
            CountKey::Day(day, _) => day.to_string(),
        };
        Self { key, count: count.count }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::ManualClock;

    use super::*;

    #[track_caller]
    fn check(from: Option<&str>, to: Option<&str>, expected: Option<(&str, &str)>) {
        let read = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let query = ViolationQuery { from: read(from), to: read(to), ..ViolationQuery::default() };
        let noon = ManualClock::new("2026-03-01T12:00:00Z".parse().unwrap());
        let found = bounded(query, &noon).ok();
        let found = found.map(|query| (query.from.unwrap().to_string(), query.to.unwrap().to_string()));
        assert_eq!(found, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn ranges_have_defaults_and_a_longest() {
        check(None, None, Some(("2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z")));
        check(Some("2026-01-01T00:00:00Z"), None, Some(("2026-01-01T00:00:00Z", "2026-03-01T12:00:00Z")));
        check(None, Some("2026-01-02T00:00:00Z"), Some(("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")));
        check(Some("2027-01-01T00:00:00Z"), None, Some(("2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z")));
        check(Some("2024-01-01T00:00:00Z"), None, None);
    }

    #[test]
    fn pieces_cover_the_range_once() {
        let moment = |text: &str| text.parse::<WallTime>().unwrap();
        let (from, to) = (moment("2025-03-01T00:30:00Z"), moment("2026-03-01T00:00:00Z"));
        let query = ViolationQuery { from: Some(from), to: Some(to), ..ViolationQuery::default() };
        let pieces = pieces(&query);
        assert_eq!((pieces.first().unwrap().0, pieces.last().unwrap().1), (from, to));
        assert!(pieces.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert!(pieces.iter().all(|(from, to)| from < to && to.since(*from) <= HOURS_AT_ONCE));
    }
}
