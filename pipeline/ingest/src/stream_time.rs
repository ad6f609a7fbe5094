//! The clock of one connection, as its threads share it: whoever sees packets observes, everybody may ask.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, ClockReading, MediaTime, TimeSource, WallTime};

use crate::camera_time::CameraTime;
use crate::sender_reports::SenderReports;
use crate::stream_clock::{Lead, Placed, StreamClock};

/// Pictures between their arrival and the recorder's tap, at most.
const ARRIVALS_MAX: usize = 64;

/// One connection's time.
#[derive(Debug)]
pub(crate) struct StreamTime {
    present: Arc<dyn Clock>,
    clock: Mutex<StreamClock>,
    /// Where the camera's reports come in.
    pub(crate) reports: Arc<SenderReports>,
    /// The first packet and when it arrived, where packets are seen at all.
    first: OnceLock<(MediaTime, Duration)>,
    arrivals: Mutex<VecDeque<(MediaTime, Duration)>>,
    /// Pictures that arrived, stored or not.
    pictures: AtomicU64,
    notes: Mutex<BTreeMap<&'static str, String>>,
}

impl StreamTime {
    pub(crate) fn new(camera: Arc<CameraTime>, lead: Lead, present: Arc<dyn Clock>) -> Self {
        let clock = Mutex::new(StreamClock::new(camera, lead));
        let reports = Arc::new(SenderReports::new(Arc::clone(&present)));
        let (first, arrivals, pictures, notes) = Default::default();
        Self { present, clock, reports, first, arrivals, pictures, notes }
    }

    /// The present, as everything of this connection is to read it.
    pub(crate) fn present(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.present)
    }

    /// When something arrives just now.
    pub(crate) fn arrival(&self) -> Duration {
        self.present.monotonic()
    }

    /// A picture of this time arrived then.
    pub(crate) fn note_arrival(&self, media: MediaTime, arrived: Duration) {
        self.pictures.fetch_add(1, Ordering::Relaxed);
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() >= ARRIVALS_MAX {
            arrivals.pop_front();
        }
        arrivals.push_back((media, arrived));
    }

    /// When the picture of this time arrived; the present, if that is not known.
    pub(crate) fn arrival_of(&self, media: MediaTime) -> Duration {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let found = arrivals.iter().rev().find(|(known, _)| *known == media);
        found.map_or_else(|| self.arrival(), |(_, arrived)| *arrived)
    }

    /// Pictures that arrived so far.
    pub(crate) fn pictures(&self) -> u64 {
        self.pictures.load(Ordering::Relaxed)
    }

    /// Something about the stream that a person should know and that costs nothing; `None`: it is over.
    pub(crate) fn note(&self, subject: &'static str, note: Option<String>) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        match note {
            Some(note) => {
                if notes.insert(subject, note.clone()).as_ref() != Some(&note) {
                    tracing::info!(note, "about the camera's stream");
                }
            }
            None => drop(notes.remove(subject)),
        }
    }

    /// All notes.
    pub(crate) fn notes(&self) -> Option<String> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<&str> = notes.values().map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Packets are seen; this is the first. From now on they are observed, and frames no longer.
    pub(crate) fn see_packets(&self, media: MediaTime, arrived: Duration) {
        self.first.get_or_init(|| (media, arrived));
    }

    /// Where a packet lies, which itself tells what time it is.
    pub(crate) fn place_packet(&self, media: MediaTime, arrived: Duration) -> Option<Placed> {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        self.observe(&mut clock, media, arrived);
        clock.place(media)
    }

    /// Where a sound lies, of which nothing is learnt; `None` before the first packet with a picture.
    pub(crate) fn place_sound(&self, media: MediaTime) -> Option<Placed> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).place(media)
    }

    /// What time it was when a frame was taken, and by whose clock.
    pub(crate) fn date_frame(&self, media: MediaTime) -> (WallTime, ClockReading) {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        match self.first.get() {
            None => self.observe(&mut clock, media, self.arrival()),
            Some((first, arrived)) if clock.place(media).is_none() => {
                self.observe(&mut clock, *first, *arrived);
            }
            Some(_) => {}
        }
        let unplaced = || (self.present.now(), ClockReading { source: TimeSource::Arrival, offset_us: 0 });
        clock.place(media).map_or_else(unplaced, |placed| (placed.taken_at(), placed.clock))
    }

    /// By how much the camera's clock is ahead of ours, microseconds, when it is not believed.
    pub(crate) fn disbelieved_us(&self) -> Option<i64> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).disbelieved_us()
    }

    fn observe(&self, clock: &mut StreamClock, media: MediaTime, arrived: Duration) {
        clock.arrived(media, self.in_utc(arrived));
        if let Some(report) = self.reports.take() {
            clock.reported(report.media, report.told, self.in_utc(report.arrived));
        }
    }

    /// What the clock would have said when something arrived, as it is set now.
    fn in_utc(&self, arrived: Duration) -> WallTime {
        self.present.now().minus(self.present.monotonic().saturating_sub(arrived))
    }
}
