//! Which stretches of a file are damaged or missing, and which pictures near them show what was not recorded. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use anjian_domain::{Flaw, FlawKind, MediaTime};

/// Errors of a picture stay visible in those that follow, until a keyframe; in a stream without keyframes for so long.
const SETTLE_MAX: Duration = Duration::from_secs(2);

/// Pictures that follow each other more slowly than this, and much more slowly than usual, leave a stretch out.
const MISSING_MIN: Duration = Duration::from_millis(500);

/// How many times the usual step is a gap.
const MISSING_STEPS: u32 = 5;

/// A beginning without pictures that is no flaw: recorders cut where they like, players wait for a keyframe.
const BEGINNING_MAX: Duration = Duration::from_secs(1);

/// Flaws that lie closer to each other are one.
const NEAR: Duration = Duration::from_millis(500);

/// A list that a hopeless file cannot fill the memory with. The last one then lasts up to the newest.
const FLAWS_MAX: usize = 500;

/// Steps from picture to picture, of which the usual one is taken.
const STEPS: usize = 15;

/// What a decoder says of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) at: MediaTime,
    pub(super) is_key: bool,
    /// The decoder filled in what it could not read.
    pub(super) is_corrupt: bool,
    /// Packets between this picture and the one before became no picture.
    pub(super) has_lost_packets: bool,
}

/// The flaws of one file, as its pictures pass.
#[derive(Debug, Default)]
pub(super) struct Damage {
    flaws: Vec<Flaw>,
    /// Where errors were seen last, while pictures are held back.
    corrupt_at: Option<MediaTime>,
    /// The last picture that was good.
    good: Option<MediaTime>,
    /// The last picture, good or not.
    last: Option<MediaTime>,
    steps: VecDeque<Duration>,
    has_held_back: bool,
}

impl Damage {
    /// Whether a picture shows what was recorded.
    pub(super) fn admits(&mut self, seen: Seen) -> bool {
        self.note_step(seen);
        self.last = Some(seen.at);
        if seen.is_corrupt {
            self.corrupt_at = Some(seen.at);
        }
        let is_held_back = match self.corrupt_at {
            None => false,
            Some(_) if seen.is_corrupt => true,
            Some(at) => !seen.is_key && seen.at.since(at) < SETTLE_MAX,
        };
        if is_held_back {
            self.has_held_back = true;
            return false;
        }
        if self.corrupt_at.take().is_some() || self.good.is_none() && self.has_held_back {
            self.close_damage(seen.at);
        }
        self.good = Some(seen.at);
        true
    }

    /// Something between the last picture and the next does not read.
    pub(super) fn breaks(&mut self) {
        self.corrupt_at = self.corrupt_at.max(Some(self.last.unwrap_or(MediaTime::ZERO)));
    }

    /// The file has ended, its last packet was to be shown at `end`.
    pub(super) fn end(&mut self, end: MediaTime, is_cut: bool) {
        let good = self.good.unwrap_or(MediaTime::ZERO);
        if self.corrupt_at.is_some() || end.since(good) > self.gap() {
            self.add(Flaw { kind: FlawKind::Damaged, from: good, to: end.max(good) });
        }
        if is_cut {
            let at = self.last.unwrap_or(MediaTime::ZERO).max(end);
            self.flaws.push(Flaw { kind: FlawKind::CutShort, from: at, to: at });
        }
    }

    /// In the order of time.
    pub(super) fn into_flaws(self) -> Vec<Flaw> {
        self.flaws
    }

    fn note_step(&mut self, seen: Seen) {
        let Some(last) = self.last else {
            if seen.at.since(MediaTime::ZERO) > BEGINNING_MAX && seen.has_lost_packets {
                self.add(Flaw { kind: FlawKind::Damaged, from: MediaTime::ZERO, to: seen.at });
            }
            return;
        };
        let step = seen.at.since(last);
        if step > self.gap() {
            let kind = if seen.has_lost_packets { FlawKind::Damaged } else { FlawKind::Missing };
            self.add(Flaw { kind, from: last, to: seen.at });
        } else {
            if self.steps.len() == STEPS {
                self.steps.pop_front();
            }
            self.steps.push_back(step);
        }
    }

    /// The longest step that leaves nothing out.
    fn gap(&self) -> Duration {
        let mut steps: Vec<Duration> = self.steps.iter().copied().collect();
        steps.sort_unstable();
        let usual = steps.get(steps.len() / 2).copied().unwrap_or(Duration::from_secs(2));
        MISSING_MIN.max(usual * MISSING_STEPS)
    }

    fn close_damage(&mut self, to: MediaTime) {
        let Some(good) = self.good else {
            if to.since(MediaTime::ZERO) > BEGINNING_MAX {
                self.add(Flaw { kind: FlawKind::Damaged, from: MediaTime::ZERO, to });
            }
            return;
        };
        self.add(Flaw { kind: FlawKind::Damaged, from: good, to });
    }

