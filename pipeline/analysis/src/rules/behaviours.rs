//! The behaviours that can be judged: one line in [`BUILT_IN`] each.

use anjian_domain::{Behaviour, BehaviourList, BehaviourSpec, UnknownBehaviour};

use super::registration::Registration;
use super::{hot_work, no_anti_static, no_hard_hat, overcrowding};

/// In the order in which lists show them.
const BUILT_IN: &[Registration] = &[
    no_hard_hat::REGISTRATION,
    hot_work::REGISTRATION,
    overcrowding::REGISTRATION,
    no_anti_static::REGISTRATION,
];

/// Every behaviour that rules may watch for, in the order in which lists show them.
#[derive(Debug, Clone)]
pub struct Behaviours(Vec<Registration>);

impl Behaviours {
    /// Those of this version.
    #[must_use]
    pub fn built_in() -> Self {
        Self(BUILT_IN.to_vec())
    }

    /// With one more, last in lists; in the place of the one that has its name, if any.
    #[must_use]
    pub fn with(mut self, registration: Registration) -> Self {
        let name = registration.spec().name;
        match self.0.iter_mut().find(|other| other.spec().name == name) {
            Some(other) => *other = registration,
            None => self.0.push(registration),
        }
        self
    }

    /// `None` of a behaviour that no rule can watch for.
    #[must_use]
    pub fn get(&self, behaviour: &Behaviour) -> Option<&Registration> {
        self.0.iter().find(|registration| registration.spec().name == behaviour.as_str())
    }

    /// What is said of each.
    pub fn iter(&self) -> impl Iterator<Item = &BehaviourSpec> {
        self.0.iter().map(Registration::spec)
    }

    /// The same for those who do not judge.
    #[must_use]
    pub fn list(&self) -> BehaviourList {
        self.iter().copied().collect()
    }

    /// # Errors
    /// Names the behaviours that there are.
    pub(crate) fn find(&self, name: &str) -> Result<&Registration, UnknownBehaviour> {
        let named = self.0.iter().find(|registration| registration.spec().name == name);
        named.ok_or_else(|| self.list().unknown(name))
    }
}
