//! Scripted clocks.

use anjian_domain::RecordedSpan;

use super::*;

const EPOCH_US: i64 = 1_700_000_000_000_000;

fn wall(ms: i64) -> WallTime {
    WallTime::from_micros(EPOCH_US + ms * 1000).unwrap()
}

fn media(ms: u64) -> MediaTime {
    MediaTime::from_millis(ms)
}

fn clock() -> (StreamClock, Arc<CameraTime>) {
    let camera = Arc::new(CameraTime::default());
    (StreamClock::new(Arc::clone(&camera), Lead::Sets), camera)
}

/// Milliseconds of told time, and by how many the clock differs from it.
#[track_caller]
fn told_ms(clock: &StreamClock, at_ms: u64) -> (i64, i64) {
    let placed = clock.place(media(at_ms)).unwrap();
    ((placed.wall.as_micros() - EPOCH_US) / 1000, placed.clock.offset_us / 1000)
}

/// Packets every 40 ms from `from_ms` to `to_ms` of stream time, arriving `late_ms` later by a clock that is `clock_ms`
/// ahead. Told time must never go back.
#[track_caller]
fn arrive(clock: &mut StreamClock, from_ms: u64, to_ms: u64, late_ms: impl Fn(u64) -> i64) {
    let mut last = None;
    for at_ms in (from_ms..to_ms).step_by(40) {
        clock.arrived(media(at_ms), wall(at_ms as i64 + late_ms(at_ms)));
        let placed = clock.place(media(at_ms)).unwrap().wall;
        assert!(last.is_none_or(|last| placed > last), "at {at_ms} ms: {placed} after {last:?}");
        last = Some(placed);
    }
}

#[test]
fn jitter_moves_nothing() {
    let (mut clock, _) = clock();
    arrive(&mut clock, 0, 60_000, |at_ms| [0, 3, 90, 400, 1, 2_500][(at_ms / 40 % 6) as usize]);
    let (told, offset) = told_ms(&clock, 60_000);
    assert!((60_000..=60_001).contains(&told) && offset == 0, "{told} {offset}");
}

#[test]
fn a_first_packet_that_was_late_is_made_up_for_slowly() {
    let (mut clock, _) = clock();
    arrive(&mut clock, 0, 120_000, |at_ms| if at_ms == 0 { 300 } else { 0 });
    let (told, _) = told_ms(&clock, 120_000);
    assert!((120_000..120_030).contains(&told), "{told}");
}

#[test]
fn a_clock_that_is_set_back_makes_a_lead_that_wears_off() {
    let (mut clock, camera) = clock();
    arrive(&mut clock, 0, 20_000, |_| 0);
    arrive(&mut clock, 20_000, 20_400, |_| -90_000);
    let (told, offset) = told_ms(&clock, 20_400);
    assert_eq!(((told - 20_400).abs() <= 3, offset / 100), (true, -899), "{told} {offset}");
    // Half a percent of five hours is ninety seconds.
    arrive(&mut clock, 20_400, 5 * 3_600_000 + 30_000, |_| -90_000);
    let (told, offset) = told_ms(&clock, 5 * 3_600_000 + 30_000);
    assert_eq!((offset, told), (0, 5 * 3_600_000 - 60_000));
    clock.steer(0);
    assert_eq!(camera.lead_us(), 0);
}

#[test]
fn a_clock_that_was_ahead_and_is_set_right_is_right_at_once() {
    for ahead_ms in [3_600_000, 10 * 365 * 86_400_000] {
        let (mut clock, camera) = clock();
        arrive(&mut clock, 0, 20_000, |_| ahead_ms);
        clock.arrived(media(20_000), wall(20_000));
        assert_eq!(told_ms(&clock, 20_000), (20_000, 0), "{ahead_ms} ms");
        assert_eq!(camera.lead_us(), 0);
        // The next connection and the next process too.
        let mut next = StreamClock::new(camera, Lead::Sets);
        next.arrived(media(3), wall(30_000));
        assert_eq!(told_ms(&next, 3), (30_000, 0), "{ahead_ms} ms");
    }
}

#[test]
fn what_time_it_was_follows_the_clock_under_a_lead() {
    let (mut clock, _) = clock();
    arrive(&mut clock, 0, 20_000, |_| 0);
    clock.arrived(media(20_000), wall(-70_000));
    let placed = clock.place(media(20_000)).unwrap();
    assert_eq!((placed.wall, placed.taken_at()), (wall(20_000), wall(-70_000)));
}

#[test]
fn a_clock_that_is_set_forward_jumps_once_it_is_sure_and_uses_up_a_lead_first() {
    let (mut clock, _) = clock();
    arrive(&mut clock, 0, 20_000, |_| 0);
    arrive(&mut clock, 20_000, 40_000, |_| 90_000);
    assert_eq!(told_ms(&clock, 40_000), (130_000, 0));
    // Back again: told time runs on; forward again: nothing happens.
    arrive(&mut clock, 40_000, 40_400, |_| 0);
    let (told, offset) = told_ms(&clock, 40_400);
    assert_eq!((told, offset), (130_400 - 2, -90_000 + 2));
    arrive(&mut clock, 40_400, 60_000, |_| 90_000);
    let (told, offset) = told_ms(&clock, 60_000);
    assert!((149_900..=150_000).contains(&told) && offset == 0, "{told} {offset}");
}

