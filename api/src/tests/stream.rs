//! The event stream: order, resuming, its end.

use std::time::Duration;

use anjian_domain::CameraState;
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt;

use super::seed::Breach;
use super::{Server, at, breach, request};
use crate::shared::MAX_STREAMS;

/// Far longer than anything here takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// An event of the stream; `name` is empty for the one that only sets the id.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) data: Value,
}

pub(super) struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Server {
    pub(super) async fn listen(&self, headers: &[(&str, &str)]) -> Stream {
        Stream::open(self.router.clone(), request("GET", "/api/v1/live", headers)).await
    }
}

impl Stream {
    pub(super) async fn open(router: Router, request: Request<Body>) -> Self {
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event that is not a comment; `None` at the end of the stream.
    pub(super) async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if !block.starts_with(':') {
                    return Some(told(&block));
                }
                continue;
            }
            let chunk = timeout(PATIENCE, self.body.next()).await.expect("an event")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    async fn names(&mut self, count: usize) -> Vec<(i64, String)> {
        let mut names = Vec::new();
        for _ in 0..count {
            let told = self.next().await.unwrap();
            names.push((told.id, told.name));
        }
        names
    }
}

fn told(block: &str) -> Told {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim_start_matches(':').trim().to_owned()).unwrap_or_default()
    };
    Told {
        id: field("id").parse().unwrap_or(-1),
        name: field("event"),
        data: serde_json::from_str(&field("data")).unwrap_or_default(),
    }
}

#[tokio::test]
async fn it_tells_what_happens_from_now_on() {
    let server = Server::new().await;
    server.breach(1, 0, "no_hard_hat").await;
    let mut stream = server.listen(&[]).await;
    let greeting = stream.next().await.unwrap();
    assert_eq!(greeting.name, "");

    let open = Breach { lasted: None, ..breach(2, 1, "no_hard_hat") };
    let id = server.seed.breach(open).await;
    let opened = stream.next().await.unwrap();
    assert_eq!((opened.name.as_str(), &opened.data["id"]), ("violation", &Value::from(id.to_string())));
    assert_eq!(opened.data["status"], "open");
    assert!(opened.id > greeting.id);

    server.seed.close(Breach { lasted: Some(Duration::from_secs(9)), ..open }).await;
    assert_eq!(stream.next().await.unwrap().data["status"], "closed");

    server.seed.camera_state(2, CameraState::Stalled, at("2026-03-01T01:00:00Z"), Some("no data")).await;
    let camera = stream.next().await.unwrap();
    assert_eq!((camera.name.as_str(), camera.data["id"].as_str()), ("camera", Some("shop-3")));
    assert_eq!(camera.data["reason"], "no data");
}

#[tokio::test]
async fn it_resumes_without_loss_or_repetition() {
    let server = Server::new().await;
    let mut first = server.listen(&[]).await;
    first.next().await.unwrap();
    for minutes in 0..3 {
        server.breach(minutes, 0, "no_hard_hat").await;
    }
    // Each was opened and closed.
    let all = first.names(6).await;
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0), "{all:?}");

    let cut = all[2].0;
    drop(first);
    server.breach(3, 0, "no_hard_hat").await;
    let mut second = server.listen(&[("last-event-id", &cut.to_string())]).await;
    assert_eq!(second.next().await.unwrap().id, cut);
    let rest = second.names(5).await;
    assert_eq!(rest[..3], all[3..]);
    server.breach(4, 0, "no_hard_hat").await;
    let next = second.next().await.unwrap();
    assert!(next.id > rest[4].0, "{} follows {rest:?}", next.id);
}

#[tokio::test]
async fn a_listener_that_slept_gets_everything_in_order() {
    let server = Server::new().await;
    let mut stream = server.listen(&[]).await;
    let greeting = stream.next().await.unwrap();
    // More than is read at once.
    let since = at("2026-03-01T01:00:00Z");
    for number in 0..300_u64 {
        let state = if number % 2 == 0 { CameraState::Live } else { CameraState::Connecting };
        server.seed.camera_state(0, state, since.plus(Duration::from_secs(number)), None).await;
    }
    let ids: Vec<i64> = stream.names(300).await.into_iter().map(|(id, _)| id).collect();
    let expected: Vec<i64> = (greeting.id + 1..=greeting.id + 300).collect();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn an_id_from_elsewhere_asks_to_read_everything_again() {
    let server = Server::new().await;
    let mut stream = server.listen(&[("last-event-id", "987654")]).await;
    stream.next().await.unwrap();
    assert_eq!(stream.next().await.unwrap().name, "reset");
    let refused = server.ask(request("GET", "/api/v1/live", &[("last-event-id", "seven")])).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.json()["detail"].as_str().unwrap().starts_with("Last-Event-ID"));
}

#[tokio::test]
async fn it_ends_with_the_server_and_admits_only_so_many() {
    let server = Server::new().await;
    let mut streams = Vec::new();
    for _ in 0..MAX_STREAMS {
        streams.push(server.listen(&[]).await);
    }
    let refused = server.get("/api/v1/live").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(server.get("/healthz").await.json()["streams"], MAX_STREAMS);

    streams.truncate(1);
    let mut last = streams.pop().unwrap();
    last.next().await.unwrap();
    server.stop.send(true).unwrap();
    assert!(last.next().await.is_none());
}
