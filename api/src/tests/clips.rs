//! Clips of violations: out of the recording while it is there, then as files, then gone with a reason.

use std::time::Duration;

use anjian_domain::{VideoCodec, Viewer, ViolationId};
use anjian_footage::Cut;
use anjian_indexer::{CameraLimits, ClipSettings, EvidenceLimits, RecordingSettings, Retention};
use axum::http::StatusCode;

use super::seed::footage::Film;
use super::{BEGAN, Server, at, request};

/// A violation in its second minute, and its clip of 40 s in three minutes of recording. Whatever is recorded is too old
/// for retention.
async fn filmed(evidence: EvidenceLimits) -> (Server, ViolationId) {
    let server = Server::new().await;
    let every_camera = CameraLimits { max_age: Some(Duration::from_secs(1)), max_bytes: None };
    let settings = RecordingSettings {
        move_after: None,
        folder: server.folder.path().join("recordings"),
        retention: Retention { every_camera, evidence, ..Retention::default() },
        clips: ClipSettings::default(),
        reserve_bytes: 0,
    };
    server.seed.index.set_recording(settings).unwrap();
    server.seed.film_minutes(0, at(BEGAN), 3, &Film::made_up(VideoCodec::H264)).await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    assert_eq!(server.seed.index.note_due_clips().await.unwrap().recorded, 1);
    (server, id)
}

fn clip_of(id: ViolationId) -> String {
    format!("/api/v1/violations/{id}/clip.mp4")
}

fn sha256(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, bytes).unwrap();
    anjian_footage::digest(file.path()).unwrap().sha256
}

/// What the recording gives between two moments, in seconds after the beginning.
async fn cut(server: &Server, from: u64, to: u64) -> Vec<u8> {
    let [from, to] = [from, to].map(|seconds| at(BEGAN).plus(Duration::from_secs(seconds)));
    let index = &server.seed.index;
    let camera = "gate-1".parse().unwrap();
    let segments = index.segments(&Viewer::local(), &camera, from, to).await.unwrap();
    let planned = Cut::plan(index.recordings_folder(), &segments, from, to).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut planned.read_range(0..planned.len()), &mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_clip_is_served_from_the_recording() {
    let (server, id) = filmed(EvidenceLimits::default()).await;
    let (path, expected) = (clip_of(id), cut(&server, 55, 95).await);
    let shown = server.get(&format!("/api/v1/violations/{id}")).await.json();
    assert_eq!((&shown["clip"], &shown["clip_state"]["state"]), (&path.clone().into(), &"recorded".into()));
    let sha256 = sha256(&expected);
    let file = &shown["evidence"][0];
    assert_eq!((&file["kind"], &file["sha256"]), (&"clip".into(), &sha256.clone().into()), "{shown}");
    assert_eq!(file["bytes"], expected.len());
    assert!(
        !server
            .folder
            .path()
            .join("evidence")
            .join("gate-1/2026/03/01")
            .join(id.to_string())
            .join("clip.mp4")
            .exists()
    );

    let whole = server.get(&path).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "video/mp4"));
    assert!(whole.body == expected, "{} bytes, expected were {}", whole.body.len(), expected.len());
    assert!(
        whole.header("cache-control").starts_with("private")
            && whole.header("cache-control").ends_with("immutable")
    );
    let tag = whole.header("etag").to_owned();
    assert_eq!(tag, format!("\"{sha256}\""));
    let last = expected.len() - 10;
    for (range, from, to) in [
        ("bytes=0-99".to_owned(), 0, 100),
        (format!("bytes={last}-"), last, expected.len()),
        ("bytes=-7".to_owned(), last + 3, expected.len()),
    ] {
        let part = server.ask(request("GET", &path, &[("range", &range), ("if-range", &tag)])).await;
        assert_eq!(
            (part.status, &part.body[..]),
            (StatusCode::PARTIAL_CONTENT, &expected[from..to]),
            "{range}"
        );
        assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{}", to - 1, expected.len()));
    }
    let beyond = server.ask(request("GET", &path, &[("range", "bytes=99999999-")])).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let known = server.ask(request("GET", &path, &[("if-none-match", &tag)])).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let head = server.ask(request("HEAD", &path, &[])).await;
    assert_eq!((head.header("content-length"), head.body.len()), (&*expected.len().to_string(), 0));
}

