//! What one camera is to be watched for, and whether that makes sense.

use anjian_domain::{CameraId, Permit, Polygon, RuleId, RunId, SiteId, Zone};
use jiff::tz::TimeZone;

use crate::plan_error::PICTURE;
use crate::rules::PlacedPermit;
use crate::{Gallery, PlanError, RuleSettings};

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
