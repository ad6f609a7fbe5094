//! Snapshots in full size for cameras that are judged on a smaller stream.
//!
//! The frame that was judged is small; the same moment stands in the recording of the main stream, a moment later. The
//! evidence thread may wait for it, the detection thread never does. When it does not come, the small frame has to do:
//! evidence that is small is better than none.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{CameraId, Clock, Frame, Picture, WallTime};
use anjian_ingest::StopSignal;

/// How long after a frame was judged its full picture is waited for. Counted from the judgement, not from the attempt, so
/// that many violations at once do not queue up behind one camera that is not recorded.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(100);

/// Pictures of main streams, as they were recorded.
pub trait MainPictures: Send + Sync {
    /// The picture at a place in the recording; `None` while it is not on disk yet.
    ///
    /// # Errors
    /// When waiting will not help; the text says why, for a person.
    fn picture(&self, camera: &CameraId, at: WallTime) -> Result<Option<Picture>, String>;
}

/// Fetches full pictures for the cameras that need them.
pub(crate) struct FullSize {
    pictures: Arc<dyn MainPictures>,
    clock: Arc<dyn Clock>,
    /// Cameras that are judged on their sub-stream.
    cameras: BTreeSet<CameraId>,
    /// Those of them whose last full picture did not come: told once, not with every violation.
    lacking: BTreeSet<CameraId>,
}

impl FullSize {
    pub(crate) fn new(
        pictures: Arc<dyn MainPictures>,
        cameras: BTreeSet<CameraId>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { pictures, clock, cameras, lacking: BTreeSet::new() }
    }

    /// The frame in full size, or `None` where the judged one has to do. `at`: when it was judged, on the monotonic
    /// clock.
    pub(crate) fn frame(&mut self, judged: &Frame, at: Duration, stop: &StopSignal) -> Option<Frame> {
        if !self.cameras.contains(&judged.camera) {
            return None;
        }
        match self.wait_for(judged, at + PATIENCE, stop) {
            Ok(picture) => {
                if self.lacking.remove(&judged.camera) {
                    tracing::info!(camera.id = %judged.camera, "snapshots are in full size again");
                }
                Some(Frame { picture, ..judged.clone() })
            }
            Err(reason) => {
                if self.lacking.insert(judged.camera.clone()) {
                    tracing::warn!(camera.id = %judged.camera, %reason, "snapshots are as small as the sub-stream");
                }
                None
            }
        }
    }

    fn wait_for(&self, judged: &Frame, until: Duration, stop: &StopSignal) -> Result<Picture, String> {
        // A stop finishes the recording, so one more look is worth it.
        let mut is_last_look = false;
        let place = judged.clock.place_of(judged.at.wall);
        loop {
            if let Some(picture) = self.pictures.picture(&judged.camera, place)? {
                return Ok(picture);
            }
            if is_last_look || self.clock.monotonic() >= until {
                return Err("the main stream's recording of that moment did not come".to_owned());
            }
            is_last_look = stop.wait(&*self.clock, PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use anjian_domain::{ClockReading, ColourMatrix, ManualClock, MediaTime, Moment, PixelFormat};

    use super::*;

    fn picture(side_px: u32) -> Picture {
        let bytes = vec![0; (side_px * side_px * 3) as usize];
        Picture::new(side_px, side_px, PixelFormat::Bgr, ColourMatrix::Bt601, bytes).unwrap()
    }

    fn judged(camera: &str) -> Frame {
        let at = Moment { media: MediaTime::ZERO, wall: WallTime::EPOCH };
        Frame { camera: camera.parse().unwrap(), at, clock: ClockReading::FOOTAGE, picture: picture(2) }
    }

    /// Answers from a list, the last first.
    struct Script(Mutex<Vec<Result<Option<Picture>, String>>>);

    impl MainPictures for Script {
        fn picture(&self, _camera: &CameraId, _at: WallTime) -> Result<Option<Picture>, String> {
            self.0.lock().unwrap().pop().unwrap_or(Ok(None))
        }
    }

    /// The width of the picture that a violation of `camera` gets, judged `age` ago.
    fn width(camera: &str, age: Duration, mut answers: Vec<Result<Option<Picture>, String>>) -> Option<u32> {
        answers.reverse();
        let cameras = ["gate".parse().unwrap()].into();
        let clock = Arc::new(ManualClock::new(WallTime::EPOCH));
        let mut full = FullSize::new(Arc::new(Script(Mutex::new(answers))), cameras, clock.clone());
        let at = clock.monotonic();
        clock.advance(age);
        full.frame(&judged(camera), at, &StopSignal::new()).map(|frame| frame.picture.width_px())
    }

    #[test]
    fn the_full_picture_is_waited_for() {
        assert_eq!(width("gate", Duration::ZERO, vec![Ok(None), Ok(Some(picture(8)))]), Some(8));
        let last_look = PATIENCE.as_millis() / PAUSE.as_millis();
        let late = |looks: u128| (0..looks).map(|_| Ok(None)).chain([Ok(Some(picture(8)))]).collect();
        assert_eq!(width("gate", Duration::ZERO, late(last_look)), Some(8));
        assert_eq!(width("gate", Duration::ZERO, late(last_look + 1)), None, "too late");
        assert_eq!(width("gate", Duration::ZERO, vec![Err("not recorded".to_owned())]), None);
        assert_eq!(width("dock", Duration::ZERO, vec![Ok(Some(picture(8)))]), None, "judged in full size");
    }

    #[test]
    fn patience_counts_from_the_judgement() {
        assert_eq!(width("gate", PATIENCE, vec![Ok(None), Ok(Some(picture(8)))]), None);
        assert_eq!(width("gate", PATIENCE, vec![Ok(Some(picture(8)))]), Some(8), "it is there already");
    }
}