#[test]
fn drift_is_followed_without_a_jump() {
    let (mut clock, _) = clock();
    // 100 parts of a million: more than any crystal.
    arrive(&mut clock, 0, 3_600_000, |at_ms| at_ms as i64 / 10_000);
    let (told, offset) = told_ms(&clock, 3_600_000);
    assert!((told - 3_600_360).abs() < 10 && offset == 0, "{told} {offset}");
}

#[test]
fn sender_reports_are_followed_and_remembered() {
    let (mut clock, camera) = clock();
    clock.arrived(media(0), wall(200));
    assert_eq!(clock.place(media(0)).unwrap().clock.source, TimeSource::Arrival);
    for second in (5..200).step_by(5) {
        clock.arrived(media(second * 1000), wall(second as i64 * 1000 + 200));
        clock.reported(media(second * 1000), wall(second as i64 * 1000), wall(second as i64 * 1000 + 100));
    }
    let placed = clock.place(media(200_000)).unwrap();
    assert_eq!(placed.clock.source, TimeSource::SenderReport);
    assert!((placed.wall.since(wall(200_000))) < Duration::from_millis(20), "{placed:?}");
    // The next connection begins where this one was, before its first report.
    let mut next = StreamClock::new(camera, Lead::Sets);
    next.arrived(media(7), wall(300_100));
    assert_eq!(told_ms(&next, 7), (300_000, 0));
}

#[test]
fn a_report_that_differs_by_more_than_a_second_needs_another_that_says_the_same() {
    let (mut clock, _) = clock();
    clock.arrived(media(0), wall(0));
    clock.reported(media(5_000), wall(35_000), wall(5_000));
    assert_eq!(told_ms(&clock, 5_000), (5_000, 0));
    clock.reported(media(10_000), wall(40_010), wall(10_000));
    assert_eq!(told_ms(&clock, 10_000), (10_050, 29_960));
}

#[test]
fn a_camera_whose_clock_was_never_set_is_not_believed() {
    let (mut clock, _) = clock();
    clock.arrived(media(0), wall(0));
    let in_1970 = WallTime::from_micros(5_000_000).unwrap();
    clock.reported(media(5_000), in_1970, wall(5_000));
    clock.reported(media(10_000), in_1970.plus(Duration::from_secs(5)), wall(10_000));
    assert_eq!(told_ms(&clock, 10_000), (10_000, 0));
    assert_eq!(clock.place(media(0)).unwrap().clock.source, TimeSource::Arrival);
    assert_eq!(clock.disbelieved_us(), Some(5_000_000 - EPOCH_US - 5_000_000));
    clock.reported(media(15_000), wall(15_000), wall(15_000));
    assert_eq!(clock.disbelieved_us(), None);
}

#[test]
fn our_own_clock_set_back_under_a_believed_camera_makes_a_lead_too() {
    let (mut clock, _) = clock();
    clock.arrived(media(0), wall(0));
    clock.reported(media(5_000), wall(5_000), wall(5_000));
    clock.arrived(media(10_000), wall(-80_000));
    clock.reported(media(10_000), wall(10_000), wall(-80_000));
    assert_eq!(told_ms(&clock, 10_000), (10_000, -90_000));
    assert_eq!(clock.place(media(0)).unwrap().clock.source, TimeSource::Arrival);
}

#[test]
fn a_stream_whose_time_begins_anew_goes_on_at_the_present() {
    let (mut clock, _) = clock();
    arrive(&mut clock, 60_000, 61_000, |_| -60_000);
    clock.arrived(media(10), wall(1_500));
    assert_eq!(told_ms(&clock, 10), (1_500, 0));
}

#[test]
fn after_a_restart_nothing_is_placed_before_the_end_of_what_is_recorded() {
    let (mut clock, camera) = clock();
    let recorded = |from_ms, to_ms| camera.occupy(RecordedSpan { from: wall(from_ms), to: wall(to_ms) });
    recorded(-3_600_000, 60_000);
    clock.arrived(media(0), wall(0));
    assert_eq!(told_ms(&clock, 0), (60_000, -60_000));
    // A second stream is placed beside it.
    let mut second = StreamClock::new(Arc::clone(&camera), Lead::Follows);
    second.arrived(media(777_000), wall(1_000));
    assert_eq!(told_ms(&second, 777_000), (61_000, -60_000));
    // A connection lost for ten seconds leaves a gap of ten seconds, lead or not.
    recorded(60_000, 70_000);
    let mut next = StreamClock::new(Arc::clone(&camera), Lead::Sets);
    next.arrived(media(3), wall(20_000));
    assert_eq!(told_ms(&next, 3), (80_000, -60_000));
    // Once the clock has passed what is recorded, told time is the clock's.
    let mut last = StreamClock::new(camera, Lead::Sets);
    last.arrived(media(3), wall(90_000));
    assert_eq!(told_ms(&last, 3), (90_000, 0));
}
