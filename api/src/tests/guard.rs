//! What holds for every request.

use axum::http::StatusCode;

use super::{Server, request};

#[tokio::test]
async fn every_answer_is_hardened() {
    let server = Server::new().await;
    for path in ["/", "/api/v1/cameras", "/api/v1/nothing", "/metrics"] {
        let answer = server.get(path).await;
        assert!(answer.header("content-security-policy").starts_with("default-src 'self';"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.headers.contains_key("cache-control"), "{path}");
    }
}

#[tokio::test]
async fn other_names_get_nothing() {
    let server = Server::new().await;
    for path in ["/", "/api/v1/violations", "/metrics", "/healthz"] {
        let mut request = request("GET", path, &[]);
        request.headers_mut().insert("host", "rebound.example:8080".parse().unwrap());
        let answer = server.ask(request).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("rebound.example"), "{path}");
    }
    let mut nameless = request("GET", "/api/v1/violations", &[]);
    nameless.headers_mut().remove("host");
    assert_eq!(server.ask(nameless).await.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let server = Server::new().await;
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    for (method, path) in [
        ("POST", "/api/v1/holds"),
        ("DELETE", "/api/v1/holds/7?who=a&why=b"),
        ("POST", "/api/v1/galleries/white/garments"),
    ] {
        for header in foreign {
            let answer = server.ask(request(method, path, &[header])).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} {header:?}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.header("x-frame-options"), "DENY");
        }
        let own = server.ask(request(method, path, &[("origin", "http://localhost:8080")])).await;
        assert_ne!(own.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    // Links from elsewhere may be followed.
    assert_eq!(server.ask(request("GET", "/api/v1/cameras", &foreign)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_verbs_are_problems_that_say_the_right_one() {
    let server = Server::new().await;
    for path in ["/api/v1/violations", "/api/v1/cameras", "/healthz", "/api/v1/openapi.json"] {
        let answer = server.ask(request("POST", path, &[])).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(answer.header("allow"), "GET,HEAD", "{path}");
    }
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can() {
    let server = Server::new().await;
    let answer = server.ask(request("GET", "/api/v1/openapi.json", &[("accept-encoding", "gzip")])).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(answer.body.starts_with(&[0x1f, 0x8b]));
}
