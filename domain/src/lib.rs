//! The words of Anjian as plain values.
//!
//! Every other crate speaks in these types, so this one knows no library of its own: no files, no threads, no
//! database, no clock that cannot be replaced. Values are checked once, in their constructor; whoever holds a
//! [`NormBox`] or a [`Score`] holds a valid one.

mod account;
mod behaviour;
mod behaviour_list;
mod behaviour_spec;
mod camera;
mod clock;
mod clock_reading;
mod date_text;
mod detection;
mod error_kind;
mod flaw;
mod frame;
mod geometry;
mod id;
mod key_spec;
mod look;
mod manual_clock;
mod named;
mod permit;
mod person_count;
mod role;
mod run;
mod segment;
mod sink;
mod source_url;
mod time;
mod verdict;
mod viewer;
mod violation;
mod words;
mod zone;

pub use account::{Account, AccountNameError};
pub use behaviour::{Behaviour, BehaviourNameError};
pub use behaviour_list::{BehaviourList, UnknownBehaviour};
pub use behaviour_spec::{BehaviourSpec, FramePolicy};
pub use camera::{Camera, CameraState, CameraStatus, Site};
pub use clock::{Clock, SystemClock};
pub use clock_reading::{ClockReading, TimeSource};
pub use date_text::date_text;
pub use detection::{Class, Detection, Detections, Score, UnknownClass};
pub use error_kind::{ErrorKind, Shortage};
pub use flaw::{Flaw, FlawKind};
pub use frame::{ColourMatrix, Frame, Picture, PictureError, PixelFormat};
pub use geometry::{GeometryError, NormBox, Point, Polygon};
pub use id::{CameraId, IdError, RuleId, RunId, SiteId, TrackId, ViolationId, ZoneId};
pub use key_spec::{KeySpec, KeyValue, WhenAbsent, unit};
pub use look::{Answer, Embedding, EmbeddingError, HeadwearOdds, LightMeasure, Look, LookKind, Seen};
pub use manual_clock::ManualClock;
pub use named::UnknownName;
pub use permit::{Permit, PermitClass, UnknownPermitClass};
pub use person_count::PersonCount;
pub use role::Role;
pub use run::{Footage, RuleDefinition, Run, RunKind, RunOutcome, StartSource};
pub use segment::{
    AudioCodec, BlindCause, CameraMinute, CoverageSink, Place, RecordedSpan, RecordingChange, RecordingState,
    Segment, SegmentSink, VideoCodec,
};
pub use sink::{CameraSink, EvidenceSink, OpeningEvidence, SinkError};
pub use source_url::{SourceUrl, SourceUrlError};
pub use time::{MediaTime, Moment, WallTime, WallTimeError};
pub use verdict::{UnknownVerdict, Verdict};
pub use viewer::{Scope, Sites, Viewer, ViewerError};
pub use violation::{CloseReason, TrackPoint, Violation, ViolationUpdate};
pub use words::Words;
pub use zone::{Anchor, Zone};
