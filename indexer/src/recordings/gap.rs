//! What is missing of a recording, and why. Pure: recorded spans and changes of state in, gaps out.

use std::time::Duration;

use anjian_domain::{RecordingChange, RecordingState, WallTime};
use serde::{Deserialize, Serialize};

/// A missing piece shorter than this is none: it is the length of a picture or two between files.
pub(crate) const TOLERANCE: Duration = Duration::from_millis(500);
/// How late a recorder may notice that nothing comes any more: until then it still says that it records.
const NOTICED_LATE: Duration = Duration::from_secs(30);

/// A range in which nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its beginning.
    pub from: WallTime,
    /// Its end.
    pub to: WallTime,
    /// Why.
    pub cause: GapCause,
    /// The recorder's words, where it had any.
    pub reason: Option<String>,
}

impl Gap {
    /// How long it is.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.to.since(self.from)
    }
}

/// Why nothing is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// The camera sent nothing.
    Waiting,
    /// The disk was full.
    DiskFull,
    /// The file system refused for another reason.
    Failed,
    /// The disk was too slow.
    Overloaded,
    /// The product was stopped, or the camera was not to be recorded.
    Stopped,
    /// The product was killed.
    Interrupted,
    /// It was recorded, and deleted when its time was over.
    Expired,
    /// It was recorded, but its file is gone.
    Lost,
    /// Nothing is known of the recorder then: the camera was not recorded yet.
    Unrecorded,
}

impl GapCause {
    /// The name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::DiskFull => "disk_full",
            Self::Failed => "failed",
            Self::Overloaded => "overloaded",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Expired => "expired",
            Self::Lost => "lost",
            Self::Unrecorded => "unrecorded",
        }
    }

    /// `None` when the recorder ran.
    const fn of(state: RecordingState) -> Option<Self> {
        match state {
            RecordingState::Recording => None,
            RecordingState::Waiting => Some(Self::Waiting),
            RecordingState::DiskFull => Some(Self::DiskFull),
            RecordingState::Failed => Some(Self::Failed),
            RecordingState::Overloaded => Some(Self::Overloaded),
            RecordingState::Stopped => Some(Self::Stopped),
            RecordingState::Interrupted => Some(Self::Interrupted),
        }
    }
}

/// What is known of a camera's recorder around a range.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// In order; the first may lie before the range.
    pub(crate) changes: Vec<RecordingChange>,
    /// Everything that ended before may have expired.
    pub(crate) expired_until: Option<WallTime>,
}

/// A recorded span: its beginning and its end.
pub(crate) type Span = (WallTime, WallTime);

/// The gaps of a range, in order. `spans` are in order and may reach over the edges of the range.
pub(crate) fn gaps(range: Span, spans: &[Span], history: &History) -> Vec<Gap> {
    holes(range, spans).into_iter().flat_map(|hole| explain(hole, history)).collect()
}

/// What `spans` leave of the range.
fn holes((from, to): Span, spans: &[Span]) -> Vec<Span> {
    let mut holes = Vec::new();
    let mut recorded_until = from;
    for (start, end) in spans.iter().copied().chain([(to, to)]) {
        let start = start.min(to);
        if start.since(recorded_until) >= TOLERANCE {
            holes.push((recorded_until, start));
        }
        recorded_until = recorded_until.max(end);
    }
    holes
}

/// A piece of a hole in which the recorder was in one state.
struct Piece {
    from: WallTime,
    to: WallTime,
    /// `None`: it ran.
    cause: Option<GapCause>,
    reason: Option<String>,
}

fn explain(hole: Span, history: &History) -> Vec<Gap> {
    let pieces = pieces(hole, &history.changes);
    let mut gaps: Vec<Gap> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let (cause, reason) = verdict(&pieces, at, history);
        match gaps.last_mut() {
            Some(last) if last.cause == cause && last.reason == reason => last.to = piece.to,
            _ => gaps.push(Gap { from: piece.from, to: piece.to, cause, reason }),
        }
    }
    gaps
}

