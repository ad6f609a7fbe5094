//! Sites and cameras as answers show them. Times are RFC 3339 in UTC.

use std::collections::BTreeMap;

use anjian_domain::CameraState;
use anjian_indexer::{CameraRow, SiteRow};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::schema::one_of;

/// A camera and what it is doing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CameraView {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    /// What people call its zones: id to name. Zones that have gone from the configuration are missing, and so is
    /// `picture`, the whole picture, which is always there.
    pub(crate) zones: BTreeMap<String, String>,
    /// Whether the present configuration names it.
    pub(crate) configured: bool,
    /// What it is doing.
    #[schema(schema_with = states)]
    pub(crate) state: &'static str,
    /// Since when; null until somebody told.
    #[schema(format = "date-time", required)]
    pub(crate) since: Option<String>,
    /// Why, for a person.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// When the newest picture was captured.
    #[schema(format = "date-time", required)]
    pub(crate) last_frame: Option<String>,
}

/// What people call a camera: all who see a violation may read where it was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CameraNamesView {
    pub(crate) id: String,
    pub(crate) name: String,
    /// As in the list of cameras.
    pub(crate) zones: BTreeMap<String, String>,
}

/// Every camera.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CamerasView {
    pub(crate) items: Vec<CameraView>,
}

/// One enterprise's premises.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteView {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Unified social credit code; empty when unknown.
    pub(crate) credit_code: String,
    /// IANA name of the zone in which its times are shown.
    pub(crate) time_zone: String,
    /// In the regulator's words; empty when unknown.
    pub(crate) risk_level: String,
    /// Whether the present configuration names it.
    pub(crate) configured: bool,
    /// Its cameras by id.
    pub(crate) cameras: Vec<CameraNamesView>,
}

/// Every site.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SitesView {
    pub(crate) items: Vec<SiteView>,
}

fn states() -> Object {
    one_of("What it is doing.", CameraState::ALL.map(CameraState::as_str))
}

impl From<&CameraRow> for CameraView {
    fn from(row: &CameraRow) -> Self {
        Self {
            id: row.camera.to_string(),
            site: row.site.to_string(),
            name: row.name.clone(),
            zones: zones(row),
            configured: row.is_configured,
            state: row.state.as_str(),
            since: row.since.map(|at| at.to_string()),
            reason: row.reason.clone(),
            last_frame: row.last_frame.map(|at| at.to_string()),
        }
    }
}

fn zones(row: &CameraRow) -> BTreeMap<String, String> {
    row.zone_names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()
}

impl From<&CameraRow> for CameraNamesView {
    fn from(row: &CameraRow) -> Self {
        Self { id: row.camera.to_string(), name: row.name.clone(), zones: zones(row) }
    }
}

impl SiteView {
    /// A site with those of the cameras that are its own.
    pub(crate) fn of(row: SiteRow, cameras: &[CameraRow]) -> Self {
        let site = row.site;
        let own = cameras.iter().filter(|camera| camera.site == site.id);
        Self {
            cameras: own.map(CameraNamesView::from).collect(),
            id: site.id.into(),
            name: site.name,
            credit_code: site.credit_code,
            time_zone: site.time_zone,
            risk_level: site.risk_level,
            configured: row.is_configured,
        }
    }
}
