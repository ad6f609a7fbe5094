//! An object read as a file.

use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};

use anjian_indexer::RangedReader;
use proptest::test_runner::{Config, TestRunner};

use crate::place::Place;

const MIB: u64 = 1024 * 1024;

fn reader(place: &Place, size: u64) -> RangedReader {
    RangedReader::new(place.bucket.clone(), "clip.mp4", size, place.runtime.handle().clone())
}

pub(crate) fn a_reader_gives_what_a_file_gives(place: &Place) {
    let size = 3 * 1024 * 1024 + 17;
    let file = place.put("clip.mp4", size);
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 24, ..Config::default() });
    let looks = proptest::collection::vec((0..size + 1_000, 0..600_000_usize), 1..12);
    let run = runner.run(&looks, |looks| {
        let mut remote = reader(place, size as u64);
        let mut local = Cursor::new(&file.bytes);
        for (number, (position, length)) in looks.into_iter().enumerate() {
            let to = match number % 3 {
                0 => SeekFrom::Start(position as u64),
                1 => SeekFrom::End(-(i64::try_from(position.min(size)).unwrap())),
                _ => SeekFrom::Current(i64::try_from(length).unwrap() / 2),
            };
            assert_eq!(remote.seek(to).unwrap(), local.seek(to).unwrap());
            let (mut read, mut expected) = (Vec::new(), Vec::new());
            remote.by_ref().take(length as u64).read_to_end(&mut read).unwrap();
            local.by_ref().take(length as u64).read_to_end(&mut expected).unwrap();
            assert!(read == expected, "{length} bytes at {to:?}");
        }
        Ok(())
    });
    run.unwrap();
    reader(place, 9).seek(SeekFrom::Current(-1)).unwrap_err();
}

pub(crate) fn reading_on_costs_few_requests(place: &Place) {
    let file = place.put("clip.mp4", 24 * 1024 * 1024 + 5);
    let mut remote = reader(place, file.size());
    // As a player does: small pieces, some of them twice.
    let mut piece = vec![0; 40_000];
    let mut read = 0;
    while read < file.bytes.len() {
        remote.seek(SeekFrom::Start((read as u64).saturating_sub(500))).unwrap();
        remote.seek(SeekFrom::Start(read as u64)).unwrap();
        let length = remote.read(&mut piece).unwrap();
        assert!(piece[..length] == file.bytes[read..read + length]);
        read += length;
    }
    let most = file.size().div_ceil(2 * MIB) + 3;
    assert!(remote.requests() <= most, "{} requests, and not {most}", remote.requests());
}

pub(crate) fn a_look_costs_one_request(place: &Place) {
    let file = place.put("clip.mp4", 12 * 1024 * 1024);
    let mut remote = reader(place, file.size());
    // As a search for fragments does: a header here, a header there, and back among those it has seen.
    let looks = place.runtime.spawn_blocking(move || {
        for look in 0..8 {
            for position in [look * 3 * MIB / 2, look * 3 * MIB / 2 + 40, look * 3 * MIB / 2] {
                let mut header = [0; 16];
                remote.seek(SeekFrom::Start(position)).unwrap();
                remote.read_exact(&mut header).unwrap();
            }
            assert!(remote.requests() <= look + 1, "{} requests for {} looks", remote.requests(), look + 1);
        }
    });
    place.wait(looks).unwrap();
}

pub(crate) fn errors_keep_their_kind(place: &Place) {
    place.put("clip.mp4", 1_000);
    let mut longer = reader(place, 2_000);
    assert_eq!(longer.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::InvalidData);
    place.wait(place.bucket.delete("clip.mp4")).unwrap();
    let missing = reader(place, 1_000).read(&mut [0; 9]).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert_eq!(anjian_domain::ErrorKind::from(&missing), anjian_domain::ErrorKind::Missing);
    assert!(missing.to_string().contains("clip.mp4"), "{missing}");
}
