//! When a delivery that failed is tried again.

use std::time::Duration;

/// The longest pause between two attempts.
pub const RETRY_LONGEST: Duration = Duration::from_hours(1);

/// A receiver that accepted nothing for so long is parked: its deliveries wait until a person takes it up again.
pub const GIVE_UP_AFTER: Duration = Duration::from_hours(24 * 3);

const FIRST: Duration = Duration::from_secs(5);

/// The pause after so many attempts: doubled each time, up to an hour. `share` spreads it, 0..1: a crowd of deliveries that failed
/// together does not come back together.
#[must_use]
pub fn pause(attempts: u32, share: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    doubled.min(RETRY_LONGEST).mul_f64(0.5 + share.clamp(0.0, 1.0) / 2.0)
}
