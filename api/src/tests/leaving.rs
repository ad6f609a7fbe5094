//! Clients that hang up: the work that was done for them ends.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anjian_domain::VideoCodec;
use axum::http::StatusCode;
use tower::ServiceExt;

use super::seed::footage::Film;
use super::{BEGAN, Server, at, request};
use crate::ports::pictures::{PictureError, PicturePort};

/// A decoder that decodes until nobody wants the picture, but for the first second of a file.
#[derive(Default)]
struct Endless {
    begun: AtomicUsize,
    ended: AtomicUsize,
}

impl PicturePort for Endless {
    fn still(&self, _: &Path, offset: Duration, wanted: &AtomicBool) -> Result<Vec<u8>, PictureError> {
        if offset < Duration::from_secs(1) {
            return Ok(b"picture".to_vec());
        }
        self.begun.fetch_add(1, Ordering::SeqCst);
        while wanted.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        self.ended.fetch_add(1, Ordering::SeqCst);
        Err(PictureError::Busy("nobody waits".to_owned()))
    }

    fn preview(&self, _: &Path, _: &[Range<u64>], _: &str, _: &AtomicBool) -> Result<PathBuf, PictureError> {
        Err(PictureError::Unavailable("not asked for here".to_owned()))
    }

    fn thumbnail(&self, _: &[u8], _: u32) -> Result<Vec<u8>, PictureError> {
        Err(PictureError::Unavailable("not asked for here".to_owned()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_frees_the_decoder() {
    let decoder = Arc::new(Endless::default());
    let server = Server::with(decoder.clone()).await;
    server.seed.film(0, at(BEGAN), Duration::from_mins(1), &Film::made_up(VideoCodec::H264)).await;
    let still = |seconds: u64| format!("/api/v1/cameras/gate-1/still.jpg?at=2026-03-01T00:00:{seconds:02}Z");
    // More than may be decoded at once.
    let clients: Vec<_> = (10..20)
        .map(|seconds| tokio::spawn(server.router.clone().oneshot(request("GET", &still(seconds), &[]))))
        .collect();
    while decoder.begun.load(Ordering::SeqCst) < 4 {
        tokio::task::yield_now().await;
    }
    for client in clients {
        client.abort();
    }
    // Waits for a place, which is free as soon as those four have seen that nobody wants them.
    assert_eq!(server.get(&still(0)).await.status, StatusCode::OK);
    while decoder.ended.load(Ordering::SeqCst) < decoder.begun.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
}