fn verdict(pieces: &[Piece], at: usize, history: &History) -> (GapCause, Option<String>) {
    let piece = &pieces[at];
    if let Some(cause) = piece.cause {
        return (cause, piece.reason.clone());
    }
    // A recorder notices some seconds late that nothing comes, and says that it records before the first picture
    // is there.
    let next = pieces.get(at + 1);
    let before = at.checked_sub(1).and_then(|at| pieces.get(at));
    let neighbour =
        next.into_iter().chain(before).find_map(|piece| Some((piece.cause?, piece.reason.clone())));
    match neighbour {
        Some(verdict) if piece.to.since(piece.from) <= NOTICED_LATE => verdict,
        _ if history.expired_until.is_some_and(|until| piece.from < until) => (GapCause::Expired, None),
        _ => (GapCause::Lost, None),
    }
}

fn pieces((from, to): Span, changes: &[RecordingChange]) -> Vec<Piece> {
    let first = changes.partition_point(|change| change.since <= from);
    let known = first.checked_sub(1).and_then(|at| changes.get(at));
    let inside = changes[first..].iter().take_while(|change| change.since < to);
    let mut pieces = vec![piece(from, to, known)];
    for change in inside {
        if let Some(last) = pieces.last_mut() {
            last.to = change.since;
        }
        pieces.push(piece(change.since, to, Some(change)));
    }
    // Two changes at one moment: only the later counts.
    pieces.retain(|piece| piece.from < piece.to);
    pieces
}

