//! RTP packets: what they say, and one even line of them out of whatever a camera sends. Pure.
//!
//! A camera may change SSRC, payload type and numbers while it plays. What comes out has one SSRC, one payload type and
//! numbers that rise by one; gaps stay only where packets are missing.

/// A jump of numbers up to this one means that packets are missing.
const MISSING_MAX: u16 = 64;

/// Stamps this close belong to one picture, unless a marker says otherwise.
const SAME_PICTURE_TICKS: u32 = 450;

const HEADER_BYTES: usize = 12;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) payload_type: u8,
    pub(super) is_marked: bool,
    pub(super) sequence: u16,
    pub(super) stamp: u32,
    pub(super) ssrc: u32,
}

/// `None` for what is no RTP.
pub(super) fn header(packet: &[u8]) -> Option<Header> {
    let head: &[u8; HEADER_BYTES] = packet.first_chunk()?;
    let kind = head[1];
    // From 72 to 76 it is RTCP.
    if head[0] >> 6 != 2 || matches!(kind, 192..=223) || packet.len() == HEADER_BYTES {
        return None;
    }
    let stamp = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
    let ssrc = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    let sequence = u16::from_be_bytes([head[2], head[3]]);
    Some(Header { payload_type: kind & 0x7f, is_marked: kind >> 7 == 1, sequence, stamp, ssrc })
}

/// The newest packet of a line, and what went out for it.
#[derive(Debug, Clone, Copy)]
struct Newest {
    header: Header,
    sequence: u16,
}

/// A stream's packets, evened out.
#[derive(Debug)]
pub(super) struct Line {
    payload_type: u8,
    newest: Option<Newest>,
    has_markers: bool,
}

/// How a packet stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The first packet of a picture.
    pub(super) begins: bool,
    /// The camera began its stream anew: its stamps have nothing to do with those before.
    pub(super) is_anew: bool,
    pub(super) stamp: u32,
}

impl Line {
    pub(super) const fn new(payload_type: u8) -> Self {
        Self { payload_type, newest: None, has_markers: false }
    }

    /// Takes a packet and writes its header anew.
    pub(super) fn take(&mut self, header: Header, packet: &mut [u8]) -> Place {
        let place = self.place(header);
        let sequence = self.newest.map_or(0, |newest| {
            let ahead = header.sequence.wrapping_sub(newest.header.sequence);
            let is_gap = newest.header.ssrc == header.ssrc && (1..=MISSING_MAX).contains(&ahead);
            newest.sequence.wrapping_add(if is_gap { ahead } else { 1 })
        });
        if let Some(head) = packet.first_chunk_mut::<HEADER_BYTES>() {
            head[1] = head[1] & 0x80 | self.payload_type;
            head[2..4].copy_from_slice(&sequence.to_be_bytes());
            head[8..12].copy_from_slice(&1_u32.to_be_bytes());
        }
        self.newest = Some(Newest { header, sequence });
        self.has_markers |= header.is_marked;
        place
    }

    fn place(&self, header: Header) -> Place {
        let Some(Newest { header: newest, .. }) = self.newest else {
            return Place { begins: true, is_anew: false, stamp: header.stamp };
        };
        let is_anew = newest.ssrc != header.ssrc;
        let forth = header.stamp.wrapping_sub(newest.stamp);
        let apart = forth.min(forth.wrapping_neg());
        let is_apart = apart > if self.has_markers { SAME_PICTURE_TICKS } else { 0 };
        Place { begins: newest.is_marked || is_apart || is_anew, is_anew, stamp: header.stamp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(kind: u8, sequence: u16, stamp: u32, ssrc: u32) -> Vec<u8> {
        let head = [&[0x80, kind][..], &sequence.to_be_bytes(), &stamp.to_be_bytes(), &ssrc.to_be_bytes()];
        [head.concat(), vec![0x65]].concat()
    }

    /// What went out: `(number, begins, is anew)`.
    fn taken(packets: &[(u8, u16, u32, u32)]) -> Vec<(u16, bool, bool)> {
        let mut line = Line::new(96);
        let take = |&(kind, sequence, stamp, ssrc): &(u8, u16, u32, u32)| {
            let mut packet = packet(kind, sequence, stamp, ssrc);
            let place = line.take(header(&packet).unwrap(), &mut packet);
            let out = header(&packet).unwrap();
            assert_eq!((out.payload_type, out.ssrc, out.stamp), (96, 1, stamp));
            (out.sequence, place.begins, place.is_anew)
        };
        packets.iter().map(take).collect()
    }

    const M: u8 = 0x80;

    #[test]
    fn numbers_ssrc_and_payload_types_are_evened_out() {
        let out = taken(&[
            (96, 9, 0, 7),
            (96 | M, 10, 0, 7),
            (97, 0, 3600, 8),
            (97 | M, 1, 3600, 8),
            (96, 5, 7200, 8),
        ]);
        assert_eq!(
            out,
            [(0, true, false), (1, false, false), (2, true, true), (3, false, false), (7, true, false)]
        );
        let out =
            taken(&[(96 | M, 65_535, 0, 7), (96 | M, 0, 0, 7), (96 | M, 0, 0, 7), (96 | M, 5000, 0, 7)]);
        assert_eq!(out.iter().map(|out| out.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert!(out.iter().all(|out| out.1), "a marker ends each");
    }

    #[test]
    fn pictures_begin_where_the_stamp_changes_if_nothing_is_marked() {
        let out = taken(&[(96, 1, 0, 7), (96, 2, 0, 7), (96, 3, 90, 7), (96, 4, 90, 7)]);
        assert_eq!(out.iter().map(|out| out.1).collect::<Vec<_>>(), [true, false, true, false]);
        let out = taken(&[
            (96 | M, 1, 0, 7),
            (96, 2, 3600, 7),
            (96, 3, 3607, 7),
            (96 | M, 4, 3614, 7),
            (96, 5, 7200, 7),
        ]);
        assert_eq!(out.iter().map(|out| out.1).collect::<Vec<_>>(), [true, true, false, false, true]);
    }

    #[test]
    fn what_is_no_rtp_is_refused() {
        for bytes in [&[][..], &[0x80; 12], &[0; 40], &[0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0]] {
            assert_eq!(header(bytes), None);
        }
    }
}
