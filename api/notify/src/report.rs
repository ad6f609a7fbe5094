//! What a period was like: counts with the period before it, cases, cameras.

use std::time::Duration;

use anjian_casework::case::CaseState;
use anjian_casework::roles::{Action, Permission, may};
use anjian_domain::{Verdict, Viewer, WallTime};
use anjian_indexer::{CameraRow, CaseQuery, CountKey, GroupBy, Index, IndexError, ViolationQuery};
use jiff::tz::TimeZone;
use serde::Serialize;

/// The figures of a period, as far as the receiver sees them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figures {
    pub(crate) from: WallTime,
    /// Outside.
    pub(crate) to: WallTime,
    /// Violations that opened.
    pub(crate) violations: u64,
    /// In the period of the same length before it.
    pub(crate) before: u64,
    pub(crate) confirmed: u64,
    pub(crate) dismissed: u64,
    /// The most frequent first.
    pub(crate) behaviours: Vec<Count>,
    pub(crate) cameras: Vec<CameraFigures>,
    /// Cases that are not over now.
    pub(crate) open_cases: u64,
    /// Of these, past their last day.
    pub(crate) overdue_cases: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    pub(crate) name: String,
    pub(crate) violations: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CameraFigures {
    pub(crate) name: String,
    pub(crate) violations: u64,
    /// How much of the period was recorded, 0..1.
    pub(crate) recorded: f64,
    /// Minutes in which it saw nothing.
    pub(crate) blind_min: u64,
}

/// Reads them.
///
/// # Errors
/// When the rows could not be read.
pub(crate) async fn figures(
    index: &Index,
    viewer: &Viewer,
    from: WallTime,
    to: WallTime,
) -> Result<Figures, IndexError> {
    let length = to.since(from);
    let within = |from: WallTime, to: WallTime| ViolationQuery { from: Some(from), to: Some(to), ..Default::default() };
    let judged = |verdict| ViolationQuery { verdicts: vec![verdict], ..within(from, to) };
    let mut behaviours = counts(index, viewer, &within(from, to), GroupBy::Behaviour).await?;
    behaviours.sort_by(|a, b| b.violations.cmp(&a.violations).then_with(|| a.name.cmp(&b.name)));
    let sum = |counts: &[Count]| counts.iter().map(|count| count.violations).sum();
    let total = async |query: &ViolationQuery| {
        counts(index, viewer, query, GroupBy::Behaviour).await.map(|counts| sum(&counts))
    };
    let today = to.timestamp().to_zoned(TimeZone::UTC).date();
    let open = CaseQuery { is_open_only: true, ..CaseQuery::default() };
    let overdue = CaseQuery { due_before: Some(today), ..open.clone() };
    Ok(Figures {
        from,
        to,
        violations: sum(&behaviours),
        before: total(&within(from.minus(length), from)).await?,
        confirmed: total(&judged(Verdict::Confirmed)).await?,
        dismissed: total(&judged(Verdict::Dismissed)).await?,
        cameras: cameras(index, viewer, from, to).await?,
        behaviours,
        open_cases: cases(index, viewer, &open).await?,
        overdue_cases: cases(index, viewer, &overdue).await?,
    })
}

async fn counts(
    index: &Index,
    viewer: &Viewer,
    query: &ViolationQuery,
    group: GroupBy,
) -> Result<Vec<Count>, IndexError> {
    let found = index.count_violations(viewer, query, group).await?;
    let named = |key| match key {
        CountKey::Behaviour(behaviour) => behaviour.to_string(),
        CountKey::Camera(camera) => camera.to_string(),
        CountKey::Hour(_) | CountKey::Day(..) => String::new(),
    };
    Ok(found.into_iter().map(|one| Count { name: named(one.key), violations: one.count }).collect())
}

async fn cases(index: &Index, viewer: &Viewer, query: &CaseQuery) -> Result<u64, IndexError> {
    let by_state: Vec<(CaseState, u64)> = index.count_cases(viewer, query).await?;
    Ok(by_state.into_iter().map(|(_, count)| count).sum())
}

/// Of who may see cameras; an enterprise does not learn where they look away.
async fn cameras(
    index: &Index,
    viewer: &Viewer,
    from: WallTime,
    to: WallTime,
) -> Result<Vec<CameraFigures>, IndexError> {
    if may(viewer.role(), Action::SeeCoverage) == Permission::Refused {
        return Ok(Vec::new());
    }
    let within = ViolationQuery { from: Some(from), to: Some(to), ..ViolationQuery::default() };
    let counted = counts(index, viewer, &within, GroupBy::Camera).await?;
    let mut figures = Vec::new();
    for row in index.cameras(viewer).await?.into_iter().filter(|row| row.is_configured) {
        let violations = counted.iter().find(|count| count.name == row.camera.as_str());
        figures.push(CameraFigures {
            violations: violations.map_or(0, |count| count.violations),
            recorded: index.completeness(viewer, &row.camera, from, to).await?.share,
            blind_min: blind(index, viewer, &row, from, to).await?.as_secs().div_ceil(60),
            name: if row.name.is_empty() { row.camera.to_string() } else { row.name },
        });
    }
    Ok(figures)
}

async fn blind(
    index: &Index,
    viewer: &Viewer,
    row: &CameraRow,
    from: WallTime,
    to: WallTime,
) -> Result<Duration, IndexError> {
    let (mut at, mut sum) = (from, Duration::ZERO);
    while at < to {
        let end = at.plus(Index::MAX_RANGE).min(to);
        sum += index.coverage(viewer, &row.camera, at, end).await?.iter().map(|minute| minute.blind).sum::<Duration>();
        at = end;
    }
    Ok(sum)
}
