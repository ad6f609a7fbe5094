//! Where the pieces of a segment are that players load: some bytes for each few seconds, so that a playlist needs no
//! media file. Whoever keeps recordings keeps them beside; they can be made from the file again at any time.

use std::ops::Range;
use std::time::Duration;

use anjian_domain::Segment;

use crate::SegmentFile;

/// A piece begins at a keyframe, this long after the one before or later: short enough that a player shows
/// the first picture soon, long enough that a day's playlist stays small.
const PIECE: Duration = Duration::from_secs(4);
/// First byte of the stored form; another when its meaning, or [`PIECE`], changes.
const VERSION: u8 = 1;

/// The pieces of one segment, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    /// Everything before the first fragment; what a player needs first.
    pub init_bytes: Range<u64>,
    places: Vec<Place>,
    /// How long the segment plays.
    duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    start: Duration,
    bytes: Range<u64>,
}

/// What a player loads at once: some seconds of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The segment.
    pub segment: &'a Segment,
    /// Its number in the segment, from 0.
    pub index: usize,
    /// When it begins, from the start of the segment.
    pub start: Duration,
    /// How long it plays.
    pub duration: Duration,
    /// Where it is in the segment's file.
    pub bytes: Range<u64>,
}

impl Pieces {
    /// Most bytes of the stored form: those of half an hour, which is more than a segment has.
    pub const MAX_STORED_BYTES: usize = 16 * 1024;

    /// The pieces of a file that was read.
    #[must_use]
    pub fn of(file: &SegmentFile) -> Self {
        let mut places: Vec<Place> = Vec::new();
        for fragment in &file.fragments {
            match places.last_mut() {
                Some(place) if !fragment.is_sync || fragment.start < place.start + PIECE => {
                    place.bytes.end = fragment.bytes.end;
                }
                _ => places.push(Place { start: fragment.start, bytes: fragment.bytes.clone() }),
            }
        }
        Self { init_bytes: file.init_bytes.clone(), places, duration: file.duration() }
    }

    /// Each piece, in order; `segment` is the one that they belong to.
    pub fn iter<'a>(&'a self, segment: &'a Segment) -> impl Iterator<Item = Piece<'a>> {
        self.places.iter().enumerate().map(move |(index, place)| {
            let end = self.places.get(index + 1).map_or(self.duration, |next| next.start);
            let duration = end.saturating_sub(place.start);
            Piece { segment, index, start: place.start, duration, bytes: place.bytes.clone() }
        })
    }

    /// The stored form; `None` when it would be larger than [`Pieces::MAX_STORED_BYTES`].
    #[must_use]
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut bytes = vec![VERSION];
        push(&mut bytes, self.init_bytes.end);
        push(&mut bytes, nanos(self.duration));
        let (mut at, mut start) = (self.init_bytes.end, 0);
        for place in &self.places {
            push(&mut bytes, nanos(place.start).checked_sub(start)?);
            push(&mut bytes, place.bytes.start.checked_sub(at)?);
            push(&mut bytes, place.bytes.end.checked_sub(place.bytes.start)?);
            (at, start) = (place.bytes.end, nanos(place.start));
        }
        (bytes.len() <= Self::MAX_STORED_BYTES).then_some(bytes)
    }

    /// Reads the stored form; `None` when it is of another version, or none at all.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, mut rest) = bytes.split_first()?;
        if *version != VERSION || bytes.len() > Self::MAX_STORED_BYTES {
            return None;
        }
        let init_end = take(&mut rest)?;
        let duration = Duration::from_nanos(take(&mut rest)?);
        let (mut places, mut at, mut start) = (Vec::new(), init_end, 0_u64);
        while !rest.is_empty() {
            start = start.checked_add(take(&mut rest)?)?;
            let begin = at.checked_add(take(&mut rest)?)?;
            at = begin.checked_add(take(&mut rest)?)?;
            places.push(Place { start: Duration::from_nanos(start), bytes: begin..at });
        }
        Some(Self { init_bytes: 0..init_end, places, duration })
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Appends a number, seven bits a byte, the lowest first.
fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        number |= bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some(steps: &[(u64, u64, u64)]) -> Pieces {
        let (mut at, mut start, mut places) = (700, 0, Vec::new());
        for (later, gap, length) in steps {
            start += later;
            places.push(Place { start: Duration::from_nanos(start), bytes: at + gap..at + gap + length });
            at += gap + length;
        }
        Pieces { init_bytes: 0..700, places, duration: Duration::from_nanos(start + 1) }
    }

    #[test]
    fn a_minute_takes_few_bytes() {
        let pieces = some(&[(4_000_000_000, 0, 2_000_000); 15]);
        let stored = pieces.encode().unwrap();
        assert!(stored.len() < 160, "{}", stored.len());
        assert_eq!(Pieces::decode(&stored), Some(pieces));
    }

    #[test]
    fn more_than_a_segment_has_is_not_stored() {
        assert_eq!(some(&[(4_000_000_000, 0, 2_000_000); 3_000]).encode(), None);
        assert_eq!(Pieces::decode(&vec![VERSION; Pieces::MAX_STORED_BYTES + 1]), None);
    }

    proptest! {
        #[test]
        fn what_was_stored_is_read_back(steps in prop::collection::vec((0..1_u64 << 50, 0..1_u64 << 50, 0..1_u64 << 50), 0..50)) {
            let pieces = some(&steps);
            prop_assert_eq!(Pieces::decode(&pieces.encode().unwrap()), Some(pieces));
        }

        #[test]
        fn garbage_is_refused_or_read_without_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Pieces::decode(&bytes);
            if let Some(first) = bytes.first_mut() {
                *first = VERSION;
            }
            if let Some(pieces) = Pieces::decode(&bytes) {
                prop_assert!(pieces.places.windows(2).all(|pair| pair[0].bytes.end <= pair[1].bytes.start));
            }
        }
    }
}
