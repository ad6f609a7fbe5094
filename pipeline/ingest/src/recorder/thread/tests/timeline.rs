//! When files begin and end, and which gaps are told, whatever clock, connection and pictures do.

use super::*;

#[test]
fn files_of_two_seconds_end_where_the_next_begins() {
    let world = check(
        |script| {
            script.connect(false);
            script.send(5_000);
            assert_eq!(script.sent, 125);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 2.000",
            "begin 2.000",
            "end 4.000",
            "begin 4.000",
            "end 5.000",
            "stopped 5.000",
        ],
    );
    assert_eq!(world.pictures.load(Ordering::Relaxed), 125);
}

#[test]
fn a_clock_that_is_set_back_moves_no_file() {
    let world = check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.set_clock(-90_000);
            script.send(3_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            // What the told time is ahead wears off, half a percent.
            "end 1.995",
            "begin 1.995 clock -89995 ms",
            "end 3.985",
            "stopped 3.985",
        ],
    );
    assert_eq!(world.pictures.load(Ordering::Relaxed), 100);
}

fn span(from_ms: i64, to_ms: i64) -> RecordedSpan {
    RecordedSpan { from: wall(from_ms), to: wall(to_ms) }
}

#[test]
fn a_clock_that_is_set_right_moves_the_next_file_to_its_time() {
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            // It was an hour ahead.
            script.set_clock(-3_600_000);
            script.send(2_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            "begin -3599.000",
            "recording -3599.000",
            "end -3597.000",
            "stopped -3597.000",
        ],
    );
}

#[test]
fn files_leap_over_what_was_recorded_while_the_clock_was_ahead() {
    check(
        |script| {
            *script.world.recorded.lock().unwrap() = vec![span(-3_600_000, 0), span(123_000, 3_600_000)];
            script.recorder.learn_spans().map_err(|refusal| refusal.reason).unwrap();
            script.connect(false);
            script.send(7_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 2.000",
            "begin 2.000",
            // The lead begins two minutes before what is recorded, and wears off.
            "end 3.995",
            "begin 3600.955 clock -3596955 ms",
            "recording 3600.955",
            "end 3602.945",
            "begin 3602.945 clock -3596945 ms",
            "end 3603.940",
            "stopped 3603.940",
        ],
    );
}

#[test]
fn a_clock_that_is_set_forward_leaves_a_gap_and_loses_no_picture() {
    let (told, world) = told(|script| {
        script.connect(false);
        script.send(1_000);
        script.set_clock(90_000);
        script.send(19_000);
    });
    let ends: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("end ")).collect();
    let begins: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("begin ")).collect();
    // Believed once nothing arrived by the old clock for five seconds, twice; then at the next keyframe.
    let gap = ends.iter().zip(begins.iter().skip(1)).filter(|(end, begin)| end != begin).collect::<Vec<_>>();
    assert_eq!(gap.len(), 1, "{told:#?}");
    assert_eq!((gap[0].0.len(), gap[0].1.len()), (6, 7), "{gap:?}");
    assert_eq!(told.last().unwrap(), "stopped 110.000");
    assert_eq!(world.pictures.load(Ordering::Relaxed), 500);
}

#[test]
fn drift_opens_no_gap() {
    let (told, world) = told(|script| {
        script.connect(false);
        for _ in 0..600 {
            script.send(1_000);
            script.set_clock(1);
        }
    });
    let ends: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("end ")).collect();
    let begins: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("begin ")).collect();
    assert_eq!(ends[..ends.len() - 1], begins[1..]);
    assert!(ends.len() >= 299 && ends.last().unwrap().starts_with("600.5"), "{:?}", ends.last());
    assert_eq!(world.pictures.load(Ordering::Relaxed), 15_000);
}

#[test]
fn a_lost_connection_is_a_gap_with_its_reason_from_the_end_of_the_file() {
    check(
        |script| {
            script.connect(false);
            script.send(1_200);
            script.pass(5_000);
            script.recorder.take(Item::Lost(Some("nothing arrived for 5s".to_owned())));
            script.pass(1_000);
            script.connect(false);
            script.send(1_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.200",
            "waiting 1.200: nothing arrived for 5s",
            "begin 7.200",
            "recording 7.200",
            "end 8.200",
            "stopped 8.200",
        ],
    );
}

#[test]
fn after_a_restart_a_clock_that_was_set_back_overlaps_nothing() {
    check(
        |script| {
            *script.world.recorded.lock().unwrap() = vec![span(-3_600_000, 90_000)];
            script.recorder.learn_spans().map_err(|refusal| refusal.reason).unwrap();
            script.connect(false);
            script.send(1_000);
        },
        &["begin 90.000 clock -90000 ms", "recording 90.000", "end 90.995", "stopped 90.995"],
    );
}

#[test]
fn pictures_that_stay_away_are_a_gap() {
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.pass(4_000);
            script.send(1_000);
        },
        &["begin 0.000", "recording 0.000", "end 1.000", "begin 5.000", "end 6.000", "stopped 6.000"],
    );
}

#[test]
fn what_the_queue_lost_is_told() {
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.pass(1_000);
            script.recorder.take(Item::Missed(25));
            script.send(1_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            "overloaded 1.000: the recorder fell behind: 25 packets were lost; check the load and the disk",
            "begin 2.000",
            "recording 2.000",
            "end 3.000",
            "stopped 3.000",
        ],
    );
}

#[test]
fn another_picture_size_and_sound_that_comes_late_begin_another_file() {
    let sound =
        AudioTrack { codec: AudioCodec::ALaw, sample_rate_hz: 8000, channels: 1, configuration: vec![] };
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.recorder.take(Item::Video(track(1280)));
            script.send(1_000);
            script.recorder.take(Item::Audio(sound));
            script.packet(TrackKind::Audio, true);
            script.send(1_040);
            script.packet(TrackKind::Audio, true);
            script.send(960);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            "begin 1.000 1280 px",
            "end 2.000",
            "begin 2.000 1280 px a_law",
            "end 4.000",
            "stopped 4.000",
        ],
    );
}
