//! What people can be notified of.

use anjian_domain::{Behaviour, SiteId, WallTime};

use crate::worded::worded;

worded! {
    /// What people can be notified of.
    pub enum Topic {
        /// A violation opened; nobody judged it yet.
        ViolationOpened = "violation_opened", "发现违规", "Violation found";
        /// A violation counts as confirmed: the time for undoing is over, and the signatures that were asked for are there.
        ViolationConfirmed = "violation_confirmed", "违规已确认", "Violation confirmed";
        /// The other side took a step in a case.
        CaseStep = "case_step", "案件进展", "Case step";
        /// The deadline of a case comes near, is today or is over.
        CaseLate = "case_late", "案件期限", "Case deadline";
        /// A camera does not answer, or sees nothing.
        CameraFailed = "camera_failed", "摄像机故障", "Camera failure";
        /// Recordings or evidence will not fit on the disk as long as they should.
        DiskShort = "disk_short", "磁盘空间不足", "Disk forecast";
    }
}

impl Topic {
    /// Whether many at once become one message with a count.
    #[must_use]
    pub const fn is_bundled(self) -> bool {
        matches!(self, Self::ViolationOpened | Self::ViolationConfirmed | Self::CameraFailed)
    }
}

/// Something that happened, as far as it decides who hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub topic: Topic,
    /// Where; `None`: it concerns the installation.
    pub site: Option<SiteId>,
    /// Of a violation.
    pub behaviour: Option<Behaviour>,
    /// When.
    pub at: WallTime,
}