    fn add(&mut self, flaw: Flaw) {
        let is_full = self.flaws.len() >= FLAWS_MAX;
        match self.flaws.last_mut() {
            Some(last) if is_full || (flaw.from.since(last.to) < NEAR && last.kind == flaw.kind) => {
                last.to = last.to.max(flaw.to);
                last.from = last.from.min(flaw.from);
            }
            // A gap within a stretch that turns out to be damaged as a whole.
            Some(last) if last.from >= flaw.from && last.to <= flaw.to => *last = flaw,
            _ => self.flaws.push(flaw),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> MediaTime {
        MediaTime::from_millis(ms)
    }

    const fn flaw(kind: FlawKind, from_ms: u64, to_ms: u64) -> Flaw {
        Flaw { kind, from: at(from_ms), to: at(to_ms) }
    }

    /// Ten pictures a second with a keyframe each second; `edit` spoils some.
    fn run(seconds: u64, mut edit: impl FnMut(u64, &mut Seen) -> bool) -> (Vec<u64>, Damage) {
        let mut damage = Damage::default();
        let mut kept = Vec::new();
        for ms in (0..seconds * 1000).step_by(100) {
            let mut seen =
                Seen { at: at(ms), is_key: ms % 1000 == 0, is_corrupt: false, has_lost_packets: false };
            if edit(ms, &mut seen) && damage.admits(seen) {
                kept.push(ms);
            }
        }
        damage.end(at(seconds * 1000 - 100), false);
        (kept, damage)
    }

    #[test]
    fn whole_files_have_no_flaw() {
        let (kept, damage) = run(5, |_, _| true);
        assert_eq!((kept.len(), damage.flaws), (50, vec![]));
        let (_, slow) = run(60, |ms, _| ms % 5000 == 0);
        assert_eq!(slow.flaws, [], "one picture in five seconds is how this file is");
    }

    #[test]
    fn a_corrupt_picture_holds_back_those_up_to_the_keyframe() {
        let (kept, damage) = run(5, |ms, seen| {
            seen.is_corrupt = ms == 2300;
            true
        });
        assert!(
            !kept.contains(&2300) && !kept.contains(&2900) && kept.contains(&2200) && kept.contains(&3000)
        );
        assert_eq!(damage.flaws, [flaw(FlawKind::Damaged, 2200, 3000)]);
    }

    #[test]
    fn without_keyframes_pictures_settle_by_time() {
        let (kept, damage) = run(8, |ms, seen| {
            seen.is_key = ms == 0;
            seen.is_corrupt = ms == 2300;
            true
        });
        assert!(kept.contains(&4300) && !kept.contains(&4200));
        assert_eq!(damage.flaws, [flaw(FlawKind::Damaged, 2200, 4300)]);
    }

    #[test]
    fn gaps_are_missing_or_damaged_by_what_lay_in_them() {
        for (has_lost_packets, kind) in [(false, FlawKind::Missing), (true, FlawKind::Damaged)] {
            let (_, damage) = run(6, |ms, seen| {
                seen.has_lost_packets = has_lost_packets;
                !(2100..4000).contains(&ms)
            });
            assert_eq!(damage.flaws, [flaw(kind, 2000, 4000)]);
        }
    }

    #[test]
    fn the_end_may_be_damaged_or_cut() {
        let (_, mut damage) = run(5, |ms, _| ms < 3000);
        assert_eq!(damage.flaws, [flaw(FlawKind::Damaged, 2900, 4900)]);
        damage.end(at(2900), true);
        assert_eq!(damage.flaws.last(), Some(&flaw(FlawKind::CutShort, 2900, 2900)));
        let mut broken = Damage::default();
        broken.admits(Seen { at: at(0), is_key: true, is_corrupt: false, has_lost_packets: false });
        broken.breaks();
        broken.end(at(900), false);
        assert_eq!(broken.flaws, [flaw(FlawKind::Damaged, 0, 900)]);
    }

    #[test]
    fn a_beginning_without_its_keyframe_is_no_flaw_and_a_long_one_is() {
        for (until_ms, flaws) in [(900, vec![]), (3000, vec![flaw(FlawKind::Damaged, 0, 3000)])] {
            let (kept, damage) = run(6, |ms, seen| {
                seen.is_corrupt = ms < until_ms;
                true
            });
            assert_eq!(kept[0], until_ms.div_ceil(1000) * 1000);
            assert_eq!(damage.flaws, flaws);
        }
    }

    #[test]
    fn no_file_fills_the_memory() {
        let (_, damage) = run(4000, |ms, _| ms % 3000 > 1500);
        assert_eq!(damage.flaws.len(), FLAWS_MAX);
        assert!(damage.flaws[FLAWS_MAX - 1].to > at(3_990_000));
    }
}
