//! A proxy before the S3 endpoint that does what bad networks and stores do, and counts.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::place::endpoint;

/// What is done to one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// None: it is forwarded.
    None,
    /// A refusal with this status and code.
    Answer(u16, &'static str),
    /// No answer.
    Silence,
    /// The connection ends without one.
    Drop,
    /// The connection ends after so many bytes of the answer.
    Cut(usize),
    /// The answer comes later.
    Slow(Duration),
}

pub(crate) struct Proxy {
    pub(crate) address: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Shared {
    /// Of the requests to come, in order.
    faults: Mutex<VecDeque<Fault>>,
    /// Method and path of each request.
    seen: Mutex<Vec<String>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = serving.clone();
                tokio::spawn(async move {
                    // A client that leaves is part of the tests.
                    let _ = serve(client, &shared).await;
                });
            }
        });
        Self { address, shared, _runtime: runtime }
    }

    /// What is to happen to the next requests.
    pub(crate) fn plan(&self, faults: &[Fault]) {
        *self.shared.faults.lock().unwrap() = faults.iter().copied().collect();
    }

    /// Requests since the last call.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap())
    }

    /// The most requests that were open at once.
    pub(crate) fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }
}

/// One request a connection.
async fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let (head, body) = read_request(&mut client).await?;
    let line = head.lines().next().unwrap_or_default();
    shared.seen.lock().unwrap().push(line.trim_end_matches(" HTTP/1.1").to_owned());
    let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most_open.fetch_max(open, Ordering::SeqCst);
    let fault = shared.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
    let done = answer(&mut client, fault, &head, &body).await;
    shared.open.fetch_sub(1, Ordering::SeqCst);
    done
}

async fn answer(client: &mut TcpStream, fault: Fault, head: &str, body: &[u8]) -> std::io::Result<()> {
    match fault {
        Fault::None => client.write_all(&forward(head, body).await?).await,
        Fault::Answer(status, code) => client.write_all(refusal(status, code).as_bytes()).await,
        Fault::Silence => client.read_to_end(&mut Vec::new()).await.map(|_| ()),
        Fault::Drop => Ok(()),
        Fault::Cut(bytes) => {
            let whole = forward(head, body).await?;
            client.write_all(&whole[..bytes.min(whole.len())]).await
        }
        Fault::Slow(time) => {
            tokio::time::sleep(time).await;
            client.write_all(&forward(head, body).await?).await
        }
    }
}

async fn read_request(client: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        if client.read_buf(&mut read).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let mut body = read.split_off(end);
    let head = String::from_utf8_lossy(&read).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    while body.len() < length.unwrap_or_default() {
        if client.read_buf(&mut body).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok((head, body))
}

/// The whole answer of the endpoint.
async fn forward(head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let host = endpoint().endpoint().trim_start_matches("http://");
    let mut server = TcpStream::connect(host).await?;
    let mut request = head.trim_end().to_owned();
    request.push_str("\r\nConnection: close\r\n\r\n");
    server.write_all(request.as_bytes()).await?;
    server.write_all(body).await?;
    let mut whole = Vec::new();
    server.read_to_end(&mut whole).await?;
    Ok(whole)
}

fn refusal(status: u16, code: &str) -> String {
    let body = format!(
        "<Error><Code>{code}</Code><Message>The test says so.</Message><Token>{}</Token></Error>",
        crate::place::SECRET
    );
    let length = body.len();
    format!("HTTP/1.1 {status} No\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
