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
            script.recorder.learn_floor().map_err(|refusal| refusal.reason).unwrap();
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
            script.recorder.learn_floor().map_err(|refusal| refusal.reason).unwrap();
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
                script.recorder.learn_floor().map_err(|refusal| refusal.reason).unwrap();
                *script.world.refusal.lock().unwrap() =
                    Some(("cannot write to /mnt/disk1/anjian.db", ErrorKind::Unavailable(shortage)));
                script.connect(false);
                script.send(3_000);
                *script.world.refusal.lock().unwrap() = None;
                script.recorder.rows.tell_waiting();
            },
            &["recording 0.000", "begin 0.000", "end 2.000", "begin 2.000", "end 3.000", "stopped 3.000"],
        );
        assert_eq!(world.pictures.load(Ordering::Relaxed), 75);
    }
}

#[test]
fn a_state_is_told_once() {
    let world = World::new();
    let mut status = status::Status::new("gate".parse().unwrap(), Arc::new(Sink(Arc::clone(&world))));
    for (state, since_ms) in
        [(RecordingState::Waiting, 5), (RecordingState::Waiting, 6), (RecordingState::Recording, 1)]
    {
        status.tell(state, None, wall(since_ms));
    }
    assert_eq!(*world.told.lock().unwrap(), ["waiting 0.005", "recording 0.005"]);
}
