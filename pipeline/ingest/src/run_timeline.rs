//! Strings the connections of a camera together to one Run. Pure: the present is handed in.

use std::time::Duration;

use anjian_domain::{MediaTime, Moment};

/// Lays the connections of one Run behind each other, so that MediaTime never goes back. WallTime does when the clock is
/// set back: it says what time it was, and measures nothing.
#[derive(Debug, Default)]
pub(crate) struct RunTimeline {
    /// MediaTime of the Run at which the connection's MediaTime is zero.
    base: MediaTime,
    last: Option<MediaTime>,
}

impl RunTimeline {
    /// Lays a new connection at `elapsed` since the Run began; call it before the connection's first frame.
    pub(crate) fn begin_connection(&mut self, elapsed: Duration) {
        self.base = MediaTime::ZERO.plus(elapsed);
    }

    /// The moment in the Run of a frame's moment in its connection.
    pub(crate) fn place(&mut self, at: Moment) -> Moment {
        let mut placed = Moment { media: self.base.plus(at.media.since(MediaTime::ZERO)), wall: at.wall };
        if let Some(last) = self.last.filter(|last| placed.media <= *last) {
            let late_by = last.since(placed.media) + Duration::from_nanos(1);
            placed.media = placed.media.plus(late_by);
            self.base = self.base.plus(late_by);
        }
        self.last = Some(placed.media);
        placed
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::WallTime;

    use super::*;

    fn wall(ms: i64) -> WallTime {
        WallTime::from_micros(1_700_000_000_000_000 + ms * 1000).unwrap()
    }

    fn moment(media_ms: u64, wall_ms: i64) -> Moment {
        Moment { media: MediaTime::from_millis(media_ms), wall: wall(wall_ms) }
    }

    #[test]
    fn media_time_never_goes_back_and_wall_time_follows_the_clock() {
        let mut timeline = RunTimeline::default();
        timeline.begin_connection(Duration::ZERO);
        assert_eq!(timeline.place(moment(0, 0)), moment(0, 0));
        assert_eq!(timeline.place(moment(200, 200)), moment(200, 200));
        timeline.begin_connection(Duration::from_secs(9));
        assert_eq!(timeline.place(moment(0, 9_000)), moment(9_000, 9_000));
        assert_eq!(timeline.place(moment(200, -1_000)), moment(9_200, -1_000));
        timeline.begin_connection(Duration::from_secs(2)); // a clock that ran slow
        let placed = timeline.place(moment(0, 9_500));
        assert_eq!(placed.media.as_nanos(), MediaTime::from_millis(9_200).as_nanos() + 1);
        let next = timeline.place(moment(200, 9_700));
        assert_eq!(next.media.since(placed.media), Duration::from_millis(200));
    }
}
