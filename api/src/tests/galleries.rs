//! Galleries: listed, and garments sent or named in a recording.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anjian_domain::{NormBox, VideoCodec, WallTime};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::seed::footage::Film;
use super::{Answer, BEGAN, ScriptedDesk, Server, at};
use crate::ports::galleries::{
    Enrolled, GalleryError, GalleryList, GalleryPort, Garment, GarmentPicture, GarmentSide, StoredGallery,
};

const GARMENTS: &str = "/api/v1/galleries/white/garments";
const PNG: &str = "image/png";

/// Remembers what it was given, and answers as it is told: `Ok` with a remark, or a refusal.
struct ScriptedGalleries {
    given: Mutex<Vec<Garment>>,
    answer: Result<Option<&'static str>, GalleryError>,
    in_use: Option<&'static str>,
}

impl GalleryPort for ScriptedGalleries {
    fn galleries(&self) -> Result<GalleryList, GalleryError> {
        let stored = StoredGallery {
            name: "white".to_owned(),
            model: "coat@0".to_owned(),
            version: "bbbbbbbbbbbb".to_owned(),
            version_in_use: self.in_use.map(str::to_owned),
            approved: vec!["a.jpg".to_owned(), "gate-1 at 2026-03-01T00:00:05Z".to_owned()],
            unapproved: vec![],
        };
        Ok(GalleryList { galleries: vec![stored], problems: vec!["torn.json: not a gallery".to_owned()] })
    }

    fn enrol(&self, garment: Garment, _: &AtomicBool) -> Result<Enrolled, GalleryError> {
        self.given.lock().unwrap().push(garment);
        let remark = self.answer.clone()?;
        Ok(Enrolled {
            version: "bbbbbbbbbbbb".to_owned(),
            version_in_use: self.in_use.map(str::to_owned),
            model: "coat@0".to_owned(),
            approved: 2,
            unapproved: 1,
            origin: "a.jpg".to_owned(),
            person: NormBox::new(0.25, 0.5, 0.5, 1.0).unwrap(),
            remark: remark.map(str::to_owned),
        })
    }
}

async fn server(
    answer: Result<Option<&'static str>, GalleryError>,
    in_use: Option<&'static str>,
) -> (Server, Arc<ScriptedGalleries>) {
    let galleries = Arc::new(ScriptedGalleries { given: Mutex::default(), answer, in_use });
    (Server::with_ports(Arc::new(ScriptedDesk), galleries.clone()).await, galleries)
}

