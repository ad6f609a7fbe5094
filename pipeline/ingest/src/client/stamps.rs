//! Times of pictures out of RTP time stamps, as far as those carry time, else out of arrivals. Pure.
//!
//! Stamps are exact where they are right. Whether they are is seen by comparing them with arrivals over a while, and
//! again and again: stamps that stand, run backwards or count another unit are not followed. A stamp that jumps while
//! pictures arrive as before is a camera whose clock was set.

use std::collections::VecDeque;
use std::time::Duration;

/// Where the time of a connection begins.
pub(super) const BEGIN_NS: i64 = 100_000_000_000;

/// Stamps go this far back for pictures that are shown before one that came earlier.
const REORDER_NS: i64 = 1_000_000_000;

/// Pictures with the same stamp come closer together.
const SAME_NS: i64 = 200_000_000;

/// A stamp further ahead of the arrival than this has jumped.
const AHEAD_NS: i64 = 1_000_000_000;

/// Pictures that are compared with their arrivals.
const WINDOW: usize = 128;
const WINDOW_MIN: usize = 6;
const WINDOW_NS: i64 = 4_000_000_000;

/// So long stamps are compared before they are given up or believed again.
const DOUBT_NS: i64 = 3_000_000_000;

/// What a stream's clock may be off, and how much arrivals may bunch.
const RATIO_MIN: f64 = 0.6;
const RATIO_MAX: f64 = 1.6;

/// The part of a difference that is made up for with each picture whose stamp carries no time.
const FOLLOW: i64 = 8;

/// Without a better guess, pictures follow each other by this.
const LEAST_NS: i64 = 1_000_000;

/// What times are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    Stamps,
    Arrivals,
}

/// A picture's stamp and arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) stamp: u32,
    pub(super) arrived_ns: i64,
}

impl Unit {
    pub(super) fn new(stamp: u32, arrived: Duration) -> Self {
        Self { stamp, arrived_ns: i64::try_from(arrived.as_nanos()).unwrap_or(i64::MAX) }
    }
}

/// A picture that was placed.
#[derive(Debug, Clone, Copy)]
struct Newest {
    stamp: u32,
    arrived_ns: i64,
    media_ns: i64,
}

/// The times of one stream.
#[derive(Debug)]
pub(super) struct Stamps {
    clock_hz: i64,
    begin_ns: i64,
    trust: Trust,
    /// The latest time that was given out, with its stamp.
    newest: Option<Newest>,
    last_arrived_ns: i64,
    /// Usual time from picture to picture.
    usual_ns: i64,
    /// Stream time minus arrival, where arrivals count.
    offset_ns: i64,
    window: VecDeque<Unit>,
    doubted_since_ns: Option<i64>,
    placed: u32,
    /// The newest of pictures with the same stamp.
    same_ns: i64,
    /// How far stamps went back for reordered pictures.
    deepest_ns: i64,
    is_anew: bool,
}

impl Stamps {
    /// The first is placed at `begin_ns`.
    pub(super) fn new(clock_hz: u32, begin_ns: i64) -> Self {
        Self {
            clock_hz: i64::from(clock_hz.max(1)),
            begin_ns,
            trust: Trust::Stamps,
            newest: None,
            last_arrived_ns: 0,
            usual_ns: 0,
            offset_ns: 0,
            window: VecDeque::new(),
            doubted_since_ns: None,
            placed: 0,
            same_ns: 0,
            deepest_ns: 0,
            is_anew: false,
        }
    }

    pub(super) const fn trust(&self) -> Trust {
        self.trust
    }

    /// Decides by the first pictures of a connection, before they are placed.
    pub(super) fn learn(&mut self, units: &[Unit]) {
        if carries_time(units, self.clock_hz) == Some(false) {
            self.trust = Trust::Arrivals;
        }
        let late: Vec<i64> = units
            .windows(2)
            .rev()
            .take(units.len() / 2)
            .map(|pair| pair[1].arrived_ns - pair[0].arrived_ns)
            .collect();
        self.usual_ns = median(late).unwrap_or(0);
    }

    /// The camera began its stream anew: stamps before and after have nothing to do with each other.
    pub(super) fn begin_anew(&mut self) {
        self.is_anew = true;
        self.window.clear();
    }

    /// When a picture lies.
    pub(super) fn place(&mut self, unit: Unit) -> i64 {
        self.compare(unit);
        let since_ns = unit.arrived_ns - self.last_arrived_ns;
        let is_anew = std::mem::take(&mut self.is_anew);
        let media_ns = match (self.newest, self.trust) {
            (None, _) => {
                self.offset_ns = self.begin_ns - unit.arrived_ns;
                self.set(unit, self.begin_ns)
            }
            (Some(newest), Trust::Arrivals) => self.by_arrival(newest, unit, since_ns),
            (Some(newest), Trust::Stamps) if is_anew => self.after_jump(newest, unit, since_ns),
            (Some(newest), Trust::Stamps) => self.by_stamp(newest, unit, since_ns),
        };
        self.last_arrived_ns = unit.arrived_ns;
        self.placed = self.placed.saturating_add(1);
        media_ns
    }

    /// The time of a stamp of which no picture came, such as a sender report's; `None` where stamps carry no time.
    pub(super) fn time_of(&self, stamp: u32) -> Option<i64> {
        let newest = self.newest.filter(|_| self.trust == Trust::Stamps)?;
        let step_ns = self.step_ns(newest.stamp, stamp);
        (step_ns.abs() < 10 * AHEAD_NS).then_some(newest.media_ns + step_ns)
    }

    /// Stamps wrap.
    fn step_ns(&self, from: u32, to: u32) -> i64 {
        i64::from(to.wrapping_sub(from).cast_signed()) * 1_000_000_000 / self.clock_hz
    }

