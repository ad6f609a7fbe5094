//! What a bad network and a bad store do to a bucket: errors have their kind, and what was refused arrives afterwards.

use std::time::Duration;

use anjian_domain::ErrorKind::{Invalid, Missing, Refused, Unavailable};
use anjian_domain::Shortage::{Busy, Peer, Room};
use anjian_domain::{Clock, SystemClock};

use crate::place::{Place, SECRET, endpoint, open};
use crate::proxy::{Fault, Proxy};

const KEY: &str = "evidence/1.jpg";
const LARGE: usize = 17 * 1024 * 1024 + 5;
const PATIENCE: Duration = Duration::from_secs(60);

fn behind(proxy: &Proxy) -> Place {
    Place::s3_at(&proxy.address, PATIENCE)
}

#[test]
fn a_short_refusal_is_not_noticed() {
    let proxy = Proxy::start();
    let place = behind(&proxy);
    for fault in [Fault::Answer(503, "SlowDown"), Fault::Answer(500, "InternalError"), Fault::Drop] {
        proxy.plan(&[fault, fault]);
        let file = place.put(KEY, 5_000);
        proxy.plan(&[fault]);
        assert_eq!(place.wait(place.bucket.read(KEY, 0..5_000)).unwrap(), file.bytes, "{fault:?}");
        proxy.plan(&[fault]);
        assert_eq!(place.wait(place.bucket.size(KEY)).unwrap(), Some(5_000));
        proxy.plan(&[fault]);
        place.wait(place.bucket.delete(KEY)).unwrap();
    }
}

#[test]
fn refusals_have_their_kind_and_it_arrives_afterwards() {
    let proxy = Proxy::start();
    let place = behind(&proxy);
    let file = place.file(5_000);
    for (status, code, kind, tries) in [
        (503, "", Unavailable(Peer), 3),
        (502, "", Unavailable(Peer), 3),
        (503, "SlowDown", Unavailable(Busy), 3),
        (429, "TooManyRequests", Unavailable(Busy), 3),
        (400, "BadDigest", Unavailable(Peer), 3),
        (507, "XMinioStorageFull", Unavailable(Room), 1),
        (403, "AccessDenied", Refused, 1),
        (403, "SignatureDoesNotMatch", Refused, 1),
        (401, "", Refused, 1),
        (404, "NoSuchBucket", Missing, 1),
        (301, "PermanentRedirect", Invalid, 1),
        (400, "AuthorizationHeaderMalformed", Invalid, 1),
    ] {
        proxy.seen();
        proxy.plan(&[Fault::Answer(status, code); 3]);
        let refused = place.wait(place.bucket.put_file(KEY, &file.path, 5_000, &file.sha256)).unwrap_err();
        assert_eq!(refused.kind(), kind, "{refused}");
        assert_eq!(proxy.seen().len(), tries, "{refused}");
        let told = refused.to_string();
        assert!(told.contains(&status.to_string()) && told.contains(code) && told.contains(KEY), "{told}");
        assert!(!told.contains(SECRET) && !format!("{refused:?}").contains(SECRET), "{refused:?}");
        proxy.plan(&[]);
        place.wait(place.bucket.put_file(KEY, &file.path, 5_000, &file.sha256)).unwrap();
        assert_eq!(place.wait(place.bucket.read(KEY, 0..5_000)).unwrap(), file.bytes);
        place.wait(place.bucket.delete(KEY)).unwrap();
    }
}

#[test]
fn every_call_says_that_the_key_is_wrong() {
    let proxy = Proxy::start();
    let place = behind(&proxy);
    let file = place.file(5_000);
    let bucket = &place.bucket;
    let refuse = || proxy.plan(&[Fault::Answer(403, "InvalidAccessKeyId"); 2]);
    let check = |refused: anjian_indexer::IndexError| {
        assert_eq!(refused.kind(), Refused, "{refused}");
        assert!(refused.to_string().contains("AWS_ACCESS_KEY_ID"), "{refused}");
    };
    refuse();
    check(place.wait(bucket.probe()).unwrap_err());
    refuse();
    check(place.wait(bucket.list("", None, 9)).unwrap_err());
    refuse();
    check(place.wait(bucket.size(KEY)).unwrap_err());
    refuse();
    check(place.wait(bucket.read(KEY, 0..9)).unwrap_err());
    refuse();
    check(place.wait(bucket.delete(KEY)).unwrap_err());
    refuse();
    check(place.wait(bucket.put_file(KEY, &file.path, 5_000, &file.sha256)).unwrap_err());
}

#[test]
fn a_bucket_that_is_not_there_is_not_empty() {
    let place = Place::s3();
    let file = place.file(5_000);
    let bucket = open(endpoint().endpoint(), "nowhere", PATIENCE);
    for missing in [
        place.wait(bucket.probe()).unwrap_err(),
        place.wait(bucket.size(KEY)).unwrap_err(),
        place.wait(bucket.list("", None, 9)).unwrap_err(),
        place.wait(bucket.delete(KEY)).unwrap_err(),
        place.wait(bucket.put_file(KEY, &file.path, 5_000, &file.sha256)).unwrap_err(),
    ] {
        assert_eq!(missing.kind(), Missing, "{missing}");
        assert!(missing.to_string().contains("create the bucket"), "{missing}");
    }
}

