//! Something that goes on, bridging gaps.

use anjian_domain::Moment;

use crate::clock::lasted_s;

/// A gap is this many frames at least, so that one missed frame of a slow camera is none.
const LEAST_MISSES: u32 = 2;

/// From a first to a last observation, and how many frames went by since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streak {
    first: Moment,
    last: Moment,
    misses: u32,
}

impl Streak {
    pub(super) const fn new(at: Moment) -> Self {
        Self::from(at, at)
    }

    /// Has gone on since `first` and is seen at `last`.
    pub(super) const fn from(first: Moment, last: Moment) -> Self {
        Self { first, last, misses: 0 }
    }

    pub(super) const fn go_on(&mut self, at: Moment) {
        self.last = at;
        self.misses = 0;
    }

    /// A frame did not show it.
    pub(super) const fn miss(&mut self) {
        self.misses = self.misses.saturating_add(1);
    }

    pub(super) const fn first(&self) -> Moment {
        self.first
    }

    pub(super) const fn last(&self) -> Moment {
        self.last
    }

    /// Whether the last frame showed it.
    pub(super) const fn is_seen(&self) -> bool {
        self.misses == 0
    }

    /// From the first observation to the last.
    pub(super) fn lasted_s(&self) -> f64 {
        lasted_s(self.first.media, self.last.media)
    }

    /// Whether it has not been seen for longer than a gap may be.
    pub(super) fn is_over(&self, at: Moment, grace_s: f64) -> bool {
        self.misses >= LEAST_MISSES && lasted_s(self.last.media, at.media) > grace_s
    }
}
