//! The connection: TCP or TLS, and what comes over it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anjian_domain::SourceUrl;
use gio::prelude::*;

use super::message::{self, Item, Message};
use crate::{CameraFault, CertificateCheck};

/// A machine that is there accepts a connection within this time.
const CONNECT_MAX_S: u32 = 5;

/// How long a read waits at most.
const READ_MAX_S: u32 = 1;

/// Read at once.
const READ_BYTES: usize = 64 << 10;

/// A packet of 64 KiB and what stands before it. More is never held.
const BUFFER_MAX: usize = 2 << 20;

/// What came.
#[derive(Debug)]
pub(super) enum Received {
    Message(Message),
    /// A channel and its packet.
    Packet(u8, Vec<u8>),
    /// Nothing for a second.
    Nothing,
    Closed,
}

/// An open connection; closed when dropped.
pub(super) struct Wire {
    connection: gio::SocketConnection,
    cancel: gio::Cancellable,
    buffer: Vec<u8>,
    /// Up to here the buffer was taken.
    at: usize,
}

impl Wire {
    /// # Errors
    /// When there is nobody, or the certificate is not trusted.
    pub(super) fn connect(
        url: &SourceUrl,
        certificate: CertificateCheck,
        cancel: &gio::Cancellable,
    ) -> Result<Self, CameraFault> {
        let client = gio::SocketClient::new();
        client.set_timeout(CONNECT_MAX_S);
        // No proxy stands before a camera.
        client.set_enable_proxy(false);
        let is_tls = url.expose().scheme() == "rtsps";
        let is_refused = Arc::new(AtomicBool::new(false));
        if is_tls {
            client.set_tls(true);
            check_certificate(&client, certificate, &is_refused);
        }
        let (host, port) = place(url);
        let connection = client.connect_to_host(&format!("{host}:{port}"), port, Some(cancel));
        let connection = connection.map_err(|error| match is_refused.load(Ordering::Relaxed) {
            true => CameraFault::Certificate,
            false => CameraFault::Unreachable(why_unreachable(&error, &host, port)),
        })?;
        connection.socket().set_timeout(READ_MAX_S);
        Ok(Self { connection, cancel: cancel.clone(), buffer: Vec::new(), at: 0 })
    }

    /// The camera's address.
    pub(super) fn peer(&self) -> Option<IpAddr> {
        let address = self.connection.remote_address().ok()?.downcast::<gio::InetSocketAddress>().ok()?;
        Some(address.address().into())
    }

    /// Sends all of it.
    pub(super) fn send(&self, bytes: &[u8]) -> Result<(), glib::Error> {
        match self.connection.output_stream().write_all(bytes, Some(&self.cancel)) {
            Ok((_, None)) => Ok(()),
            Ok((_, Some(error))) | Err(error) => Err(error),
        }
    }

    /// Says goodbye, even if it was cancelled. Waits a second at most.
    pub(super) fn send_last(&self, bytes: &[u8]) {
        // The camera may have gone.
        let _ = self.connection.output_stream().write_all(bytes, gio::Cancellable::NONE);
    }

    /// The next that came.
    pub(super) fn receive(&mut self) -> Result<Received, glib::Error> {
        loop {
            if let Some(received) = self.take() {
                return Ok(received);
            }
            match self.fill() {
                Ok(0) => return Ok(Received::Closed),
                Ok(_) => {}
                Err(error) if error.matches(gio::IOErrorEnum::TimedOut) => return Ok(Received::Nothing),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next that came, without waiting.
    pub(super) fn receive_now(&mut self) -> Result<Received, glib::Error> {
        if let Some(received) = self.take() {
            return Ok(received);
        }
        let wanted = glib::IOCondition::IN | glib::IOCondition::HUP;
        let ready = SocketExt::condition_check(&self.connection.socket(), wanted);
        if ready.is_empty() { Ok(Received::Nothing) } else { self.receive() }
    }

    fn fill(&mut self) -> Result<usize, glib::Error> {
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.buffer.len() > BUFFER_MAX {
            self.buffer.clear();
        }
        let known = self.buffer.len();
        self.buffer.resize(known + READ_BYTES, 0);
        let read = self.connection.input_stream().read(&mut self.buffer[known..], Some(&self.cancel));
        self.buffer.truncate(known + *read.as_ref().unwrap_or(&0));
        read
    }

    fn take(&mut self) -> Option<Received> {
        loop {
            let bytes = &self.buffer[self.at..];
            match message::read(bytes) {
                Item::Incomplete => return None,
                Item::Junk(count) => self.at += count,
                Item::Packet(channel, range) => {
                    let packet = bytes[range.clone()].to_vec();
                    self.at += range.end;
                    return Some(Received::Packet(channel, packet));
                }
                Item::Message(message) => {
                    self.at += message::length_of(bytes, &message);
                    return Some(Received::Message(message));
                }
            }
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // The camera may have closed it before.
        let _ = self.connection.close(gio::Cancellable::NONE);
    }
}

fn check_certificate(
    client: &gio::SocketClient,
    certificate: CertificateCheck,
    is_refused: &Arc<AtomicBool>,
) {
    let is_refused = Arc::clone(is_refused);
    client.connect_event(move |_, event, _, connection| {
        if event != gio::SocketClientEvent::TlsHandshaking {
            return;
        }
        let Some(tls) = connection.and_then(|connection| connection.downcast_ref::<gio::TlsConnection>())
        else {
            return;
        };
        let is_refused = Arc::clone(&is_refused);
        // Asked only when the check failed.
        tls.connect_accept_certificate(move |_, _, _| {
            let is_accepted = certificate == CertificateCheck::AcceptAny;
            is_refused.store(!is_accepted, Ordering::Relaxed);
            is_accepted
        });
    });
}

/// Host and port of an address.
pub(super) fn place(url: &SourceUrl) -> (String, u16) {
    let host = url.expose().host_str().unwrap_or_default().to_owned();
    (host, url.expose().port().unwrap_or(if url.expose().scheme() == "rtsps" { 322 } else { 554 }))
}

fn why_unreachable(error: &glib::Error, host: &str, port: u16) -> String {
    if error.kind::<gio::ResolverError>().is_some() {
        return format!("the name {host} is not known");
    }
    match error.kind::<gio::IOErrorEnum>() {
        Some(gio::IOErrorEnum::ConnectionRefused) => format!("connection refused at port {port}"),
        Some(gio::IOErrorEnum::TimedOut) => "no answer".to_owned(),
        Some(gio::IOErrorEnum::HostUnreachable | gio::IOErrorEnum::NetworkUnreachable) => {
            "no route to the host".to_owned()
        }
        Some(gio::IOErrorEnum::HostNotFound) => format!("the name {host} is not known"),
        _ if error.kind::<gio::TlsError>().is_some() => "its port is open, but does not speak TLS".to_owned(),
        _ => error.message().to_owned(),
    }
}
