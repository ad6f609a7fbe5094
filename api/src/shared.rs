//! What the routes share.

use std::sync::Arc;

use anjian_domain::{BehaviourList, Clock};
use anjian_indexer::{CaseRules, Index};
use tokio::sync::{Semaphore, watch};

use crate::accounts::door::Door;
use crate::audit::witness::Witness;
use crate::http::reading::FileWork;
use crate::ports::galleries::Galleries;
use crate::ports::operation::{JobsHealth, MetricsText, ThreadsHealth};
use crate::ports::pictures::Pictures;
use crate::recordings::prepared::PreparedCuts;
use crate::updates::feed::Head;

/// Live streams that may be open at once; each holds a connection for hours.
pub(crate) const MAX_STREAMS: usize = 64;

/// Attachments that are received at once; each may take minutes.
pub(crate) const MAX_UPLOADS: usize = 16;

/// One value for every route. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) index: Index,
    /// How people come in.
    pub(crate) door: Door,
    /// What people see of evidence.
    pub(crate) witness: Witness,
    pub(crate) behaviours: BehaviourList,
    /// What the installation decides about verdicts and cases.
    pub(crate) rules: Arc<CaseRules>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: MetricsText,
    pub(crate) jobs: JobsHealth,
    pub(crate) threads: ThreadsHealth,
    pub(crate) pictures: Pictures,
    pub(crate) galleries: Galleries,
    pub(crate) cuts: PreparedCuts,
    pub(crate) files: FileWork,
    pub(crate) head: Head,
    /// Places for live streams.
    pub(crate) streams: Arc<Semaphore>,
    /// Places for attachments that are received.
    pub(crate) uploads: Arc<Semaphore>,
    /// Turns true when the server stops.
    pub(crate) stop: watch::Receiver<bool>,
}
