//! A listener on the product's own event stream, as a browser would be one.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;

use anjian_domain::{Clock, SystemClock, ViolationId, WallTime};
use serde::Deserialize;

/// A violation was heard of for the first time.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    pub violation: ViolationId,
    pub at: WallTime,
}

/// Listens until the server ends the stream.
pub struct Listener {
    thread: JoinHandle<Vec<Heard>>,
}

#[derive(Deserialize)]
struct EventData {
    id: ViolationId,
    status: String,
}

/// Connects; returns when the request is sent.
pub fn listen(address: SocketAddr) -> anyhow::Result<Listener> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /api/v1/live HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n")?;
    let thread = std::thread::Builder::new().name("events".to_owned()).spawn(move || hear(stream))?;
    Ok(Listener { thread })
}

fn hear(stream: TcpStream) -> Vec<Heard> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let data = lines.filter_map(|line| line.strip_prefix("data:").map(str::to_owned));
    data.filter_map(|data| {
        let at = SystemClock.now();
        let event: EventData = serde_json::from_str(&data).ok()?;
        (event.status == "open").then_some(Heard { violation: event.id, at })
    })
    .collect()
}

impl Listener {
    /// Everything that was heard; call it after the server has ended.
    pub fn finish(self) -> Vec<Heard> {
        self.thread.join().unwrap_or_default()
    }
}
