//! Says when a camera's pictures and sounds were taken: stream time to UTC. Pure: the present is handed in.
//!
//! A stream's own clock is tied to UTC by the camera's RTCP sender reports where it sends them, else by when packets
//! arrived; the one that arrived soonest tells most. What is told never goes back: when the clock is set back, told
//! time runs on from where it was, and the *lead*, by how much it is ahead of the clock, is kept in mind and worn off
//! slowly. Judged frames and the recording are placed by the same clock, so that a violation's times point into the
//! recording.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{MediaTime, TimeSource, WallTime};

/// From here on a clock was set; below, it drifts, and is followed slowly.
pub(crate) const STEP_US: i64 = 1_000_000;

/// A camera whose clock differs by more from ours is not believed: it was never set, or lost its battery.
const BELIEF_US: i64 = 60_000_000;

/// Followed and worn off at most so fast, parts of a million: nobody hears or sees it.
const SLEW_MAX_PPM: i64 = 5_000;

/// A difference is to be gone after so many seconds, unless that were too fast.
const SLEW_S: i64 = 30;

/// How long arrivals are watched before the soonest of them counts, and how many at least.
const WINDOW_US: i64 = 5_000_000;
const WINDOW_ARRIVALS: u32 = 3;

/// Stream time that goes back by more was begun anew by the camera.
pub(crate) const ANEW: Duration = Duration::from_secs(3);

/// What the connections of one camera share.
#[derive(Debug, Default)]
pub(crate) struct CameraTime {
    lead_us: AtomicI64,
    /// UTC before which nothing is recorded any more, microseconds.
    floor_us: Mutex<Option<i64>>,
    /// The camera's clock minus ours, as its last report that was believed had it.
    camera_ahead_us: Mutex<Option<i64>>,
}

impl CameraTime {
    /// What is recorded from now on begins here or later.
    pub(crate) fn raise_floor(&self, floor: WallTime) {
        let mut known = self.floor_us.lock().unwrap_or_else(PoisonError::into_inner);
        *known = (*known).max(Some(floor.as_micros()));
    }

    /// UTC of the end of what is recorded.
    pub(crate) fn floor(&self) -> Option<WallTime> {
        let floor_us = *self.floor_us.lock().unwrap_or_else(PoisonError::into_inner);
        floor_us.and_then(WallTime::from_micros)
    }

    /// By how much told time is ahead of the clock, microseconds.
    pub(crate) fn lead_us(&self) -> i64 {
        self.lead_us.load(Ordering::Relaxed)
    }

    fn camera_ahead_us(&self) -> Option<i64> {
        *self.camera_ahead_us.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, camera_ahead_us: Option<i64>) {
        *self.camera_ahead_us.lock().unwrap_or_else(PoisonError::into_inner) = camera_ahead_us;
    }

    /// The lead with which a connection begins whose clock says `wall_us`.
    fn lead_at(&self, wall_us: i64) -> i64 {
        let floor_us = self.floor().map(WallTime::as_micros);
        let missing_us = floor_us.map_or(0, |floor_us| floor_us - wall_us);
        if missing_us > 0 { missing_us.max(self.lead_us()) } else { 0 }
    }
}

/// Whether a stream decides how far told time is ahead of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// The stream that is recorded, or the only one.
    Sets,
    /// A second stream of the same camera.
    Follows,
}

/// Where something lies in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Never goes back over a connection, whatever the clock does.
    pub(crate) wall: WallTime,
    /// The clock minus `wall`, microseconds.
    pub(crate) clock_offset_us: i64,
    /// Whose clock.
    pub(crate) source: TimeSource,
}

/// The clock of one connection.
#[derive(Debug)]
pub(crate) struct StreamClock {
    camera: Arc<CameraTime>,
    lead: Lead,
    source: TimeSource,
    line: Option<Line>,
    newest: MediaTime,
    arrivals: Arrivals,
    /// By how much the last report differed, when that was a step: another one has to say the same.
    suspected_us: Option<i64>,
    disbelieved_us: Option<i64>,
}

/// UTC as a straight line over stream time.
#[derive(Debug, Clone, Copy)]
struct Line {
    media: MediaTime,
    wall_us: i64,
    slew_ppm: i64,
    lead_us: i64,
}

impl Line {
    fn since_us(&self, media: MediaTime) -> i64 {
        (as_us(media)) - (as_us(self.media))
    }

    /// What the clock says.
    fn clock_us(&self, media: MediaTime) -> i64 {
        let since_us = self.since_us(media);
        self.wall_us + since_us + since_us * self.slew_ppm / 1_000_000
    }

    fn lead_us(&self, media: MediaTime) -> i64 {
        let worn_off_us = (self.since_us(media) * SLEW_MAX_PPM / 1_000_000).clamp(0, self.lead_us.abs());
        self.lead_us - worn_off_us * self.lead_us.signum()
    }
}

fn as_us(media: MediaTime) -> i64 {
    i64::try_from(media.as_nanos() / 1000).unwrap_or(i64::MAX)
}

/// The least lateness of a while: jitter only ever adds.
#[derive(Debug, Default)]
struct Arrivals {
    began: MediaTime,
    count: u32,
    least_late_us: i64,
}

