//! The audit over HTTP: who reads what of it, and checkpoints.

use std::net::IpAddr;

use anjian_domain::{Role, Scope, Viewer};
use anjian_indexer::{Envelope, NewHold};
use axum::http::StatusCode;

use super::{BEGAN, Server, at, request};

fn wang() -> Viewer {
    Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap().at(IpAddr::from([10, 0, 0, 8]))
}

async fn hold(server: &Server, viewer: &Viewer) {
    let (camera, from) = ("gate-1".parse().unwrap(), at(BEGAN));
    let to = from.plus(std::time::Duration::from_secs(60));
    let hold = NewHold { camera, from, to, who: "Li".into(), why: "案件 7".into() };
    server.seed.index.put_hold(viewer, &hold).await.unwrap();
}

#[tokio::test]
async fn entries_are_listed_page_by_page() {
    let server = Server::new().await;
    let none = server.get("/api/v1/audit").await.json();
    assert_eq!((&none["items"], &none["next_before"]), (&serde_json::json!([]), &serde_json::Value::Null));
    for viewer in [wang(), Viewer::local(), wang()] {
        hold(&server, &viewer).await;
    }
    let page = server.get("/api/v1/audit?account=wang&limit=1").await.json();
    let entry = &page["items"][0];
    assert_eq!(
        (&entry["seq"], &entry["address"], &entry["why"]),
        (&3.into(), &"10.0.0.8".into(), &"案件 7".into())
    );
    assert_eq!((&entry["action"], &entry["object_kind"]), (&"hold_evidence".into(), &"hold".into()));
    assert_eq!(entry["before"], serde_json::Value::Null);
    let next = server.get("/api/v1/audit?account=wang&limit=1&before=3").await.json();
    assert_eq!((&next["items"][0]["seq"], &page["next_before"]), (&1.into(), &3.into()));
    assert_eq!(server.get("/api/v1/audit?limit=0").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.get("/api/v1/audit?from=yesterday").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn everybody_reads_their_own_deeds_and_an_auditor_all() {
    let server = Server::new().await;
    hold(&server, &wang()).await;
    hold(&server, &Viewer::local()).await;
    let auditor = Viewer::new("zhao", Role::Auditor, Scope::Everything).unwrap();
    let operator = Viewer::new("chen", Role::Operator, Scope::Everything).unwrap();
    for (viewer, expected) in [(wang(), 1), (auditor.clone(), 2), (Viewer::local(), 2)] {
        let listed = server.ask_as(&viewer, request("GET", "/api/v1/audit", &[])).await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(expected), "{listed}");
    }
    let refused = server.ask_as(&operator, request("GET", "/api/v1/audit", &[])).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", String::from_utf8_lossy(&refused.body));
    let take = || request("POST", "/api/v1/audit/checkpoint", &[]);
    assert_eq!(server.ask_as(&operator, take()).await.status, StatusCode::FORBIDDEN);
    let taken = server.ask_as(&auditor, take()).await;
    assert_eq!((taken.status, taken.header("cache-control")), (StatusCode::OK, "no-store"));
    let envelope: Envelope = String::from_utf8(taken.body).unwrap().parse().unwrap();
    assert_eq!(server.seed.index.open_envelope(&envelope).await.unwrap().unwrap().seq, 2);
}

#[tokio::test]
async fn an_empty_audit_has_no_checkpoint() {
    let server = Server::new().await;
    let taken = server.ask(request("POST", "/api/v1/audit/checkpoint", &[])).await;
    assert_eq!(taken.status, StatusCode::NOT_FOUND);
}
