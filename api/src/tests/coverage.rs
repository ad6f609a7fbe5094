//! Coverage, completeness, holds and storage.

use std::time::Duration;

use anjian_domain::{BlindCause, CameraMinute, PersonCount, RecordingState, VideoCodec, WallTime};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::seed::footage::{Film, camera_id};
use super::{Answer, BEGAN, Server, at, request};

const BASE: &str = "/api/v1/cameras/gate-1";
const MINUTE: Duration = Duration::from_mins(1);

fn minute(number: u64) -> WallTime {
    at(BEGAN).plus(Duration::from_mins(number))
}

/// Minutes 0 and 1 analysed, 2 blind, 3 missing, 4 recorded only.
async fn recorded(server: &Server) {
    let film = Film::made_up(VideoCodec::H264);
    server.seed.film_minutes(0, minute(0), 3, &film).await;
    server.seed.recorder_state(0, RecordingState::DiskFull, minute(3), Some("no space left")).await;
    server.seed.recorder_state(0, RecordingState::Recording, minute(4), None).await;
    server.seed.film(0, minute(4), MINUTE, &film).await;
    for number in 0..3 {
        let is_blind = number == 2;
        let told = CameraMinute {
            camera: camera_id(0),
            minute: minute(number),
            analysed: if is_blind { Duration::ZERO } else { MINUTE },
            gated: Duration::ZERO,
            blind: if is_blind { MINUTE } else { Duration::ZERO },
            blind_cause: is_blind.then_some(BlindCause::Covered),
            persons: (!is_blind).then(|| PersonCount {
                picture: 2 + u32::try_from(number).unwrap(),
                zones: [("floor".parse().unwrap(), 3 - u32::try_from(number).unwrap())].into(),
            }),
        };
        server.seed.minute(told).await;
    }
}

#[tokio::test]
async fn coverage_tells_what_became_of_each_minute() {
    let server = Server::new().await;
    recorded(&server).await;
    let path = format!("{BASE}/coverage?from={}&to={}&detail=minutes", minute(0), minute(5));
    let view = server.get(&path).await.json();
    let spans: Vec<Value> = view["spans"].as_array().unwrap().clone();
    let told: Vec<_> = spans.iter().map(|span| (&span["state"], &span["cause"], &span["to"])).collect();
    let expected = [
        json!(["analysed", null, minute(2).to_string()]),
        json!(["blind", "covered", minute(3).to_string()]),
        json!(["gap", "disk_full", minute(4).to_string()]),
        json!(["recorded", null, minute(5).to_string()]),
    ];
    assert_eq!(json!(told), json!(expected));
    assert_eq!(view["archive"], json!([]), "{view}");
    assert_eq!(view["totals"]["recorded_s"], 240.0);
    assert_eq!(view["totals"]["gap_s"], 60.0);
    assert_eq!(view["minutes"].as_array().unwrap().len(), 5);
    assert_eq!(view["minutes"][2]["blind_cause"], "covered");
    assert_eq!(view["persons"], json!({ "most": 3, "zones": { "floor": 3 } }), "the most of the range");
    assert_eq!(view["minutes"][1]["persons"], json!({ "most": 3, "zones": { "floor": 2 } }));
    assert_eq!(view["minutes"][2]["persons"], Value::Null, "nothing was judged");
}

#[tokio::test]
async fn a_report_has_each_gap_with_its_cause() {
    let server = Server::new().await;
    recorded(&server).await;
    let path = format!("{BASE}/completeness?from={}&to={}", minute(0), minute(5));
    let report = server.get(&path).await.json();
    assert_eq!(report["share"], 0.8, "{report}");
    assert_eq!((&report["recorded_s"], &report["missing_s"]), (&json!(240.0), &json!(60.0)));
    assert_eq!(report["gaps"][0]["cause"], "disk_full");
    assert_eq!(report["gaps"][0]["reason"], "no space left");
    assert_eq!((&report["camera"], &report["site"]), (&json!("gate-1"), &json!("plant-7")));
    let whole = server.get(&format!("{BASE}/completeness?from={}&to={}", minute(0), minute(3))).await.json();
    assert_eq!((&whole["share"], &whole["gaps"]), (&json!(1.0), &json!([])));
}

