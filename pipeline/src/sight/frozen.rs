//! The same picture again and again: the sensor or the encoder hangs while the stream goes on.
//!
//! Compares digests of the full luma, not small pictures: a quiet scene changes by noise alone, and that is lost in a
//! small picture. An encoder that is fed one picture for ever repeats a short cycle from keyframe to keyframe, so a
//! picture that was seen a moment ago is no new one either; a film that runs in a loop has many pictures and is not
//! frozen.
//!
//! Not found: a sensor that hangs behind an encoder of constant bit rate, which spends its bits on the picture anew in
//! every group. Those differences are as small as the noise of a quiet scene, so telling them apart would be a guess.

use std::collections::VecDeque;
use std::time::Duration;

use anjian_domain::{BlindCause, MediaTime};

use super::fault::{Fault, Reading};
use super::view::View;

/// Pictures are remembered for so long.
const MEMORY: Duration = Duration::from_secs(30);
/// More different pictures than this are a scene.
const CYCLE: usize = 6;

/// When a picture was last seen.
struct Seen {
    digest: u64,
    last: MediaTime,
}

#[derive(Default)]
pub(super) struct Frozen {
    seen: VecDeque<Seen>,
    last: Option<u64>,
}

impl Fault for Frozen {
    fn cause(&self) -> BlindCause {
        BlindCause::Frozen
    }

    fn look(&mut self, view: &View) -> Reading {
        let now = view.at.media;
        let is_repeated = self.last.replace(view.digest) == Some(view.digest);
        self.seen.retain(|seen| now.since(seen.last) <= MEMORY);
        let known = self.seen.iter_mut().find(|seen| seen.digest == view.digest);
        if let Some(seen) = known {
            seen.last = now;
            let is_cycle = is_repeated || self.seen.len() <= CYCLE;
            return if is_cycle { Reading::Suspect } else { Reading::Clear };
        }
        if self.seen.len() > CYCLE {
            self.seen.pop_front();
        }
        self.seen.push_back(Seen { digest: view.digest, last: now });
        Reading::Clear
    }

    fn hold(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn release(&self) -> Duration {
        Duration::from_secs(1)
    }
}
