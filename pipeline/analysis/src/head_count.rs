//! How many persons a frame shows, zone by zone. Whether that is too many is for rules to judge.

use anjian_domain::{PersonCount, Zone};

use crate::{Track, TrackState};

/// Counts the tracks that are believed and were seen in the last frame. Who is lost is not counted: a person who is
/// found again as another track would count twice.
pub(crate) fn count(tracks: &[Track], zones: &[Zone]) -> PersonCount {
    let seen: Vec<_> = tracks.iter().filter(|track| track.state() == TrackState::Seen).collect();
    let inside = |zone: &Zone| number(seen.iter().filter(|track| zone.contains(track.bounds())).count());
    let zones = zones.iter().map(|zone| (zone.id.clone(), inside(zone)));
    PersonCount { picture: number(seen.len()), zones: zones.filter(|(_, persons)| *persons > 0).collect() }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
