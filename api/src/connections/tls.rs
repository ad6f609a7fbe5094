//! TLS: the handshake of each connection, and certificates that change while the server runs.
//!
//! Connections that were accepted with the old certificate keep it. A new pair of files that cannot be used is told
//! once, and the old pair serves on. Does not read the configuration.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::connections::certificate::{Pem, TlsError, TlsFiles};

/// A browser needs two round trips.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);
/// How often the files are looked at: small, and read anew within the patience of whoever replaced them.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The first byte of every TLS connection: a record of the handshake.
const HANDSHAKE_RECORD: u8 = 22;
/// What a client without TLS may still send before its connection is cut off instead of closed.
const REST_BYTES: u64 = 64 * 1024;
const REST_PATIENCE: Duration = Duration::from_secs(1);

/// Certificate and key as they were last read, for every connection that begins.
#[derive(Clone)]
pub struct Tls {
    files: Arc<TlsFiles>,
    loaded: watch::Sender<Loaded>,
}

#[derive(Clone)]
struct Loaded {
    pem: Arc<Pem>,
    acceptor: TlsAcceptor,
}

/// What a look at the files found.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    /// The pair that serves.
    Same,
    /// Another pair, which serves from now on.
    Renewed,
    /// Nothing that can serve: why.
    Bad(String),
}

impl Tls {
    /// Reads the files and checks that they belong together.
    ///
    /// # Errors
    /// When a file cannot be read or used.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let pem = files.read()?;
        let acceptor = files.acceptor(&pem)?;
        let loaded = watch::Sender::new(Loaded { pem: Arc::new(pem), acceptor });
        Ok(Self { files: Arc::new(files), loaded })
    }

    /// Looks at the files until it is dropped.
    pub(crate) async fn follow(self) {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = None;
        loop {
            looks.tick().await;
            let tls = self.clone();
            // Fails only while the runtime ends.
            if let Ok(look) = tokio::task::spawn_blocking(move || tls.look()).await {
                self.tell(look, &mut told);
            }
        }
    }

    fn look(&self) -> Look {
        let Loaded { pem: known, .. } = self.loaded.borrow().clone();
        let read = self.files.read().and_then(|pem| {
            let is_new = pem != *known;
            is_new
                .then(|| self.files.acceptor(&pem).map(|acceptor| Loaded { pem: Arc::new(pem), acceptor }))
                .transpose()
        });
        match read {
            Ok(None) => Look::Same,
            Ok(Some(renewed)) => {
                self.loaded.send_replace(renewed);
                Look::Renewed
            }
            Err(error) => Look::Bad(error.to_string()),
        }
    }

    /// Each reason once, until the files are good again.
    fn tell(&self, look: Look, told: &mut Option<String>) {
        let file = self.files.certificate.display();
        match look {
            Look::Same => *told = None,
            Look::Renewed => {
                tracing::info!(%file, "new connections get the new certificate");
                *told = None;
            }
            Look::Bad(reason) if told.as_ref() == Some(&reason) => {}
            Look::Bad(reason) => {
                tracing::warn!(reason, "the certificate was not renewed: the old one serves on");
                *told = Some(reason);
            }
        }
    }

    /// The handshake. A client without TLS, and one that is refused, gets a clean end of its connection.
    pub(crate) async fn handshake(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        timeout(HANDSHAKE_PATIENCE, self.shake(stream)).await.unwrap_or_else(|late| Err(late.into()))
    }

    async fn shake(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 1 && first != [HANDSHAKE_RECORD] {
            close(stream).await;
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the client does not speak TLS"));
        }
        let acceptor = self.loaded.borrow().acceptor.clone();
        match acceptor.accept(stream).into_fallible().await {
            Ok(stream) => Ok(stream),
            Err((error, stream)) => {
                close(stream).await;
                Err(error)
            }
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the key.
        formatter.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

/// Ends a connection and reads what is still on its way: unread bytes would make the system reset it, and the client
/// lose the reason.
async fn close(mut stream: TcpStream) {
    let rest = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(REST_BYTES), &mut tokio::io::sink()).await
    };
    // It is over either way.
    let _ = timeout(REST_PATIENCE, rest).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::certificates::{Folder, issue};

    #[test]
    fn a_renewed_pair_serves_and_a_bad_one_does_not() {
        let folder = Folder::new(&issue("localhost"));
        let tls = Tls::load(folder.files()).unwrap();
        let serving = || Arc::clone(&tls.loaded.borrow().pem);
        let first = serving();
        assert_eq!(tls.look(), Look::Same);
        let (renewed, stranger) = (issue("localhost"), issue("localhost"));
        std::fs::write(folder.files().certificate, &renewed.certificate).unwrap();
        let Look::Bad(reason) = tls.look() else { panic!("the certificate is new, the key is not") };
        assert!(reason.contains("key.pem is not the key of"), "{reason}");
        assert!(serving() == first, "the old pair serves on");
        std::fs::write(folder.files().key, &renewed.key).unwrap();
        assert_eq!(tls.look(), Look::Renewed);
        assert_eq!(tls.look(), Look::Same);
        let second = serving();
        std::fs::write(folder.files().key, &stranger.key).unwrap();
        assert!(matches!(tls.look(), Look::Bad(_)));
        std::fs::remove_file(folder.files().certificate).unwrap();
        assert!(matches!(tls.look(), Look::Bad(reason) if reason.contains("cert.pem cannot be read")));
        assert!(serving() == second && second != first);
    }

    #[test]
    fn the_same_reason_is_told_once() {
        let folder = Folder::new(&issue("localhost"));
        let tls = Tls::load(folder.files()).unwrap();
        let mut told = None;
        for (look, is_told) in [
            (Look::Bad("torn".to_owned()), Some("torn")),
            (Look::Bad("torn".to_owned()), Some("torn")),
            (Look::Bad("missing".to_owned()), Some("missing")),
            (Look::Same, None),
            (Look::Bad("torn".to_owned()), Some("torn")),
            (Look::Renewed, None),
        ] {
            tls.tell(look, &mut told);
            assert_eq!(told.as_deref(), is_told);
        }
    }
}
