//! Whether a camera proves that a rectification holds: the rule stayed quiet while persons were there to break it.
//!
//! An empty place proves nothing, and neither does a blind camera. What a camera cannot prove it says why.

use std::collections::BTreeMap;
use std::time::Duration;

use anjian_domain::{CameraMinute, WallTime, ZoneId};
use serde::{Deserialize, Serialize};

const MINUTE: Duration = Duration::from_secs(60);

/// What a camera saw since a rectification, for one rule.
#[derive(Debug, Clone, Copy)]
pub struct Watch<'a> {
    /// When the rectification was handed in.
    pub from: WallTime,
    /// The present.
    pub until: WallTime,
    /// The rule's zone; `None` for the whole picture.
    pub zone: Option<&'a ZoneId>,
    /// Coverage of the camera, in any order.
    pub minutes: &'a [CameraMinute],
    /// When violations of the rule opened, but for dismissed ones.
    pub violations: &'a [WallTime],
}

/// A camera's proof that a rectification holds. Made by [`prove`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraProof {
    from: WallTime,
    until: WallTime,
    watched: Duration,
}

/// Why a camera proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Unproven {
    /// The rule was broken again.
    #[error("the rule was broken again at {at}")]
    Broken {
        /// When for the first time.
        at: WallTime,
    },
    /// It did not watch persons for long enough.
    #[error(
        "the camera watched persons for {watched_s} s of {asked_s} s; it saw nobody for {empty_s} s, and nothing for \
         {blind_s} s"
    )]
    TooShort {
        /// Seconds that are asked for.
        asked_s: u64,
        /// Seconds in which it watched persons.
        watched_s: u64,
        /// Seconds in which it watched, and nobody was there.
        empty_s: u64,
        /// Seconds in which it was blind.
        blind_s: u64,
    },
}

#[derive(Default)]
struct Sum {
    watched: Duration,
    empty: Duration,
    blind: Duration,
}

/// The proof, if the camera watched persons for `asked` and the rule was not broken.
///
/// A minute counts with the time in which it was analysed, if a person was seen in it at all: coverage knows no finer.
/// A minute that began before the rectification does not count.
///
/// # Errors
/// [`Unproven`], which says why.
pub fn prove(watch: &Watch<'_>, asked: Duration) -> Result<CameraProof, Unproven> {
    let (from, until) = (watch.from, watch.until);
    let broken = watch.violations.iter().copied().filter(|at| (from..=until).contains(at)).min();
    if let Some(at) = broken {
        return Err(Unproven::Broken { at });
    }
    let Sum { watched, empty, blind } = sum(watch);
    if watched < asked {
        let [asked_s, watched_s, empty_s, blind_s] =
            [asked, watched, empty, blind].map(|time| time.as_secs());
        return Err(Unproven::TooShort { asked_s, watched_s, empty_s, blind_s });
    }
    Ok(CameraProof { from, until, watched })
}

/// Each minute counts once, whatever order and number they come in.
fn sum(watch: &Watch<'_>) -> Sum {
    let is_inside =
        |minute: &&CameraMinute| minute.minute >= watch.from && minute.minute.plus(MINUTE) <= watch.until;
    let minutes: BTreeMap<WallTime, &CameraMinute> =
        watch.minutes.iter().filter(is_inside).map(|minute| (minute.minute, minute)).collect();
    minutes.values().fold(Sum::default(), |mut sum, minute| {
        let blind = minute.blind.min(MINUTE);
        let seen = minute.analysed.min(MINUTE.saturating_sub(blind));
        sum.blind += blind;
        if persons(minute, watch.zone) > 0 {
            sum.watched += seen;
        } else {
            sum.empty += seen;
        }
        sum
    })
}

fn persons(minute: &CameraMinute, zone: Option<&ZoneId>) -> u32 {
    let count = minute.persons.as_ref();
    let in_zone = |zone| count.and_then(|count| count.zones.get(zone)).copied();
    zone.map_or_else(|| count.map(|count| count.picture), in_zone).unwrap_or(0)
}

impl CameraProof {
    /// The rectification that it follows.
    #[must_use]
    pub const fn from(&self) -> WallTime {
        self.from
    }

    /// When it was made.
    #[must_use]
    pub const fn until(&self) -> WallTime {
        self.until
    }

    /// How long the camera watched persons in between.
    #[must_use]
    pub const fn watched(&self) -> Duration {
        self.watched
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::PersonCount;

    use super::*;

    fn at(minute: u64) -> WallTime {
        WallTime::EPOCH.plus(MINUTE * u32::try_from(minute).unwrap())
    }

    fn minute(number: u64, analysed_s: u64, blind_s: u64, persons: &[(&str, u32)]) -> CameraMinute {
        let zones = persons.iter().map(|(zone, persons)| (zone.parse().unwrap(), *persons)).collect();
        CameraMinute {
            camera: "gate".parse().unwrap(),
            minute: at(number),
            analysed: Duration::from_secs(analysed_s),
            gated: Duration::ZERO,
            blind: Duration::from_secs(blind_s),
            blind_cause: None,
            persons: Some(PersonCount { picture: persons.iter().map(|(_, persons)| *persons).sum(), zones }),
        }
    }

    #[test]
    fn only_quiet_among_persons_proves() {
        let here = &[("dock", 2)][..];
        let short = |watched_s, empty_s, blind_s| {
            Err(Unproven::TooShort { asked_s: 120, watched_s, empty_s, blind_s })
        };
        for (zone, minutes, violations, expected) in [
            ("dock", vec![minute(1, 60, 0, here), minute(2, 60, 0, here)], vec![], Ok(120)),
            ("dock", vec![minute(1, 60, 0, here), minute(1, 60, 0, here)], vec![], short(60, 0, 0)),
            ("dock", vec![minute(1, 60, 0, here), minute(2, 60, 0, &[])], vec![], short(60, 60, 0)),
            ("dock", vec![minute(1, 60, 0, here), minute(2, 60, 45, here)], vec![], short(75, 0, 45)),
            ("dock", vec![minute(1, 900, 0, here), minute(2, 50, 0, here)], vec![], short(110, 0, 0)),
            ("dock", vec![minute(0, 60, 0, here), minute(9, 60, 0, here)], vec![], short(0, 0, 0)),
            ("yard", vec![minute(1, 60, 0, here), minute(2, 60, 0, here)], vec![], short(0, 120, 0)),
            ("dock", vec![minute(1, 60, 0, here), minute(2, 60, 0, here)], vec![at(0)], Ok(120)),
            ("dock", vec![minute(1, 60, 0, here)], vec![at(5), at(3)], Err(Unproven::Broken { at: at(3) })),
        ] {
            let zone: ZoneId = zone.parse().unwrap();
            let watch = Watch {
                from: at(1),
                until: at(9),
                zone: Some(&zone),
                minutes: &minutes,
                violations: &violations,
            };
            let found = prove(&watch, Duration::from_secs(120));
            assert_eq!(found.map(|proof| proof.watched().as_secs()), expected, "{zone} {minutes:?}");
        }
    }

    #[test]
    fn a_rule_of_the_whole_picture_counts_everybody() {
        let minutes = [minute(1, 60, 0, &[("yard", 1)])];
        let watch = Watch { from: at(1), until: at(2), zone: None, minutes: &minutes, violations: &[] };
        assert!(prove(&watch, MINUTE).is_ok());
    }
}
