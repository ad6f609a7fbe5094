//! How many persons were seen, in the whole picture and zone by zone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ZoneId;

/// How many persons were seen: in one frame, or the most in any frame of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCount {
    /// In the whole picture.
    pub picture: u32,
    /// In each zone; zones without a person are left out. A person may be in several.
    pub zones: BTreeMap<ZoneId, u32>,
}

impl PersonCount {
    /// Becomes the larger of both counts, of the picture and of each zone.
    pub fn raise(&mut self, other: &Self) {
        self.picture = self.picture.max(other.picture);
        for (zone, persons) in other.zones.iter().filter(|(_, persons)| **persons > 0) {
            let most = self.zones.entry(zone.clone()).or_default();
            *most = (*most).max(*persons);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(picture: u32, zones: &[(&str, u32)]) -> PersonCount {
        let zones = zones.iter().map(|(zone, persons)| (zone.parse().unwrap(), *persons)).collect();
        PersonCount { picture, zones }
    }

    #[test]
    fn the_most_of_each_zone_is_kept() {
        let mut most = PersonCount::default();
        for frame in [count(3, &[("dock", 2)]), count(1, &[("gate", 1)]), count(4, &[("dock", 1)])] {
            most.raise(&frame);
        }
        assert_eq!(most, count(4, &[("dock", 2), ("gate", 1)]));
        most.raise(&count(0, &[("yard", 0)]));
        assert_eq!(most, count(4, &[("dock", 2), ("gate", 1)]), "nobody is nothing to keep");
    }
}
