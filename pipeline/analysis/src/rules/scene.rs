//! A frame as rules see it.

use anjian_domain::{Detection, Moment, Seen, Zone};

use crate::Track;

/// One frame, the same for all rules.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// When.
    pub(crate) at: Moment,
    /// Everything that the detector saw, the surest first.
    pub(crate) detections: &'a [Detection],
    /// Everybody in the picture, by id.
    pub(crate) tracks: &'a [Track],
    /// What second looks said; nothing yet when rules are asked what they want looked at.
    pub(crate) seen: &'a [Seen],
}

/// One frame as a rule sees it.
pub struct Scene<'a> {
    /// When.
    pub at: Moment,
    /// Everything that the detector saw in the picture, the surest first.
    pub detections: &'a [Detection],
    /// Everybody in the picture, by id.
    pub tracks: &'a [Track],
    /// What second looks said.
    pub seen: &'a [Seen],
    /// The rule's zone.
    pub zone: &'a Zone,
    /// Those in the rule's zone, seen in this frame or not, by id.
    pub inside: Vec<&'a Track>,
}

impl<'a> Scene<'a> {
    /// Those in the rule's zone whom this frame shows, by id.
    pub fn seen_inside(&self) -> impl Iterator<Item = &'a Track> {
        self.inside.iter().copied().filter(|track| track.last_seen() == self.at.media)
    }
}
