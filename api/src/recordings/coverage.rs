//! What became of each minute of a camera, and how complete its recording is.

use std::collections::BTreeMap;
use std::time::Duration;

use anjian_domain::{PersonCount, Viewer};
use anjian_indexer::{ArchiveCover, CameraRow, Completeness, CoverageMinute, FlawAt};
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::cameras::find;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Both, Query, word};
use crate::http::span::SpanParams;
use crate::recordings::list::GapView;
use crate::shared::Shared;
use crate::violations::run_view::FlawView;

/// What the index counts at once.
const LONGEST: Duration = Duration::from_hours(24 * 32);
/// The longest report.
const LONGEST_REPORT: Duration = Duration::from_hours(24 * 400);

/// The key that chooses how much is told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DetailParams {
    /// `minutes` tells each minute as well.
    #[serde(default, deserialize_with = "word")]
    #[param(inline)]
    detail: Option<Detail>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Detail {
    Minutes,
}

/// What was so for most of each minute, the worse where two are equal: `recorded` is not analysed, in `gated` nothing
/// moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CoverageState {
    Gap,
    Blind,
    Recorded,
    Gated,
    Analysed,
}

/// Minutes in a row of which the same is true.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct CoverageSpanView {
    #[schema(format = "date-time")]
    from: String,
    #[schema(format = "date-time")]
    to: String,
    #[schema(inline)]
    state: CoverageState,
    /// Of a gap or blindness.
    #[schema(required)]
    cause: Option<&'static str>,
}

/// Seconds of a range.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CoverageTotalsView {
    length_s: f64,
    recorded_s: f64,
    gap_s: f64,
    analysed_s: f64,
    gated_s: f64,
    blind_s: f64,
}

/// How many persons were seen at once.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct PersonsView {
    /// The most in any frame, in the whole picture.
    most: u32,
    /// The most in any frame, zone by zone; zones in which nobody was seen are left out.
    zones: BTreeMap<String, u32>,
}

/// One minute, seconds of it; the last one may not be over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageMinuteView {
    #[schema(format = "date-time")]
    minute: String,
    #[serde(flatten)]
    totals: CoverageTotalsView,
    /// The cause of most of its gap.
    #[schema(required)]
    gap_cause: Option<&'static str>,
    /// `black`, `covered`, `frozen`, `out_of_focus` or `moved`.
    #[schema(required)]
    blind_cause: Option<&'static str>,
    /// Null when nothing of it was judged, or by a version that did not count.
    #[schema(required)]
    persons: Option<PersonsView>,
}

/// What became of a range, in whole minutes, up to the present.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageView {
    camera: String,
    totals: CoverageTotalsView,
    /// Null when nothing of the range was judged, or by a version that did not count.
    #[schema(required)]
    persons: Option<PersonsView>,
    /// Oldest first; they follow one another.
    spans: Vec<CoverageSpanView>,
    /// Archive Runs over footage of the range, the earliest first; without those that another Run superseded.
    archive: Vec<ArchiveCoverView>,
    /// Only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<Vec<CoverageMinuteView>>,
}

/// What one archive Run judged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArchiveCoverView {
    run: String,
    /// When its footage begins.
    #[schema(format = "date-time")]
    from: String,
    /// How far it came in the footage.
    #[schema(format = "date-time")]
    to: String,
    /// Stretches of the footage that no rule could judge.
    flaws: Vec<FlawAtView>,
}

/// A stretch of footage that no rule could judge, in the time of the camera.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlawAtView {
    #[serde(flatten)]
    flaw: FlawView,
    /// The last picture before it.
    #[schema(format = "date-time")]
    from: String,
    /// The first picture after it.
    #[schema(format = "date-time")]
    to: String,
}

impl From<&ArchiveCover> for ArchiveCoverView {
    fn from(cover: &ArchiveCover) -> Self {
        let flaw = |flaw: &FlawAt| FlawAtView {
            flaw: FlawView::from(&flaw.flaw),
            from: flaw.from.to_string(),
            to: flaw.to.to_string(),
        };
        Self {
            run: cover.run.to_string(),
            from: cover.from.to_string(),
            to: cover.to.to_string(),
            flaws: cover.flaws.iter().map(flaw).collect(),
        }
    }
}

