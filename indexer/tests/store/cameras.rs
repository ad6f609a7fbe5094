//! Sites, cameras and what cameras are doing.

use std::collections::BTreeMap;
use std::time::Duration;

use anjian_domain::{Camera, CameraSink, CameraState, CameraStatus, ErrorKind, RunKind, WallTime};
use anjian_indexer::{CameraRow, LiveKind};

use crate::fixture::{Store, at, camera, site};

fn status(state: CameraState, since: u64, last_frame: Option<WallTime>) -> CameraStatus {
    let reason = (state == CameraState::Failed).then(|| "wrong password".to_owned());
    CameraStatus { camera: "gate".parse().unwrap(), state, since: at(since).wall, reason, last_frame }
}

fn gate(store: &Store) -> CameraRow {
    store.wait(store.index.cameras(&store.viewer)).unwrap().swap_remove(0)
}

pub(crate) fn configuration_comes_and_goes(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    store.recorded(&run, 5);
    let mut mill = site("mill");
    mill.time_zone = "Asia/Urumqi".into();
    store.wait(store.index.put_site(&mill)).unwrap();
    store.wait(store.index.put_site(&site("plant"))).unwrap();
    let mut moved = camera("yard");
    moved.site = mill.id.clone();
    store.wait(store.index.put_camera(&moved)).unwrap();
    store.sink.camera_status(&status(CameraState::Live, 1, None)).unwrap();
    store.clock.set(at(9).wall);
    store.wait(store.index.retain_configured(&[mill.id.clone()], &[moved.id])).unwrap();

    let sites = store.wait(store.index.sites(&store.viewer)).unwrap();
    assert_eq!(sites.iter().map(|row| row.is_configured).collect::<Vec<_>>(), [true, false]);
    assert_eq!(sites[0].site, mill);
    let cameras = store.wait(store.index.cameras(&store.viewer)).unwrap();
    assert_eq!((cameras[0].camera.as_str(), cameras[0].is_configured), ("gate", false));
    assert_eq!((cameras[0].state, cameras[0].since), (CameraState::Stopped, Some(at(9).wall)));
    assert_eq!((cameras[1].camera.as_str(), cameras[1].is_configured), ("yard", true));
    assert_eq!((cameras[1].site.as_str(), cameras[1].since), ("mill", None));
    assert_eq!(store.search(&anjian_indexer::ViolationQuery::default()).len(), 1, "its violations remain");

    store.wait(store.index.retain_configured(&[], &[])).unwrap();
    assert!(store.wait(store.index.cameras(&store.viewer)).unwrap().iter().all(|row| !row.is_configured));
    store.wait(store.index.put_camera(&camera("gate"))).unwrap();
    assert!(gate(store).is_configured);
}

pub(crate) fn names_of_zones_follow_the_configuration(store: &Store) {
    let configured = camera("gate");
    assert_eq!(gate(store).zone_names, configured.zone_names);
    let [bay, ramp] = ["bay", "ramp"].map(|id| id.parse().unwrap());
    let names = BTreeMap::from([(bay, "卸货 \"A\" 区".to_owned()), (ramp, "ramp".to_owned())]);
    for zone_names in [names, BTreeMap::new()] {
        let renamed = Camera { zone_names, ..configured.clone() };
        store.wait(store.index.put_camera(&renamed)).unwrap();
        assert_eq!(gate(store).zone_names, renamed.zone_names);
    }
}

pub(crate) fn states_are_told_on_change_only(store: &Store) {
    let mut updates = store.listen();
    let mut told = || match updates.next()?.kind {
        LiveKind::Camera(row) => Some((row.state, row.since, row.reason)),
        other => panic!("{other:?}"),
    };
    store.sink.camera_status(&status(CameraState::Connecting, 1, None)).unwrap();
    assert_eq!(told(), Some((CameraState::Connecting, Some(at(1).wall), None)));
    store.sink.camera_status(&status(CameraState::Connecting, 1, None)).unwrap();
    assert_eq!(told(), None);
    store.sink.camera_status(&status(CameraState::Live, 2, Some(at(2).wall))).unwrap();
    assert_eq!(told(), Some((CameraState::Live, Some(at(2).wall), None)));
    for seconds in 3..8 {
        store.clock.set(at(seconds).wall);
        store.sink.camera_status(&status(CameraState::Live, 2, Some(at(seconds).wall))).unwrap();
        assert_eq!(told(), None);
    }
    store.sink.camera_status(&status(CameraState::Failed, 8, None)).unwrap();
    assert_eq!(told(), Some((CameraState::Failed, Some(at(8).wall), Some("wrong password".into()))));
    assert_eq!(gate(store).last_frame, Some(at(7).wall), "the last frame is not forgotten");
}

pub(crate) fn frames_are_written_once_a_second(store: &Store) {
    let other = store.beside();
    let tick = |millis: u64| {
        let now = at(0).wall.plus(Duration::from_millis(millis));
        store.clock.set(now);
        store.sink.camera_status(&status(CameraState::Live, 0, Some(now))).unwrap();
        now
    };
    let first = tick(0);
    assert_eq!(gate(&other).last_frame, Some(first));
    let second = tick(400);
    assert_eq!(gate(store).last_frame, Some(second), "known here at once");
    assert_eq!(gate(&other).last_frame, Some(first), "not worth a sync of the disk yet");
    let third = tick(1_100);
    assert_eq!(gate(&other).last_frame, Some(third));
    let back = at(0).wall;
    store.clock.set(back.minus(Duration::from_secs(60)));
    store.sink.camera_status(&status(CameraState::Live, 0, Some(back))).unwrap();
    assert_eq!(gate(&other).last_frame, Some(back), "the newest frame counts, whatever the clock does");
}

pub(crate) fn an_unknown_camera_is_refused(store: &Store) {
    let mut stranger = status(CameraState::Live, 0, Some(at(0).wall));
    stranger.camera = "nowhere".parse().unwrap();
    for _ in 0..2 {
        let error = store.sink.camera_status(&stranger).unwrap_err();
        assert!(error.message.contains("nowhere") && error.kind == ErrorKind::Missing, "{error}");
    }
    store.sink.camera_status(&status(CameraState::Live, 0, Some(at(0).wall))).unwrap();
    assert_eq!(gate(store).state, CameraState::Live, "the others are not disturbed");
}
