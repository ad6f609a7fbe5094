//! Whether a camera that sends pictures sees anything: black, covered, frozen, moved or out of focus.
//!
//! Looks at luma only, twice a second, at a small size. Judging goes on while a camera is blind; what is found then
//! still counts, but that nothing is found proves nothing. Does not say what to do about it, and knows no model.

mod black;
mod covered;
mod fault;
mod frozen;
mod latch;
mod moved;
mod out_of_focus;
mod view;

#[cfg(test)]
mod tests;

use std::time::Duration;

use anjian_domain::{BlindCause, Frame, MediaTime, Moment};

pub(crate) use view::small_luma;

use fault::{Fault, Reading};
use latch::Latch;
use view::View;

/// Pictures are looked at no more often than this.
const STEP: Duration = Duration::from_millis(500);

/// Whether a camera stays where it was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mount {
    /// It always shows the same scene.
    #[default]
    Fixed,
    /// It turns, or is turned; showing something else is no fault.
    Turning,
}

/// A camera sees nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blindness {
    /// Why.
    pub cause: BlindCause,
    /// Since when: earlier than it was noticed, because one odd picture is no proof.
    pub since: Moment,
}

/// Every fault, the plainest first: a black picture is also uniform, still and without edges.
fn faults(mount: Mount) -> Vec<Box<dyn Fault>> {
    let mut faults: Vec<Box<dyn Fault>> =
        vec![Box::new(black::Black), Box::<covered::Covered>::default(), Box::<frozen::Frozen>::default()];
    if mount == Mount::Fixed {
        faults.push(Box::<moved::Moved>::default());
    }
    faults.push(Box::<out_of_focus::OutOfFocus>::default());
    faults
}

/// One camera's sight. Feed it every frame, in order of time.
pub struct Sight {
    faults: Vec<(Box<dyn Fault>, Latch)>,
    last: Option<MediaTime>,
}

impl Sight {
    /// Nothing is known of the scene yet; the first half minute of pictures that show something teaches it.
    #[must_use]
    pub fn new(mount: Mount) -> Self {
        let faults = faults(mount).into_iter().map(|fault| (fault, Latch::default())).collect();
        Self { faults, last: None }
    }

    /// Looks at a frame, unless it follows the last look too closely.
    pub fn observe(&mut self, frame: &Frame) -> Option<Blindness> {
        let media = frame.at.media;
        if self.last.is_none_or(|last| media.since(last) >= STEP) {
            self.last = Some(media);
            self.look(&View::of(frame));
        }
        self.blindness()
    }

    /// What was last known.
    #[must_use]
    pub fn blindness(&self) -> Option<Blindness> {
        self.faults
            .iter()
            .find_map(|(fault, latch)| latch.since().map(|since| Blindness { cause: fault.cause(), since }))
    }

    fn look(&mut self, view: &View) {
        let mut is_explained = false;
        for (fault, latch) in &mut self.faults {
            let reading = if is_explained { Reading::Unsure } else { fault.look(view) };
            is_explained |= reading == Reading::Suspect;
            latch.note(view.at, reading, fault.hold(), fault.release());
        }
    }
}
