//! Frames of many cameras, one detector: where they meet.
//!
//! Each camera has one place. A newer frame takes the place of one that nobody has fetched yet, which is counted as
//! dropped, so that a slow model makes cameras coarser, never later. Detection threads fetch by turns, and a camera
//! is with one thread at a time, so that its frames are judged in order.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use anjian_domain::Frame;

/// Which camera of the exchange, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat(pub(crate) usize);

/// What became of an offered frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// It waits for its turn.
    Waiting,
    /// It waits for its turn, and an older one that waited is gone.
    Replaced,
    /// The exchange is closed.
    Refused,
}

/// See the module.
pub(crate) struct FrameExchange {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    seats: Vec<Place>,
    next: usize,
    is_closed: bool,
}

#[derive(Default)]
struct Place {
    newest: Option<Frame>,
    is_being_judged: bool,
}

impl FrameExchange {
    /// For so many cameras.
    #[must_use]
    pub(crate) fn new(cameras: usize) -> Self {
        let seats = (0..cameras).map(|_| Place::default()).collect();
        Self { state: Mutex::new(State { seats, next: 0, is_closed: false }), changed: Condvar::new() }
    }

    /// Puts a camera's newest frame in its place. Never waits for a detection.
    pub(crate) fn offer(&self, seat: Seat, frame: Frame) -> Offer {
        let mut state = self.lock();
        if state.is_closed {
            return Offer::Refused;
        }
        let replaced = state.seats[seat.0].newest.replace(frame);
        drop(state);
        self.changed.notify_one();
        if replaced.is_some() { Offer::Replaced } else { Offer::Waiting }
    }

    /// Waits for the next camera's turn; `None` when the exchange was closed.
    pub(crate) fn take(&self) -> Option<Turn<'_>> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some((seat, frame)) = state.next_turn() {
                return Some(Turn { exchange: self, seat, frame });
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes everybody who waits; frames that wait are gone.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// The state is valid between any two statements, so a thread that died while it held the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_turn(&mut self) -> Option<(Seat, Frame)> {
        let count = self.seats.len();
        let order = (0..count).map(|step| (self.next + step) % count);
        let is_ready = |place: &Place| place.newest.is_some() && !place.is_being_judged;
        let index = order.into_iter().find(|index| is_ready(&self.seats[*index]))?;
        self.next = (index + 1) % count;
        self.seats[index].is_being_judged = true;
        self.seats[index].newest.take().map(|frame| (Seat(index), frame))
    }
}

/// One camera's frame in one thread's hands. Dropping it ends the turn.
pub(crate) struct Turn<'a> {
    exchange: &'a FrameExchange,
    /// Whose.
    pub(crate) seat: Seat,
    /// What.
    pub(crate) frame: Frame,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.exchange.lock().seats[self.seat.0].is_being_judged = false;
        self.exchange.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ClockReading, ColourMatrix, MediaTime, Moment, Picture, PixelFormat, WallTime};

    use super::*;

    fn frame(camera: &str, millis: u64) -> Frame {
        let picture =
            Picture::new(2, 2, PixelFormat::Bgr, ColourMatrix::Bt601, vec![0; 12]).expect("12 bytes fit 2x2");
        let wall = WallTime::from_micros(0).expect("1970 is a time");
        let at = Moment { media: MediaTime::from_millis(millis), wall };
        Frame { camera: camera.parse().expect("a valid id"), at, clock: ClockReading::FOOTAGE, picture }
    }

    #[test]
    fn the_newest_frame_wins_and_turns_go_round() {
        let exchange = FrameExchange::new(3);
        assert_eq!(exchange.offer(Seat(0), frame("a", 0)), Offer::Waiting);
        assert_eq!(exchange.offer(Seat(0), frame("a", 200)), Offer::Replaced);
        assert_eq!(exchange.offer(Seat(2), frame("c", 100)), Offer::Waiting);
        let first = exchange.take().expect("two cameras wait");
        assert_eq!((first.seat, first.frame.at.media), (Seat(0), MediaTime::from_millis(200)));
        exchange.offer(Seat(0), frame("a", 400));
        let second = exchange.take().expect("camera c waits");
        assert_eq!(second.seat, Seat(2), "camera a had its turn");
    }

    #[test]
    fn a_camera_is_with_one_thread_at_a_time() {
        let exchange = FrameExchange::new(1);
        exchange.offer(Seat(0), frame("a", 0));
        let turn = exchange.take().expect("a frame waits");
        exchange.offer(Seat(0), frame("a", 200));
        assert!(exchange.lock().next_turn().is_none(), "its first frame is still being judged");
        drop(turn);
        assert!(exchange.take().is_some());
    }

    #[test]
    fn closing_wakes_who_waits() {
        let exchange = FrameExchange::new(1);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| exchange.take().is_none());
            exchange.close();
            assert!(waiting.join().expect("the waiting thread ended"));
        });
        assert_eq!(exchange.offer(Seat(0), frame("a", 0)), Offer::Refused);
    }
}
