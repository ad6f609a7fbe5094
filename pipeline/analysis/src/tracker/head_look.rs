//! What a second look said about a head, for how long that counts, and when to look again.
//!
//! A look is dearer than a detection, so a head is looked at once a second, and at once when the detector changes
//! its mind: somebody may have taken the hat off.

use anjian_domain::{HeadwearOdds, MediaTime, Score};

use crate::clock::lasted_s;
use crate::people::Headwear;

/// A head is looked at again after so long, seconds.
const AGAIN_S: f64 = 1.0;
/// When the detector changes its mind, a head is looked at again, but not sooner than this, seconds.
const SOONEST_S: f64 = 0.2;
/// Without a newer one, an answer counts for so long, seconds. Then the detector's opinion does again.
const COUNTS_S: f64 = 1.5;
/// The likeliest state has to be at least so probable; otherwise the look could not tell.
const LEAST_PROBABILITY: f32 = 0.6;
/// And a hard hat so probable: it is proof of compliance, so a wrong one does more harm than one that was left open.
const LEAST_HELMET_PROBABILITY: f32 = 0.88;

/// The newest answer about one head.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HeadLook {
    answer: Option<Answered>,
}

#[derive(Debug, Clone, Copy)]
struct Answered {
    at: MediaTime,
    /// What the detector thought of the same frame.
    detector: Headwear,
    headwear: Headwear,
    score: Score,
}

impl HeadLook {
    /// Whether somebody should look now; `detector` is what the detector thinks of this frame.
    pub(super) fn is_due(&self, at: MediaTime, detector: Headwear) -> bool {
        let Some(answer) = self.answer else { return true };
        let age_s = lasted_s(answer.at, at);
        let is_hard_hat = |headwear| headwear == Headwear::Worn;
        let has_changed = detector != Headwear::Unknown
            && (answer.detector == Headwear::Unknown
                || is_hard_hat(detector) != is_hard_hat(answer.detector));
        age_s >= AGAIN_S || (has_changed && age_s >= SOONEST_S)
    }

    pub(super) fn answer(&mut self, at: MediaTime, detector: Headwear, odds: HeadwearOdds) {
        let (headwear, probability) = likeliest(odds);
        if let Some(score) = Score::new(probability) {
            self.answer = Some(Answered { at, detector, headwear, score });
        }
    }

    /// What is on the head and how sure that is; `None` when nobody has looked lately.
    pub(super) fn opinion(&self, at: MediaTime) -> Option<(Headwear, Score)> {
        let fresh = self.answer.filter(|answer| lasted_s(answer.at, at) <= COUNTS_S)?;
        Some((fresh.headwear, fresh.score))
    }
}

fn likeliest(odds: HeadwearOdds) -> (Headwear, f32) {
    let states = [
        (Headwear::Unknown, odds.hidden),
        (Headwear::Worn, odds.helmet),
        (Headwear::Bare, odds.bare),
        (Headwear::Other, odds.other),
    ];
    let best = states.into_iter().fold(states[0], |best, state| if state.1 > best.1 { state } else { best });
    let least = if best.0 == Headwear::Worn { LEAST_HELMET_PROBABILITY } else { LEAST_PROBABILITY };
    if best.1 >= least { best } else { (Headwear::Unknown, best.1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> MediaTime {
        MediaTime::from_millis((seconds * 1000.0).round() as u64)
    }

    #[test]
    fn the_likeliest_state_if_it_is_likely() {
        for (odds, expected) in [
            ([0.9, 0.05, 0.05, 0.0], Headwear::Worn),
            ([0.8, 0.05, 0.15, 0.0], Headwear::Unknown),
            ([0.1, 0.7, 0.1, 0.1], Headwear::Bare),
            ([0.1, 0.1, 0.8, 0.0], Headwear::Other),
            ([0.1, 0.1, 0.0, 0.8], Headwear::Unknown),
            ([0.55, 0.45, 0.0, 0.0], Headwear::Unknown),
            ([0.25, 0.25, 0.25, 0.25], Headwear::Unknown),
        ] {
            assert_eq!(likeliest(HeadwearOdds::new(odds).unwrap()).0, expected, "{odds:?}");
        }
    }

    #[test]
    fn looks_come_once_a_second_and_when_the_detector_changes_its_mind() {
        use Headwear::{Bare, Other, Unknown, Worn};
        for (name, then, now, after_s, expected) in [
            ("a moment later", Worn, Worn, 0.8, false),
            ("a second later", Worn, Worn, 1.0, true),
            ("a second later by a clock that trembles", Worn, Worn, 0.996, true),
            ("the hat comes off", Worn, Bare, 0.2, true),
            ("the hat comes off, and the clock trembles", Worn, Bare, 0.196, true),
            ("and in the next picture of a fast camera", Worn, Bare, 0.04, false),
            ("the hat goes on", Bare, Worn, 0.4, true),
            ("a cap is as bare as bare", Bare, Other, 0.4, false),
            ("the head shows itself", Unknown, Bare, 0.4, true),
            ("the head hides", Bare, Unknown, 0.4, false),
        ] {
            let mut look = HeadLook::default();
            assert!(look.is_due(at(5.0), then), "{name}: nobody has looked yet");
            look.answer(at(5.0), then, HeadwearOdds::new([0.9, 0.1, 0.0, 0.0]).unwrap());
            assert_eq!(look.is_due(at(5.0 + after_s), now), expected, "{name}");
        }
    }

    #[test]
    fn an_answer_counts_until_the_next_but_not_for_ever() {
        let mut look = HeadLook::default();
        assert_eq!(look.opinion(at(5.0)), None);
        look.answer(at(5.0), Headwear::Worn, HeadwearOdds::new([0.1, 0.9, 0.0, 0.0]).unwrap());
        for (second, expected) in [(5.0, Some(Headwear::Bare)), (6.4, Some(Headwear::Bare)), (6.6, None)] {
            assert_eq!(look.opinion(at(second)).map(|(headwear, _)| headwear), expected, "{second}");
        }
    }
}
