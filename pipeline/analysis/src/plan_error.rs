//! Why a plan cannot be carried out.

use anjian_domain::{CameraId, ErrorKind, RuleId, WallTime, ZoneId};

/// The zone that every camera has.
pub(crate) const PICTURE: &str = "picture";

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

impl PlanError {
    /// A person must correct the configuration.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}
