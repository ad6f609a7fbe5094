//! Routes asked as a client would, against a real index in a temporary folder.

mod accounts;
mod attachments;
mod attacks;
mod audit;
mod behaviours;
mod cases;
pub(crate) mod certificates;
mod clients;
mod clips;
mod connections;
mod coverage;
mod document;
mod evidence;
mod findings;
mod galleries;
mod guard;
mod health;
mod leaving;
mod list;
mod login;
mod recordings;
mod roles;
mod sights;
#[cfg(feature = "single-sign-on")]
mod sign_on;
mod sites;
mod stream;
mod tls;
mod verdicts;
mod viewer;

#[path = "../../tests/seed/mod.rs"]
mod seed;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anjian_domain::{SystemClock, Viewer, ViolationId, WallTime};
use anjian_indexer::CaseRules;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::accounts::door::Door;
use crate::audit::witness::Witness;
use crate::http::client::Trust;
use crate::http::guard::Hosts;
use crate::http::reading::FileWork;
use crate::ports::galleries::{Galleries, GalleryPort, NoGalleries};
use crate::ports::operation::{JobHealth, ThreadHealth};
use crate::ports::pictures::{NoDecoder, PictureError, PicturePort, Pictures};
use crate::recordings::prepared::PreparedCuts;
use crate::routes::router;
use crate::shared::{MAX_STREAMS, MAX_UPLOADS, Shared};
use crate::updates::feed;
use seed::{Breach, Seed};

const BEGAN: &str = "2026-03-01T00:00:00Z";

struct Server {
    router: Router,
    shared: Shared,
    seed: Seed,
    stop: watch::Sender<bool>,
    /// Threads that are not well.
    ailing: Arc<Mutex<Vec<ThreadHealth>>>,
    folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    #[track_caller]
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A decoder that answers with what it was asked for.
struct ScriptedDesk;

impl PicturePort for ScriptedDesk {
    fn still(&self, file: &Path, offset: Duration, _: &AtomicBool) -> Result<Vec<u8>, PictureError> {
        let name = file.file_name().unwrap().to_string_lossy();
        Ok(format!("still {name} {}", offset.as_millis()).into_bytes())
    }

    fn preview(
        &self,
        file: &Path,
        _: &[Range<u64>],
        _: &str,
        _: &AtomicBool,
    ) -> Result<PathBuf, PictureError> {
        Ok(file.to_owned())
    }

    fn thumbnail(&self, _: &[u8], width_px: u32) -> Result<Vec<u8>, PictureError> {
        Ok(format!("thumbnail {width_px}").into_bytes())
    }
}

impl Server {
    async fn new() -> Self {
        Self::with(Arc::new(ScriptedDesk)).await
    }

    async fn without_decoder() -> Self {
        Self::with(Arc::new(NoDecoder)).await
    }

    async fn with(port: Arc<dyn PicturePort>) -> Self {
        Self::with_ports(port, Arc::new(NoGalleries)).await
    }

    async fn with_ports(port: Arc<dyn PicturePort>, galleries: Arc<dyn GalleryPort>) -> Self {
        Self::asked_by(Viewer::local(), port, galleries).await
    }

    async fn asked_by(viewer: Viewer, port: Arc<dyn PicturePort>, galleries: Arc<dyn GalleryPort>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = Seed::new(folder.path(), at(BEGAN)).await;
        let (stop, stopping) = watch::channel(false);
        let ailing = Arc::new(Mutex::new(Vec::new()));
        let threads = Arc::clone(&ailing);
        let shared = Shared {
            head: feed::follow(seed.index.clone()).await.unwrap(),
            index: seed.index.clone(),
            witness: Witness::start(seed.index.clone()),
            door: Door::Open(viewer),
            behaviours: seed::behaviours(),
            rules: Arc::new(CaseRules::usual()),
            clock: SystemClock::shared(),
            metrics: Arc::new(|| "anjian_up 1\n".to_owned()),
            jobs: Arc::new(|| {
                let done_at = Some(at(BEGAN));
                let job = |job, failing_since| JobHealth { job, done_at, failing_since, trouble: None };
                vec![job("clips", None), job("retention", Some(at(BEGAN)))]
            }),
            threads: Arc::new(move || threads.lock().unwrap().clone()),
            pictures: Pictures::new(port),
            galleries: Galleries::new(galleries),
            cuts: PreparedCuts::new(SystemClock::shared()),
            files: FileWork::default(),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
            stop: stopping,
        };
        Self { router: routes(shared.clone()), shared, seed, stop, ailing, folder }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        Self::answer(self.router.clone(), request).await
    }

    /// As it answers another viewer.
    async fn ask_as(&self, viewer: &Viewer, request: Request<Body>) -> Answer {
        Self::answer(routes(Shared { door: Door::Open(viewer.clone()), ..self.shared.clone() }), request)
            .await
    }

    /// As it answers while as many files are read as may be.
    async fn get_when_full(&self, path: &str) -> Answer {
        let full = routes(Shared { files: FileWork::full(), ..self.shared.clone() });
        Self::answer(full, request("GET", path, &[])).await
    }

    async fn answer(router: Router, request: Request<Body>) -> Answer {
        let response = router.oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 16 << 20).await.unwrap().to_vec();
        Answer { status, headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path, &[])).await
    }

    /// A breach `minutes` after the Runs began, by camera 0 unless told.
    async fn breach(&self, minutes: u64, camera: usize, behaviour: &'static str) -> ViolationId {
        self.seed.breach(breach(minutes, camera, behaviour)).await
    }
}

fn routes(shared: Shared) -> Router {
    trusting(shared, Trust::default())
}

fn trusting(shared: Shared, trust: Trust) -> Router {
    router(shared, Hosts::new("127.0.0.1:0".parse().unwrap(), &[]), trust)
}

fn breach(minutes: u64, camera: usize, behaviour: &'static str) -> Breach {
    let opened = at(BEGAN).plus(Duration::from_mins(minutes));
    Breach { camera, behaviour, opened, lasted: Some(Duration::from_secs(30)), score: 0.75 }
}

fn at(text: &str) -> WallTime {
    text.parse().unwrap()
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}
