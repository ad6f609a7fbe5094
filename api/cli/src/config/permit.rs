//! `[[permit]]`: hot-work tickets, each for one camera.

use anjian_domain::{CameraId, Permit, PermitClass, WallTime, ZoneId};
use serde::Deserialize;

use super::{CameraConfig, Config};

/// A hot-work ticket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitConfig {
    /// As the site numbers it.
    id: String,
    /// Where it holds.
    camera: CameraId,
    /// In which zone of that camera; left out, everywhere that it sees.
    zone: Option<ZoneId>,
    /// "special", "1" or "2".
    class: PermitClass,
    /// The first moment that it covers, RFC 3339.
    from: WallTime,
    /// The first moment that it does not cover any more, RFC 3339.
    to: WallTime,
    /// Whether somebody besides the worker must be there.
    #[serde(default)]
    fire_watcher: bool,
}

impl Config {
    /// The permits of a camera.
    pub(super) fn permits_of(&self, camera: &CameraConfig) -> Vec<Permit> {
        let of_camera = self.permits.iter().filter(|permit| permit.camera == camera.id);
        of_camera.map(PermitConfig::permit).collect()
    }
}

impl PermitConfig {
    fn permit(&self) -> Permit {
        let Self { id, zone, class, from, to, fire_watcher, .. } = self.clone();
        Permit { id, class, zone, from, to, fire_watcher }
    }

    /// Key and reason of what is wrong.
    fn problem(&self, config: &Config) -> Option<(&'static str, String)> {
        let Some(camera) = config.cameras.iter().find(|camera| camera.id == self.camera) else {
            return Some(("camera", format!("there is no [[camera]] with id \"{}\"", self.camera)));
        };
        if let Some(zone) = self.zone.as_ref().filter(|id| camera.zones.iter().all(|zone| zone.id != **id)) {
            return Some(("zone", format!("camera \"{}\" has no zone \"{zone}\"", self.camera)));
        }
        if self.to <= self.from {
            return Some(("to", format!("{} is not later than from, {}", self.to, self.from)));
        }
        self.id.trim().is_empty().then(|| ("id", "must not be empty".to_owned()))
    }
}

/// Every problem of permits as `key: reason`.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let wrong = |(index, permit): (usize, &PermitConfig)| {
        let (key, reason) = permit.problem(config)?;
        Some(format!("permit[{index}].{key}: {reason}"))
    };
    config.permits.iter().enumerate().filter_map(wrong).collect()
}
