//! When the main stream takes the place of a sub-stream that fails. Pure: the present is handed in.

use std::cell::RefCell;
use std::time::Duration;

use crate::CameraFault;

/// Failures in a row, without a picture in between, after which the main stream is analysed.
const FAILURES: u32 = 3;

/// A sub-stream is tried again after so long, once the main stream ends.
const TRY_AGAIN: Duration = Duration::from_secs(600);

/// How a sub-stream fares.
#[derive(Debug, Default)]
pub(crate) struct SubStream(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Why, and since when the main stream stands in for it.
    replaced: Option<(String, Duration)>,
}

impl SubStream {
    /// Whether the main stream stands in for it.
    pub(crate) fn is_replaced(&self) -> bool {
        self.0.borrow().replaced.is_some()
    }

    /// Why the main stream is to be connected; `None` when the sub-stream is.
    pub(crate) fn replaced(&self, now: Duration) -> Option<String> {
        let mut state = self.0.borrow_mut();
        if state.replaced.as_ref().is_some_and(|(_, since)| now.saturating_sub(*since) >= TRY_AGAIN) {
            *state = State { failures: FAILURES - 1, replaced: None };
        }
        state.replaced.as_ref().map(|(fault, _)| fault.clone())
    }

    /// A connection ended with this.
    pub(crate) fn ended(&self, fault: &CameraFault, now: Duration) {
        let mut state = self.0.borrow_mut();
        if state.replaced.is_some() {
            return;
        }
        state.failures = if is_its_own(fault) { state.failures + 1 } else { 0 };
        if state.failures >= FAILURES {
            state.replaced = Some((fault.to_string(), now));
        }
    }
}

/// Whether another stream of the same camera may do better.
const fn is_its_own(fault: &CameraFault) -> bool {
    matches!(
        fault,
        CameraFault::NoSuchPath
            | CameraFault::NoVideo
            | CameraFault::UnsupportedCodec(_)
            | CameraFault::Answered { .. }
            | CameraFault::Undecodable(_)
            | CameraFault::Unanswered { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sub_stream_that_is_not_there_is_replaced_for_ten_minutes() {
        let (sub, at) = (SubStream::default(), Duration::from_secs);
        for second in 0..3 {
            assert_eq!(sub.replaced(at(second)), None);
            sub.ended(&CameraFault::NoSuchPath, at(second));
        }
        assert!(sub.replaced(at(5)).is_some_and(|fault| fault.contains("404")));
        sub.ended(&CameraFault::Ended, at(300));
        assert!(sub.is_replaced());
        assert_eq!(sub.replaced(at(602)), None);
        sub.ended(&CameraFault::NoVideo, at(603));
        assert!(sub.replaced(at(604)).is_some());
    }

    #[test]
    fn a_camera_that_is_gone_is_waited_for() {
        let sub = SubStream::default();
        for second in 0..9 {
            sub.ended(&CameraFault::Unreachable("no answer".to_owned()), Duration::from_secs(second));
        }
        assert_eq!(sub.replaced(Duration::from_secs(9)), None);
    }
}
