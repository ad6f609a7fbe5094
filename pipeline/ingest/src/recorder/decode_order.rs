//! Says when each picture is to be decoded. Pure.
//!
//! RTP tells only when pictures are shown. Where they are decoded in another order (B-frames), the times of showing, in
//! order, serve as the times of decoding; a picture is let go once no earlier time is to be expected.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use gstreamer as gst;

/// How many pictures may come before one that is shown earlier, until it is known how many do.
const REORDER_UNKNOWN: usize = 4;

/// After so many pictures it is known.
const LEARNT_AFTER: u32 = 16;

/// Codecs reorder no further; whatever looks so is a time that went wrong.
const REORDER_MAX: usize = 16;

/// A picture of the open file; times in nanoseconds from its beginning.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) data: gst::Buffer,
    pub(super) shown_ns: i64,
    pub(super) is_sync: bool,
}

/// How far a stream reorders; outlives its files.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reorder {
    seen: u32,
    depth: usize,
}

impl Reorder {
    fn held(self) -> usize {
        if self.seen < LEARNT_AFTER { REORDER_UNKNOWN.max(self.depth) } else { self.depth }
    }
}

/// The pictures of a file that wait for their time of decoding.
#[derive(Debug, Default)]
pub(super) struct DecodeOrder {
    waiting: VecDeque<Picture>,
    times: BinaryHeap<Reverse<i64>>,
    /// The newest times of showing, the latest last.
    latest: Vec<i64>,
    last_ns: Option<i64>,
}

impl DecodeOrder {
    pub(super) fn push(&mut self, picture: Picture, reorder: &mut Reorder) {
        let at = self.latest.partition_point(|shown| *shown <= picture.shown_ns);
        reorder.depth = reorder.depth.max((self.latest.len() - at).min(REORDER_MAX));
        reorder.seen = reorder.seen.saturating_add(1);
        self.latest.insert(at, picture.shown_ns);
        if self.latest.len() > REORDER_MAX {
            self.latest.remove(0);
        }
        self.times.push(Reverse(picture.shown_ns));
        self.waiting.push_back(picture);
    }

    /// The next picture of which it is certain, and when to decode it.
    pub(super) fn pop(&mut self, reorder: Reorder) -> Option<(i64, Picture)> {
        if self.waiting.len() <= reorder.held() { None } else { self.pop_any() }
    }

    /// The next picture, when nothing comes any more.
    pub(super) fn pop_any(&mut self) -> Option<(i64, Picture)> {
        let picture = self.waiting.pop_front()?;
        let Reverse(time_ns) = self.times.pop()?;
        let time_ns = self.last_ns.map_or(time_ns, |last_ns| time_ns.max(last_ns + 1));
        self.last_ns = Some(time_ns);
        Some((time_ns, picture))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(time of decoding, time of showing)` of each picture, and how many waited at most after the first second.
    fn decoded(shown: impl IntoIterator<Item = i64>) -> (Vec<(i64, i64)>, usize) {
        crate::init().unwrap();
        let (mut order, mut reorder) = (DecodeOrder::default(), Reorder::default());
        let (mut popped, mut waited) = (Vec::new(), 0);
        for (number, shown_ns) in shown.into_iter().enumerate() {
            order.push(Picture { data: gst::Buffer::new(), shown_ns, is_sync: number == 0 }, &mut reorder);
            while let Some((time_ns, picture)) = order.pop(reorder) {
                popped.push((time_ns, picture.shown_ns));
            }
            waited = if number > 25 { waited.max(order.waiting.len()) } else { 0 };
        }
        while let Some((time_ns, picture)) = order.pop_any() {
            popped.push((time_ns, picture.shown_ns));
        }
        (popped, waited)
    }

    #[test]
    fn without_reordering_pictures_are_decoded_when_they_are_shown_and_none_waits() {
        let (popped, waited) = decoded((0..100).map(|number| number * 40));
        assert!(popped.iter().all(|(decoded, shown)| decoded == shown));
        assert_eq!((popped.len(), waited), (100, 0));
    }

    #[test]
    fn b_frames_get_times_of_decoding_that_rise_evenly() {
        for group in [&[3, 1, 2][..], &[4, 2, 1, 3], &[2, 1], &[8, 4, 2, 1, 3, 6, 5, 7]] {
            let length = group.len() as i64;
            let groups = (0..40).flat_map(|round| group.iter().map(move |at| (round * length + at) * 40));
            let (popped, waited) = decoded([0].into_iter().chain(groups));
            let times: Vec<i64> = popped.iter().map(|(decoded, _)| *decoded).collect();
            let even: Vec<i64> = (0..=40 * length).map(|number| number * 40).collect();
            assert_eq!(times, even, "{group:?}");
            assert!(waited <= 3, "{group:?}: {waited}");
        }
    }

    #[test]
    fn times_that_went_wrong_still_rise() {
        let (popped, _) = decoded([0, 40, 40, 40, 80, 10, 120, 120]);
        assert!(popped.is_sorted_by(|a, b| a.0 < b.0), "{popped:?}");
        assert_eq!(popped.len(), 8);
    }
}