async fn put(server: &Server, body: &Value) -> Answer {
    let request =
        Request::post("/api/v1/holds").header("host", "localhost").header("content-type", "application/json");
    server.ask(request.body(Body::from(body.to_string())).unwrap()).await
}

fn hold() -> Value {
    json!({
        "camera": "gate-1", "from": minute(0).to_string(), "to": minute(2).to_string(),
        "who": "王工", "why": "case 17",
    })
}

#[tokio::test]
async fn a_hold_is_put_listed_and_lifted_on_record() {
    let server = Server::new().await;
    recorded(&server).await;
    let put = put(&server, &hold()).await;
    assert_eq!(put.status, StatusCode::CREATED);
    let id = put.json()["id"].as_i64().unwrap();
    assert_eq!(put.header("location"), format!("/api/v1/holds/{id}"));
    let listed = server.get("/api/v1/holds?camera=gate-1").await.json();
    assert_eq!((&listed["items"][0]["who"], &listed["items"][0]["lifted"]), (&json!("王工"), &Value::Null));
    assert_eq!(listed["next_before"], Value::Null);

    let path = format!("/api/v1/holds/{id}");
    let unsaid = server.ask(request("DELETE", &format!("{path}?who=Li"), &[])).await;
    assert_eq!((unsaid.status, unsaid.json()["key"].as_str()), (StatusCode::BAD_REQUEST, Some("why")));
    let lifted = server.ask(request("DELETE", &format!("{path}?who=Li&why=case%20closed"), &[])).await;
    assert_eq!((lifted.status, &lifted.json()["lifted"]["why"]), (StatusCode::OK, &json!("case closed")));
    assert_eq!(server.get("/api/v1/holds").await.json()["items"], json!([]));
    assert_eq!(server.get("/api/v1/holds?which=all").await.json()["items"][0]["lifted"]["who"], "Li");
    assert_eq!(server.get(&path).await.json()["why"], "case 17");
}

#[tokio::test]
async fn a_hold_without_name_or_reason_is_refused() {
    let server = Server::new().await;
    for (key, value, status, says) in [
        ("who", json!("  "), 400, "who: is needed"),
        ("why", json!(""), 400, "why: is needed"),
        ("why", json!("x".repeat(2001)), 400, "2000 letters"),
        ("from", json!("yesterday"), 400, "RFC 3339"),
        ("to", json!(BEGAN), 400, "after from"),
        ("camera", json!("nobody"), 404, "no camera"),
        ("colour", json!("red"), 400, "colour"),
        ("who", json!("x".repeat(1 << 16)), 413, "more than 65536 bytes"),
    ] {
        let mut body = hold();
        body[key] = value;
        let answer = put(&server, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{key}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{key}: {detail}");
    }
    // A form of another page cannot send JSON: it is refused before it is read.
    let form =
        Request::post("/api/v1/holds").header("host", "localhost").header("content-type", "text/plain");
    let form = server.ask(form.body(Body::from(hold().to_string())).unwrap()).await;
    assert_eq!(form.status, StatusCode::BAD_REQUEST);
    for (path, status) in [("/api/v1/holds/7", 404), ("/api/v1/holds/x", 400), ("/api/v1/holds?limit=0", 400)]
    {
        assert_eq!(server.get(path).await.status.as_u16(), status, "{path}");
    }
    let lift = server.ask(request("DELETE", "/api/v1/holds/7?who=a&why=b", &[])).await;
    assert_eq!(lift.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn storage_tells_usage_and_what_recorders_do() {
    let server = Server::new().await;
    recorded(&server).await;
    server.seed.recorder_state(1, RecordingState::Waiting, minute(0), Some("no data")).await;
    let view = server.get("/api/v1/storage").await.json();
    assert!(view["disk_bytes"].as_u64() > Some(0) && view["free_bytes"].as_u64() > Some(0), "{view}");
    let cameras = view["cameras"].as_array().unwrap();
    assert_eq!(cameras.len(), 2, "{view}");
    let of = |id: &str| cameras.iter().find(|camera| camera["camera"] == id).unwrap();
    assert_eq!(of("gate-1")["recordings"]["segments"], 4);
    assert_eq!(of("gate-1")["recorder"]["state"], "recording");
    assert_eq!(
        (&of("dock-2")["recordings"], &of("dock-2")["recorder"]["reason"]),
        (&Value::Null, &json!("no data"))
    );
}
