//! A permit and where it holds.

use anjian_domain::{Permit, Zone};

/// A permit and the zone that it names; `None` for all that the camera sees.
pub(crate) struct PlacedPermit {
    pub(crate) permit: Permit,
    pub(crate) zone: Option<Zone>,
}
