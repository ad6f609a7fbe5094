//! Says when a camera's pictures and sounds were taken: stream time to UTC. Pure: the present is handed in.
//!
//! A stream's own clock is tied to UTC by the camera's RTCP sender reports where it sends them, else by when packets
//! arrived; the one that arrived soonest says most. Two things are answered. What time it was follows the clock, and goes
//! back when the clock is set back. Where a picture lies in the recording is the same wherever that is free; after a clock
//! was set back over time that is recorded, it runs on, and the lead over the clock wears off slowly. Judged frames and
//! the recording are placed by the same clock, so that a violation's times point into the recording.

use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{ClockReading, MediaTime, TimeSource, WallTime};

use crate::camera_time::CameraTime;

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

/// Whether a stream decides how far the recording is ahead of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// The stream that is recorded, or the only one.
    Sets,
    /// A second stream of the same camera.
    Follows,
}

/// Where something lies, and what time it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its place in the recording. It goes back only to a place that is free.
    pub(crate) wall: WallTime,
    /// The clock that says what time it was.
    pub(crate) clock: ClockReading,
}

impl Placed {
    /// What time it was.
    pub(crate) fn taken_at(self) -> WallTime {
        self.wall.shifted(self.clock.offset_us)
    }
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
        if self.source == TimeSource::Arrival {
            self.compare(line, media, now);
        }
        self.leap();
    }

    /// Learns from a moment of arrival.
    fn compare(&mut self, line: Line, media: MediaTime, now: WallTime) {
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
        Some(Placed { wall, clock: ClockReading { source: self.source, offset_us: -lead_us } })
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
            Lead::Sets => self.camera.begin(wall_us),
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

    /// From the newest on, another time. After a small step forward no picture is missing, so that the recording has no
    /// hole: it uses up what lead there is, and becomes a lead below zero. After any other step pictures lie at the new
    /// time where that is free in the recording; else a step back becomes lead.
    fn step(&mut self, error_us: i64) {
        let Some(line) = self.line else { return };
        let media = self.newest;
        let wall_us = line.clock_us(media) + error_us;
        let lead_us = line.lead_us(media) - error_us;
        let is_small = error_us > 0 && lead_us >= -BELIEF_US;
        let lead_us = if is_small {
            lead_us
        } else if self.lead == Lead::Sets && self.camera.jump(wall_us) {
            0
        } else {
            lead_us.max(0)
        };
        self.set(Line { media, wall_us, slew_ppm: 0, lead_us });
    }

    /// Where the newest would lie on something that is recorded already, it lies behind that.
    fn leap(&mut self) {
        let Some(line) = self.line.filter(|_| self.lead == Lead::Sets) else { return };
        let (media, wall_us) = (self.newest, line.clock_us(self.newest));
        if let Some(place_us) = self.camera.go_on(wall_us + line.lead_us(media)) {
            self.set(Line { media, wall_us, slew_ppm: line.slew_ppm, lead_us: place_us - wall_us });
        }
    }

    fn set(&mut self, line: Line) {
        if self.lead == Lead::Sets {
            self.camera.set_lead_us(line.lead_us);
        }
        self.line = Some(line);
        self.arrivals = Arrivals::default();
    }
}

#[cfg(test)]
mod tests;
