//! A permit and where it holds.

use anjian_domain::{Permit, Zone};

/// A permit and the zone that it names.
#[derive(Debug, Clone)]
pub struct PlacedPermit {
    /// The ticket.
    pub permit: Permit,
    /// Where it holds; `None` for all that the camera sees.
    pub zone: Option<Zone>,
}