impl StreamClock {
    pub(crate) fn new(camera: Arc<CameraTime>, lead: Lead) -> Self {
        Self {
            camera,
            lead,
            source: TimeSource::Arrival,
            line: None,
            newest: MediaTime::ZERO,
            arrivals: Arrivals::default(),
            suspected_us: None,
            disbelieved_us: None,
        }
    }

    /// Something of time `media` arrived at `now`.
    pub(crate) fn arrived(&mut self, media: MediaTime, now: WallTime) {
        if self.newest.since(media) > ANEW {
            (self.line, self.newest) = (None, media);
        }
        self.newest = self.newest.max(media);
        let Some(line) = self.line else { return self.begin(media, now.as_micros()) };
        if self.source == TimeSource::SenderReport {
            return;
        }
        let late_us = now.as_micros() - line.clock_us(media);
        if late_us < -STEP_US {
            // Nothing arrives before it was sent: the clock was set back.
            return self.step(late_us);
        }
        let arrivals = &mut self.arrivals;
        let least_late_us = if arrivals.count == 0 { late_us } else { arrivals.least_late_us.min(late_us) };
        if arrivals.count == 0 {
            arrivals.began = media;
        }
        (arrivals.count, arrivals.least_late_us) = (arrivals.count + 1, least_late_us);
        if as_us(media) - as_us(arrivals.began) >= WINDOW_US && arrivals.count >= WINDOW_ARRIVALS {
            self.adjust(least_late_us);
        }
    }

    /// The camera says that what it took at `media` was taken at `told`, and that arrived at `now`.
    pub(crate) fn reported(&mut self, media: MediaTime, told: WallTime, now: WallTime) {
        let Some(line) = self.line else { return };
        let ahead_us = told.as_micros() - now.as_micros();
        if ahead_us.abs() > BELIEF_US {
            return self.disbelieve(ahead_us, now.as_micros() - line.clock_us(media));
        }
        self.disbelieved_us = None;
        self.camera.remember(Some(ahead_us));
        let error_us = told.as_micros() - line.clock_us(media);
        if error_us.abs() <= STEP_US {
            self.suspected_us = None;
            self.steer(error_us);
        } else if self.suspected_us.is_some_and(|suspected_us| (suspected_us - error_us).abs() <= STEP_US) {
            self.suspected_us = None;
            self.step(error_us);
        } else {
            self.suspected_us = Some(error_us);
            return;
        }
        self.source = TimeSource::SenderReport;
    }

    /// Where something lies; `None` before anything arrived.
    pub(crate) fn place(&self, media: MediaTime) -> Option<Placed> {
        let line = self.line?;
        let lead_us = match self.lead {
            Lead::Sets => line.lead_us(media),
            Lead::Follows => self.camera.lead_us(),
        };
        let wall = WallTime::from_micros(line.clock_us(media) + lead_us)?;
        Some(Placed { wall, clock_offset_us: -lead_us, source: self.source })
    }

    /// By how much the camera's clock is ahead of ours, microseconds, when that is so much that it is not believed.
    pub(crate) const fn disbelieved_us(&self) -> Option<i64> {
        self.disbelieved_us
    }

    fn begin(&mut self, media: MediaTime, now_us: i64) {
        let camera_ahead_us = self.camera.camera_ahead_us();
        if camera_ahead_us.is_some() {
            self.source = TimeSource::SenderReport;
        }
        let wall_us = now_us + camera_ahead_us.unwrap_or(0);
        let lead_us = match self.lead {
            Lead::Sets => self.camera.lead_at(wall_us),
            Lead::Follows => 0,
        };
        self.set(Line { media, wall_us, slew_ppm: 0, lead_us });
    }

    fn disbelieve(&mut self, ahead_us: i64, late_us: i64) {
        self.disbelieved_us = Some(ahead_us);
        if self.source == TimeSource::SenderReport {
            self.camera.remember(None);
            self.source = TimeSource::Arrival;
            self.adjust(late_us);
        }
    }

    fn adjust(&mut self, error_us: i64) {
        if error_us.abs() > STEP_US { self.step(error_us) } else { self.steer(error_us) }
    }

    /// From the newest on, makes up for a small difference bit by bit.
    fn steer(&mut self, error_us: i64) {
        let Some(line) = self.line else { return };
        let slew_ppm = (error_us / SLEW_S).clamp(-SLEW_MAX_PPM, SLEW_MAX_PPM);
        let (media, wall_us) = (self.newest, line.clock_us(self.newest));
        self.set(Line { media, wall_us, slew_ppm, lead_us: line.lead_us(media) });
    }

    /// From the newest on, another time. A step back becomes lead. A step forward uses up what lead there is, and
    /// becomes a lead below zero: no picture is missing, so that the recording has no hole. Only the machine's own clock
    /// steps further.
    fn step(&mut self, error_us: i64) {
        let Some(line) = self.line else { return };
        let media = self.newest;
        let lead_us = line.lead_us(media) - error_us;
        let lead_us = if lead_us < -BELIEF_US { 0 } else { lead_us };
        self.set(Line { media, wall_us: line.clock_us(media) + error_us, slew_ppm: 0, lead_us });
    }

    fn set(&mut self, line: Line) {
        if self.lead == Lead::Sets {
            self.camera.lead_us.store(line.lead_us, Ordering::Relaxed);
        }
        self.line = Some(line);
        self.arrivals = Arrivals::default();
    }
}

#[cfg(test)]
mod tests;
