//! Places a camera's frames in MediaTime and WallTime. Pure: the present is handed in.
//!
//! [`ArrivalTimeline`] knows one connection, [`RunTimeline`] strings connections together to one Run.

use std::time::Duration;

use anjian_domain::{MediaTime, Moment, WallTime};

/// How far WallTime may run away from the clock before it is set anew.
const DRIFT_MAX: Duration = Duration::from_secs(1);

/// Gives the frames of one connection their moments: MediaTime from the connection's first frame, WallTime from
/// when that one arrived.
#[derive(Debug, Default)]
pub(crate) struct ArrivalTimeline {
    first_pts: Option<MediaTime>,
    anchor: Option<Moment>,
}

impl ArrivalTimeline {
    /// The moment of the frame with time stamp `pts` that arrives `now`.
    pub(crate) fn place(&mut self, pts: MediaTime, now: WallTime) -> Moment {
        let first = *self.first_pts.get_or_insert(pts);
        let media = MediaTime::ZERO.plus(pts.since(first));
        let anchor = self.anchor.filter(|anchor| drift(*anchor, media, now) <= DRIFT_MAX);
        let anchor = anchor.unwrap_or_else(|| Self::anchor(media, now));
        self.anchor = Some(anchor);
        Moment { media, wall: anchor.wall.plus(media.since(anchor.media)) }
    }

    /// Ties MediaTime to WallTime. Cameras that send RTCP sender reports say themselves when a frame was taken;
    /// this is the place to believe them. Until then: when it arrived.
    const fn anchor(media: MediaTime, now: WallTime) -> Moment {
        Moment { media, wall: now }
    }
}

fn drift(anchor: Moment, media: MediaTime, now: WallTime) -> Duration {
    let expected = anchor.wall.plus(media.since(anchor.media));
    expected.since(now).max(now.since(expected))
}

/// Lays the connections of one Run behind each other, so that neither time ever goes back.
#[derive(Debug, Default)]
pub(crate) struct RunTimeline {
    /// MediaTime of the Run at which the connection's MediaTime is zero.
    base: MediaTime,
    last: Option<Moment>,
}

impl RunTimeline {
    /// Lays a new connection at `elapsed` since the Run began; call it before the connection's first frame.
    pub(crate) fn begin_connection(&mut self, elapsed: Duration) {
        self.base = MediaTime::ZERO.plus(elapsed);
    }

    /// The moment in the Run of a frame's moment in its connection.
    pub(crate) fn place(&mut self, at: Moment) -> Moment {
        let mut placed = Moment { media: self.base.plus(at.media.since(MediaTime::ZERO)), wall: at.wall };
        if let Some(last) = self.last {
            if placed.media <= last.media {
                let late_by = last.media.since(placed.media) + Duration::from_nanos(1);
                placed.media = placed.media.plus(late_by);
                self.base = self.base.plus(late_by);
            }
            placed.wall = placed.wall.max(last.wall);
        }
        self.last = Some(placed);
        placed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(ms: i64) -> WallTime {
        WallTime::from_micros(1_700_000_000_000_000 + ms * 1000).unwrap()
    }

    fn moment(media_ms: u64, wall_ms: i64) -> Moment {
        Moment { media: MediaTime::from_millis(media_ms), wall: wall(wall_ms) }
    }

    #[test]
    fn wall_time_follows_media_time_until_the_clock_is_a_second_off() {
        let mut timeline = ArrivalTimeline::default();
        let cases = [
            // (pts, clock, media, wall)
            (90_000, 0, 0, 0),
            (90_200, 230, 200, 200), // late by the network: the stream's own spacing counts
            (90_400, 1_400, 400, 400),
            (90_600, 1_601, 600, 1_601), // more than a second late: set anew
            (90_800, 1_800, 800, 1_801),
            (91_000, -5_000, 1_000, -5_000), // the clock was set back
        ];
        for (pts_ms, clock_ms, media_ms, wall_ms) in cases {
            let placed = timeline.place(MediaTime::from_millis(pts_ms), wall(clock_ms));
            assert_eq!(placed, moment(media_ms, wall_ms), "pts {pts_ms}");
        }
    }

    #[test]
    fn neither_time_goes_back_over_reconnects_and_clock_steps() {
        let mut timeline = RunTimeline::default();
        timeline.begin_connection(Duration::ZERO);
        assert_eq!(timeline.place(moment(0, 0)), moment(0, 0));
        assert_eq!(timeline.place(moment(200, 200)), moment(200, 200));
        timeline.begin_connection(Duration::from_secs(9));
        assert_eq!(timeline.place(moment(0, 9_000)), moment(9_000, 9_000));
        assert_eq!(timeline.place(moment(200, -1_000)), moment(9_200, 9_000));
        timeline.begin_connection(Duration::from_secs(2)); // a clock that ran slow
        let placed = timeline.place(moment(0, 9_500));
        assert_eq!(placed.media.as_nanos(), MediaTime::from_millis(9_200).as_nanos() + 1);
        let next = timeline.place(moment(200, 9_700));
        assert_eq!(next.media.since(placed.media), Duration::from_millis(200));
    }
}
