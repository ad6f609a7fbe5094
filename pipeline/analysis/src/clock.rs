//! How long something has lasted, as rules count it.

use anjian_domain::MediaTime;

/// Durations are rounded to steps of so much, seconds. Of two frames a camera's clock puts a hair more or less between
/// them than its recording does; compared exactly, a window would hold one frame more in one of them, and both would
/// be judged differently. Coarser than that tremor, and far finer than the time between two frames.
const STEP_S: f64 = 0.01;

/// From one frame to a later one, seconds; what is compared with a threshold comes from here.
#[must_use]
pub fn lasted_s(from: MediaTime, to: MediaTime) -> f64 {
    let steps = (to.since(from).as_secs_f64() / STEP_S).round();
    // Divided, so that 100 steps are 1 s exactly.
    steps / STEP_S.recip().round()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: f64) -> MediaTime {
        MediaTime::ZERO.plus(Duration::from_secs_f64(seconds))
    }

    #[test]
    fn a_clock_that_trembles_decides_as_one_that_does_not() {
        let thresholds_s = [0.2, 0.6, 1.0, 1.5, 2.0, 2.5, 2.6, 3.0, 30.0];
        for fps in [5.0, 10.0, 12.5, 15.0, 20.0, 24.0, 25.0, 30.0f64] {
            for (frame, threshold_s) in (0..1000).flat_map(|frame| thresholds_s.map(|least| (frame, least))) {
                let steady_s = f64::from(frame) / fps;
                for tremor_s in [-0.003, 0.0, 0.003] {
                    let lasted_s = lasted_s(at(10.0), at(10.0 + steady_s + tremor_s));
                    let what = format!("{fps} fps, frame {frame}, {tremor_s}: {lasted_s} of {threshold_s}");
                    assert_eq!(lasted_s >= threshold_s, steady_s >= threshold_s - 1e-9, "{what}");
                    assert_eq!(lasted_s > threshold_s, steady_s > threshold_s + 1e-9, "{what}");
                }
            }
        }
    }

    #[test]
    fn whole_thresholds_are_met_exactly() {
        for seconds in [0.2, 0.6, 1.0, 1.5, 2.0, 3.0, 300.0] {
            let lasted_s = lasted_s(MediaTime::ZERO, at(seconds));
            assert_eq!(lasted_s, seconds);
        }
    }
}