/// Tells of at most 32 days what was recorded, analysed, passed over because nothing moved, blind, or missing, and how
/// many persons were seen at once.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/coverage",
    tag = "recordings",
    params(("id" = String, Path, description = "Camera"), SpanParams, DetailParams),
    responses(
        (status = OK, body = CoverageView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn coverage(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(Both(span, detail)): Query<Both<SpanParams, DetailParams>>,
) -> Result<Json<CoverageView>, Problem> {
    let span = span.within(LONGEST)?;
    let camera = find::camera(&viewer, &shared, &id).await?.camera;
    let minutes = shared.index.coverage(&viewer, &camera, span.from, span.to).await?;
    let archive = shared.index.archive_cover(&viewer, &camera, span.from, span.to).await?;
    Ok(Json(CoverageView {
        camera: camera.to_string(),
        totals: totals(&minutes),
        persons: most_persons(&minutes).as_ref().map(PersonsView::from),
        spans: spans(&minutes),
        archive: archive.iter().map(ArchiveCoverView::from).collect(),
        minutes: detail.detail.map(|Detail::Minutes| minutes.iter().map(CoverageMinuteView::from).collect()),
    }))
}

/// How complete a recording is, and every gap in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompletenessView {
    camera: String,
    camera_name: String,
    site: String,
    #[schema(format = "date-time")]
    from: String,
    /// Not after the present.
    #[schema(format = "date-time")]
    to: String,
    /// When the report was made.
    #[schema(format = "date-time")]
    made_at: String,
    recorded_s: f64,
    missing_s: f64,
    /// 0..1; 1 only without any gap.
    share: f64,
    segments: u64,
    /// Oldest first.
    gaps: Vec<GapView>,
    /// Gaps after those.
    unlisted_gaps: u64,
    /// Whether the start of some segment differs from the camera's clock, because that clock was set back.
    clock_shifted: bool,
}

/// Reports of at most 400 days how much was recorded, and each gap with its cause.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/completeness",
    tag = "recordings",
    params(("id" = String, Path, description = "Camera"), SpanParams),
    responses(
        (status = OK, body = CompletenessView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn completeness(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(span): Query<SpanParams>,
) -> Result<Json<CompletenessView>, Problem> {
    let span = span.within(LONGEST_REPORT)?;
    let camera = find::camera(&viewer, &shared, &id).await?;
    let report = shared.index.completeness(&viewer, &camera.camera, span.from, span.to).await?;
    Ok(Json(CompletenessView::new(camera, &report, shared.clock.now().to_string())))
}

impl CompletenessView {
    fn new(camera: CameraRow, report: &Completeness, made_at: String) -> Self {
        Self {
            camera: report.camera.to_string(),
            camera_name: camera.name,
            site: camera.site.to_string(),
            from: report.from.to_string(),
            to: report.to.to_string(),
            made_at,
            recorded_s: report.recorded.as_secs_f64(),
            missing_s: report.missing.as_secs_f64(),
            share: report.share,
            segments: report.segments,
            gaps: report.gaps.iter().map(GapView::from).collect(),
            unlisted_gaps: report.unlisted_gaps,
            clock_shifted: report.is_clock_shifted,
        }
    }
}

/// What a minute counts as, and its cause.
fn state_of(minute: &CoverageMinute) -> (CoverageState, Option<&'static str>) {
    let CoverageMinute { gap, blind, analysed, gated, .. } = *minute;
    let unseen = minute.recorded.saturating_sub(blind + analysed + gated);
    let states = [
        (CoverageState::Gap, gap),
        (CoverageState::Blind, blind),
        (CoverageState::Recorded, unseen),
        (CoverageState::Gated, gated),
        (CoverageState::Analysed, analysed),
    ];
    let mut most = states[0];
    for state in states {
        if state.1 > most.1 {
            most = state;
        }
    }
    let cause = match most.0 {
        CoverageState::Gap => minute.gap_cause.map(anjian_indexer::GapCause::as_str),
        CoverageState::Blind => minute.blind_cause.map(anjian_domain::BlindCause::as_str),
        _ => None,
    };
    (most.0, cause)
}

fn spans(minutes: &[CoverageMinute]) -> Vec<CoverageSpanView> {
    let mut spans: Vec<CoverageSpanView> = Vec::new();
    for minute in minutes {
        let (state, cause) = state_of(minute);
        let (from, to) = (minute.minute.to_string(), minute.minute.plus(minute.length).to_string());
        match spans.last_mut() {
            Some(last) if last.state == state && last.cause == cause && last.to == from => last.to = to,
            _ => spans.push(CoverageSpanView { from, to, state, cause }),
        }
    }
    spans
}

fn totals(minutes: &[CoverageMinute]) -> CoverageTotalsView {
    let sum = |of: fn(&CoverageMinute) -> Duration| minutes.iter().map(of).sum::<Duration>().as_secs_f64();
    CoverageTotalsView {
        length_s: sum(|minute| minute.length),
        recorded_s: sum(|minute| minute.recorded),
        gap_s: sum(|minute| minute.gap),
        analysed_s: sum(|minute| minute.analysed),
        gated_s: sum(|minute| minute.gated),
        blind_s: sum(|minute| minute.blind),
    }
}

fn most_persons(minutes: &[CoverageMinute]) -> Option<PersonCount> {
    minutes.iter().filter_map(|minute| minute.persons.clone()).reduce(|mut most, minute| {
        most.raise(&minute);
        most
    })
}

impl From<&PersonCount> for PersonsView {
    fn from(count: &PersonCount) -> Self {
        let zones = count.zones.iter().map(|(zone, persons)| (zone.to_string(), *persons)).collect();
        Self { most: count.picture, zones }
    }
}

impl From<&CoverageMinute> for CoverageMinuteView {
    fn from(minute: &CoverageMinute) -> Self {
        Self {
            minute: minute.minute.to_string(),
            totals: totals(std::slice::from_ref(minute)),
            gap_cause: minute.gap_cause.map(anjian_indexer::GapCause::as_str),
            blind_cause: minute.blind_cause.map(anjian_domain::BlindCause::as_str),
            persons: minute.persons.as_ref().map(PersonsView::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{BlindCause, WallTime};
    use anjian_indexer::GapCause;

    use super::*;

    /// A minute of so many seconds of gap, blindness, gating and analysis.
    fn minute(number: u64, [gap, blind, gated, analysed]: [u64; 4]) -> CoverageMinute {
        let began: WallTime = "2026-03-01T00:00:00Z".parse().unwrap();
        CoverageMinute {
            minute: began.plus(Duration::from_mins(number)),
            length: Duration::from_mins(1),
            recorded: Duration::from_secs(60 - gap),
            gap: Duration::from_secs(gap),
            gap_cause: (gap > 0).then_some(GapCause::Waiting),
            analysed: Duration::from_secs(analysed),
            gated: Duration::from_secs(gated),
            blind: Duration::from_secs(blind),
            blind_cause: (blind > 0).then_some(BlindCause::Covered),
            persons: None,
        }
    }

    #[test]
    fn a_minute_counts_as_what_it_mostly_was_the_worse_when_in_doubt() {
        for (seconds, expected) in [
            ([60, 0, 0, 0], (CoverageState::Gap, Some("waiting"))),
            ([30, 0, 0, 30], (CoverageState::Gap, Some("waiting"))),
            ([29, 0, 0, 31], (CoverageState::Analysed, None)),
            ([0, 40, 0, 20], (CoverageState::Blind, Some("covered"))),
            ([0, 10, 0, 0], (CoverageState::Recorded, None)),
            ([0, 0, 0, 0], (CoverageState::Recorded, None)),
            ([0, 0, 45, 15], (CoverageState::Gated, None)),
            ([0, 0, 0, 60], (CoverageState::Analysed, None)),
        ] {
            assert_eq!(state_of(&minute(0, seconds)), expected, "{seconds:?}");
        }
    }

    #[test]
    fn equal_minutes_in_a_row_are_one_span() {
        let minutes = [[0, 0, 0, 60], [0, 0, 0, 58], [60, 0, 0, 0], [0, 0, 0, 60]];
        let minutes: Vec<_> = (0..).zip(minutes).map(|(number, seconds)| minute(number, seconds)).collect();
        let told: Vec<_> = spans(&minutes).into_iter().map(|span| (span.state, span.to)).collect();
        let told: Vec<_> = told.iter().map(|(state, to)| (*state, &to[11..16])).collect();
        assert_eq!(
            told,
            [
                (CoverageState::Analysed, "00:02"),
                (CoverageState::Gap, "00:03"),
                (CoverageState::Analysed, "00:04")
            ]
        );
        let totals = totals(&minutes);
        assert!((totals.analysed_s - 178.0).abs() < 1e-9 && (totals.gap_s - 60.0).abs() < 1e-9);
    }
}
