//! Gives packets the even spacing of their RTP time stamps.
//!
//! The jitter buffer's times follow the arrivals of the first seconds so closely that pictures change places on a busy
//! machine. RTP time stamps are exact, but only compared with each other; so its times are followed, slowly.

use std::sync::{Mutex, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;

/// RTP ticks a second of every kind of video.
const TICKS_PER_S: i64 = 90_000;

/// From here on the stream's time stamps were begun anew.
const JUMP_NS: i64 = 500_000_000;

/// The part of a difference that is made up for with each picture.
const FOLLOW: i64 = 512;

/// Stream time as a line over RTP time.
#[derive(Debug, Default)]
struct RtpTime {
    /// RTP time stamp of the newest picture, and when it lies.
    newest: Option<(u32, i64)>,
}

impl RtpTime {
    /// When a packet lies that the jitter buffer puts at `pts_ns`.
    fn place(&mut self, rtp: u32, pts_ns: i64) -> i64 {
        let Some((newest_rtp, newest_ns)) = self.newest else {
            self.newest = Some((rtp, pts_ns));
            return pts_ns;
        };
        // Wraps every thirteen hours.
        let ticks = i64::from(rtp.wrapping_sub(newest_rtp).cast_signed());
        let exact_ns = newest_ns + ticks * 1_000_000_000 / TICKS_PER_S;
        let error_ns = pts_ns - exact_ns;
        if error_ns.abs() > JUMP_NS {
            self.newest = Some((rtp, pts_ns));
            return pts_ns;
        }
        if ticks <= 0 {
            return exact_ns;
        }
        let placed_ns = exact_ns + error_ns / FOLLOW;
        self.newest = Some((rtp, placed_ns));
        placed_ns
    }
}

/// Gives the RTP packets of video that come out of `pad` their times.
pub(crate) fn even_out(pad: &gst::Pad) {
    let time = Mutex::new(RtpTime::default());
    let wanted = gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST;
    pad.add_probe(wanted, move |_, info| {
        let mut time = time.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut info.data {
            Some(gst::PadProbeData::Buffer(packet)) => set_time(packet.make_mut(), &mut time),
            Some(gst::PadProbeData::BufferList(packets)) => {
                packets.make_mut().foreach_mut(|mut packet, _| {
                    set_time(packet.make_mut(), &mut time);
                    std::ops::ControlFlow::Continue(Some(packet))
                });
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    });
}

fn set_time(packet: &mut gst::BufferRef, time: &mut RtpTime) {
    let Some(pts) = packet.pts() else { return };
    let mut stamp = [0; 4];
    if packet.copy_to_slice(4, &mut stamp).is_err() {
        return;
    }
    let pts_ns = i64::try_from(pts.nseconds()).unwrap_or(i64::MAX);
    let placed_ns = time.place(u32::from_be_bytes(stamp), pts_ns);
    packet.set_pts(u64::try_from(placed_ns).ok().map(gst::ClockTime::from_nseconds));
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE_NS: i64 = 40_000_000;

    /// Places of `(picture, jitter in ms)`, 25 a second, in ms.
    fn placed_ms(first_rtp: u32, pictures: impl IntoIterator<Item = (i64, i64)>) -> Vec<i64> {
        let mut time = RtpTime::default();
        let place = |(picture, jitter_ms): (i64, i64)| {
            let rtp = first_rtp.wrapping_add_signed(i32::try_from(picture * 3600).unwrap());
            (time.place(rtp, 1_000_000_000 + picture * PICTURE_NS + jitter_ms * 1_000_000) + 500_000)
                / 1_000_000
        };
        pictures.into_iter().map(place).collect()
    }

    #[test]
    fn jitter_vanishes_b_frames_keep_their_places_and_time_stamps_wrap() {
        for first_rtp in [0, u32::MAX - 7000] {
            let pictures = [(0, 0), (3, 20), (1, -35), (2, 0), (6, 30), (4, -60), (5, 0), (7, 0)];
            assert_eq!(placed_ms(first_rtp, pictures), [1000, 1120, 1040, 1080, 1240, 1160, 1200, 1280]);
        }
    }

    #[test]
    fn a_lasting_difference_is_followed_slowly_and_a_jump_at_once() {
        let late = placed_ms(5, (0..5000).map(|picture| (picture, if picture == 0 { 0 } else { 100 })));
        assert!((late[1], late[4999] - 4999 * 40) == (1040, 1100) && late.is_sorted(), "{:?}", late.last());
        assert_eq!(placed_ms(5, [(0, 0), (1, 0), (2, 600), (3, 600)]), [1000, 1040, 1680, 1720]);
    }
}
