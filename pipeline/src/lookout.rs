//! What a camera's own thread does with each frame and state: the frame goes to the exchange, what the camera sees to its
//! account, its state to the board. Nothing here waits for a detection, a database or a disk.

use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{BlindCause, CameraId, CameraState, CameraStatus, Frame, WallTime};
use metrics::{Counter, counter, gauge};

use crate::coverage::Account;
use crate::exchange::{FrameExchange, Offer, Seat};
use crate::gate::Gate;
use crate::metric;
use crate::sight::{Blindness, Sight};
use crate::status_board::StatusBoard;

/// How often a live camera's last frame is told.
const LAST_FRAME_STEP: Duration = Duration::from_secs(1);

/// One camera's lookout.
pub(crate) struct Lookout<'a> {
    camera: CameraId,
    seat: Seat,
    exchange: &'a FrameExchange,
    account: Arc<Account>,
    gate: Arc<Gate>,
    board: &'a StatusBoard,
    dropped: Counter,
    gated: Counter,
    sight: Sight,
    blindness: Option<Blindness>,
    status: Option<CameraStatus>,
}

impl<'a> Lookout<'a> {
    pub(crate) fn new(
        camera: CameraId,
        seat: Seat,
        exchange: &'a FrameExchange,
        account: Arc<Account>,
        gate: Arc<Gate>,
        board: &'a StatusBoard,
        sight: Sight,
    ) -> Self {
        let dropped = counter!(metric::FRAMES_DROPPED, "camera" => camera.to_string());
        let gated = counter!(metric::FRAMES_GATED, "camera" => camera.to_string());
        gauge!(metric::CAMERA_BLIND, "camera" => camera.to_string()).set(0.0);
        Self {
            camera,
            seat,
            exchange,
            account,
            gate,
            board,
            dropped,
            gated,
            sight,
            blindness: None,
            status: None,
        }
    }

    pub(crate) fn frame(&mut self, frame: &Frame) {
        if self.gate.holds_back(frame) {
            self.account.gated(frame.at);
            self.gated.increment(1);
        } else if self.exchange.offer(self.seat, frame.clone()) == Offer::Replaced {
            self.dropped.increment(1);
        }
        let blindness = self.sight.observe(frame);
        if let Some(blindness) = blindness {
            self.account.blind(frame.at, blindness);
        }
        let has_changed = std::mem::replace(&mut self.blindness, blindness) != blindness;
        if has_changed {
            self.announce(blindness);
        }
        let is_stale = |status: &CameraStatus| has_changed || is_stale(status, frame.at.wall);
        if let Some(status) = self.status.as_mut().filter(|status| is_stale(status)) {
            status.last_frame = Some(frame.at.wall);
            self.board.put(worded(status, blindness));
        }
    }

    pub(crate) fn status(&mut self, status: CameraStatus) {
        self.board.put(worded(&status, self.blindness));
        self.status = Some(status);
    }

    fn announce(&self, blindness: Option<Blindness>) {
        gauge!(metric::CAMERA_BLIND, "camera" => self.camera.to_string())
            .set(f64::from(u8::from(blindness.is_some())));
        match blindness {
            Some(Blindness { cause, since }) => {
                tracing::warn!(camera.id = %self.camera, %cause, since = %since.wall, "the camera is blind");
            }
            None => tracing::info!(camera.id = %self.camera, "the camera sees again"),
        }
    }
}

/// A camera that is blind is live all the same; its reason says what is the matter.
fn worded(status: &CameraStatus, blindness: Option<Blindness>) -> CameraStatus {
    let blindness = blindness.filter(|_| status.state == CameraState::Live);
    let reason = blindness.map(|blindness| in_words(blindness.cause).to_owned());
    CameraStatus { reason: reason.or_else(|| status.reason.clone()), ..status.clone() }
}

const fn in_words(cause: BlindCause) -> &'static str {
    match cause {
        BlindCause::Black => "blind: the picture is black",
        BlindCause::Covered => "blind: something covers the lens",
        BlindCause::Frozen => "blind: the picture does not change any more",
        BlindCause::OutOfFocus => "blind: the picture is out of focus",
        BlindCause::Moved => {
            "blind: the camera looks somewhere else than when it was started; set it right, or restart anjian to \
             accept the new view"
        }
    }
}

/// Whether the moment of the last frame, as it was told, is so old that it should be told again.
fn is_stale(status: &CameraStatus, now: WallTime) -> bool {
    // A clock that was set back must not stop the telling.
    status.last_frame.is_none_or(|told| now < told || now.since(told) >= LAST_FRAME_STEP)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{MediaTime, Moment};

    use super::*;

    #[test]
    fn a_live_camera_that_is_blind_says_why() {
        let since = Moment { media: MediaTime::ZERO, wall: WallTime::EPOCH };
        let covered = Some(Blindness { cause: BlindCause::Covered, since });
        let status = |state, reason: Option<&str>| CameraStatus {
            camera: "gate".parse().unwrap(),
            state,
            since: WallTime::EPOCH,
            reason: reason.map(str::to_owned),
            last_frame: None,
        };
        let reason = |status: &CameraStatus, blindness| worded(status, blindness).reason.unwrap_or_default();
        assert!(reason(&status(CameraState::Live, None), covered).contains("covers the lens"));
        assert_eq!(reason(&status(CameraState::Live, None), None), "");
        assert_eq!(reason(&status(CameraState::Stalled, Some("no data")), covered), "no data");
    }
}
