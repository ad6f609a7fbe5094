//! The stream of server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anjian_indexer::{LiveKind, LiveUpdate};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::OwnedSemaphorePermit;

use crate::accounts::asker::Asker;
use crate::accounts::gate::{self, Signed};
use crate::cameras::views::CameraView;
use crate::cases::views::CaseView;
use crate::http::client::Client;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::{MAX_STREAMS, Shared};
use crate::updates::feed::{Begin, Continuity, Listener};
use crate::violations::views::ViolationView;

/// Shorter than the minute after which proxies close a silent connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);
/// How often to see whether who listens is still signed in with the same rights.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const LAST_EVENT_ID: &str = "Last-Event-ID";

/// Sends violations that open or change (`violation`), cameras (`camera`) and cases (`case`) as it happens, each as in its list.
///
/// Begins with the present, or after the event in `Last-Event-ID`, which loses and repeats nothing. When the
/// events after that one are no longer kept, one event `reset` says so: read the lists again.
#[utoipa::path(
    get,
    path = "/api/v1/live",
    tag = "live",
    params(("Last-Event-ID" = Option<i64>, Header, description = "The event that was seen last")),
    responses(
        (status = OK, content_type = "text/event-stream", body = String),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn live(
    Signed(asker): Signed,
    client: Client,
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let begin = begin(&headers)?;
    let place = shared.streams.clone().try_acquire_owned().map_err(|_| Problem::Crowded(MAX_STREAMS))?;
    let (listener, continuity) =
        Listener::new(Arc::clone(&asker), shared.index.clone(), shared.head.clone(), begin).await?;
    let mut stop = shared.stop.clone();
    let stopped = async move {
        tokio::select! {
            // The sender is gone: the server is going too.
            _ = stop.wait_for(|is_stopping| *is_stopping) => {}
            () = changed(shared, headers, client, asker) => {}
        }
    };
    let events = stream::iter(greeting(&listener, continuity)).chain(updates(listener, place));
    let events = events.map(Ok).take_until(Box::pin(stopped));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Comes when who listens is signed out or has other rights: the browser comes again as who it is then.
async fn changed(shared: Shared, headers: HeaderMap, client: Client, asker: Arc<Asker>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if !gate::is_still(&shared, &headers, client, &asker).await {
            return;
        }
    }
}

fn begin(headers: &HeaderMap) -> Result<Begin, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(Begin::Now) };
    let text = value.to_str().unwrap_or("letters that no event id has");
    if text.is_empty() {
        return Ok(Begin::Now);
    }
    let seq = text.parse().ok().filter(|seq| *seq >= 0);
    let reason = || format!("{text:?} is not the id of an event: send the last one unchanged, or none");
    seq.map(Begin::After).ok_or_else(|| Problem::Header { header: LAST_EVENT_ID, reason: reason() })
}

/// An event without data is not shown to the page, but sets the id from which its browser will resume.
fn greeting(listener: &Listener, continuity: Continuity) -> Vec<Event> {
    let id = Event::default().id(listener.last().to_string()).retry(RETRY);
    match continuity {
        Continuity::Whole => vec![id],
        Continuity::Broken => vec![id, Event::default().event("reset").data("{}")],
    }
}

/// Ends when the index is closed or cannot be read; the browser comes again and resumes.
fn updates(listener: Listener, place: OwnedSemaphorePermit) -> impl Stream<Item = Event> {
    stream::unfold((listener, place), |(mut listener, place)| async move {
        match listener.next().await {
            Ok(update) => update.map(|update| (event(&update), (listener, place))),
            Err(error) => {
                tracing::warn!(error = %error, "a live stream ends: the outbox could not be read");
                None
            }
        }
    })
}

fn event(update: &LiveUpdate) -> Event {
    let (name, data) = match &update.kind {
        LiveKind::Violation(row) => ("violation", serde_json::to_string(&ViolationView::from(row.as_ref()))),
        LiveKind::Camera(row) => ("camera", serde_json::to_string(&CameraView::from(row.as_ref()))),
        LiveKind::Case(row) => ("case", serde_json::to_string(&CaseView::from(row.as_ref()))),
    };
    let data = data.expect("plain structs of strings and numbers always serialize");
    Event::default().id(update.seq.to_string()).event(name).data(data)
}
