//! Whether a fire may burn where and when it does.

use anjian_domain::{Anchor, NormBox, Permit, Zone};
use serde_json::{Value, json};

use crate::TrackState;
use crate::rules::outline::outline;
use crate::rules::placed_permit::PlacedPermit;
use crate::rules::scene::Scene;

/// The worker and somebody who watches.
const WATCHED_PERSONS: usize = 2;

/// Whether a fire may burn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// A permit covers it.
    Given,
    /// One would, but nobody watches.
    Unwatched,
    /// None does.
    Missing,
}

/// The permits of a camera, each with the zone it names.
pub(super) struct Permits(Vec<(Permit, Option<Zone>)>);

impl Permits {
    pub(super) fn new(placed: &[PlacedPermit]) -> Self {
        Self(placed.iter().map(|placed| (placed.permit.clone(), placed.zone.clone())).collect())
    }

    /// What holds for a fire in this frame.
    pub(super) fn permission(&self, scene: &Scene<'_>, fire: NormBox) -> Permission {
        let mut covering = self.0.iter().filter(|(permit, zone)| {
            permit.covers(scene.at.wall) && zone.as_ref().is_none_or(|zone| is_in(zone, fire))
        });
        let mut best = Permission::Missing;
        let is_given = covering.any(|(permit, zone)| {
            best = Permission::Unwatched;
            !permit.fire_watcher || persons_in(zone.as_ref(), scene) >= WATCHED_PERSONS
        });
        if is_given { Permission::Given } else { best }
    }
}

/// A permit as it stands in the definition of a rule.
pub(super) fn written(placed: &PlacedPermit) -> Value {
    let Permit { id, class, from, to, fire_watcher, .. } = &placed.permit;
    let zone = placed.zone.as_ref().map(outline);
    json!({ "id": id, "class": class, "from": from, "to": to, "fire_watcher": fire_watcher, "zone": zone })
}

/// Whether a fire is in a zone: its middle, or the middle of its lower edge. Sparks fall far from where they are made.
pub(super) fn is_in(zone: &Zone, fire: NormBox) -> bool {
    [Anchor::Centre, Anchor::BottomCentre].into_iter().any(|anchor| zone.points.contains(anchor.of(fire)))
}

/// Persons whom this frame shows in the permit's zone, or in the rule's where the permit names none.
fn persons_in(zone: Option<&Zone>, scene: &Scene<'_>) -> usize {
    match zone {
        Some(zone) if zone.id != scene.zone.id => {
            let seen = scene.tracks.iter().filter(|track| track.state() == TrackState::Seen);
            seen.filter(|track| zone.contains(track.bounds())).count()
        }
        _ => scene.seen_inside().filter(|track| track.state() == TrackState::Seen).count(),
    }
}