async fn post(server: &Server, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("host", "localhost").header("content-type", kind);
    server.ask(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn galleries_are_listed_with_the_version_that_rules_use() {
    let (server, _) = server(Ok(None), Some("aaaaaaaaaaaa")).await;
    let listed = server.get("/api/v1/galleries").await.json();
    let expected = json!({
        "items": [{
            "name": "white", "model": "coat@0", "version": "bbbbbbbbbbbb", "version_in_use": "aaaaaaaaaaaa",
            "approved": 2, "unapproved": 0,
            "approved_origins": ["a.jpg", "gate-1 at 2026-03-01T00:00:05Z"], "unapproved_origins": [],
        }],
        "problems": ["torn.json: not a gallery"],
    });
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_picture_is_enrolled_and_the_answer_says_what_was_taken() {
    let (server, galleries) = server(Ok(Some("unlike the others")), Some("aaaaaaaaaaaa")).await;
    let path = format!("{GARMENTS}?approved=false&whole=true&origin=a.jpg");
    let answer = post(&server, &path, "image/JPEG; q=1", "pixels").await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    let view = answer.json();
    assert_eq!((&view["gallery"], &view["version"]), (&json!("white"), &json!("bbbbbbbbbbbb")));
    assert_eq!((&view["approved"], &view["unapproved"]), (&json!(2), &json!(1)));
    assert_eq!((&view["box"], &view["origin"]), (&json!([0.25, 0.5, 0.5, 1.0]), &json!("a.jpg")));
    let remarks = view["remarks"].as_array().unwrap();
    assert!(
        remarks[0].as_str().unwrap().contains("version aaaaaaaaaaaa until anjian starts again"),
        "{view}"
    );
    assert_eq!((remarks.len(), &remarks[1]), (2, &json!("unlike the others")));

    let plain = post(&server, GARMENTS, PNG, "pixels").await;
    assert_eq!(plain.status, StatusCode::CREATED);
    let given = galleries.given.lock().unwrap();
    let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).unwrap();
    let seen = GarmentPicture::Sent { bytes: b"pixels".to_vec(), name: "a.jpg".to_owned() };
    let first = Garment {
        gallery: "white".to_owned(),
        side: GarmentSide::Unapproved,
        seen,
        person: Some(whole),
        who: "local".to_owned(),
    };
    assert_eq!(given[0], first);
    assert_eq!((given[1].side, given[1].person), (GarmentSide::Approved, None));
    assert!(
        matches!(&given[1].seen, GarmentPicture::Sent { name, .. } if name.starts_with("sent at 20")),
        "{given:?}"
    );
}

#[tokio::test]
async fn a_gallery_that_no_rule_uses_says_so() {
    let (server, _) = server(Ok(None), None).await;
    let view = post(&server, GARMENTS, PNG, "pixels").await.json();
    assert_eq!(view["version_in_use"], Value::Null);
    assert_eq!(view["remarks"].as_array().unwrap().len(), 1);
    assert!(view["remarks"][0].as_str().unwrap().contains("no running rule uses"), "{view}");
}

fn moment(seconds: u64) -> WallTime {
    at(BEGAN).plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_garment_is_found_in_a_recording() {
    let (server, galleries) = server(Ok(None), None).await;
    let film = Film::made_up(VideoCodec::H264);
    let segment = server.seed.film(0, moment(0), Duration::from_mins(1), &film).await;
    let body = |changed: Value| {
        let mut body =
            json!({ "camera": "gate-1", "at": moment(5).to_string(), "box": [0.5, 0.25, 0.75, 1] });
        body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        body.to_string()
    };
    let json = "application/json";
    let answer = post(&server, GARMENTS, json, body(json!({ "approved": false }))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    let seen = GarmentPicture::Recorded {
        camera: "gate-1".parse().unwrap(),
        at: moment(5),
        file: server.seed.index.recordings_folder().join(&segment.path),
        offset: Duration::from_secs(5),
    };
    let person = Some(NormBox::new(0.5, 0.25, 0.75, 1.0).unwrap());
    let expected = Garment {
        gallery: "white".to_owned(),
        side: GarmentSide::Unapproved,
        seen,
        person,
        who: "local".to_owned(),
    };
    assert_eq!(*galleries.given.lock().unwrap(), [expected]);

    for (changed, status, says) in [
        (json!({ "camera": "nobody" }), 404, "there is no camera nobody"),
        (json!({ "camera": "../etc" }), 400, "not the id of a camera"),
        (json!({ "at": moment(70).to_string() }), 404, "nothing of gate-1 was recorded"),
        (json!({ "at": "yesterday" }), 400, "RFC 3339"),
        (json!({ "box": [0.5, 0.25, 0.25, 1] }), 400, "box: "),
        (json!({ "box": [0, 0, 1280, 720] }), 400, "outside 0..1"),
        (json!({ "colour": "red" }), 400, "colour"),
    ] {
        let answer = post(&server, GARMENTS, json, body(changed.clone())).await;
        check(&answer, status, says, &changed.to_string());
    }
    let beside = post(&server, &format!("{GARMENTS}?approved=true"), json, body(json!({}))).await;
    check(&beside, 400, "the body says all", "a key beside a recording");
    let long = post(&server, GARMENTS, json, vec![b' '; (64 << 10) + 1]).await;
    check(&long, 413, "more than 65536 bytes", "a long text");
    assert_eq!(galleries.given.lock().unwrap().len(), 1, "what is refused does not reach the port");
}

#[track_caller]
fn check(answer: &Answer, status: u16, says: &str, what: &str) {
    let told = answer.json();
    assert_eq!(answer.status.as_u16(), status, "{what}: {told}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert!(told["detail"].as_str().unwrap().contains(says), "{what}: {told}");
}

#[tokio::test]
async fn what_cannot_be_a_garment_does_not_reach_the_desk() {
    let (server, galleries) = server(Ok(None), None).await;
    for (path, kind, status, says) in [
        ("/api/v1/galleries/..%2Fwhite/garments", PNG, 400, "is not an id"),
        ("/api/v1/galleries/white.json/garments", PNG, 400, "is not an id"),
        ("/api/v1/galleries/white/garments?approved=yes", PNG, 400, "neither true nor false"),
        ("/api/v1/galleries/white/garments?colour=red", PNG, 400, "use approved, whole, origin"),
        ("/api/v1/galleries/white/garments?origin=a%0Ab", PNG, 400, "in one line"),
        (GARMENTS, "text/plain", 415, "send image/jpeg"),
        (GARMENTS, "application/x-www-form-urlencoded", 415, "send image/jpeg"),
        (GARMENTS, "multipart/form-data", 415, "send image/jpeg"),
        (GARMENTS, "image/svg+xml", 415, "send image/jpeg"),
    ] {
        check(&post(&server, path, kind, "pixels").await, status, says, &format!("{path} {kind}"));
    }
    let most = 8 << 20;
    check(&post(&server, GARMENTS, PNG, vec![0_u8; most + 1]).await, 413, "8388608 bytes", "told too long");
    let parts = (0..9).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 1 << 20]));
    let untold = Body::from_stream(futures_util::stream::iter(parts));
    check(&post(&server, GARMENTS, PNG, untold).await, 413, "8388608 bytes", "not told");
    assert!(galleries.given.lock().unwrap().is_empty());
    assert_eq!(post(&server, GARMENTS, PNG, vec![0_u8; most]).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let other_model = GalleryError::OtherModel { enrolled_with: "old@1".into(), model: "new@2".into() };
    for (refusal, status, says) in [
        (GalleryError::NotAPicture("it is empty".into()), 400, "it is empty"),
        (GalleryError::Nobody, 422, "whole=true"),
        (GalleryError::Known(GarmentSide::Unapproved), 409, "as unapproved"),
        (other_model, 409, "--replace"),
        (GalleryError::NoModel, 409, "model.garment"),
        (GalleryError::Unwritable("read-only".into()), 507, "galleries_dir"),
    ] {
        let (server, _) = server(Err(refusal), None).await;
        check(&post(&server, GARMENTS, PNG, "pixels").await, status, says, says);
    }
    let without = Server::new().await;
    check(&post(&without, GARMENTS, PNG, "pixels").await, 501, "no galleries", "no port");
    check(&without.get("/api/v1/galleries").await, 501, "no galleries", "no port");
}

/// Holds the first garment until it is let go.
struct SlowGalleries(Mutex<std::sync::mpsc::Receiver<()>>);

impl GalleryPort for SlowGalleries {
    fn galleries(&self) -> Result<GalleryList, GalleryError> {
        Ok(GalleryList::default())
    }

    fn enrol(&self, _: Garment, _: &AtomicBool) -> Result<Enrolled, GalleryError> {
        self.0.lock().unwrap().recv().unwrap();
        Err(GalleryError::Nobody)
    }
}

#[tokio::test]
async fn more_garments_than_may_wait_come_again_later() {
    let (go_on, waits) = std::sync::mpsc::sync_channel(16);
    let server = Server::with_ports(Arc::new(ScriptedDesk), Arc::new(SlowGalleries(Mutex::new(waits)))).await;
    let mut waiting: Vec<_> = (0..8).map(|_| Box::pin(post(&server, GARMENTS, PNG, "pixels"))).collect();
    for request in &mut waiting {
        // Polled once, each has its place.
        assert!(futures_util::poll!(request).is_pending());
    }
    let refused = post(&server, GARMENTS, PNG, "pixels").await;
    check(&refused, 503, "8 garments are waiting", "the ninth");
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(server.get("/api/v1/galleries").await.status, StatusCode::OK, "lists wait for no garment");
    for request in waiting {
        go_on.send(()).unwrap();
        assert_eq!(request.await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
