//! What one camera is to be watched for, and whether that makes sense.

use anjian_domain::{CameraId, ErrorKind, Permit, Polygon, RuleId, RunId, SiteId, WallTime, Zone, ZoneId};
use jiff::tz::TimeZone;

use crate::{Gallery, RuleSettings};

/// Everything that the analysis of one camera depends on, besides the detections.
#[derive(Debug, Clone)]
pub struct CameraPlan {
    /// The Run that the violations belong to.
    pub run: RunId,
    /// Whose premises.
    pub site: SiteId,
    /// Whose pictures.
    pub camera: CameraId,
    /// Name and digest of the model that makes the detections; see [`anjian_domain::Run::model`].
    pub model: String,
    /// On whose clocks the schedules hold.
    pub time_zone: TimeZone,
    /// The camera's zones; rules name them. `picture`, the whole picture, is always there.
    pub zones: Vec<Zone>,
    /// The camera's rules.
    pub rules: Vec<RuleSettings>,
    /// The hot-work tickets for this camera.
    pub permits: Vec<Permit>,
    /// The galleries of approved garments that its rules may name.
    pub galleries: Vec<Gallery>,
}

/// Why a plan cannot be carried out. Somebody must change the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A rule names a zone that the camera does not have.
    #[error(
        "camera {camera}: rule {rule} names zone `{zone}`, which the camera does not have: use one of {known}"
    )]
    UnknownZone {
        /// Of which camera.
        camera: CameraId,
        /// Which rule.
        rule: RuleId,
        /// The zone it names.
        zone: ZoneId,
        /// The zones that exist.
        known: String,
    },
    /// Two zones of one name.
    #[error("camera {camera}: two zones are called `{zone}`: rename one")]
    DuplicateZone {
        /// Of which camera.
        camera: CameraId,
        /// Their name.
        zone: ZoneId,
    },
    /// A zone takes the name of the whole picture.
    #[error("camera {camera}: zone `{PICTURE}` always is the whole picture: give this zone another id")]
    ReservedZone {
        /// Of which camera.
        camera: CameraId,
    },
    /// Two rules of one name.
    #[error("camera {camera}: two rules are called `{rule}`: give one of them another `id`")]
    DuplicateRule {
        /// Of which camera.
        camera: CameraId,
        /// Their name.
        rule: RuleId,
    },
    /// A rule lacks something to judge by.
    #[error("camera {camera}: rule {rule}: {reason}")]
    CannotJudge {
        /// Of which camera.
        camera: CameraId,
        /// Which rule.
        rule: RuleId,
        /// What is missing, and what to do.
        reason: String,
    },
    /// A permit names a zone that the camera does not have.
    #[error(
        "camera {camera}: permit {permit:?} names zone `{zone}`, which the camera does not have: use one of {known}"
    )]
    UnknownPermitZone {
        /// Of which camera.
        camera: CameraId,
        /// Which permit.
        permit: String,
        /// The zone it names.
        zone: ZoneId,
        /// The zones that exist.
        known: String,
    },
    /// A permit that covers no moment.
    #[error("camera {camera}: permit {permit:?} ends at {to}, which is not after {from}: set `to` later")]
    EmptyPermit {
        /// Of which camera.
        camera: CameraId,
        /// Which permit.
        permit: String,
        /// Its first moment.
        from: WallTime,
        /// Its end.
        to: WallTime,
    },
    /// The default name of a rule is too long for an id.
    #[error("camera {camera}: rule for zone `{zone}` needs a shorter name: set its `id`")]
    LongName {
        /// Of which camera.
        camera: CameraId,
        /// Of which zone.
        zone: ZoneId,
    },
}

/// A permit and the zone that it names; `None` for all that the camera sees.
pub(crate) struct PlacedPermit {
    pub(crate) permit: Permit,
    pub(crate) zone: Option<Zone>,
}

impl PlanError {
    /// A person must correct the configuration.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

/// The zone that every camera has.
const PICTURE: &str = "picture";

impl CameraPlan {
    /// The camera's zones and the whole picture.
    pub(crate) fn all_zones(&self) -> Result<Vec<Zone>, PlanError> {
        let mut zones = vec![whole_picture()];
        for zone in &self.zones {
            if zone.id.as_str() == PICTURE {
                return Err(PlanError::ReservedZone { camera: self.camera.clone() });
            }
            if zones.iter().any(|other| other.id == zone.id) {
                return Err(PlanError::DuplicateZone { camera: self.camera.clone(), zone: zone.id.clone() });
            }
            zones.push(zone.clone());
        }
        Ok(zones)
    }

    /// The permits, each with the zone that it names.
    pub(crate) fn placed_permits(&self, zones: &[Zone]) -> Result<Vec<PlacedPermit>, PlanError> {
        self.permits.iter().map(|permit| self.place_permit(permit, zones)).collect()
    }

    fn place_permit(&self, permit: &Permit, zones: &[Zone]) -> Result<PlacedPermit, PlanError> {
        let camera = || self.camera.clone();
        let Permit { id, from, to, .. } = permit.clone();
        if to <= from {
            return Err(PlanError::EmptyPermit { camera: camera(), permit: id, from, to });
        }
        let permit = permit.clone();
        let Some(wanted) = &permit.zone else { return Ok(PlacedPermit { permit, zone: None }) };
        let zone = zones.iter().find(|zone| zone.id == *wanted).cloned();
        let unknown = || {
            let (zone, known) = (wanted.clone(), names_of(zones));
            PlanError::UnknownPermitZone { camera: camera(), permit: id, zone, known }
        };
        let zone = Some(zone.ok_or_else(unknown)?);
        Ok(PlacedPermit { permit, zone })
    }

    /// The name of a rule and the zone it holds in.
    pub(crate) fn place(&self, rule: &RuleSettings, zones: &[Zone]) -> Result<(RuleId, Zone), PlanError> {
        let wanted = rule.zone.clone().unwrap_or_else(|| whole_picture().id);
        let id = match &rule.id {
            Some(id) => id.clone(),
            None => format!("{}-{wanted}", rule.behaviour)
                .parse()
                .map_err(|_| PlanError::LongName { camera: self.camera.clone(), zone: wanted.clone() })?,
        };
        let Some(zone) = zones.iter().find(|zone| zone.id == wanted) else {
            let (camera, known) = (self.camera.clone(), names_of(zones));
            return Err(PlanError::UnknownZone { camera, rule: id, zone: wanted, known });
        };
        Ok((id, zone.clone()))
    }
}

fn names_of(zones: &[Zone]) -> String {
    zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn whole_picture() -> Zone {
    Zone {
        id: PICTURE.parse().expect("the name keeps to plain letters"),
        name: String::new(),
        points: Polygon::whole_picture(),
        anchor: anjian_domain::Anchor::default(),
    }
}
