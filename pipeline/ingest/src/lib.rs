//! GStreamer, and nobody else calls it: sources, reconnecting, frames.

mod backoff;
mod clip_server;
mod container;
mod decode;
mod demux;
mod elements;
mod error;
mod feed;
mod file;
mod live;
mod picture;
mod pictures;
mod rtsp;
mod rtsp_fault;
mod select;
mod settings;
mod source;
mod stop;
mod supervise;
mod timeline;

pub use clip_server::{ClipServer, ClipServerBuilder};
pub use elements::init;
pub use error::{CameraFault, FileFault, IngestError, Retry};
pub use file::FileSource;
pub use live::LiveCamera;
pub use rtsp::RtspSource;
pub use select::FrameSelection;
pub use settings::{AnalysisRate, AnalysisRateError, CertificateCheck, DecodeMode, FrameSettings, Transport};
pub use source::{FrameSource, Next};
pub use stop::StopSignal;
