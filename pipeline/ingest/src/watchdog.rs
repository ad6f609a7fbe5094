//! Notices that nothing comes over a connection, or nothing of use. Pure: the present is handed in.
//!
//! A camera may send a picture every 20 s. It is silent when its pictures are late by what it usually does, or when it
//! does not answer either.

use std::time::Duration;

use crate::progress::Progress;
use crate::{CameraFault, DecodeMode};

/// Without pictures and answers for so long, the camera is gone.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// The same with answers, before it is known how often it sends pictures.
const UNKNOWN_AFTER: Duration = Duration::from_secs(45);

/// No camera is waited for longer.
const SLOW_AFTER: Duration = Duration::from_secs(120);

/// A picture that is late by so many usual pauses does not come.
const PAUSES: u32 = 6;

/// With so many pictures that arrived but none that could be decoded, for so long, what arrives is no video.
const UNDECODABLE_AFTER: Duration = Duration::from_secs(10);
const UNDECODABLE_MIN: u64 = 8;

/// The same where only keyframes are decoded: cameras that save bandwidth send one only every 20 s or so.
const UNDECODABLE_KEYFRAMES_AFTER: Duration = Duration::from_secs(40);

/// Watches one connection.
#[derive(Debug)]
pub(crate) struct Watchdog {
    undecodable_after: Duration,
    progress: Progress,
    arrived_at: Duration,
    answered_at: Duration,
    pictures_at: Duration,
    arrived_before: u64,
    /// Times that something arrived, and the longest of the newest pauses.
    arrivals: u32,
    pause: Duration,
}

impl Watchdog {
    pub(crate) fn new(decode: DecodeMode, now: Duration) -> Self {
        let undecodable_after = match decode {
            DecodeMode::All => UNDECODABLE_AFTER,
            DecodeMode::Keyframes => UNDECODABLE_KEYFRAMES_AFTER,
        };
        Self {
            undecodable_after,
            progress: Progress::default(),
            arrived_at: now,
            answered_at: now,
            pictures_at: now,
            arrived_before: 0,
            arrivals: 0,
            pause: Duration::ZERO,
        }
    }

    /// What is wrong with a connection that came so far. While it is made, its own timeouts count.
    pub(crate) fn fault(&mut self, progress: Progress, now: Duration) -> Option<CameraFault> {
        if !progress.is_playing {
            (self.arrived_at, self.answered_at, self.pictures_at) = (now, now, now);
        }
        if progress.arrived != self.progress.arrived {
            let pause = now.saturating_sub(self.arrived_at);
            // A longer pause counts at once, shorter ones bit by bit.
            self.pause = pause.max(self.pause * 9 / 10);
            (self.arrived_at, self.arrivals) = (now, self.arrivals.saturating_add(1));
        }
        if progress.answers != self.progress.answers {
            self.answered_at = now;
        }
        if progress.pictures != self.progress.pictures {
            (self.pictures_at, self.arrived_before) = (now, progress.arrived);
        }
        self.progress = progress;
        self.stalled(now).or_else(|| self.undecodable(now))
    }

    fn stalled(&self, now: Duration) -> Option<CameraFault> {
        let silent = now.saturating_sub(self.arrived_at);
        let unanswered = silent.min(now.saturating_sub(self.answered_at));
        // The first pause is what connecting took.
        let patience = match self.arrivals {
            0..=2 => UNKNOWN_AFTER,
            _ => (self.pause * PAUSES).clamp(STALLED_AFTER, SLOW_AFTER),
        };
        let is_stalled = unanswered >= STALLED_AFTER || silent >= patience;
        is_stalled.then(|| CameraFault::Stalled(Duration::from_secs(silent.as_secs())))
    }

    fn undecodable(&self, now: Duration) -> Option<CameraFault> {
        let arrived = self.progress.arrived.saturating_sub(self.arrived_before);
        let is_so =
            arrived >= UNDECODABLE_MIN && now.saturating_sub(self.pictures_at) >= self.undecodable_after;
        is_so.then_some(CameraFault::Undecodable(self.undecodable_after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the watchdog barks, s, if pictures and answers come at these times; `until` is when it is left.
    fn barks(pictures: &[u64], answers_every_s: Option<u64>, until: u64) -> Option<(u64, CameraFault)> {
        let mut dog = Watchdog::new(DecodeMode::All, Duration::ZERO);
        (0..until * 5).find_map(|tick| {
            let came = pictures.iter().filter(|at| **at * 5 <= tick).count() as u64;
            let answers = answers_every_s.map_or(0, |every_s| tick / 5 / every_s);
            let progress = Progress { is_playing: true, arrived: came, answers, pictures: came };
            dog.fault(progress, Duration::from_millis(tick * 200)).map(|fault| (tick / 5, fault))
        })
    }

    #[test]
    fn slow_pictures_are_waited_for_while_the_camera_answers() {
        assert_eq!(barks(&[0, 20, 40, 60, 80], Some(2), 100), None);
        assert_eq!(barks(&[0, 5, 10, 15, 20], Some(2), 45), None);
        let seconds = |fault: Option<(u64, CameraFault)>| fault.map(|(at, _)| at);
        assert_eq!(seconds(barks(&[8], Some(2), 60)), Some(53));
        assert_eq!(seconds(barks(&[], Some(2), 60)), Some(45));
    }

    #[test]
    fn silence_of_a_camera_that_does_not_answer_or_was_quick_is_noticed_after_five_seconds() {
        let quick: Vec<u64> = (0..10).collect();
        assert_eq!(barks(&quick, None, 60), Some((14, CameraFault::Stalled(Duration::from_secs(5)))));
        assert_eq!(barks(&quick, Some(2), 60).map(|(at, _)| at), Some(15), "a picture a second: six pauses");
        assert_eq!(barks(&[0], None, 60).map(|(at, _)| at), Some(5));
    }

    #[test]
    fn what_is_being_connected_is_not_watched() {
        let mut dog = Watchdog::new(DecodeMode::All, Duration::ZERO);
        assert_eq!(dog.fault(Progress::default(), Duration::from_secs(60)), None);
        let playing = Progress { is_playing: true, ..Progress::default() };
        assert_eq!(dog.fault(playing, Duration::from_secs(61)), None);
        assert_eq!(
            dog.fault(playing, Duration::from_secs(65)),
            Some(CameraFault::Stalled(Duration::from_secs(5)))
        );
    }
}
