//! Signing in and out, as a browser does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anjian_casework::roles::AccountScope;
use anjian_domain::{Role, Viewer};
use anjian_indexer::{AccountSettings, AuditQuery, AuditReach, HashedPassword};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::stream::Stream;
use super::{Answer, Server, request, trusting};
use crate::accounts::door::{Door, Login, LoginSettings};
use crate::accounts::passwords;
use crate::http::client::{Peer, Trust};
use crate::shared::Shared;

pub(super) const PASSWORD: &str = "correct horse battery";

/// A server on which everybody signs in.
pub(super) struct LoginServer {
    pub(super) server: Server,
    router: Router,
}

/// A browser: where it is, and its cookies.
#[derive(Default)]
pub(super) struct Browser {
    cookies: Vec<(String, String)>,
    address: Option<&'static str>,
}

pub(super) fn settings(role: Role) -> AccountSettings {
    AccountSettings {
        shown_name: "王工".to_owned(),
        role,
        scope: AccountScope::Everything,
        grants: BTreeSet::new(),
        certificate: String::new(),
        is_active: true,
    }
}

impl Browser {
    /// The header with its cookies.
    pub(super) fn sent(&self) -> String {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }
}

impl LoginServer {
    pub(super) async fn new() -> Self {
        Self::behind(Trust::default()).await
    }

    pub(super) async fn behind(trust: Trust) -> Self {
        Self::with(LoginSettings::default(), trust).await
    }

    /// One whose verdicts count at once.
    pub(super) async fn without_undo() -> Self {
        let mut server = Server::new().await;
        Arc::make_mut(&mut server.shared.rules).verdicts.undo_window = Duration::ZERO;
        Self::of(server, LoginSettings::default(), Trust::default()).await
    }

    pub(super) async fn with(settings: LoginSettings, trust: Trust) -> Self {
        Self::of(Server::new().await, settings, trust).await
    }

