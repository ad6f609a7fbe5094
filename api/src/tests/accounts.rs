//! Accounts are made, changed, reset and ended; tokens of programs.

use anjian_domain::Role;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::Server;
use super::login::{Browser, LoginServer, PASSWORD, settings};

fn new_account(name: &str, role: &str) -> Value {
    json!({ "name": name, "role": role, "scope": { "kind": "everything" } })
}

fn changed(role: &str, is_active: bool) -> Value {
    json!({
        "shown_name": "", "role": role, "scope": { "kind": "everything" }, "grants": [], "certificate": "",
        "is_active": is_active, "why": "调岗"
    })
}

#[tokio::test]
async fn an_account_is_made_and_signs_in_with_its_one_time_password() {
    let server = LoginServer::new().await;
    let mut admin = server.login("admin").await;
    let made = server.ask(&mut admin, "POST", "/api/v1/accounts", new_account("wang", "inspector")).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let password = made.json()["one_time_password"].as_str().unwrap().to_owned();
    let again = server.ask(&mut admin, "POST", "/api/v1/accounts", new_account("wang", "inspector")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let mut wang = Browser::default();
    assert_eq!(server.try_login(&mut wang, "wang", &password).await.status, StatusCode::NO_CONTENT);
    let session = server.get(&mut wang, "/api/v1/session").await.json();
    assert_eq!(session["account"]["must_change_password"], true);
    let listed = server.get(&mut admin, "/api/v1/accounts").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains("argon2"), "no hash leaves");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_key() {
    let server = LoginServer::new().await;
    let mut admin = server.login("admin").await;
    let sites = |sites: Value| json!({ "kind": "sites", "sites": sites });
    for (body, key) in [
        (json!({ "name": " ", "role": "admin", "scope": { "kind": "everything" } }), "name"),
        (new_account("a", "service"), "role"),
        (new_account("a", "enterprise"), "scope"),
        (json!({ "name": "a", "role": "enterprise", "scope": sites(json!(["nowhere"])) }), "scope"),
        (json!({ "name": "a", "role": "inspector", "scope": { "kind": "region", "region": "x" } }), "scope"),
        (
            json!({ "name": "a", "role": "inspector", "scope": { "kind": "everything" }, "grants": ["give_verdict"] }),
            "grants",
        ),
    ] {
        let answer = server.ask(&mut admin, "POST", "/api/v1/accounts", body.clone()).await;
        assert_eq!((answer.status, &answer.json()["key"]), (StatusCode::BAD_REQUEST, &key.into()), "{body}");
    }
}

#[tokio::test]
async fn a_change_of_rights_counts_with_the_next_request() {
    let server = LoginServer::new().await;
    server.add("wang", settings(Role::Inspector), false).await;
    let (mut admin, mut wang) = (server.login("admin").await, server.login("wang").await);
    let holds = "/api/v1/holds";
    assert_ne!(server.ask(&mut wang, "POST", holds, json!({})).await.status, StatusCode::FORBIDDEN);
    let path = "/api/v1/accounts/wang";
    assert_eq!(server.ask(&mut admin, "PUT", path, changed("auditor", true)).await.status, StatusCode::OK);
    let refused = server.ask(&mut wang, "POST", holds, json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(server.get(&mut wang, "/api/v1/audit").await.status, StatusCode::OK);
    assert_eq!(server.ask(&mut admin, "PUT", path, changed("auditor", false)).await.status, StatusCode::OK);
    assert_eq!(server.get(&mut wang, "/api/v1/audit").await.status, StatusCode::UNAUTHORIZED);
    let out = server.try_login(&mut Browser::default(), "wang", PASSWORD).await;
    assert_eq!(out.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let server = LoginServer::new().await;
    let mut admin = server.login("admin").await;
    for change in [changed("auditor", true), changed("admin", false)] {
        let answer = server.ask(&mut admin, "PUT", "/api/v1/accounts/admin", change).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
    }
    assert_eq!(server.get(&mut admin, "/api/v1/accounts").await.status, StatusCode::OK);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let server = LoginServer::new().await;
    let (mut here, mut there) = (server.login("admin").await, server.login("admin").await);
    let listed = server.get(&mut here, "/api/v1/account/sessions").await.json();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|item| item["is_this"] == false).unwrap()["id"].as_str().unwrap();
    let path = format!("/api/v1/account/sessions/{other}");
    assert_eq!(server.ask(&mut here, "DELETE", &path, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get(&mut there, "/api/v1/accounts").await.status, StatusCode::UNAUTHORIZED);
    let ended = server.ask(&mut here, "DELETE", "/api/v1/accounts/admin/sessions", Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get(&mut here, "/api/v1/accounts").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_nothing_else() {
    let server = LoginServer::new().await;
    let mut admin = server.login("admin").await;
    let asked = json!({
        "name": "export", "actions": ["see_violations"], "scope": { "kind": "everything" }, "days": 30
    });
    let made = server.ask(&mut admin, "POST", "/api/v1/tokens", asked).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let (token, id) = (made.json()["token"].clone(), made.json()["item"]["id"].clone());
    let ask = async |path: &str| {
        let value = format!("Bearer {}", token.as_str().unwrap());
        let request = Request::get(path).header("host", "localhost").header("authorization", value);
        Server::answer(server.router(), request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(ask("/api/v1/violations").await, StatusCode::OK);
    assert_eq!(ask("/api/v1/cameras").await, StatusCode::FORBIDDEN);
    let path = format!("/api/v1/tokens/{}", id.as_str().unwrap());
    assert_eq!(server.ask(&mut admin, "DELETE", &path, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ask("/api/v1/violations").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_works_once() {
    let server = LoginServer::new().await;
    let mut admin = server.login("admin").await;
    let path = "/api/v1/account/totp";
    let wrong = server.ask(&mut admin, "POST", path, json!({ "password": "wrong" })).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let begun = server.ask(&mut admin, "POST", path, json!({ "password": PASSWORD })).await.json();
    let rows = begun["qr"].as_array().unwrap();
    assert!(rows.len() > 20 && rows.iter().all(|row| row.as_str().unwrap().len() == rows.len()));
    let secret = totp_rs::Secret::try_from_base32(begun["secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("admin").build_noncompliant();
    let now_s = u64::try_from(server.server.shared.clock.now().as_micros() / 1_000_000).unwrap();
    let code = |steps: u64| totp.generate(now_s + 30 * steps).to_string();
    let sent = server.ask(&mut admin, "PUT", path, json!({ "code": code(0) })).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT);
    let login = async |code: Option<String>| {
        let body = json!({ "account": "admin", "password": PASSWORD, "code": code });
        let answer = server.ask(&mut Browser::default(), "POST", "/api/v1/session", body).await;
        if answer.status == StatusCode::NO_CONTENT {
            "in".to_owned()
        } else {
            answer.json()["type"].to_string()
        }
    };
    assert!(login(None).await.contains("code-needed"));
    assert!(login(Some(code(0))).await.contains(":code\""), "the code of the enrolment is used up");
    assert_eq!(login(Some(code(1))).await, "in");
    assert!(login(Some(code(1))).await.contains(":code\""), "a replay");
}