#[tokio::test]
async fn a_clip_is_a_file_when_its_recording_is_gone() {
    let (server, id) = filmed(EvidenceLimits::default()).await;
    let short = cut(&server, 55, 75).await;
    assert_eq!(server.seed.index.run_retention().await.unwrap().segments, 3);
    let shown = server.get(&format!("/api/v1/violations/{id}")).await.json();
    let state = &shown["clip_state"];
    assert_eq!((&state["state"], &state["to"]), (&"cut".into(), &"2026-03-01T00:01:15Z".into()), "{state}");
    let whole = server.get(&clip_of(id)).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert!(whole.body == short, "nobody confirmed it");
    assert_eq!(whole.header("etag"), format!("\"{}\"", sha256(&short)));
}

#[tokio::test]
async fn what_expired_says_when_and_why() {
    let limits = EvidenceLimits { max_age: Some(Duration::from_secs(1)), ..EvidenceLimits::default() };
    let (server, id) = filmed(limits).await;
    let index = &server.seed.index;
    assert_eq!(index.run_retention().await.unwrap().clips, 0, "it is too old to be cut");
    assert_eq!(index.run_evidence_retention().await.unwrap().pictures, 1);
    let shown = server.get(&format!("/api/v1/violations/{id}")).await.json();
    for key in ["clip", "snapshot", "snapshot_annotated"] {
        assert_eq!(shown[key], serde_json::Value::Null, "{key}");
    }
    let (clip, pictures) = (&shown["clip_state"]["expired"], &shown["pictures_expired"]);
    assert_eq!(
        (&clip["by"], &pictures["by"], &shown["clip_state"]["state"]),
        (&"age".into(), &"age".into(), &"expired".into())
    );
    assert_eq!(shown["evidence"], serde_json::json!([]));
    let listed = server.get("/api/v1/violations").await.json();
    assert_eq!(listed["items"][0]["snapshot"], serde_json::Value::Null, "it is still listed");
    for (name, expired) in [("clip.mp4", clip), ("snapshot.jpg", pictures), ("thumbnail.jpg", pictures)] {
        let answer = server.get(&format!("/api/v1/violations/{id}/{name}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        let when = expired["at"].as_str().unwrap();
        assert!(
            detail.contains(&format!("expired at {when}")) && detail.contains("evidence.max_age_days"),
            "{detail}"
        );
    }
    let storage = server.get("/api/v1/storage").await.json();
    assert_eq!((&storage["evidence_bytes"], &storage["evidence_bytes_a_day"]), (&0.into(), &0.into()));
}

#[tokio::test]
async fn a_clip_whose_recording_is_lost_says_so() {
    let (server, id) = filmed(EvidenceLimits::default()).await;
    let index = &server.seed.index;
    let camera = "gate-1".parse().unwrap();
    let second = at(BEGAN).plus(Duration::from_secs(70));
    let segments =
        index.segments(&Viewer::local(), &camera, second, second.plus(Duration::from_secs(1))).await.unwrap();
    std::fs::remove_file(index.recordings_folder().join(&segments[0].path)).unwrap();
    let gone = server.get(&clip_of(id)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.json()["detail"].as_str().unwrap().contains("anjian check"));
    // The part that is left, once the segment became a gap.
    index.check_and_repair(&mut |_| {}).await.unwrap();
    index.note_due_clips().await.unwrap();
    let left = server.get(&clip_of(id)).await;
    assert_eq!(left.status, StatusCode::OK);
    assert!(left.body == cut(&server, 55, 60).await);
}
