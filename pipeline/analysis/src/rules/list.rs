//! The behaviours that this version can judge: one line in [`registration`] each.

use anjian_domain::Behaviour;
use serde_json::{Map, Value};

use super::read::{Parsed, Registration};
use super::{hot_work, no_anti_static, no_hard_hat, overcrowding};

/// How a behaviour's settings are read.
const fn registration(behaviour: Behaviour) -> Registration {
    match behaviour {
        Behaviour::NoHardHat => no_hard_hat::REGISTRATION,
        Behaviour::HotWork => hot_work::REGISTRATION,
        Behaviour::Overcrowding => overcrowding::REGISTRATION,
        Behaviour::NoAntiStatic => no_anti_static::REGISTRATION,
    }
}

/// Reads a behaviour's own keys.
pub(crate) fn parse(behaviour: Behaviour, own_keys: Map<String, Value>) -> Parsed {
    (registration(behaviour).parse)(own_keys)
}
