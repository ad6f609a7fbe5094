//! What the threads of a GStreamer pipeline tell the one thread that takes its pictures.
//!
//! Holds no sample and no element, so that no callback can keep a pipeline alive.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anjian_domain::Clock;
use gstreamer as gst;
use gstreamer::prelude::*;

/// The element that unpacks sound; its errors cost no picture.
pub(crate) const SOUND: &str = "sound";

/// Why a pipeline gives no (more) pictures, before it is said in the words of a file or a camera.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// Streams, but no video among them.
    NoVideo,
    /// Video in a codec that is not decoded here.
    Codec(String),
    /// GStreamer's own words; they may hold addresses with passwords.
    Gstreamer { error: glib::Error },
}

impl Trouble {
    /// Something that works wherever GStreamer is installed did not.
    pub(crate) fn internal(error: &glib::BoolError) -> Self {
        Self::Gstreamer { error: glib::Error::new(gst::CoreError::Failed, &error.message) }
    }
}

#[derive(Debug, Default)]
struct State {
    trouble: Option<Trouble>,
    is_ended: bool,
    rings: u64,
}

/// Counters, the first trouble, and a bell that rings whenever something changes.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    state: Mutex<State>,
    changed: Condvar,
    packets: AtomicU64,
    pictures: AtomicU64,
}

impl Feed {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.rings += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Wakes whoever waits.
    pub(crate) fn ring(&self) {
        self.change(|_| ());
    }

    /// Only the first trouble counts: the rest follow from it.
    pub(crate) fn report(&self, trouble: Trouble) {
        self.change(|state| {
            state.trouble.get_or_insert(trouble);
        });
    }

    /// No more pictures come.
    pub(crate) fn end(&self) {
        self.change(|state| state.is_ended = true);
    }

    /// Packets of the video stream came.
    pub(crate) fn count_packets(&self, packets: usize) {
        self.packets.fetch_add(packets as u64, Ordering::Relaxed);
    }

    /// A picture was decoded, whether it is analysed or not.
    pub(crate) fn count_picture(&self) {
        self.pictures.fetch_add(1, Ordering::Relaxed);
    }

    /// Packets so far.
    pub(crate) fn packets(&self) -> u64 {
        self.packets.load(Ordering::Relaxed)
    }

    /// Decoded pictures so far.
    pub(crate) fn pictures(&self) -> u64 {
        self.pictures.load(Ordering::Relaxed)
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.state().trouble.clone()
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.state().is_ended
    }

    /// Waits at most `patience` until `ready` gives something; asks it whenever the bell rings.
    pub(crate) fn wait<T>(
        &self,
        clock: &dyn Clock,
        patience: Duration,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let deadline = clock.monotonic().saturating_add(patience);
        let mut heard = self.state().rings;
        loop {
            // Without the lock: `ready` looks at this feed too. A ring in between is seen by its number.
            if let Some(found) = ready() {
                return Some(found);
            }
            let left = deadline.saturating_sub(clock.monotonic());
            if left.is_zero() {
                return None;
            }
            let timeout = clock.real_timeout(left);
            let woken = self.changed.wait_timeout_while(self.state(), timeout, |state| state.rings == heard);
            heard = woken.unwrap_or_else(PoisonError::into_inner).0.rings;
        }
    }

    /// Listens to a pipeline. The handler runs on whatever thread posts and keeps no message.
    pub(crate) fn watch(self: &Arc<Self>, bus: &gst::Bus) {
        let feed = Arc::clone(self);
        bus.set_sync_handler(move |_, message| {
            feed.take(message);
            gst::BusSyncReply::Drop
        });
    }

    fn take(&self, message: &gst::Message) {
        match message.view() {
            // Sound that cannot be unpacked costs no picture.
            gst::MessageView::Error(error) if error.src().is_some_and(|source| source.name() == SOUND) => {
                tracing::info!(error = %error.error(), "sound is not recorded");
            }
            gst::MessageView::Error(error) => self.report(Trouble::Gstreamer { error: error.error() }),
            gst::MessageView::Eos(_) => self.end(),
            _ => {}
        }
    }
}
