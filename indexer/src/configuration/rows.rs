//! Sites and cameras as callers get them.

use std::collections::BTreeMap;

use anjian_domain::{CameraId, CameraState, Site, SiteId, WallTime, ZoneId};

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// As configured last.
    pub site: Site,
    /// Whether the present configuration names it; its violations remain when not.
    pub is_configured: bool,
}

/// A camera and the newest that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRow {
    /// Which.
    pub camera: CameraId,
    /// Whose premises.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// What people call its zones, as configured last. A zone that has gone from the configuration is missing.
    pub zone_names: BTreeMap<ZoneId, String>,
    /// Whether the present configuration names it; its violations remain when not.
    pub is_configured: bool,
    /// What it is doing; [`CameraState::Stopped`] until somebody told.
    pub state: CameraState,
    /// Since when; `None` until somebody told.
    pub since: Option<WallTime>,
    /// Why, for a person.
    pub reason: Option<String>,
    /// When the newest picture was captured.
    pub last_frame: Option<WallTime>,
}
