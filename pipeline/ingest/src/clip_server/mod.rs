//! An RTSP server on loopback that plays clips for ever: the camera of the demo, the benchmark and the tests.
//!
//! Each client sees the clip from its beginning, so that its first packet is a keyframe; afterwards the clip repeats
//! with time stamps that go on rising, in real time. Nothing is decoded or encoded. Deliberately not a product for a
//! network: it listens on 127.0.0.1 and nowhere else.

mod access;
mod clip;
mod serve;

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

use crate::IngestError;
use access::Access;
use clip::Packets;
use serve::{Mount, serve};

/// Plays clips for ever over RTSP, on 127.0.0.1 only, to any number of clients; ends when dropped.
#[derive(Debug)]
pub struct ClipServer {
    scheme: &'static str,
    port: u16,
    main_loop: glib::MainLoop,
    thread: Option<JoinHandle<()>>,
}

/// What a [`ClipServer`] is to serve.
#[derive(Clone, Default)]
pub struct ClipServerBuilder {
    port: u16,
    mounts: Vec<(String, Content)>,
    access: Access,
}

#[derive(Clone)]
enum Content {
    File(PathBuf),
    Garbage,
}

impl ClipServer {
    /// A server of nothing yet, on any free port, open to everybody on this machine.
    #[must_use]
    pub fn builder() -> ClipServerBuilder {
        ClipServerBuilder::default()
    }

    /// The port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address of what is served under `mount`, without user and password.
    #[must_use]
    pub fn url(&self, mount: &str) -> String {
        format!("{}://127.0.0.1:{}{mount}", self.scheme, self.port)
    }
}

impl Drop for ClipServer {
    fn drop(&mut self) {
        self.main_loop.quit();
        if let Some(thread) = self.thread.take() {
            // It holds nothing that a panic could leave half done.
            let _ = thread.join();
        }
    }
}

impl ClipServerBuilder {
    /// Listens on this port; 0, the default, takes any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves the video of a file (MP4, MKV or TS with H.264 or H.265) under `mount`, such as `/dock`.
    #[must_use]
    pub fn clip(mut self, mount: &str, path: &Path) -> Self {
        self.mounts.push((mount.to_owned(), Content::File(path.to_owned())));
        self
    }

    /// Serves random bytes under `mount` that call themselves H.264: a camera with a broken encoder.
    #[must_use]
    pub fn garbage(mut self, mount: &str) -> Self {
        self.mounts.push((mount.to_owned(), Content::Garbage));
        self
    }

    /// Asks every client for user and password (digest).
    #[must_use]
    pub fn credentials(mut self, user: &str, password: &str) -> Self {
        self.access.credentials = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Speaks `rtsps`, with a certificate and its key in PEM.
    #[must_use]
    pub fn tls(mut self, certificate_pem: &str, key_pem: &str) -> Self {
        self.access.pem = Some(format!("{certificate_pem}\n{key_pem}"));
        self
    }

    /// Reads the clips and begins to serve on a thread of its own.
    ///
    /// # Errors
    /// When a clip cannot be read, the certificate is none, or the port is taken.
    pub fn start(self) -> Result<ClipServer, IngestError> {
        crate::init()?;
        let mounts = self.mounts.iter().map(|(path, content)| mount(path, content));
        let mounts = mounts.collect::<Result<Vec<_>, _>>()?;
        let context = glib::MainContext::new();
        let main_loop = glib::MainLoop::new(Some(&context), false);
        let scheme = if self.access.pem.is_some() { "rtsps" } else { "rtsp" };
        let (told, outcome) = sync_channel(1);
        let (running, port, access) = (main_loop.clone(), self.port, self.access);
        let thread = std::thread::Builder::new().name("clip-server".to_owned());
        let thread = thread.spawn(move || serve(&running, port, &mounts, &access, told));
        let failed = |reason: String| IngestError::ClipServer { reason };
        let thread = thread.map_err(|error| failed(format!("no thread ({error})")))?;
        let port = outcome.recv().unwrap_or_else(|_| Err("its thread ended".to_owned())).map_err(failed)?;
        Ok(ClipServer { scheme, port, main_loop, thread: Some(thread) })
    }
}

fn mount(path: &str, content: &Content) -> Result<Mount, IngestError> {
    let packets = match content {
        Content::File(file) => Packets::of_file(file)?,
        Content::Garbage => Packets::garbage(),
    };
    Ok(Mount { path: path.to_owned(), packets })
}
