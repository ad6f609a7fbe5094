//! Real TLS connections, and what is none.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::rustls::SupportedProtocolVersion;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use super::Server;
use super::certificates::{Folder, Issued, issue};
use super::connections::listen;
use crate::connections::tls::{LOOK_EVERY, Tls};
use crate::server::{ApiSettings, Ports, serve_on};

const ASKED: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
const BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// The whole answer; `None` when the handshake fails.
async fn ask(
    address: std::net::SocketAddr,
    known: &Issued,
    versions: &[&'static SupportedProtocolVersion],
) -> Option<String> {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = known.client(versions).connect("localhost".try_into().unwrap(), stream).await.ok()?;
    stream.write_all(ASKED).await.unwrap();
    let mut answer = String::new();
    // An end without `close_notify` is an error here.
    stream.read_to_string(&mut answer).await.unwrap();
    Some(answer)
}

#[tokio::test]
async fn both_versions_are_spoken_and_browsers_are_told_to_stay() {
    let server = Server::new().await;
    let issued = issue("localhost");
    let folder = Folder::new(&issued);
    let listening = listen(&server, Some(Tls::load(folder.files()).unwrap())).await;
    for version in [&TLS12, &TLS13] {
        let answer = ask(listening.address, &issued, &[version]).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{version:?}: {answer}");
        assert!(answer.contains("strict-transport-security: max-age=31536000\r\n"), "{answer}");
    }
    assert!(ask(listening.address, &issue("localhost"), BOTH).await.is_none(), "another certificate");
}

#[tokio::test]
async fn plain_http_to_the_tls_port_is_closed_without_a_reset() {
    let server = Server::new().await;
    let folder = Folder::new(&issue("localhost"));
    let listening = listen(&server, Some(Tls::load(folder.files()).unwrap())).await;
    let mut plain = TcpStream::connect(listening.address).await.unwrap();
    plain.write_all(ASKED).await.unwrap();
    plain.write_all(&[b'x'; 20_000]).await.unwrap();
    let mut rest = Vec::new();
    assert_eq!(plain.read_to_end(&mut rest).await.unwrap(), 0, "a clean end, and nothing before it");
}

/// The clock stands still while anything moves, and jumps when everything waits.
#[tokio::test]
async fn a_slow_handshake_stops_nobody_and_is_given_up() {
    let server = Server::new().await;
    let issued = issue("localhost");
    let folder = Folder::new(&issued);
    let listening = listen(&server, Some(Tls::load(folder.files()).unwrap())).await;
    let mut silent = TcpStream::connect(listening.address).await.unwrap();
    let mut halting = TcpStream::connect(listening.address).await.unwrap();
    halting.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    let asked = timeout(Duration::from_secs(10), ask(listening.address, &issued, BOTH));
    assert!(asked.await.unwrap().unwrap().starts_with("HTTP/1.1 200 OK"));
    tokio::time::pause();
    let mut rest = Vec::new();
    for slow in [&mut silent, &mut halting] {
        assert_eq!(slow.read_to_end(&mut rest).await.unwrap(), 0, "given up");
    }
}

#[tokio::test]
async fn connections_in_their_handshake_make_room() {
    let server = Server::new().await;
    let issued = issue("localhost");
    let folder = Folder::new(&issued);
    let listening = listen(&server, Some(Tls::load(folder.files()).unwrap())).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(listening.address).await.unwrap());
    }
    let asked = timeout(Duration::from_secs(10), ask(listening.address, &issued, BOTH));
    assert!(asked.await.unwrap().unwrap().starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_renewed_certificate_serves_without_a_restart() {
    let server = Server::new().await;
    let (first, second) = (issue("localhost"), issue("localhost"));
    let folder = Folder::new(&first);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = Some(Tls::load(folder.files()).unwrap());
    let settings = ApiSettings { tls, ..ApiSettings::new(address) };
    let (stop, stopped) = oneshot::channel::<()>();
    let ports = Ports::new(std::sync::Arc::new(String::new));
    let stopped = async { stopped.await.unwrap() };
    let serving = tokio::spawn(serve_on(listener, settings, server.seed.index.clone(), ports, stopped));
    assert!(ask(address, &first, BOTH).await.is_some());
    folder.put(&second);
    tokio::time::pause();
    tokio::time::advance(LOOK_EVERY).await;
    tokio::time::resume();
    while ask(address, &second, BOTH).await.is_none() {
        tokio::task::yield_now().await;
    }
    assert!(ask(address, &first, BOTH).await.is_none(), "the old certificate is gone");
    stop.send(()).unwrap();
    timeout(Duration::from_secs(10), serving).await.unwrap().unwrap().unwrap();
}
