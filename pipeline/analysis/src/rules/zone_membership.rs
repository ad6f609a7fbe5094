//! Who is in a zone, without flickering at its edge, and without losing those whose feet somebody else hides.

use std::collections::BTreeMap;

use anjian_domain::{Anchor, MediaTime, NormBox, TrackId, Zone};

use crate::Track;

/// Somebody who crosses the edge has to be seen on the other side so often in a row.
const CROSSING_OBSERVATIONS: u32 = 2;
/// A box that is lower than this share of what it was has lost its feet, if somebody stands before it...
const CUT_SHARE: f32 = 0.8;
/// ...who covers so much of its width at its lower edge.
const COVERED_WIDTH: f32 = 0.4;
/// How much of the remembered height is kept from one observation to the next: people who walk away become smaller.
const HEIGHT_KEPT: f32 = 0.985;

/// Follows which tracks are in a zone.
#[derive(Debug)]
pub(super) struct ZoneMembership {
    zone: Zone,
    members: BTreeMap<TrackId, Side>,
}

#[derive(Debug, Clone, Copy)]
struct Side {
    is_inside: bool,
    /// Observations in a row on the other side.
    contrary: u32,
    /// How high the whole box is.
    height: f32,
}

impl ZoneMembership {
    pub(super) const fn new(zone: Zone) -> Self {
        Self { zone, members: BTreeMap::new() }
    }

    pub(super) const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Those inside, by id. The side of a track that was not seen in this frame stays as it was, and so does that of one
    /// whose feet are hidden.
    pub(super) fn inside<'a>(&mut self, at: MediaTime, tracks: &'a [Track]) -> Vec<&'a Track> {
        self.members.retain(|id, _| tracks.binary_search_by_key(id, Track::id).is_ok());
        let by_feet = self.zone.anchor == Anchor::BottomCentre;
        let mut inside = Vec::new();
        for track in tracks {
            let is_in_polygon = self.zone.contains(track.bounds());
            let height = track.bounds().height();
            let first = Side { is_inside: is_in_polygon, contrary: 0, height };
            let side = self.members.entry(track.id()).or_insert(first);
            if track.last_seen() == at && !(side.is_cut(height) && by_feet && is_covered(track, tracks, at)) {
                side.observe(is_in_polygon);
                side.height = height.max(side.height * HEIGHT_KEPT);
            }
            if side.is_inside {
                inside.push(track);
            }
        }
        inside
    }

    pub(super) fn restart(&mut self) {
        self.members.clear();
    }
}

/// Whether somebody nearer to the camera stands before the lower edge of a track's box.
fn is_covered(track: &Track, tracks: &[Track], at: MediaTime) -> bool {
    let hidden = track.bounds();
    let covers = |front: NormBox| {
        let shared = hidden.right().min(front.right()) - hidden.left().max(front.left());
        shared >= COVERED_WIDTH * hidden.width()
            && front.top() < hidden.bottom()
            && front.bottom() > hidden.bottom()
    };
    let others = tracks.iter().filter(|other| other.id() != track.id() && other.last_seen() == at);
    others.into_iter().any(|other| covers(other.bounds()))
}

impl Side {
    fn is_cut(&self, height: f32) -> bool {
        height < CUT_SHARE * self.height
    }

    fn observe(&mut self, is_in_polygon: bool) {
        if is_in_polygon == self.is_inside {
            self.contrary = 0;
            return;
        }
        self.contrary += 1;
        if self.contrary >= CROSSING_OBSERVATIONS {
            *self = Self { is_inside: is_in_polygon, contrary: 0, ..*self };
        }
    }
}
