//! Connections that nobody uses cost the server nothing that others need.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::Server;
use crate::connections::accept;
use crate::connections::converse::Serving;
use crate::connections::slots::Slots;
use crate::connections::tls::Tls;

const PLACES: u32 = 4;
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

pub(super) struct Listening {
    pub(super) address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
    ended: tokio::task::JoinHandle<()>,
}

pub(super) async fn listen(server: &Server, tls: Option<Tls>) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = watch::channel(false);
    let serving = Serving { routes: server.router.clone(), tls, stopping };
    let ended = tokio::spawn(accept::serve(listener, serving, Slots::new(PLACES)));
    Listening { address, stop, ended }
}

/// The first line of the answer; empty when the connection was closed without one.
async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(HEALTH).await.unwrap();
    let mut answer = vec![0; 4_096];
    let count = stream.read(&mut answer).await.unwrap_or(0);
    String::from_utf8_lossy(&answer[..count]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn idle_connections_make_room() {
    let server = Server::new().await;
    let listening = listen(&server, None).await;
    let mut idle = Vec::new();
    for _ in 0..5 * PLACES {
        idle.push(TcpStream::connect(listening.address).await.unwrap());
    }
    let mut asking = TcpStream::connect(listening.address).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(10), ask(&mut asking)).await.unwrap();
    assert_eq!(answer, "HTTP/1.1 200 OK");
    let closed = idle[0].read(&mut [0; 1]).await.unwrap();
    assert_eq!(closed, 0, "the connection that was idle for longest is closed");
    drop(idle);
    listening.stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(10), listening.ended).await.unwrap().unwrap();
    assert!(TcpStream::connect(listening.address).await.is_err(), "nothing listens after the end");
}

/// The clock stands still while anything moves, and jumps when everything waits.
#[tokio::test]
async fn who_says_nothing_is_closed_before_and_between_requests() {
    let server = Server::new().await;
    let listening = listen(&server, None).await;
    let mut silent = TcpStream::connect(listening.address).await.unwrap();
    let mut halting = TcpStream::connect(listening.address).await.unwrap();
    halting.write_all(b"GET / HTTP/1.1\r\nhost: loc").await.unwrap();
    let mut again = TcpStream::connect(listening.address).await.unwrap();
    assert_eq!(ask(&mut again).await, "HTTP/1.1 200 OK");
    tokio::time::pause();
    let mut rest = Vec::new();
    assert_eq!(silent.read_to_end(&mut rest).await.unwrap(), 0, "before a request");
    let _ = halting.read_to_end(&mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"), "in the middle of a head");
    rest.clear();
    again.read_to_end(&mut rest).await.unwrap();
    assert!(ask(&mut again).await.is_empty(), "between requests");
}
