//! Where a box will be: a Kalman filter of constant velocity for each of centre x, centre y, width and height.
//!
//! ByteTrack's eight-dimensional filter has diagonal noise, so it falls into these four filters of two dimensions.
//! Noise is measured in box sizes and in seconds of MediaTime, so that one set of numbers serves small and large
//! people and every frame rate.

use anjian_domain::NormBox;

/// Place and speed of a box, in shares of the picture and seconds, each with its uncertainty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    x: Axis,
    y: Axis,
    width: Axis,
    height: Axis,
}

/// How much a measurement may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measured {
    /// The model saw the box.
    Seen,
    /// The box was guessed from a head.
    Estimated,
}

/// A person walks up to about three widths a second, half a height when towards the camera.
const FIRST_SPEED_WIDTHS: f64 = 3.0;
const FIRST_SPEED_HEIGHTS: f64 = 0.5;
/// And starts, stops and turns within about half a second.
const ACCELERATION_WIDTHS: f64 = 4.0;
const ACCELERATION_HEIGHTS: f64 = 1.2;
/// Sizes change more slowly than places.
const SIZE_ACCELERATION: f64 = 0.5;
/// A velocity that was hardly measured must not carry a hidden person away: speed fades with this time constant.
const FADE_S: f64 = 2.0;

impl Motion {
    pub(super) fn new(bounds: NormBox) -> Self {
        let [x, y, width, height] = measures(bounds);
        let [noise_x, noise_y, noise_width, noise_height] = noise(width, height, Measured::Seen);
        Self {
            x: Axis::new(x, noise_x, FIRST_SPEED_WIDTHS * width),
            y: Axis::new(y, noise_y, FIRST_SPEED_HEIGHTS * height),
            width: Axis::new(width, noise_width, SIZE_ACCELERATION * width),
            height: Axis::new(height, noise_height, SIZE_ACCELERATION * height),
        }
    }

    /// Moves on by `elapsed_s`.
    pub(super) fn predict(&mut self, elapsed_s: f64) {
        let (width, height) = self.size();
        self.x.predict(elapsed_s, ACCELERATION_WIDTHS * width);
        self.y.predict(elapsed_s, ACCELERATION_HEIGHTS * height);
        self.width.predict(elapsed_s, SIZE_ACCELERATION * width);
        self.height.predict(elapsed_s, SIZE_ACCELERATION * height);
    }

    /// Learns from a measurement.
    pub(super) fn correct(&mut self, bounds: NormBox, measured: Measured) {
        let [x, y, width, height] = measures(bounds);
        let [noise_x, noise_y, noise_width, noise_height] = noise(width, height, measured);
        self.x.correct(x, noise_x);
        self.y.correct(y, noise_y);
        self.width.correct(width, noise_width);
        self.height.correct(height, noise_height);
    }

    /// Nobody saw it: the size stays as it is, and the speed fades.
    pub(super) fn coast(&mut self, elapsed_s: f64) {
        let faded = (-elapsed_s / FADE_S).exp();
        self.x.rate *= faded;
        self.y.rate *= faded;
        self.width.rate = 0.0;
        self.height.rate = 0.0;
    }

    /// The box, as far as it lies in the picture; `None` when its centre has left.
    pub(super) fn bounds(&self) -> Option<NormBox> {
        let is_inside = [self.x.value, self.y.value].iter().all(|centre| (0.0..=1.0).contains(centre));
        let (width, height) = self.size();
        let edges = [
            self.x.value - width / 2.0,
            self.y.value - height / 2.0,
            self.x.value + width / 2.0,
            self.y.value + height / 2.0,
        ];
        let [left, top, right, bottom] = edges.map(|edge| edge as f32);
        is_inside.then(|| NormBox::clipped(left, top, right, bottom)).flatten()
    }

    /// One standard deviation of the centre, across and down, in shares of the picture.
    pub(super) fn uncertainty(&self) -> (f64, f64) {
        (self.x.value_variance.sqrt(), self.y.value_variance.sqrt())
    }

    /// Never quite zero, whatever the speeds of the sizes did.
    fn size(&self) -> (f64, f64) {
        (self.width.value.max(1e-3), self.height.value.max(1e-3))
    }
}

/// Centre x, centre y, width, height.
fn measures(bounds: NormBox) -> [f64; 4] {
    [bounds.centre().x(), bounds.centre().y(), bounds.width(), bounds.height()].map(f64::from)
}

/// Standard deviation of a measurement, in the order of [`measures`].
fn noise(width: f64, height: f64, measured: Measured) -> [f64; 4] {
    let share = match measured {
        Measured::Seen => 0.05,
        Measured::Estimated => 0.2,
    };
    [share * width, share * height, 2.0 * share * width, 2.0 * share * height]
}

/// One coordinate and its speed.
#[derive(Debug, Clone, Copy)]
struct Axis {
    value: f64,
    rate: f64,
    value_variance: f64,
    covariance: f64,
    rate_variance: f64,
}

impl Axis {
    fn new(value: f64, value_deviation: f64, rate_deviation: f64) -> Self {
        Self {
            value,
            rate: 0.0,
            value_variance: value_deviation.powi(2),
            covariance: 0.0,
            rate_variance: rate_deviation.powi(2),
        }
    }

    /// White noise acceleration of the given strength.
    fn predict(&mut self, elapsed_s: f64, acceleration: f64) {
        let noise = acceleration.powi(2);
        self.value += self.rate * elapsed_s;
        self.value_variance += elapsed_s * (2.0 * self.covariance + elapsed_s * self.rate_variance)
            + noise * elapsed_s.powi(3) / 3.0;
        self.covariance += elapsed_s * self.rate_variance + noise * elapsed_s.powi(2) / 2.0;
        self.rate_variance += noise * elapsed_s;
    }

    fn correct(&mut self, measured: f64, deviation: f64) {
        let total_variance = self.value_variance + deviation.powi(2);
        let value_gain = self.value_variance / total_variance;
        let rate_gain = self.covariance / total_variance;
        let surprise = measured - self.value;
        self.value += value_gain * surprise;
        self.rate += rate_gain * surprise;
        self.rate_variance -= rate_gain * self.covariance;
        self.covariance *= 1.0 - value_gain;
        self.value_variance *= 1.0 - value_gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walker(seconds: f64) -> NormBox {
        let left = 0.1 + 0.1 * seconds as f32;
        NormBox::new(left, 0.3, left + 0.06, 0.8).unwrap()
    }

    #[test]
    fn learns_a_walk_at_any_frame_rate() {
        for rate in [2.0, 5.0, 25.0] {
            let mut motion = Motion::new(walker(0.0));
            for frame in 1..=(3.0 * rate) as u32 {
                motion.predict(1.0 / rate);
                motion.correct(walker(f64::from(frame) / rate), Measured::Seen);
            }
            motion.predict(1.0);
            let expected = walker(4.0).centre().x();
            let predicted = motion.bounds().unwrap().centre().x();
            assert!((predicted - expected).abs() < 0.02, "{rate} fps: {predicted} instead of {expected}");
        }
    }

    #[test]
    fn grows_unsure_while_nobody_looks_and_leaves_the_picture() {
        let mut motion = Motion::new(walker(0.0));
        let mut before = motion.uncertainty().0;
        for _ in 0..10 {
            motion.predict(0.2);
            motion.coast(0.2);
            assert!(motion.uncertainty().0 > before);
            before = motion.uncertainty().0;
        }
        motion.x.rate = 1.0;
        motion.predict(5.0);
        assert_eq!(motion.bounds(), None);
    }
}