#[test]
fn a_store_that_hangs_is_left_in_time() {
    let proxy = Proxy::start();
    let patience = Duration::from_millis(800);
    let place = Place::s3_at(&proxy.address, patience);
    let file = place.file(5_000);
    let bucket = &place.bucket;
    for fault in [Fault::Silence, Fault::Slow(10 * patience)] {
        let begun = SystemClock.monotonic();
        proxy.plan(&[fault; 9]);
        for late in [
            place.wait(bucket.put_file(KEY, &file.path, 5_000, &file.sha256)).unwrap_err(),
            place.wait(bucket.size(KEY)).unwrap_err(),
            place.wait(bucket.list("", None, 9)).unwrap_err(),
        ] {
            assert_eq!(late.kind(), Unavailable(Peer), "{late}");
        }
        assert!(SystemClock.monotonic() - begun < 6 * patience, "one timeout for each is 3");
    }
    proxy.plan(&[]);
    place.wait(bucket.put_file(KEY, &file.path, 5_000, &file.sha256)).unwrap();
    assert_eq!(place.keys(), [KEY]);
}

#[test]
fn nobody_who_answers_is_told_so() {
    let place = Place::s3();
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bucket = open(&format!("http://{free}"), "evidence", PATIENCE);
    let refused = place.wait(bucket.probe()).unwrap_err();
    assert_eq!(refused.kind(), Unavailable(Peer));
    assert!(refused.to_string().contains("Connection refused"), "{refused}");
    // One that speaks no TLS.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let ended = place.wait(open(&address, "evidence", PATIENCE).probe()).unwrap_err();
    assert_eq!(ended.kind(), Unavailable(Peer), "{ended}");
}

#[test]
fn an_answer_that_is_cut_is_read_on() {
    let proxy = Proxy::start();
    let place = behind(&proxy);
    let file = place.put(KEY, 1_000_000);
    proxy.seen();
    proxy.plan(&[Fault::Cut(300_000)]);
    assert_eq!(place.wait(place.bucket.read(KEY, 0..1_000_000)).unwrap(), file.bytes);
    assert_eq!(proxy.seen().len(), 2);
    proxy.plan(&[Fault::Cut(300_000), Fault::Drop, Fault::Drop, Fault::Drop, Fault::Drop]);
    let cut = place.wait(place.bucket.read(KEY, 0..1_000_000)).unwrap_err();
    assert_eq!(cut.kind(), Unavailable(Peer), "{cut}");
}

#[test]
fn a_large_file_goes_in_parts_and_leaves_none_when_it_fails() {
    let proxy = Proxy::start();
    let place = behind(&proxy);
    let file = place.file(LARGE);
    let put = || place.wait(place.bucket.put_file(KEY, &file.path, file.size(), &file.sha256));
    proxy.seen();
    put().unwrap();
    let parts = proxy.seen().iter().filter(|request| request.contains("partNumber=")).count();
    assert_eq!(parts, 3);
    place.wait(place.bucket.delete(KEY)).unwrap();
    // Beginning, three parts, completion: each is refused once for good.
    for step in 0..5 {
        let mut faults = vec![Fault::None; step];
        faults.push(Fault::Answer(403, "AccessDenied"));
        proxy.plan(&faults);
        assert_eq!(put().unwrap_err().kind(), Refused, "step {step}");
        place.assert_empty();
    }
    // And each is cut off once, and goes on.
    for step in 0..5 {
        let mut faults = vec![Fault::None; step];
        faults.push(Fault::Answer(503, "SlowDown"));
        proxy.plan(&faults);
        put().unwrap();
        assert!(place.streamed(KEY, 0..file.size()) == file.bytes, "step {step}");
        place.wait(place.bucket.delete(KEY)).unwrap();
        place.assert_empty();
    }
}

#[test]
fn few_requests_run_at_once() {
    let proxy = Proxy::start();
    let place = behind(&proxy);
    place.put(KEY, 5_000);
    proxy.plan(&[Fault::Slow(Duration::from_millis(100)); 40]);
    let reads = (0..40).map(|_| place.bucket.read(KEY, 0..10));
    let read = place.wait(futures_util::future::join_all(reads));
    assert!(read.iter().all(Result::is_ok));
    assert!((2..=8).contains(&proxy.most_open()), "{} at once", proxy.most_open());
}

#[test]
fn a_caller_who_waits_too_long_for_a_turn_is_told() {
    let proxy = Proxy::start();
    let place = Place::s3_at(&proxy.address, Duration::from_millis(500));
    proxy.plan(&[Fault::Silence; 40]);
    let reads = (0..20).map(|_| place.bucket.read(KEY, 0..10));
    let begun = SystemClock.monotonic();
    let read = place.wait(futures_util::future::join_all(reads));
    assert!(SystemClock.monotonic() - begun < Duration::from_secs(3), "20 in turn would take longer");
    let kinds: Vec<_> = read.into_iter().map(|read| read.unwrap_err().kind()).collect();
    assert!(kinds.iter().all(|kind| matches!(kind, Unavailable(Peer | Busy))), "{kinds:?}");
    // As many as had a turn when the patience of the others ended may have given it to another just then.
    assert!(kinds.iter().filter(|kind| **kind == Unavailable(Busy)).count() >= 4, "{kinds:?}");
}
