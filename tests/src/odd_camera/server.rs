//! The camera itself: listens, and gives each client a thread.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::Result;

use super::access::{PASSWORD, USER};
use super::client::Client;
use super::script::{Access, Control, Script};
use super::seen::{Ledger, Seen};

/// Clients at a time; more are turned away.
const CLIENTS_MAX: usize = 16;

/// A running camera; ends when dropped.
pub struct OddCamera {
    port: u16,
    script: Arc<Script>,
    ledger: Ledger,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl OddCamera {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub fn start(script: Script) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (port, stop, ledger) =
            (listener.local_addr()?.port(), Arc::new(AtomicBool::new(false)), Ledger::default());
        let script = Arc::new(script);
        let thread = std::thread::Builder::new().name("odd-camera".to_owned());
        let (shared, heard, ending) = (Arc::clone(&script), ledger.clone(), Arc::clone(&stop));
        let thread = thread.spawn(move || listen(&listener, &shared, &heard, &ending))?;
        Ok(Self { port, script, ledger, stop, thread: Some(thread) })
    }

    /// Its address, with user and password where it asks for them.
    #[must_use]
    pub fn url(&self) -> String {
        let user =
            if self.script.access == Access::Open { String::new() } else { format!("{USER}:{PASSWORD}@") };
        let query = if self.script.control == Control::Query { "?channel=1&subtype=0" } else { "" };
        format!("rtsp://{user}127.0.0.1:{}/live{query}", self.port)
    }

    /// What it did so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.ledger.seen()
    }
}

impl Drop for OddCamera {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that listens.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            // It holds nothing that a panic could leave half done.
            let _ = thread.join();
        }
    }
}

fn listen(listener: &TcpListener, script: &Script, ledger: &Ledger, stop: &AtomicBool) {
    std::thread::scope(|scope| {
        let mut clients = Vec::new();
        for stream in listener.incoming().flatten() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            clients.retain(|client: &std::thread::ScopedJoinHandle<'_, ()>| !client.is_finished());
            if clients.len() < CLIENTS_MAX {
                // Ends with an error when the client has gone.
                clients.push(scope.spawn(|| drop(Client { script, ledger, stop }.serve(stream))));
            }
        }
    });
}