    async fn of(server: Server, settings: LoginSettings, trust: Trust) -> Self {
        let login = Login::new(settings, &server.shared.index).await.unwrap();
        let router = trusting(Shared { door: Door::Login(Arc::new(login)), ..server.shared.clone() }, trust);
        let server = Self { server, router };
        server.add("admin", self::settings(Role::Admin), false).await;
        server
    }

    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }

    /// An account with [`PASSWORD`].
    pub(super) async fn add(&self, name: &str, settings: AccountSettings, is_one_time: bool) {
        let hash = passwords::hash(PASSWORD).unwrap();
        let password = HashedPassword { hash, is_one_time, ends_at: None };
        let index = &self.server.shared.index;
        index.add_account(&Viewer::local(), &name.parse().unwrap(), &settings, &password).await.unwrap();
    }

    pub(super) async fn listen(&self, browser: &Browser) -> Stream {
        let request = request("GET", "/api/v1/live", &[("cookie", &browser.sent())]);
        Stream::open(self.router(), request).await
    }

    pub(super) async fn ask(&self, browser: &mut Browser, method: &str, path: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        request = request.header("cookie", browser.sent()).header("content-type", "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let mut request = request.body(body).unwrap();
        if let Some(address) = browser.address {
            request.extensions_mut().insert(Peer::new(address.parse().unwrap(), true));
        }
        let answer = Server::answer(self.router.clone(), request).await;
        for line in answer.headers.get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            browser.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                browser.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    /// Sends a file.
    pub(super) async fn send(&self, browser: &Browser, path: &str, kind: &str, bytes: Vec<u8>) -> Answer {
        let request = Request::post(path).header("host", "localhost:8080").header("cookie", browser.sent());
        let request = request.header("content-type", kind).body(Body::from(bytes)).unwrap();
        Server::answer(self.router.clone(), request).await
    }

    pub(super) async fn get(&self, browser: &mut Browser, path: &str) -> Answer {
        self.ask(browser, "GET", path, Value::Null).await
    }

    pub(super) async fn try_login(&self, browser: &mut Browser, account: &str, password: &str) -> Answer {
        let body = json!({ "account": account, "password": password });
        self.ask(browser, "POST", "/api/v1/session", body).await
    }

    pub(super) async fn login(&self, account: &str) -> Browser {
        let mut browser = Browser::default();
        let answer = self.try_login(&mut browser, account, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", String::from_utf8_lossy(&answer.body));
        browser
    }
}

fn kind(answer: &Answer) -> String {
    answer.json()["type"].as_str().unwrap().trim_start_matches("urn:anjian:problem:").to_owned()
}

#[tokio::test]
async fn who_is_not_signed_in_gets_the_login_and_nothing_else() {
    let server = LoginServer::new().await;
    let mut browser = Browser::default();
    let session = server.get(&mut browser, "/api/v1/session").await.json();
    assert_eq!((&session["login"], &session["account"]), (&"required".into(), &Value::Null));
    assert_eq!(server.get(&mut browser, "/").await.status, StatusCode::OK, "the page itself");
    for path in ["/api/v1/violations", "/api/v1/cameras", "/api/v1/live", "/metrics", "/api/v1/roles"] {
        let answer = server.get(&mut browser, path).await;
        assert_eq!(
            (answer.status, kind(&answer).as_str()),
            (StatusCode::UNAUTHORIZED, "signed-out"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn signing_in_and_out() {
    let server = LoginServer::new().await;
    let mut browser = server.login("admin").await;
    let session = server.get(&mut browser, "/api/v1/session").await.json();
    assert_eq!(
        (&session["account"]["name"], &session["account"]["role"]),
        (&"admin".into(), &"admin".into())
    );
    assert_eq!(server.get(&mut browser, "/api/v1/violations").await.status, StatusCode::OK);
    let mut thief = Browser { cookies: browser.cookies.clone(), address: None };
    let left = server.ask(&mut browser, "DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT);
    for browser in [&mut browser, &mut thief] {
        assert_eq!(server.get(browser, "/api/v1/violations").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_answer_alike() {
    let server = LoginServer::new().await;
    let wrong = server.try_login(&mut Browser::default(), "admin", "wrong").await;
    let unknown = server.try_login(&mut Browser::default(), "nobody", "wrong").await;
    assert_eq!((wrong.status, kind(&wrong).as_str()), (StatusCode::UNAUTHORIZED, "login"));
    assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
    let query = AuditQuery { action: Some("log_in_failed".to_owned()), limit: 10, ..AuditQuery::default() };
    let index = &server.server.shared.index;
    let entries = index.audit(&Viewer::local(), AuditReach::All, &query).await.unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.account.as_str(), entry.object.as_str())).collect();
    assert_eq!(told, [("nobody", "nobody"), ("nobody", "admin")]);
    assert!(!format!("{entries:?}").contains("wrong"), "no password in the audit");
}

#[tokio::test]
async fn a_session_that_somebody_planted_is_not_taken_over() {
    let server = LoginServer::new().await;
    let planted = "f".repeat(64);
    let cookies = vec![("anjian-session".to_owned(), planted.clone())];
    let mut browser = Browser { cookies, address: None };
    server.try_login(&mut browser, "admin", PASSWORD).await;
    assert!(browser.cookies.iter().all(|(_, value)| *value != planted));
    let mut planter = Browser { cookies: vec![("anjian-session".to_owned(), planted)], address: None };
    assert_eq!(server.get(&mut planter, "/api/v1/violations").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_one_time_password_opens_its_own_change_only() {
    let server = LoginServer::new().await;
    server.add("wang", settings(Role::Inspector), true).await;
    let mut browser = server.login("wang").await;
    let refused = server.get(&mut browser, "/api/v1/violations").await;
    assert_eq!((refused.status, kind(&refused).as_str()), (StatusCode::FORBIDDEN, "password-change"));
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let path = "/api/v1/account/password";
    for (body, expected) in [
        (change(PASSWORD, "short"), "password"),
        (change(PASSWORD, PASSWORD), "password"),
        (change("wrong", "another good one"), "login"),
    ] {
        let answer = server.ask(&mut browser, "PUT", path, body).await;
        assert_eq!(kind(&answer), expected);
    }
    let before = browser.cookies.clone();
    let changed = server.ask(&mut browser, "PUT", path, change(PASSWORD, "another good one")).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get(&mut browser, "/api/v1/violations").await.status, StatusCode::OK);
    assert_ne!(browser.cookies, before, "a new token after the change");
    let mut other = Browser::default();
    assert_eq!(server.try_login(&mut other, "wang", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    let entered = server.try_login(&mut other, "wang", "another good one").await;
    assert_eq!(entered.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_attacker_is_held_up_and_the_owner_is_not() {
    let server = LoginServer::new().await;
    let mut owner = server.login("admin").await;
    let mut attacker = Browser::default();
    let mut refused = 0;
    for _ in 0..20 {
        let answer = server.try_login(&mut attacker, "admin", "guess").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
            refused += 1;
        }
    }
    assert!(refused >= 10, "{refused}");
    let right = server.try_login(&mut attacker, "admin", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "not even with the right one");
    let known = server.try_login(&mut owner, "admin", PASSWORD).await;
    assert_eq!(known.status, StatusCode::NO_CONTENT, "the same address, a browser that is known");
    let mut elsewhere = Browser { address: Some("203.0.113.9"), ..Browser::default() };
    let other = server.try_login(&mut elsewhere, "admin", PASSWORD).await;
    assert_eq!(other.status, StatusCode::NO_CONTENT);
    assert!(elsewhere.cookies.iter().all(|(name, _)| name.starts_with("__Host-")));
}

#[tokio::test]
async fn bodies_of_a_login_are_small_and_complete() {
    let server = LoginServer::new().await;
    let large = server.try_login(&mut Browser::default(), "admin", &"x".repeat(5_000)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    for body in
        [json!({}), json!({ "account": "admin" }), json!([]), json!({ "account": 1, "password": "x" })]
    {
        let answer = server.ask(&mut Browser::default(), "POST", "/api/v1/session", body.clone()).await;
        assert!(answer.status.is_client_error(), "{body}");
        assert!(!String::from_utf8_lossy(&answer.body).contains(PASSWORD));
    }
}
