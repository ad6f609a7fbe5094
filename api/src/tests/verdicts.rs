//! Verdicts over HTTP.

use anjian_domain::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::login::{Browser, LoginServer, settings};

struct Desk {
    server: LoginServer,
    wang: Browser,
    li: Browser,
}

impl Desk {
    async fn new() -> Self {
        let server = LoginServer::new().await;
        for name in ["wang", "li"] {
            server.add(name, settings(Role::Inspector), false).await;
        }
        let (wang, li) = (server.login("wang").await, server.login("li").await);
        Self { server, wang, li }
    }
}

fn confirmed(version: u32) -> Value {
    json!({ "version": version, "finding": { "verdict": "confirmed" }, "shown": { "for_ms": 900, "picture": true } })
}

fn dismissed(version: u32, reason: &str, words: &str) -> Value {
    json!({ "version": version, "finding": { "verdict": "dismissed", "reason": reason, "words": words } })
}

#[tokio::test]
async fn a_verdict_is_given_conflicts_and_is_undone() {
    let mut desk = Desk::new().await;
    let id = desk.server.server.breach(1, 0, "no_hard_hat").await;
    let path = format!("/api/v1/violations/{id}/verdict");
    let none = desk.server.get(&mut desk.wang, &path).await.json();
    assert_eq!(
        (&none["version"], &none["verdict"], &none["standing"]),
        (&0.into(), &"none".into(), &Value::Null)
    );
    let given = desk.server.ask(&mut desk.wang, "POST", &path, confirmed(0)).await.json();
    assert_eq!(
        (&given["version"], &given["verdict"], &given["counts"]),
        (&1.into(), &"confirmed".into(), &"none".into())
    );
    assert_eq!(given["standing"]["by"], "wang");
    assert!(given["undo_until"].is_string());
    let late = desk.server.ask(&mut desk.li, "POST", &path, dismissed(0, "hat_worn", "")).await;
    assert_eq!(
        (late.status, &late.json()["type"]),
        (StatusCode::CONFLICT, &"urn:anjian:problem:changed".into())
    );
    let undo = format!("{path}?version=1");
    let others = desk.server.ask(&mut desk.li, "DELETE", &undo, Value::Null).await;
    assert_eq!(others.status, StatusCode::CONFLICT);
    let undone = desk.server.ask(&mut desk.wang, "DELETE", &undo, Value::Null).await.json();
    assert_eq!((&undone["version"], &undone["verdict"]), (&2.into(), &"none".into()));
    let unasked =
        desk.server.ask(&mut desk.li, "POST", &format!("{path}/second"), json!({ "version": 2 })).await;
    assert_eq!(unasked.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_no_verdict_says_why() {
    let mut desk = Desk::new().await;
    let id = desk.server.server.breach(1, 0, "no_hard_hat").await;
    let path = format!("/api/v1/violations/{id}/verdict");
    for (body, says) in [
        (json!({ "version": 0, "finding": { "verdict": "dismissed" } }), "reason"),
        (json!({ "version": 0, "finding": { "verdict": "confirmed", "reason": "hat_worn" } }), "reason"),
        (dismissed(0, "other", " "), "words"),
        (dismissed(0, "bored", ""), "bored"),
        (dismissed(0, "hat_worn", &"x".repeat(2_001)), "2000"),
        (json!({ "finding": { "verdict": "confirmed" } }), "version"),
    ] {
        let refused = desk.server.ask(&mut desk.wang, "POST", &path, body.clone()).await;
        let told = refused.json()["detail"].to_string();
        assert!(refused.status.is_client_error() && told.contains(says), "{body}: {} {told}", refused.status);
    }
    let nowhere = "/api/v1/violations/01890000-0000-7000-8000-000000000000/verdict";
    let missing = desk.server.ask(&mut desk.wang, "POST", nowhere, confirmed(0)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn many_are_dismissed_and_each_has_its_outcome() {
    let mut desk = Desk::new().await;
    let mut members = Vec::new();
    for minutes in 1..=3 {
        let id = desk.server.server.breach(minutes, 0, "no_hard_hat").await;
        members.push(json!({ "id": id.to_string(), "version": 0 }));
    }
    members[1]["version"] = 5.into();
    members.push(json!({ "id": "01890000-0000-7000-8000-000000000000", "version": 0 }));
    let body = |verdict: Value| json!({ "members": members, "finding": verdict });
    let finding = json!({ "verdict": "dismissed", "reason": "lamp_or_reflection" });
    let answer = desk.server.ask(&mut desk.wang, "POST", "/api/v1/verdicts", body(finding)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let items = answer.json()["items"].clone();
    let outcomes: Vec<_> =
        items.as_array().unwrap().iter().map(|item| item["problem"]["status"].as_u64()).collect();
    assert_eq!(outcomes, [None, Some(409), None, Some(404)]);
    assert_eq!(items[0]["verdict"]["standing"]["reason"], "lamp_or_reflection");
    let confirm = desk
        .server
        .ask(&mut desk.li, "POST", "/api/v1/verdicts", body(json!({ "verdict": "confirmed" })))
        .await;
    assert_eq!(confirm.json()["items"][0]["problem"]["status"], 409, "changed first");
    let none = json!({ "members": [], "finding": { "verdict": "dismissed", "reason": "hat_worn" } });
    assert_eq!(
        desk.server.ask(&mut desk.li, "POST", "/api/v1/verdicts", none).await.status,
        StatusCode::BAD_REQUEST
    );
}
