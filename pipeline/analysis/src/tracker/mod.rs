//! The same person over frames: a tracker of the ByteTrack family in MediaTime.
//!
//! Sure detections continue the tracks that are believed, unsure ones may continue what is left, and only sure ones
//! begin tracks. A track survives a short occlusion. Deliberately without appearance: nothing here sees a pixel.

mod association;
mod follow;
mod head_look;
mod motion;
mod settings;
mod track;

pub(crate) use self::follow::{REVISION, Tracker};
pub use self::settings::TrackerSettings;
pub use self::track::{Track, TrackState};
