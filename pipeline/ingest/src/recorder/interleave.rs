//! Brings pictures and sounds of one stream into the order of their times. Pure.
//!
//! Sounds come some tens of milliseconds before or after their pictures. Where a file ends, each has to be on the right
//! side.

use std::collections::VecDeque;
use std::time::Duration;

use anjian_domain::MediaTime;
use anjian_footage::TrackKind;

use super::intake::Packet;

/// How far apart what belongs together may come.
const APART_MAX: Duration = Duration::from_millis(300);

/// Holds packets back until nothing earlier is to be expected. Without sound nothing is held.
#[derive(Debug, Default)]
pub(super) struct Interleaver {
    held: VecDeque<(MediaTime, Packet)>,
    has_sound: bool,
    /// Of pictures, whose order must not change: they come as they are decoded.
    newest_picture: MediaTime,
    newest: MediaTime,
}

impl Interleaver {
    pub(super) fn new(has_sound: bool) -> Self {
        Self { has_sound, ..Self::default() }
    }

    pub(super) fn push(&mut self, packet: Packet) {
        let place = match packet.kind {
            TrackKind::Audio => packet.media,
            TrackKind::Video => {
                self.newest_picture = self.newest_picture.max(packet.media);
                self.newest_picture
            }
        };
        self.newest = self.newest.max(place);
        let later = self.held.iter().rev().take_while(|(held, _)| *held > place).count();
        self.held.insert(self.held.len() - later, (place, packet));
    }

    /// The next packet before which none is to be expected.
    pub(super) fn pop(&mut self) -> Option<Packet> {
        let (place, _) = self.held.front()?;
        if self.has_sound && self.newest.since(*place) < APART_MAX {
            return None;
        }
        self.pop_any()
    }

    /// The next packet, when nothing comes any more.
    pub(super) fn pop_any(&mut self) -> Option<Packet> {
        self.held.pop_front().map(|(_, packet)| packet)
    }
}

#[cfg(test)]
mod tests {
    use gstreamer as gst;

    use super::*;

    /// Pushes `(v or a, ms)`; what comes out, and what is still held.
    fn order(has_sound: bool, pushed: &[(char, u64)]) -> (Vec<(char, u64)>, usize) {
        crate::init().unwrap();
        let mut interleaver = Interleaver::new(has_sound);
        let mut popped = Vec::new();
        for (kind, ms) in pushed {
            let kind = if *kind == 'v' { TrackKind::Video } else { TrackKind::Audio };
            let (data, media) = (gst::Buffer::new(), MediaTime::from_millis(*ms));
            interleaver.push(Packet { kind, data, media, is_sync: false, arrived: Duration::ZERO });
            while let Some(packet) = interleaver.pop() {
                let kind = if packet.kind == TrackKind::Video { 'v' } else { 'a' };
                popped.push((kind, packet.media.as_nanos() / 1_000_000));
            }
        }
        (popped, interleaver.held.len())
    }

    #[test]
    fn late_and_early_sounds_stand_beside_their_pictures() {
        let pushed =
            [('v', 0), ('v', 40), ('v', 80), ('a', 20), ('a', 200), ('v', 120), ('a', 60), ('v', 1000)];
        let (popped, held) = order(true, &pushed);
        let expected = [('v', 0), ('a', 20), ('v', 40), ('a', 60), ('v', 80), ('v', 120), ('a', 200)];
        assert_eq!((&popped[..], held), (&expected[..], 1));
    }

    #[test]
    fn pictures_keep_the_order_of_decoding() {
        let pushed = [('v', 0), ('v', 120), ('v', 40), ('v', 80), ('a', 30), ('v', 240), ('a', 600)];
        let (popped, _) = order(true, &pushed);
        assert_eq!(popped, [('v', 0), ('a', 30), ('v', 120), ('v', 40), ('v', 80), ('v', 240)]);
    }

    #[test]
    fn without_sound_nothing_waits() {
        assert_eq!(order(false, &[('v', 0), ('v', 40)]), (vec![('v', 0), ('v', 40)], 0));
    }
}
