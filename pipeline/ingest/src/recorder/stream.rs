//! What a connection told of its stream, and the packets of it that wait for others.

use std::sync::Arc;
use std::time::Duration;

use anjian_footage::{AudioTrack, VideoTrack};

use super::account::Account;
use super::decode_order::Reorder;
use super::interleave::Interleaver;
use crate::stream_time::StreamTime;

/// Nothing is known of it at first.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) time: Option<Arc<StreamTime>>,
    pub(super) video: Option<VideoTrack>,
    pub(super) audio: Option<AudioTrack>,
    /// Whether sound came since the open file was begun: a track that stays empty stops players.
    pub(super) is_heard: bool,
    pub(super) has_sound: bool,
    pub(super) reorder: Reorder,
    pub(super) interleaver: Interleaver,
    pub(super) account: Account,
    /// What was said of the camera's clock: its exact difference changes with each report, the text does not.
    pub(super) clock_note: Option<String>,
}

impl Stream {
    /// Its packets are placed by this time. `has_sound`: sound was asked for.
    pub(super) fn begun(time: Arc<StreamTime>, has_sound: bool) -> Self {
        Self { time: Some(time), has_sound, interleaver: Interleaver::new(has_sound), ..Self::default() }
    }

    /// The same stream; packets that were held back are dropped.
    pub(super) fn without_packets(self) -> Self {
        let Self { time, video, audio, has_sound, clock_note, .. } = self;
        let interleaver = Interleaver::new(has_sound);
        Self { time, video, audio, has_sound, interleaver, clock_note, ..Self::default() }
    }

    /// What a person should know of it while it is recorded.
    pub(super) fn note(&mut self) -> Option<String> {
        let time = self.time.as_ref()?;
        let clock = time.disbelieved_us().map(|ahead_us| {
            let by = Duration::from_secs(ahead_us.unsigned_abs() / 1_000_000);
            let side = if ahead_us > 0 { "ahead of" } else { "behind" };
            format!("the camera's clock is {by:?} {side} this machine's and is not followed: set the camera's clock")
        });
        self.clock_note = clock.map(|clock| self.clock_note.take().unwrap_or(clock));
        let notes: Vec<String> = self.clock_note.clone().into_iter().chain(time.notes()).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
