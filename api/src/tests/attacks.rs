//! What attackers try at the door.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anjian_casework::roles::{AccountScope, Action};
use anjian_domain::{Role, Viewer};
use anjian_indexer::WhoseTokens;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::login::{Browser, LoginServer, PASSWORD, settings};
use super::{Answer, BEGAN, Server, at};
use crate::accounts::credentials::ProgramToken;
use crate::http::client::{Peer, PlainHttp, Trust};

/// An attempt to sign in over TLS, from a peer that says what it likes of its client.
async fn attempt(server: &LoginServer, peer: &str, forwarded: &str, account: &str) -> StatusCode {
    let body = json!({ "account": account, "password": "guess" }).to_string();
    let request = Request::post("/api/v1/session").header("host", "localhost:8080");
    let request = request.header("content-type", "application/json").header("x-forwarded-for", forwarded);
    let mut request = request.body(Body::from(body)).unwrap();
    request.extensions_mut().insert(Peer::new(peer.parse().unwrap(), true));
    Server::answer(server.router(), request).await.status
}

/// How many of 14 attempts were looked at, with another made-up address each time.
async fn looked_at(
    server: &LoginServer,
    peer: &str,
    account: &str,
    forwarded: impl Fn(usize) -> String,
) -> usize {
    let mut count = 0;
    for number in 0..14 {
        let status = attempt(server, peer, &forwarded(number), account).await;
        count += usize::from(status == StatusCode::UNAUTHORIZED);
    }
    count
}

#[tokio::test]
async fn made_up_addresses_buy_no_further_attempts() {
    let proxies = ["10.0.0.0/24".parse().unwrap()];
    let server = LoginServer::behind(Trust::new(&proxies, PlainHttp::Proxies)).await;
    let made_up = |number: usize| format!("198.51.100.{number}");
    let none = looked_at(&server, "203.0.113.5", "a", made_up).await;
    let one = looked_at(&server, "10.0.0.1", "b", |number| format!("{}, 203.0.113.5", made_up(number))).await;
    let two = |number: usize| format!("{}, 203.0.113.5, 10.0.0.2", made_up(number));
    let two = looked_at(&server, "10.0.0.1", "c", two).await;
    assert_eq!([none, one, two], [10; 3], "through no, one and two proxies");
    // Clients of a proxy are told apart.
    assert_eq!(looked_at(&server, "10.0.0.1", "d", made_up).await, 14);
}

async fn sent(
    server: &LoginServer,
    browser: &Browser,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
    let request = request.header("cookie", browser.sent()).header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let body = json!({ "account": "admin", "password": PASSWORD }).to_string();
    Server::answer(server.router(), request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn pages_of_other_sites_neither_act_nor_read() {
    let server = LoginServer::new().await;
    let browser = server.login("admin").await;
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")];
    for header in foreign {
        for (method, path) in [
            ("POST", "/api/v1/session"),
            ("DELETE", "/api/v1/session"),
            ("POST", "/api/v1/accounts"),
            ("PUT", "/api/v1/account/password"),
            ("POST", "/api/v1/audit/checkpoint"),
        ] {
            let answer = sent(&server, &browser, method, path, &[header]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} {header:?}");
            assert!(!answer.headers.contains_key("set-cookie"));
        }
        // What a browser fetches for another page, that page may not read, and no page may frame it.
        let answer = sent(&server, &browser, "GET", "/api/v1/accounts", &[header]).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
    // A login in a frame of another site sends no cookie with it, and gets one that no frame keeps.
    let headers = [("sec-fetch-site", "cross-site")];
    let framed = sent(&server, &Browser::default(), "POST", "/api/v1/session", &headers).await;
    assert_eq!(framed.status, StatusCode::FORBIDDEN);
    let own =
        sent(&server, &browser, "POST", "/api/v1/session", &[("origin", "http://localhost:8080")]).await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
    for cookie in own.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
}

#[tokio::test]
async fn forged_and_expired_tokens_open_nothing() {
    let server = LoginServer::new().await;
    let see = || [Action::SeeViolations].into();
    let index = &server.server.shared.index;
    let expired =
        ProgramToken::new("old".to_owned(), see(), Some(AccountScope::Everything), at(BEGAN)).unwrap();
    index.add_token(&Viewer::local(), WhoseTokens::Installation, &expired.new).await.unwrap();
    let browser = server.login("admin").await;
    let session = browser.sent().split(['=', ';']).nth(1).unwrap().to_owned();
    let long = "a".repeat(4_000);
    for forged in
        [&format!("anj_{}", "0".repeat(64)), "anj_", "", &expired.text, &session, "' OR 1=1 --", &long]
    {
        let request = Request::get("/api/v1/violations").header("host", "localhost");
        let request =
            request.header("authorization", format!("Bearer {forged}")).body(Body::empty()).unwrap();
        let answer = Server::answer(server.router(), request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{forged}");
        let request = Request::get("/api/v1/violations").header("host", "localhost");
        let cookie = format!("anjian-session={}", forged.trim_start_matches(&session));
        let answer =
            Server::answer(server.router(), request.header("cookie", cookie).body(Body::empty()).unwrap());
        assert_eq!(answer.await.status, StatusCode::UNAUTHORIZED, "{forged}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_logins_keeps_nobody_out_who_was_there_before() {
    let server = Arc::new(LoginServer::new().await);
    server.add("wang", settings(Role::Inspector), false).await;
    let mut known = server.login("wang").await;
    let (is_over, tried) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    // More at once than may wait for a hash: most are sent away.
    let flood: Vec<_> = (0..60)
        .map(|sender| {
            let (server, is_over, tried) = (Arc::clone(&server), Arc::clone(&is_over), Arc::clone(&tried));
            tokio::spawn(async move {
                for number in 0_u16.. {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let [high, low] = number.to_be_bytes();
                    let status = attempt(&server, &format!("100.{sender}.{high}.{low}"), "", "wang").await;
                    assert!(
                        [StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE].contains(&status),
                        "{status}"
                    );
                    tried.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    while tried.load(Ordering::Relaxed) < 100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for _ in 0..3 {
        let answer = server.try_login(&mut known, "wang", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        let list = server.ask(&mut known, "GET", "/api/v1/violations", Value::Null).await;
        assert_eq!(list.status, StatusCode::OK);
    }
    is_over.store(true, Ordering::Relaxed);
    for sender in flood {
        sender.await.unwrap();
    }
}
