//! Brings packets of UDP back into their order. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use super::packet::Header;

/// How long a packet that came too early waits for those before it.
const PATIENCE: Duration = Duration::from_millis(200);

/// No more wait.
const HELD_MAX: usize = 512;

/// Numbers further ahead are another numbering.
const AHEAD_MAX: u16 = 1000;

/// A packet that waits.
struct Held {
    header: Header,
    packet: Vec<u8>,
    arrived: Duration,
}

/// The packets of one stream that came too early.
#[derive(Default)]
pub(super) struct Reorder {
    /// Number, SSRC and stamp of the newest that went out.
    newest: Option<Header>,
    held: VecDeque<Held>,
}

impl Reorder {
    /// Takes a packet.
    pub(super) fn push(&mut self, header: Header, packet: Vec<u8>, arrived: Duration) {
        let ahead = |of: Header| header.sequence.wrapping_sub(of.sequence);
        if let Some(newest) = self.newest {
            let is_behind = ahead(newest).wrapping_sub(1) >= AHEAD_MAX;
            let forth = header.stamp.wrapping_sub(newest.stamp).cast_signed();
            let is_other = newest.ssrc != header.ssrc || is_behind && forth > 0;
            if is_other {
                // Another numbering: everything before it is let go first.
                self.newest = None;
                self.held.iter_mut().for_each(|held| held.arrived = Duration::ZERO);
                return self.held.push_back(Held { header, packet, arrived: Duration::ZERO });
            }
            if is_behind {
                // Late, or twice.
                return;
            }
        }
        let later = self.held.iter().rev().take_while(|held| ahead(held.header).cast_signed() < 0).count();
        let at = self.held.len() - later;
        if at.checked_sub(1).is_none_or(|before| self.held[before].header != header) {
            self.held.insert(at, Held { header, packet, arrived });
        }
    }

    /// The next packet that waits for nothing, with its arrival.
    pub(super) fn pop(&mut self, now: Duration) -> Option<(Header, Vec<u8>)> {
        let first = self.held.front()?;
        let follows =
            self.newest.is_none_or(|newest| first.header.sequence == newest.sequence.wrapping_add(1));
        let is_due = now.saturating_sub(first.arrived) >= PATIENCE || self.held.len() > HELD_MAX;
        if !follows && !is_due {
            return None;
        }
        let Held { header, packet, .. } = self.held.pop_front()?;
        self.newest = Some(header);
        Some((header, packet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that came out after each `(number, stamp, ms)`.
    fn order(packets: &[(u16, u32, u64)]) -> Vec<u16> {
        let (mut reorder, mut out) = (Reorder::default(), Vec::new());
        for &(sequence, stamp, ms) in packets {
            let header = Header { payload_type: 96, is_marked: false, sequence, stamp, ssrc: 1 };
            let now = Duration::from_millis(1000 + ms);
            reorder.push(header, Vec::new(), now);
            while let Some((header, _)) = reorder.pop(now) {
                out.push(header.sequence);
            }
        }
        out
    }

    #[test]
    fn packets_are_put_in_order_and_missing_ones_given_up() {
        assert_eq!(order(&[(1, 1, 0), (3, 3, 1), (2, 2, 2), (2, 2, 3), (4, 4, 4)]), [1, 2, 3, 4]);
        assert_eq!(order(&[(65_535, 1, 0), (1, 3, 1), (0, 2, 2)]), [65_535, 0, 1]);
        assert_eq!(order(&[(1, 1, 0), (3, 3, 1), (4, 4, 100), (5, 5, 202), (2, 2, 203)]), [1, 3, 4, 5]);
    }

    #[test]
    fn a_numbering_that_begins_again_goes_on_at_once() {
        assert_eq!(order(&[(900, 10, 0), (901, 11, 1), (0, 12, 2), (1, 13, 3)]), [900, 901, 0, 1]);
        assert_eq!(order(&[(20, 10, 0), (0, 11, 1), (1, 12, 2), (0, 13, 3), (1, 14, 4)]), [20, 0, 1, 0, 1]);
        assert_eq!(order(&[(1, 10, 0), (5000, 11, 1), (5001, 12, 2)]), [1, 5000, 5001]);
    }
}
