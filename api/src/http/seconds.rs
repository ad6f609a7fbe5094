//! Seconds in answers.

/// Seconds of microseconds; an offset of a clock may be negative.
#[expect(clippy::cast_precision_loss, reason = "offsets of clocks are far below 2^52 microseconds")]
pub(crate) fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}
