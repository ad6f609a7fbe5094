//! GStreamer and libav, and nobody else calls them: sources, reconnecting, frames, recording.
//!
//! [`FileSource`] decodes archives as fast as their frames are taken; [`LiveCamera`] keeps a camera connected and
//! hands over its frames. Both choose frames with the same [`FrameSelection`], so that live and archive see alike.
//! [`ClipServer`] is a camera made of clips. [`LiveCamera::record`] and [`LiveCamera::run_and_record`] write what a camera
//! sends into segments, as it is; [`still`] and [`preview`] make pictures of them again. Deliberately knows nothing of models, rules and the index.
//!
//! # Which thread does what
//! - **The camera's thread** belongs to the caller and runs [`LiveCamera::run`]: it waits for pictures, copies each
//!   out of GStreamer's memory, calls `on_frame` and `on_status`, watches for silence, sleeps between attempts, and
//!   ends the pipeline. It wakes when a picture or trouble comes, and five times a second.
//! - **`receive-<camera>`**, one thread of each connection: speaks RTSP, receives, depacketizes, parses and hands packets
//!   to the recorder. It waits for the network only.
//! - **GStreamer's thread of a camera** decodes, and drops the frames that are not analysed. Neither calls the caller; they
//!   ring the bell of a `Feed` or of an `Intake`.
//! - **`record-<camera>`**, one thread of each camera that is recorded: writes files and tells the `SegmentSink`. Wakes
//!   once for each fragment, half a second. The only one that waits for the disk.
//! - **`connect-<camera>`**, only where a sub-stream is analysed: keeps the main stream connected, for the recorder.
//! - **`end-pipeline`**, for a moment when a connection ends: waits for GStreamer's threads, so that the camera's thread
//!   needs to wait for 3 s at most.
//! - **The reader's thread** belongs to the caller and calls [`FileSource::next_frame`].
//! - **`file-<camera>`**, one thread of each [`FileSource`], joined when it is dropped: reads and decodes, at most three
//!   pictures ahead.
//! - **`clip-server`**, one thread of each [`ClipServer`], joined when it is dropped, and GStreamer's own for its
//!   clients.
//!
//! # Every queue
//! | Queue | Holds at most | When full |
//! |---|---|---|
//! | packets of UDP that came too early | 200 ms, 512 packets | those that are missing are given up |
//! | packets before their times are known | 2 s or 16 MiB, once a connection | they are placed |
//! | packets to decode | 2 s, 8 MiB or 300 pictures | left out up to the next keyframe |
//! | packets to record | 10 s or 16 MiB, and as much again being written | lost up to the next keyframe, counted, told |
//! | sounds beside their pictures | 300 ms of packets to record | they are written |
//! | rows for the index | 1000 rows a camera | the oldest is dropped; `anjian check --repair` finds its segment |
//! | pictures, live | 1 | the newest wins |
//! | pictures, archive | 3 | decoding waits |

mod backoff;
mod buffer_time;
mod camera_time;
mod client;
mod clip_server;
mod codec;
mod container;
mod decode;
mod demux;
pub mod descriptors;
mod elements;
mod error;
mod feed;
mod file;
mod keep_up;
mod live_camera;
mod percent;
mod picture;
mod pictures;
mod preview;
mod progress;
mod recorder;
mod reencode;
mod replay;
mod rtsp;
mod run_timeline;
mod select;
mod sender_reports;
mod settings;
mod shape;
mod sound;
mod source;
mod stay_connected;
mod still;
mod stop;
mod stream_clock;
mod stream_time;
mod sub_stream;
mod supervise;
mod unpack;
mod vitals;
mod watchdog;

pub use clip_server::{ClipServer, ClipServerBuilder};
pub use elements::init;
pub use error::{CameraFault, FileFault, IngestError, Retry};
pub use file::{CreatedAt, FileSource};
pub use live_camera::LiveCamera;
pub use pictures::pipelines_left_behind;
pub use preview::preview;
pub use recorder::{RecordSettings, Recording};
pub use reencode::{Workload, reencode};
pub use rtsp::RtspSource;
pub use select::FrameSelection;
pub use settings::{
    AnalysisRate, AnalysisRateError, CertificateCheck, DecodeMode, FrameSettings, Sound, Transport,
};
pub use source::{FrameSource, Next};
pub use still::still;
pub use stop::StopSignal;
pub use vitals::{Ailing, THREAD_DEATHS, Vitals};
