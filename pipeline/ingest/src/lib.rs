//! GStreamer, and nobody else calls it: sources, reconnecting, frames.

mod clip_server;
mod elements;
mod error;
mod file;
mod live;
mod select;
mod settings;
mod source;
mod stop;
mod timeline;

pub use clip_server::{ClipServer, ClipServerBuilder};
pub use elements::init;
pub use error::{CameraFault, FileFault, IngestError, Retry};
pub use file::FileSource;
pub use live::LiveCamera;
pub use select::FrameSelection;
pub use settings::{AnalysisRate, AnalysisRateError, CertificateCheck, DecodeMode, FrameSettings, Transport};
pub use source::{FrameSource, Next};
pub use stop::StopSignal;
