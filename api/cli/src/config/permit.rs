//! `[[permit]]`: hot-work tickets, each for one camera.

use anjian_domain::{CameraId, Permit, PermitClass, WallTime, ZoneId};
use serde::Deserialize;

/// A hot-work ticket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitConfig {
    /// As the site numbers it.
    pub(super) id: String,
    /// Where it holds.
    pub(super) camera: CameraId,
    /// In which zone of that camera; left out, everywhere that it sees.
    pub(super) zone: Option<ZoneId>,
    /// "special", "1" or "2".
    pub(super) class: PermitClass,
    /// The first moment that it covers, RFC 3339.
    pub(super) from: WallTime,
    /// The first moment that it does not cover any more, RFC 3339.
    pub(super) to: WallTime,
    /// Whether somebody besides the worker must be there.
    #[serde(default)]
    pub(super) fire_watcher: bool,
}

impl PermitConfig {
    /// The permit that it describes.
    pub(super) fn permit(&self) -> Permit {
        let Self { id, zone, class, from, to, fire_watcher, .. } = self.clone();
        Permit { id, class, zone, from, to, fire_watcher }
    }
}
