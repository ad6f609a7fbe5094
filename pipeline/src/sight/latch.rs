//! From single readings to a state that does not flicker. Time comes from the pictures.

use std::time::Duration;

use anjian_domain::Moment;

use super::fault::Reading;

/// So many pictures at least have to agree, however far apart they are.
const PICTURES: u32 = 3;
/// After a longer time without pictures, what was suspected before is forgotten.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Blind or not, with hysteresis.
#[derive(Debug, Default)]
pub(super) struct Latch {
    suspected: Option<Run>,
    cleared: Option<Run>,
    is_blind: bool,
    blind_since: Option<Moment>,
}

/// Readings that agree, one after the other.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: Moment,
    last: Moment,
    pictures: u32,
}

impl Run {
    fn has_lasted(&self, duration: Duration) -> bool {
        self.pictures >= PICTURES && self.last.media.since(self.first.media) >= duration
    }
}

/// A run that goes on, or a new one after a pause.
fn extend(run: Option<Run>, at: Moment) -> Run {
    match run {
        Some(run) if at.media.since(run.last.media) <= LONGEST_PAUSE => {
            Run { last: at, pictures: run.pictures + 1, ..run }
        }
        _ => Run { first: at, last: at, pictures: 1 },
    }
}

impl Latch {
    /// Since when the camera is blind.
    pub(super) fn since(&self) -> Option<Moment> {
        self.blind_since.filter(|_| self.is_blind)
    }

    pub(super) fn note(&mut self, at: Moment, reading: Reading, hold: Duration, release: Duration) {
        match reading {
            Reading::Unsure => {}
            Reading::Suspect => {
                self.cleared = None;
                let run = extend(self.suspected, at);
                self.suspected = Some(run);
                if !self.is_blind && run.has_lasted(hold) {
                    self.is_blind = true;
                    self.blind_since = Some(run.first);
                }
            }
            Reading::Clear => {
                self.suspected = None;
                let run = extend(self.cleared, at);
                self.cleared = Some(run);
                if run.has_lasted(release) {
                    self.is_blind = false;
                    self.blind_since = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{MediaTime, WallTime};

    use super::*;

    /// `s` suspect, `c` clear, `.` unsure, one a second, `~` twenty seconds without a picture. Answers for each
    /// letter since which second the camera is blind.
    #[track_caller]
    fn check(readings: &str, expected: &[Option<u64>]) {
        let (mut latch, mut second, mut states) = (Latch::default(), 0, vec![]);
        for letter in readings.chars() {
            let reading = match letter {
                's' => Reading::Suspect,
                'c' => Reading::Clear,
                '.' => Reading::Unsure,
                _ => {
                    second += 20;
                    continue;
                }
            };
            let media = MediaTime::from_millis(second * 1000);
            let at = Moment { media, wall: WallTime::EPOCH };
            latch.note(at, reading, Duration::from_secs(4), Duration::from_secs(2));
            states.push(latch.since().map(|since| since.media.as_nanos() / 1_000_000_000));
            second += 1;
        }
        assert_eq!(states, expected, "{readings}");
    }

    #[test]
    fn a_suspicion_has_to_last_and_counts_from_its_beginning() {
        const NO: Option<u64> = None;
        check("ssss", &[NO; 4]);
        check("cssssss", &[NO, NO, NO, NO, NO, Some(1), Some(1)]);
        check("sscssss", &[NO; 7]);
        check("ss..s", &[NO, NO, NO, NO, Some(0)]);
    }

    #[test]
    fn sight_has_to_come_back_for_a_while() {
        let blind = Some(0);
        check("ssssscc", &[None, None, None, None, blind, blind, blind]);
        check("sssssccsccc", &[None, None, None, None, blind, blind, blind, blind, blind, blind, None]);
    }

    #[test]
    fn a_pause_begins_anew() {
        check("sss~sss", &[None; 6]);
        check("sssss~s", &[None, None, None, None, Some(0), Some(0)]);
    }
}
