//! What a connection told of its stream, and the packets of it that wait for others.

use std::sync::Arc;

use anjian_footage::{AudioTrack, VideoTrack};

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
}

impl Stream {
    /// Its packets are placed by this time. `has_sound`: sound was asked for.
    pub(super) fn begun(time: Arc<StreamTime>, has_sound: bool) -> Self {
        Self { time: Some(time), has_sound, interleaver: Interleaver::new(has_sound), ..Self::default() }
    }

    /// The same stream; packets that were held back are dropped.
    pub(super) fn without_packets(self) -> Self {
        let Self { time, video, audio, has_sound, .. } = self;
        let interleaver = Interleaver::new(has_sound);
        Self { time, video, audio, has_sound, interleaver, ..Self::default() }
    }
}
