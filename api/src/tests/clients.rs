//! Who asks, as routes learn it, and who is not answered in plain HTTP.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower::ServiceExt;

use super::{Server, request, trusting};
use crate::http::client::{Client, Peer, PlainHttp, Trust, identify};

fn trust(plain_http: PlainHttp) -> Trust {
    Trust::new(&["10.0.0.0/8".parse().unwrap()], plain_http)
}

fn from(peer: &str, is_tls: bool, mut request: Request<Body>) -> Request<Body> {
    let address: IpAddr = peer.parse().unwrap();
    request.extensions_mut().insert(Peer::new(address, is_tls));
    request
}

#[tokio::test]
async fn routes_learn_who_asks() {
    let told = async |client: Client| format!("{} {}", client.address, client.is_secure);
    let router = axum::Router::new()
        .route("/", get(told))
        .layer(from_fn_with_state(trust(PlainHttp::Proxies), identify));
    let forwarded = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
    let asked = || request("GET", "/", &forwarded);
    for (request, expected) in [
        (request("GET", "/", &[]), "127.0.0.1 false"),
        (asked(), "127.0.0.1 false"),
        (from("10.0.0.1", false, asked()), "203.0.113.9 true"),
        (from("::ffff:10.0.0.1", false, asked()), "203.0.113.9 true"),
        (from("192.168.1.1", true, asked()), "192.168.1.1 true"),
        (from("192.168.1.1", false, asked()), "192.168.1.1 false"),
    ] {
        let answer = Server::answer(router.clone(), request).await;
        assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
    }
    // Without the layer, as the connection is.
    let bare = axum::Router::new().route("/", get(told));
    let answer = Server::answer(bare, from("203.0.113.9", true, asked())).await;
    assert_eq!(answer.body, b"203.0.113.9 true");
}

#[tokio::test]
async fn plain_http_from_elsewhere_is_refused_and_says_what_to_do() {
    let server = Server::new().await;
    let router = trusting(server.shared.clone(), trust(PlainHttp::Proxies));
    for (peer, is_tls, is_answered) in [
        ("127.0.0.1", false, true),
        ("10.0.0.1", false, true),
        ("203.0.113.9", true, true),
        ("203.0.113.9", false, false),
    ] {
        for path in ["/", "/healthz", "/api/v1/cameras"] {
            let asked = from(peer, is_tls, request("GET", path, &[("x-forwarded-proto", "https")]));
            let answer = Server::answer(router.clone(), asked).await;
            assert_eq!(answer.status == StatusCode::OK, is_answered, "{peer} {is_tls} {path}");
            assert_eq!(answer.header("x-frame-options"), "DENY");
            assert_eq!(answer.headers.contains_key("strict-transport-security"), is_tls);
            if !is_answered {
                assert_eq!(answer.status, StatusCode::FORBIDDEN);
                assert_eq!(answer.json()["type"], "urn:anjian:problem:proxy-only");
                assert!(answer.json()["detail"].as_str().unwrap().contains("server.trusted_proxies"));
            }
        }
    }
    let everybody = trusting(server.shared.clone(), trust(PlainHttp::Everybody));
    let asked = from("203.0.113.9", false, request("GET", "/healthz", &[]));
    assert_eq!(everybody.oneshot(asked).await.unwrap().status(), StatusCode::OK);
}
