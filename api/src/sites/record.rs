//! The record of a site: shown with what belongs to it, and written.

use anjian_casework::Version;
use anjian_casework::roles::Action;
use anjian_domain::SiteId;
use anjian_indexer::{CameraRow, CaseQuery, FindingQuery, SiteRecordError};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::asker::Asker;
use crate::accounts::gate::Signed;
use crate::cameras::views::{CameraView, SiteView};
use crate::findings::views::SiteFindingView;
use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;
use crate::sites::views::{RiskView, SiteOverviewView, SiteRecordView};

/// Findings that a site is shown with.
const NEWEST: u16 = 5;

/// A record as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSiteRecordView {
    /// The version that the page showed; 0 before the first.
    version: u32,
    record: SiteRecordView,
}

/// A site with its record, cameras, open cases, newest findings and risk.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{id}/record",
    operation_id = "site_record",
    tag = "sites",
    params(("id" = String, Path, description = "Site")),
    responses(
        (status = OK, body = SiteOverviewView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<SiteOverviewView>, Problem> {
    overview(&asker, &shared, &id_of(&id)?).await.map(Json)
}

/// Writes the record of a site.
#[utoipa::path(
    put,
    path = "/api/v1/sites/{id}/record",
    operation_id = "put_site_record",
    tag = "sites",
    params(("id" = String, Path, description = "Site")),
    request_body = NewSiteRecordView,
    responses(
        (status = OK, body = SiteOverviewView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Changed meanwhile", body = ProblemView,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Small(asked): Small<NewSiteRecordView>,
) -> Result<Json<SiteOverviewView>, Problem> {
    let site = id_of(&id)?;
    let (seen, record) = (Version(asked.version), asked.record.into());
    shared.index.put_site_record(&asker.viewer, &site, seen, &record).await?;
    overview(&asker, &shared, &site).await.map(Json)
}

async fn overview(asker: &Asker, shared: &Shared, site: &SiteId) -> Result<SiteOverviewView, Problem> {
    let (viewer, index) = (&asker.viewer, &shared.index);
    let record = index.site_record(viewer, site).await?;
    let configured = index.sites(viewer).await?.into_iter().find(|row| row.site.id == *site);
    let cameras = index.cameras(viewer).await?;
    Ok(SiteOverviewView {
        site: SiteView::of(configured.ok_or(SiteRecordError::NoSite)?, &cameras),
        record: record.map(Into::into),
        risk: risk(asker, shared, site).await?,
        cameras: if asker.require(Action::SeeCameras).is_ok() { of(site, &cameras) } else { Vec::new() },
        open_cases: open_cases(asker, shared, site).await?,
        findings: findings(asker, shared, site).await?,
    })
}

fn of(site: &SiteId, cameras: &[CameraRow]) -> Vec<CameraView> {
    cameras.iter().filter(|row| row.site == *site).map(CameraView::from).collect()
}

/// It counts what an enterprise has no notice of yet.
async fn risk(asker: &Asker, shared: &Shared, site: &SiteId) -> Result<Option<RiskView>, Problem> {
    if asker.require(Action::SeeStatistics).is_err() {
        return Ok(None);
    }
    let risk = shared.index.site_risk(&asker.viewer, site, &shared.rules).await?;
    Ok(Some(risk.ok_or(SiteRecordError::NoSite)?.into()))
}

async fn open_cases(asker: &Asker, shared: &Shared, site: &SiteId) -> Result<Option<u64>, Problem> {
    if asker.require(Action::SeeCases).is_err() {
        return Ok(None);
    }
    let query = CaseQuery { sites: vec![site.clone()], is_open_only: true, ..CaseQuery::default() };
    let counts = shared.index.count_cases(&asker.viewer, &query).await?;
    Ok(Some(counts.into_iter().map(|(_, count)| count).sum()))
}

async fn findings(asker: &Asker, shared: &Shared, site: &SiteId) -> Result<Vec<SiteFindingView>, Problem> {
    if asker.require(Action::SeeFindings).is_err() {
        return Ok(Vec::new());
    }
    let query = FindingQuery { sites: vec![site.clone()], limit: NEWEST, cursor: None };
    Ok(shared.index.findings(&asker.viewer, &query).await?.items.iter().map(SiteFindingView::from).collect())
}

fn id_of(text: &str) -> Result<SiteId, Problem> {
    text.parse().map_err(|_| Problem::Id { what: "site", text: text.to_owned() })
}
