//! Where the verdict of a violation stands. Plain values: the index stores them, `decide` changes them.

use std::time::Duration;

use anjian_domain::{Account, Verdict, WallTime};
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use crate::Version;

/// Where the verdict of a violation stands. The default is a violation that nobody judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictState {
    /// Grows by one with each change.
    pub version: Version,
    /// The judgement that counts.
    pub standing: Option<Judgement>,
    /// What `standing` replaced, the oldest first; the last counts again when `standing` is undone. Goes back to the
    /// newest that stood when it was replaced: until then that one counts outside of the inbox.
    pub replaced: Vec<Judgement>,
}

/// One verdict, with its giver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What was found.
    pub finding: Finding,
    /// The account that gave it.
    pub by: Account,
    /// When.
    pub at: WallTime,
    /// Why it replaces an earlier one; empty for the first.
    pub change_reason: String,
    /// The second signature.
    pub second: Second,
}

/// The second signature under a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Second {
    /// Not asked for.
    NotAsked,
    /// Asked for, and not there.
    Awaited,
    /// There.
    Signed {
        /// By whom; never the giver.
        by: Account,
        /// When.
        at: WallTime,
    },
}

impl Judgement {
    /// Whether its giver can still undo it.
    #[must_use]
    pub fn is_undoable(&self, now: WallTime, undo_window: Duration) -> bool {
        now.since(self.at) < undo_window
    }

    /// Whether it counts outside of the inbox: beyond undo, and with the signatures that were asked for.
    #[must_use]
    pub fn stands(&self, now: WallTime, undo_window: Duration) -> bool {
        !self.is_undoable(now, undo_window) && self.second != Second::Awaited
    }
}

impl VerdictState {
    /// What the inbox shows.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.standing.as_ref().map_or(Verdict::None, |judgement| judgement.finding.verdict())
    }

    /// What counts outside of the inbox: what enterprises see, and what cases are made of. A verdict that replaces
    /// another changes nothing outside until it stands.
    #[must_use]
    pub fn effective(&self, now: WallTime, undo_window: Duration) -> Verdict {
        let stands = |judgement: &&Judgement| judgement.stands(now, undo_window);
        let counts = self.replaced.iter().chain(&self.standing).rfind(stands);
        counts.map_or(Verdict::None, |judgement| judgement.finding.verdict())
    }
}
