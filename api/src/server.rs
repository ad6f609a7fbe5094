//! The server: a socket, the routes, and a clean end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{BehaviourList, ErrorKind, Shortage, SystemClock, Viewer};
use anjian_indexer::{CaseRules, Index, IndexError};
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::accounts::door::{Door, Login, LoginSettings};
use crate::audit::witness::Witness;
use crate::connections::accept;
use crate::connections::converse::Serving;
use crate::connections::slots::Slots;
use crate::connections::tls::Tls;
use crate::http::client::{PlainHttp, Trust};
use crate::http::guard::Hosts;
use crate::http::reading::FileWork;
use crate::ports::galleries::{Galleries, GalleryPort, NoGalleries};
use crate::ports::operation::{JobsHealth, MetricsText, ThreadsHealth};
use crate::ports::pictures::{NoDecoder, PicturePort, Pictures};
use crate::recordings::prepared::PreparedCuts;
use crate::routes::router;
use crate::shared::{MAX_STREAMS, MAX_UPLOADS, Shared};
use crate::updates::feed;

/// How long answers under way may take once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// What the server needs beside the index.
#[derive(Clone)]
pub struct Ports {
    /// The product's figures.
    pub metrics: MetricsText,
    /// Stills, previews and thumbnails.
    pub pictures: Arc<dyn PicturePort>,
    /// Galleries of garments.
    pub galleries: Arc<dyn GalleryPort>,
    /// Jobs that run beside it.
    pub jobs: JobsHealth,
    /// Threads that are not well.
    pub threads: ThreadsHealth,
    /// The behaviours that rules may watch for.
    pub behaviours: BehaviourList,
}

impl Ports {
    /// Without jobs, behaviours, decoder and models: whoever asks for a still, a preview or a gallery is told so.
    #[must_use]
    pub fn new(metrics: MetricsText) -> Self {
        let (pictures, galleries) = (Arc::new(NoDecoder), Arc::new(NoGalleries));
        let (jobs, threads) = (Arc::new(Vec::new), Arc::new(Vec::new));
        Self { metrics, pictures, galleries, jobs, threads, behaviours: BehaviourList::default() }
    }
}

/// Where to listen, and as whom.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Names beside localhost and the address itself by which browsers may ask for this server.
    pub hosts: Vec<String>,
    /// Connections that may be open at once. Each is a descriptor.
    pub connections: u32,
    /// Certificate and key; plain HTTP without.
    pub tls: Option<Tls>,
    /// Reverse proxies: what they say of their clients is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may ask in plain HTTP.
    pub plain_http: PlainHttp,
    /// `None`: nobody signs in, everybody who reaches the server may do everything.
    pub login: Option<LoginSettings>,
    /// What the installation decides about verdicts and cases.
    pub rules: Arc<CaseRules>,
}

impl ApiSettings {
    /// Connections that are open at once when nothing limits them: some hundred pages with a stream each.
    pub const MAX_CONNECTIONS: u32 = 1_024;

    /// Plain HTTP for this machine, under no other name.
    #[must_use]
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            hosts: Vec::new(),
            connections: Self::MAX_CONNECTIONS,
            tls: None,
            trusted_proxies: Vec::new(),
            plain_http: PlainHttp::Proxies,
            login: None,
            rules: Arc::new(CaseRules::usual()),
        }
    }

    /// Logs what an address beyond loopback means.
    fn tell_reach(&self, address: SocketAddr) {
        if address.ip().to_canonical().is_loopback() {
            return;
        }
        if self.login.is_none() {
            tracing::warn!(%address, "everybody who reaches this address sees all violations and cameras");
        }
        if self.tls.is_none() && self.plain_http == PlainHttp::Everybody {
            tracing::warn!(%address, "plain HTTP beyond loopback: others on the network can read what is sent");
        }
    }
}

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The address is taken or not this machine's.
    #[error("cannot listen on {address}: {source}; set server.listen to another address or port")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The socket failed.
    #[error("the server stopped: {0}")]
    Socket(#[source] std::io::Error),
    /// The index failed at the start.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl ApiError {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Listen { source, .. } => source.into(),
            // It listened already, so that a new socket may do better whatever the system said.
            Self::Socket(source) => match ErrorKind::from(source) {
                ErrorKind::Unavailable(shortage) => ErrorKind::Unavailable(shortage),
                _ => ErrorKind::Unavailable(Shortage::Peer),
            },
            Self::Index(error) => error.kind(),
        }
    }
}

/// Serves until `shutdown` comes; then lets answers finish for a few seconds and ends live streams at once.
///
/// # Errors
/// When the address cannot be listened on, the socket fails, or the index cannot be read at the start.
pub async fn serve(
    settings: ApiSettings,
    index: Index,
    ports: Ports,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ApiError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| ApiError::Listen { address, source })?;
    serve_on(listener, settings, index, ports, shutdown).await
}

/// Like [`serve`], on a socket that listens already: its address can be told before the first request.
///
/// # Errors
/// When the socket fails, or the index cannot be read at the start.
pub async fn serve_on(
    listener: TcpListener,
    settings: ApiSettings,
    index: Index,
    ports: Ports,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ApiError> {
    let address = listener.local_addr().map_err(ApiError::Socket)?;
    settings.tell_reach(address);
    let (stop, stopping) = watch::channel(false);
    let clock = SystemClock::shared();
    let door = match settings.login.clone() {
        Some(login) => Door::Login(Arc::new(Login::new(login, &index).await?)),
        None => Door::Open(Viewer::local()),
    };
    let witness = Witness::start(index.clone());
    let shared = Shared {
        head: feed::follow(index.clone()).await?,
        witness: witness.clone(),
        index,
        door,
        behaviours: ports.behaviours,
        rules: settings.rules.clone(),
        cuts: PreparedCuts::new(clock.clone()),
        files: FileWork::default(),
        clock,
        metrics: ports.metrics,
        jobs: ports.jobs,
        threads: ports.threads,
        pictures: Pictures::new(ports.pictures),
        galleries: Galleries::new(ports.galleries),
        streams: Arc::new(Semaphore::new(MAX_STREAMS)),
        uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
        stop: stopping.clone(),
    };
    let trust = Trust::new(&settings.trusted_proxies, settings.plain_http);
    let routes = router(shared, Hosts::new(address, &settings.hosts), trust);
    let serving = Serving { routes, tls: settings.tls.clone(), stopping: stopping.clone() };
    let server = accept::serve(listener, serving, Slots::new(settings.connections));
    tokio::spawn(async move {
        shutdown.await;
        // Fails only when the server is gone already.
        let _ = stop.send(true);
    });
    tokio::select! {
        () = server => {}
        () = follow_files(settings.tls) => {}
        () = grace_over(stopping) => tracing::warn!("a request was still under way at the end and was cut off"),
    }
    if !matches!(tokio::time::timeout(GRACE, witness.settle()).await, Ok(Ok(()))) {
        tracing::error!("the last views of evidence could not be written into the audit");
    }
    Ok(())
}

/// Never ends.
async fn follow_files(tls: Option<Tls>) {
    match tls {
        Some(tls) => tls.follow().await,
        None => std::future::pending().await,
    }
}

async fn grace_over(mut stopping: watch::Receiver<bool>) {
    if stopping.wait_for(|is_stopping| *is_stopping).await.is_err() {
        // The server dropped its sender without a shutdown: its own end is reported, not this one.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GRACE).await;
}