fn piece(from: WallTime, to: WallTime, change: Option<&RecordingChange>) -> Piece {
    let cause = change.map_or(Some(GapCause::Unrecorded), |change| GapCause::of(change.state));
    Piece { from, to, cause, reason: change.and_then(|change| change.reason.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn at(millis: u64) -> WallTime {
        WallTime::EPOCH.plus(Duration::from_millis(millis))
    }

    fn change(since: u64, state: RecordingState) -> RecordingChange {
        RecordingChange { camera: "gate".parse().unwrap(), state, since: at(since), reason: None }
    }

    fn spans(spans: &[(u64, u64)]) -> Vec<Span> {
        spans.iter().map(|(from, to)| (at(*from), at(*to))).collect()
    }

    #[test]
    fn holes_are_what_spans_leave() {
        type Pairs = &'static [(u64, u64)];
        let cases: &[(&str, Pairs, Pairs)] = &[
            ("nothing", &[], &[(10_000, 70_000)]),
            ("all", &[(10_000, 70_000)], &[]),
            ("over both edges", &[(0, 30_000), (30_000, 90_000)], &[]),
            ("middle", &[(20_000, 30_000)], &[(10_000, 20_000), (30_000, 70_000)]),
            ("just too short", &[(0, 30_000), (30_499, 90_000)], &[]),
            ("just long enough", &[(0, 30_000), (30_500, 90_000)], &[(30_000, 30_500)]),
            ("overlapping", &[(0, 40_000), (20_000, 30_000), (50_000, 80_000)], &[(40_000, 50_000)]),
            ("outside", &[(0, 5_000), (80_000, 90_000)], &[(10_000, 70_000)]),
        ];
        for (name, recorded, expected) in cases {
            assert_eq!(holes((at(10_000), at(70_000)), &spans(recorded)), spans(expected), "{name}");
        }
    }

    #[test]
    fn causes_are_what_the_recorder_said() {
        use GapCause as C;
        use RecordingState as S;
        type Changes = &'static [(u64, RecordingState)];
        type Expected = &'static [(u64, u64, GapCause)];
        // The hole is 100 s to 200 s.
        let cases: &[(&str, Changes, Option<u64>, Expected)] = &[
            ("nothing known", &[], None, &[(100, 200, C::Unrecorded)]),
            ("all the time", &[(100, S::Waiting)], None, &[(100, 200, C::Waiting)]),
            ("since before", &[(0, S::Recording), (50, S::DiskFull)], None, &[(100, 200, C::DiskFull)]),
            (
                "noticed late, begun early",
                &[(0, S::Recording), (105, S::Waiting), (199, S::Recording)],
                None,
                &[(100, 200, C::Waiting)],
            ),
            (
                "one after the other",
                &[(0, S::Recording), (100, S::Interrupted), (150, S::Waiting), (199, S::Recording)],
                None,
                &[(100, 150, C::Interrupted), (150, 200, C::Waiting)],
            ),
            ("a file is gone", &[(0, S::Recording)], None, &[(100, 200, C::Lost)]),
            ("another one expired", &[(0, S::Recording)], Some(100), &[(100, 200, C::Lost)]),
            ("expired", &[(0, S::Recording)], Some(200), &[(100, 200, C::Expired)]),
            (
                "expired around an outage",
                &[(0, S::Recording), (140, S::Failed), (145, S::Recording)],
                Some(200),
                &[(100, 140, C::Expired), (140, 145, C::Failed), (145, 200, C::Expired)],
            ),
            (
                "first recorded then",
                &[(150, S::Stopped)],
                None,
                &[(100, 150, C::Unrecorded), (150, 200, C::Stopped)],
            ),
            ("two at once", &[(100, S::Waiting), (100, S::Overloaded)], None, &[(100, 200, C::Overloaded)]),
        ];
        for (name, changes, expired_until, expected) in cases {
            let changes = changes.iter().map(|(since, state)| change(since * 1_000, *state)).collect();
            let history = History { changes, expired_until: expired_until.map(|until| at(until * 1_000)) };
            let found = gaps((at(0), at(300_000)), &spans(&[(0, 100_000), (200_000, 300_000)]), &history);
            let found: Vec<_> = found.iter().map(|gap| (gap.from, gap.to, gap.cause)).collect();
            let expected: Vec<_> =
                expected.iter().map(|(from, to, cause)| (at(from * 1_000), at(to * 1_000), *cause)).collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    const STATES: [RecordingState; 4] = [
        RecordingState::Recording,
        RecordingState::Waiting,
        RecordingState::DiskFull,
        RecordingState::Interrupted,
    ];

    proptest! {
        /// Whatever was recorded and told: gaps are in order, long enough, inside the range, touch no span, and with
        /// the spans they leave nothing out but what is too short.
        #[test]
        fn gaps_complete_the_spans(
            lengths in prop::collection::vec((0_u64..5_000, 1_u64..5_000), 0..30),
            told in prop::collection::vec((0_u64..100_000, 0_usize..4), 0..20),
            from in 0_u64..50_000,
            length in 1_u64..100_000,
        ) {
            let mut end = 0;
            let recorded: Vec<Span> = lengths.iter().map(|(pause, length)| {
                let start = end + pause;
                end = start + length;
                (at(start), at(end))
            }).collect();
            let mut changes: Vec<_> = told.iter().map(|(since, state)| change(*since, STATES[*state])).collect();
            changes.sort_by_key(|change| change.since);
            let range = (at(from), at(from + length));
            let found = gaps(range, &recorded, &History { changes, expired_until: Some(at(20_000)) });
            prop_assert!(found.windows(2).all(|pair| pair[0].to <= pair[1].from));
            prop_assert!(found.iter().all(|gap| gap.from < gap.to && gap.from >= range.0 && gap.to <= range.1));
            for tick in (from..from + length).step_by(7) {
                let inside = |(from, to): Span| from <= at(tick) && at(tick) < to;
                let is_recorded = recorded.iter().any(|span| inside(*span));
                let is_gap = found.iter().any(|gap| inside((gap.from, gap.to)));
                prop_assert!(!(is_recorded && is_gap), "{tick}");
                if !is_recorded && !is_gap {
                    let before = recorded.iter().filter(|span| span.1 <= at(tick)).map(|span| span.1).max();
                    let after = recorded.iter().filter(|span| span.0 > at(tick)).map(|span| span.0).min();
                    let hole = after.unwrap_or(range.1).min(range.1).since(before.unwrap_or(range.0).max(range.0));
                    prop_assert!(hole < TOLERANCE, "{tick}: {hole:?} are missing without a word");
                }
            }
        }
    }
}
