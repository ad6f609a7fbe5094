//! A full or failing disk, and an index that is full or busy: what is told, and that recording goes on after.

use super::*;

#[test]
fn a_full_disk_stops_the_recording_and_room_lets_it_go_on() {
    let full = "disk_full 1.000: no room in /recordings: free some; recording goes on by itself";
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            *script.world.disk.lock().unwrap() = Some(std::io::ErrorKind::StorageFull);
            script.send(2_000);
            *script.world.disk.lock().unwrap() = None;
            script.send(3_000);
        },
        // Tried again three seconds later, at the next keyframe.
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            full,
            "begin 4.000",
            "recording 4.000",
            "end 6.000",
            "stopped 6.000",
        ],
    );
}

#[test]
fn a_disk_that_refuses_is_named_and_tried_again() {
    let (told, _) = told(|script| {
        *script.world.disk.lock().unwrap() = Some(std::io::ErrorKind::ReadOnlyFilesystem);
        script.connect(false);
        script.send(4_000);
        *script.world.disk.lock().unwrap() = None;
        script.send(4_000);
    });
    assert_eq!(
        told[0],
        "failed 0.000: cannot record into /recordings: write x.mp4: read-only filesystem or storage medium"
    );
    assert_eq!(told[1..4], ["begin 6.000", "recording 6.000", "end 8.000"]);
}

#[test]
fn an_index_on_its_reserve_stops_the_recording() {
    check(
        |script| {
            script.recorder.learn_spans().map_err(|refusal| refusal.reason).unwrap();
            *script.world.refusal.lock().unwrap() =
                Some(("no room left", ErrorKind::Unavailable(Shortage::Room)));
            script.connect(false);
            script.send(1_000);
            *script.world.refusal.lock().unwrap() = None;
            script.send(3_000);
        },
        &[
            "remove",
            "disk_full 0.000: no room left",
            "begin 3.000",
            "recording 3.000",
            "end 4.000",
            "stopped 4.000",
        ],
    );
}

#[test]
fn an_index_whose_disk_fails_stops_the_recording_and_is_tried_again() {
    check(
        |script| {
            script.recorder.learn_spans().map_err(|refusal| refusal.reason).unwrap();
            *script.world.refusal.lock().unwrap() =
                Some(("input/output error", ErrorKind::Unavailable(Shortage::Disk)));
            script.connect(false);
            script.send(1_000);
            *script.world.refusal.lock().unwrap() = None;
            script.send(3_000);
        },
        &[
            "remove",
            "failed 0.000: input/output error",
            "begin 3.000",
            "recording 3.000",
            "end 4.000",
            "stopped 4.000",
        ],
    );
}

#[test]
fn the_row_of_an_index_that_is_unavailable_waits_and_nothing_is_lost() {
    for shortage in [Shortage::Busy, Shortage::Descriptors, Shortage::Memory] {
        let world = check(
            |script| {
                script.recorder.learn_spans().map_err(|refusal| refusal.reason).unwrap();
                *script.world.refusal.lock().unwrap() =
                    Some(("cannot write to /mnt/disk1/anjian.db", ErrorKind::Unavailable(shortage)));
                script.connect(false);
                script.send(3_000);
                *script.world.refusal.lock().unwrap() = None;
                script.pass(1_000);
                script.recorder.rows.store_waiting();
            },
            &["begin 0.000", "recording 0.000", "end 2.000", "begin 2.000", "end 3.000", "stopped 3.000"],
        );
        assert_eq!(world.pictures.load(Ordering::Relaxed), 75);
    }
}

#[test]
fn a_state_is_told_once() {
    let mut status = status::Status::new("gate".parse().unwrap());
    let mut change =
        |state, since_ms| status.change(state, None, wall(since_ms)).map(|change| seconds(change.since));
    assert_eq!(change(RecordingState::Waiting, 5), Some(0.005));
    assert_eq!(change(RecordingState::Waiting, 6), None);
    assert_eq!(change(RecordingState::Recording, 1), Some(0.005), "time does not go back");
}

#[test]
fn a_recorder_that_panics_keeps_what_is_written_and_goes_on_at_the_next_keyframe() {
    let world = check(
        |script| {
            script.connect(false);
            script.send(1_400);
            // The media thread of a panic: an open file, packets held back, a state that says recording.
            script.recorder.begin_again();
            script.send(1_600);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.400",
            "failed 1.400: the recorder failed and begins again; the log has the cause",
            "begin 2.000",
            "recording 2.000",
            "end 3.000",
            "stopped 3.000",
        ],
    );
    assert_eq!(world.pictures.load(Ordering::Relaxed), 60, "15 pictures up to the keyframe are missing");
}