    fn set(&mut self, unit: Unit, media_ns: i64) -> i64 {
        self.newest = Some(Newest { stamp: unit.stamp, arrived_ns: unit.arrived_ns, media_ns });
        media_ns
    }

    fn by_stamp(&mut self, newest: Newest, unit: Unit, since_ns: i64) -> i64 {
        let step_ns = self.step_ns(newest.stamp, unit.stamp);
        if step_ns <= 0 {
            let is_known = self.placed < 50 || -step_ns <= self.deepest_ns * 3 / 2 + self.usual_ns / 2;
            if step_ns < -REORDER_NS || !is_known {
                return self.after_jump(newest, unit, since_ns);
            }
            self.deepest_ns = self.deepest_ns.max(-step_ns);
            if step_ns == 0 && since_ns > SAME_NS {
                // It stands while time passes.
                return self.after_jump(newest, unit, since_ns);
            }
            if step_ns == 0 {
                // Another picture with the same stamp lies on the way to the next.
                let next_ns = newest.media_ns + self.usual_ns.max(LEAST_NS);
                self.same_ns = self.same_ns.max(newest.media_ns);
                self.same_ns += (next_ns - self.same_ns) / 2;
                return self.same_ns;
            }
            return newest.media_ns + step_ns;
        }
        let arrived_ns = unit.arrived_ns - newest.arrived_ns;
        if step_ns > AHEAD_NS.max(self.usual_ns * 3) && step_ns > arrived_ns + arrived_ns / 2 + AHEAD_NS / 2 {
            return self.after_jump(newest, unit, since_ns);
        }
        self.usual_ns = if self.usual_ns == 0 { step_ns } else { (self.usual_ns * 7 + step_ns) / 8 };
        self.set(unit, newest.media_ns + step_ns)
    }

    /// Nothing is missing: the picture follows as it arrived.
    fn after_jump(&mut self, newest: Newest, unit: Unit, since_ns: i64) -> i64 {
        let step_ns = since_ns.max(self.usual_ns / 2).max(LEAST_NS);
        let is_usual = self.usual_ns > 0 && step_ns < self.usual_ns * 4;
        self.set(unit, newest.media_ns + if is_usual { self.usual_ns } else { step_ns })
    }

    fn by_arrival(&mut self, newest: Newest, unit: Unit, since_ns: i64) -> i64 {
        let is_burst = self.usual_ns > 0 && since_ns < self.usual_ns / 4;
        let expected_ns = newest.media_ns + self.usual_ns;
        if is_burst && self.placed < WINDOW as u32 {
            // The camera had them ready: they were taken before.
            self.offset_ns += self.usual_ns - since_ns;
        } else if !is_burst && since_ns < AHEAD_NS {
            self.usual_ns = if self.usual_ns == 0 { since_ns } else { (self.usual_ns * 15 + since_ns) / 16 };
        }
        let error_ns = unit.arrived_ns + self.offset_ns - expected_ns;
        let is_followed = self.usual_ns > 0 && error_ns.abs() < AHEAD_NS / 2;
        let media_ns = expected_ns + if is_followed { error_ns / FOLLOW } else { error_ns };
        self.set(unit, media_ns.max(newest.media_ns + LEAST_NS))
    }

    /// Whether stamps are to be followed from now on.
    fn compare(&mut self, unit: Unit) {
        self.window.push_back(unit);
        let is_old = |first: &Unit| unit.arrived_ns - first.arrived_ns > WINDOW_NS;
        while self.window.len() > WINDOW || self.window.len() > 12 && self.window.front().is_some_and(is_old)
        {
            self.window.pop_front();
        }
        let window = self.window.make_contiguous();
        let wanted = self.trust == Trust::Arrivals;
        if carries_time(window, self.clock_hz) != Some(wanted) {
            self.doubted_since_ns = None;
            return;
        }
        let since_ns = *self.doubted_since_ns.get_or_insert(unit.arrived_ns);
        if unit.arrived_ns - since_ns < DOUBT_NS {
            return;
        }
        self.doubted_since_ns = None;
        self.trust = if wanted { Trust::Stamps } else { Trust::Arrivals };
        // Goes on from the newest picture.
        self.is_anew = wanted;
        if let Some(newest) = self.newest {
            self.offset_ns = newest.media_ns - newest.arrived_ns;
        }
    }
}

/// Whether stamps rise as pictures arrive; `None` while too little is known. The first half of the pictures may have
/// been sent at once.
pub(super) fn carries_time(units: &[Unit], clock_hz: i64) -> Option<bool> {
    let units = &units[units.len() / 2..];
    let (first, last) = (units.first()?, units.last()?);
    let arrived_ns = last.arrived_ns - first.arrived_ns;
    if units.len() < WINDOW_MIN || arrived_ns < 200_000_000 {
        return None;
    }
    let (mut advanced_ns, mut highest_ns, mut jumps) = (0_i64, 0_i64, 0);
    for pair in units.windows(2) {
        let ticks = i64::from(pair[1].stamp.wrapping_sub(pair[0].stamp).cast_signed());
        let step_ns = ticks * 1_000_000_000 / clock_hz;
        let since_ns = pair[1].arrived_ns - pair[0].arrived_ns;
        if step_ns.abs() > AHEAD_NS + 2 * since_ns {
            // A clock that was set says nothing of the stamps before and after.
            jumps += 1;
            advanced_ns += since_ns;
        } else {
            advanced_ns += step_ns;
        }
        highest_ns = highest_ns.max(advanced_ns);
    }
    let ratio = highest_ns as f64 / arrived_ns as f64;
    Some(jumps * 4 < units.len() && (RATIO_MIN..=RATIO_MAX).contains(&ratio))
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests;
