//! What every bucket must do.

use anjian_domain::ErrorKind;

use crate::place::{Place, SECRET};

const KEY: &str = "evidence/gate/2026/03/01/clean.jpg";
/// Three parts, the last a short one.
const LARGE: usize = 17 * 1024 * 1024 + 5;

pub(crate) fn what_is_put_is_there_and_goes(place: &Place) {
    let bucket = &place.bucket;
    place.wait(bucket.probe()).unwrap();
    assert_eq!(place.wait(bucket.size(KEY)).unwrap(), None);
    let file = place.put(KEY, 300_000);
    assert_eq!(place.wait(bucket.size(KEY)).unwrap(), Some(300_000));
    for range in [0..1, 299_999..300_000, 1_000..70_000, 0..300_000, 5..5] {
        let expected =
            &file.bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
        assert_eq!(place.wait(bucket.read(KEY, range.clone())).unwrap(), expected, "{range:?}");
    }
    assert_eq!(place.wait(bucket.list("evidence", None, 10)).unwrap(), [(KEY.to_owned(), 300_000)]);
    place.wait(bucket.delete(KEY)).unwrap();
    place.wait(bucket.delete(KEY)).unwrap();
    assert_eq!(place.wait(bucket.size(KEY)).unwrap(), None);
    let missing = place.wait(bucket.read(KEY, 0..1)).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Missing, "{missing}");
    assert!(missing.to_string().contains(KEY), "{missing}");
    place.put("empty", 0);
    assert_eq!(place.wait(bucket.size("empty")).unwrap(), Some(0));
    place.wait(bucket.delete("empty")).unwrap();
    place.assert_empty();
}

pub(crate) fn large_files_arrive_whole(place: &Place) {
    let file = place.put("recordings/gate/1.mp4", LARGE);
    assert_eq!(place.wait(place.bucket.size("recordings/gate/1.mp4")).unwrap(), Some(file.size()));
    assert!(place.streamed("recordings/gate/1.mp4", 0..file.size()) == file.bytes);
    // Exactly one part, and exactly two.
    for size in [8 * 1024 * 1024, 16 * 1024 * 1024] {
        let file = place.put("recordings/gate/2.mp4", size);
        let last = place.wait(place.bucket.read("recordings/gate/2.mp4", file.size() - 9..file.size()));
        assert_eq!(last.unwrap(), file.bytes[size - 9..]);
    }
}

pub(crate) fn streams_give_every_range(place: &Place) {
    let file = place.put(KEY, 5_000_000);
    for (start, end) in [(0, 0), (7, 8), (0, 5_000_000), (2_097_152, 4_194_304), (2_097_151, 4_999_999)] {
        let expected = &file.bytes[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
        assert!(place.streamed(KEY, start..end) == expected, "{start}..{end}");
    }
    let missing = place.wait(place.bucket.stream("nowhere", 0..9)).err().unwrap();
    assert_eq!(missing.kind(), ErrorKind::Missing, "the first chunk is asked for at once");
}

pub(crate) fn other_bytes_than_recorded_are_refused(place: &Place) {
    let wrong = "00".repeat(32);
    for size in [300_000, LARGE] {
        let file = place.file(size);
        for (expected, size_bytes, sha256) in [
            ("SHA-256", file.size(), &wrong),
            ("bytes and not", file.size() - 1, &file.sha256),
            ("bytes and not", file.size() + 1, &file.sha256),
        ] {
            let put = place.wait(place.bucket.put_file(KEY, &file.path, size_bytes, sha256));
            let refused = put.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Corrupt, "{refused}");
            assert!(refused.to_string().contains(expected), "{refused}");
            place.assert_empty();
        }
    }
    let nowhere = place.folder.path().join("nowhere.jpg");
    let missing = place.wait(place.bucket.put_file(KEY, &nowhere, 5, &wrong)).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Missing, "{missing}");
    assert!(missing.to_string().contains("nowhere.jpg"), "{missing}");
    place.assert_empty();
}

pub(crate) fn putting_again_changes_nothing(place: &Place) {
    for (key, size) in [(KEY, 100), ("recordings/gate/1.mp4", LARGE)] {
        let file = place.put(key, size);
        place.put(key, size);
        assert!(place.streamed(key, 0..file.size()) == file.bytes);
        // A copy that goes wrong leaves what was there.
        let other = place.file(size + 1);
        place.wait(place.bucket.put_file(key, &other.path, other.size(), &file.sha256)).unwrap_err();
        assert!(place.streamed(key, 0..file.size()) == file.bytes);
    }
    assert_eq!(place.keys(), [KEY, "recordings/gate/1.mp4"]);
}

pub(crate) fn lists_are_in_order_and_bounded(place: &Place) {
    // A slash sorts between "-" and "0": a folder lies among files as its keys do.
    let mut keys =
        vec!["a/b", "a/b-1/x", "a/b.jpg", "a/c/2026/1", "a/c/2026/2", "a/c/2027/1", "a/c-", "a/c0", "b/1"];
    for (size, key) in keys.iter().enumerate() {
        place.put(key, size + 1);
    }
    keys.sort_unstable();
    assert_eq!(place.keys(), keys);
    let list = |prefix: &str, after: Option<&str>, limit: usize| {
        let found = place.wait(place.bucket.list(prefix, after, limit)).unwrap();
        found.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    for limit in [1, 2, 4] {
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = list("", after.as_deref(), limit);
            assert!(page.len() <= limit);
            after = page.last().cloned();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, keys, "{limit} at a time");
    }
    assert_eq!(list("a/c", None, 9), ["a/c/2026/1", "a/c/2026/2", "a/c/2027/1"]);
    assert_eq!(list("a/c/2026", Some("a/c/2026/1"), 9), ["a/c/2026/2"]);
    assert_eq!(list("", Some("a/c/2026/1x"), 2), ["a/c/2026/2", "a/c/2027/1"]);
    assert_eq!(list("", Some("a/c/2026"), 1), ["a/c/2026/1"]);
    assert_eq!(list("", Some("z"), 9), [""; 0]);
    assert_eq!(list("nowhere", None, 9), [""; 0]);
    assert_eq!(list("", None, 0), [""; 0]);
    assert_eq!(place.wait(place.bucket.list("b", None, 9)).unwrap(), [("b/1".to_owned(), 9)]);
}

pub(crate) fn what_is_no_key_is_refused(place: &Place) {
    let file = place.file(10);
    for key in ["", "/a", "a/", "a//b", "../a", "a/./b", "a\nb"] {
        let refused = place.wait(place.bucket.read(key, 0..1)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{key:?}: {refused}");
        place.wait(place.bucket.put_file(key, &file.path, 10, &file.sha256)).unwrap_err();
        place.wait(place.bucket.delete(key)).unwrap_err();
    }
    place.assert_empty();
}

pub(crate) fn ranges_past_the_end_are_damage(place: &Place) {
    place.put(KEY, 1_000);
    for range in [999..1_001, 1_000..1_001, 5_000..6_000] {
        let damage = place.wait(place.bucket.read(KEY, range)).unwrap_err();
        assert_eq!(damage.kind(), ErrorKind::Corrupt, "{damage}");
    }
}

pub(crate) fn secrets_are_not_shown(place: &Place) {
    let shown = format!("{:?} {}", place.bucket, place.bucket.name());
    assert!(shown.contains("://") && !shown.contains(SECRET), "{shown}");
}
