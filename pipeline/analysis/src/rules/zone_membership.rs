//! Who is in a zone, without flickering at its edge.

use std::collections::BTreeMap;

use anjian_domain::{MediaTime, TrackId, Zone};

use crate::Track;

/// Somebody who crosses the edge has to be seen on the other side so often in a row.
const CROSSING_OBSERVATIONS: u32 = 2;

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
}

impl ZoneMembership {
    pub(super) const fn new(zone: Zone) -> Self {
        Self { zone, members: BTreeMap::new() }
    }

    pub(super) const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Those inside, by id. The side of a track that was not seen in this frame stays as it was.
    pub(super) fn inside<'a>(&mut self, at: MediaTime, tracks: &'a [Track]) -> Vec<&'a Track> {
        self.members.retain(|id, _| tracks.binary_search_by_key(id, Track::id).is_ok());
        let mut inside = Vec::new();
        for track in tracks {
            let is_in_polygon = self.zone.contains(track.bounds());
            let first = Side { is_inside: is_in_polygon, contrary: 0 };
            let side = self.members.entry(track.id()).or_insert(first);
            if track.last_seen() == at {
                side.observe(is_in_polygon);
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

impl Side {
    fn observe(&mut self, is_in_polygon: bool) {
        if is_in_polygon == self.is_inside {
            self.contrary = 0;
            return;
        }
        self.contrary += 1;
        if self.contrary >= CROSSING_OBSERVATIONS {
            *self = Self { is_inside: is_in_polygon, contrary: 0 };
        }
    }
}
