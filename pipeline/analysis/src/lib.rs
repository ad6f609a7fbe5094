//! Detections in, Violations out.
//!
//! The way of a frame: [`Detections`](anjian_domain::Detections) → people (a body and the head that belongs to it) →
//! [`Track`]s (the same person over frames) → who is in which zone → rules →
//! [`ViolationUpdate`](anjian_domain::ViolationUpdate)s. Between tracks and rules, second looks at heads, garments and
//! lights may be asked for ([`Look`](anjian_domain::Look)); whoever holds the picture answers them, or does not.
//!
//! Pure on purpose: nothing here reads a clock, a file or a random number, nothing starts a thread, and nothing
//! depends on the order in which a hash map iterates. The same detections give the same violations, live or from an
//! archive; a test proves it. Durations are measured in MediaTime only, WallTime only answers to schedules.

mod assignment;
mod camera_analysis;
mod camera_plan;
mod clock;
mod gallery;
mod head_count;
mod people;
mod plan_error;
mod rule_settings;
pub mod rules;
mod schedule;
mod settings_error;
mod tracker;

pub use camera_analysis::{CameraAnalysis, Remark};
pub use camera_plan::CameraPlan;
pub use gallery::{Calibration, Gallery};
pub use people::Headwear;
pub use plan_error::PlanError;
pub use rule_settings::RuleSettings;
pub use schedule::{Schedule, ScheduleError};
pub use settings_error::SettingsError;
pub use tracker::{Track, TrackState, TrackerSettings};
