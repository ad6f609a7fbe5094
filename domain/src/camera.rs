//! Sites, cameras and the state a camera is in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CameraId, SiteId, WallTime, ZoneId};

/// One enterprise's premises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Names the site in URLs and files.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// Unified social credit code (统一社会信用代码), 18 letters and digits; empty when unknown.
    #[serde(default)]
    pub credit_code: String,
    /// IANA time zone in which times are shown and schedules hold.
    #[serde(default = "default_time_zone")]
    pub time_zone: String,
    /// Risk level as the regulator classes it, in its own words; empty when unknown.
    #[serde(default)]
    pub risk_level: String,
    /// Administrative division in which it lies (GB/T 2260), 2, 4 or 6 digits; empty when unknown.
    #[serde(default)]
    pub region: String,
}

fn default_time_zone() -> String {
    "Asia/Shanghai".to_owned()
}

/// A camera as the index and the pages know it: without its addresses and passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Camera {
    /// Names the camera in URLs and files.
    pub id: CameraId,
    /// The site it watches.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// What people call its zones; a zone without a name stands with its id.
    pub zone_names: BTreeMap<ZoneId, String>,
}

/// What a live camera is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// A connection is being made, for the first time or again.
    Connecting,
    /// Pictures arrive.
    Live,
    /// The connection stands but nothing arrives.
    Stalled,
    /// No connection, and the reason will not go away by itself soon.
    Failed,
    /// Watched no longer: the product was stopped, or the camera taken out of the configuration.
    Stopped,
}

impl CameraState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Connecting, Self::Live, Self::Stalled, Self::Failed, Self::Stopped];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Stalled => "stalled",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// A camera's state, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraStatus {
    /// Whose.
    pub camera: CameraId,
    /// What it is doing.
    pub state: CameraState,
    /// Since when it has been doing that.
    pub since: WallTime,
    /// Why, for a person; never contains a password.
    pub reason: Option<String>,
    /// When the newest picture was captured.
    pub last_frame: Option<WallTime>,
}
