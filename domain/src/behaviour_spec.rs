//! Everything about a behaviour that is not its logic: names, words, icon, keys, and what it needs to judge.
//!
//! A plain statement that configuration, API, page, snapshots and documentation read; the only place that holds
//! any of it. It stands in the behaviour's own file.

use crate::behaviour::is_valid_name;
use crate::{Behaviour, Class, KeySpec, LookKind, Words};

/// What a behaviour is called, what its rules may say, and what it needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BehaviourSpec {
    /// In files, URLs and the database; see [`Behaviour`].
    pub name: &'static str,
    /// What inspectors call it.
    pub title: Words,
    /// When the rule is broken, in one sentence.
    pub help: Words,
    /// SVG path data for a line drawing on 24 by 24.
    pub icon: &'static str,
    /// A CSS colour; `light-dark(…, …)` serves both themes of the page.
    pub colour: &'static str,
    /// The keys of its rules, besides those that every rule has.
    pub keys: &'static [KeySpec],
    /// What it judges by. A detector that finds none of these leaves its rules blind.
    pub classes: &'static [Class],
    /// The second looks that it asks for. Without an answer it judges by the detector alone, or not at all.
    pub looks: &'static [LookKind],
    /// Which frames it has to judge.
    pub frames: FramePolicy,
}

/// Which frames a behaviour has to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FramePolicy {
    /// Every one that the camera's rate gives: its logic needs an even pace.
    Every,
    /// None while nothing moves in an empty picture.
    RestWhenStill,
}

impl FramePolicy {
    /// The name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::RestWhenStill => "rest_when_still",
        }
    }
}

impl BehaviourSpec {
    /// The same statement. Stops the build of a constant whose names, ranges or defaults contradict themselves.
    ///
    /// # Panics
    /// When a name is not snake_case, a range is empty or a default lies outside its range.
    #[must_use]
    pub const fn checked(self) -> Self {
        assert!(is_valid_name(self.name), "a behaviour's name is snake_case, 1 to 64 letters");
        let mut at = 0;
        while at < self.keys.len() {
            assert!(is_valid_name(self.keys[at].name), "a key's name is snake_case, 1 to 64 letters");
            assert!(self.keys[at].is_sound(), "a key's default lies in its range");
            at += 1;
        }
        self
    }

    /// The name as a value.
    ///
    /// # Panics
    /// When the name is not snake_case; see [`BehaviourSpec::checked`].
    #[must_use]
    pub fn behaviour(&self) -> Behaviour {
        self.name.parse().expect("the name was checked when the statement was compiled")
    }

    /// One of its keys.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&KeySpec> {
        self.keys.iter().find(|key| key.name == name)
    }
}
