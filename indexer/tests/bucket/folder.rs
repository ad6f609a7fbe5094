//! A folder of a NAS: what only a folder can do.

use anjian_domain::{ErrorKind, Shortage};

use crate::place::Place;

#[test]
fn an_unmounted_folder_takes_and_loses_nothing() {
    let place = Place::folder();
    place.put("a/1", 10);
    let file = place.file(11);
    let (nas, away) = (place.folder.path().join("nas"), place.folder.path().join("away"));
    std::fs::rename(&nas, &away).unwrap();
    let bucket = &place.bucket;
    for refused in [
        place.wait(bucket.probe()).unwrap_err(),
        place.wait(bucket.put_file("a/2", &file.path, 11, &file.sha256)).unwrap_err(),
        place.wait(bucket.size("a/1")).unwrap_err(),
        place.wait(bucket.read("a/1", 0..1)).unwrap_err(),
        place.wait(bucket.list("", None, 9)).unwrap_err(),
        place.wait(bucket.delete("a/1")).unwrap_err(),
    ] {
        assert_eq!(refused.kind(), ErrorKind::Unavailable(Shortage::Disk), "{refused}");
        assert!(refused.to_string().contains("mount it"), "{refused}");
    }
    assert!(!nas.exists(), "the mount point is not filled");
    std::fs::rename(&away, &nas).unwrap();
    place.wait(bucket.put_file("a/2", &file.path, 11, &file.sha256)).unwrap();
    assert_eq!(place.keys(), ["a/1", "a/2"]);
}

#[test]
fn what_a_killed_copy_left_is_no_object_and_is_replaced() {
    let place = Place::folder();
    let folder = place.folder.path().join("nas/a");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("1.mp4.partial"), "of a process that was killed").unwrap();
    assert_eq!(place.keys(), [""; 0]);
    place.put("a/1.mp4", 10);
    assert_eq!((place.keys(), std::fs::read_dir(&folder).unwrap().count()), (vec!["a/1.mp4".to_owned()], 1));
}

#[test]
fn empty_folders_go_with_their_last_object() {
    let place = Place::folder();
    place.put("a/2026/03/1", 10);
    place.put("a/2026/04/1", 10);
    place.wait(place.bucket.delete("a/2026/03/1")).unwrap();
    let nas = place.folder.path().join("nas");
    assert!(!nas.join("a/2026/03").exists() && nas.join("a/2026/04").exists());
    place.wait(place.bucket.delete("a/2026/04/1")).unwrap();
    assert!(nas.exists() && std::fs::read_dir(&nas).unwrap().next().is_none());
}
