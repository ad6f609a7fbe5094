//! The behaviours that this version knows, for those who show and check names but do not judge.

use std::sync::Arc;

use crate::{Behaviour, BehaviourSpec};

/// What is known of each behaviour, in the order in which lists show them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct BehaviourList(Arc<[BehaviourSpec]>);

/// A name that is no behaviour of the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not a behaviour: use {known}")]
pub struct UnknownBehaviour {
    name: String,
    known: String,
}

impl BehaviourList {
    /// In the order in which lists show them.
    pub fn iter(&self) -> std::slice::Iter<'_, BehaviourSpec> {
        self.0.iter()
    }

    /// `None` for a behaviour of another version.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&BehaviourSpec> {
        self.iter().find(|spec| spec.name == name)
    }

    /// # Errors
    /// Names those that are known.
    pub fn find(&self, name: &str) -> Result<&BehaviourSpec, UnknownBehaviour> {
        self.get(name).ok_or_else(|| self.unknown(name))
    }

    /// Says that the list does not have this name, and which it has.
    #[must_use]
    pub fn unknown(&self, name: &str) -> UnknownBehaviour {
        UnknownBehaviour { name: name.to_owned(), known: self.choices() }
    }

    /// Where it stands in lists; those of other versions come last.
    #[must_use]
    pub fn rank(&self, behaviour: &Behaviour) -> usize {
        let position = self.iter().position(|spec| spec.name == behaviour.as_str());
        position.unwrap_or(self.0.len())
    }

    /// `a, b or c`.
    fn choices(&self) -> String {
        let names: Vec<_> = self.iter().map(|spec| spec.name).collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => names.join(""),
        }
    }
}

impl<'a> IntoIterator for &'a BehaviourList {
    type Item = &'a BehaviourSpec;
    type IntoIter = std::slice::Iter<'a, BehaviourSpec>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<BehaviourSpec> for BehaviourList {
    fn from_iter<I: IntoIterator<Item = BehaviourSpec>>(specs: I) -> Self {
        Self(specs.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FramePolicy, Words};

    const fn spec(name: &'static str) -> BehaviourSpec {
        BehaviourSpec {
            name,
            title: Words::new("", ""),
            help: Words::new("", ""),
            icon: "",
            colour: "",
            keys: &[],
            classes: &[],
            looks: &[],
            frames: FramePolicy::Every,
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        for (names, expected) in [
            (&[][..], "\"smoking\" is not a behaviour: use "),
            (&["dancing"], "\"smoking\" is not a behaviour: use dancing"),
            (&["dancing", "jumping"], "\"smoking\" is not a behaviour: use dancing or jumping"),
            (&["b", "a", "c"], "\"smoking\" is not a behaviour: use b, a or c"),
        ] {
            let list: BehaviourList = names.iter().map(|name| spec(name)).collect();
            assert_eq!(list.find("smoking").unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn lists_keep_their_order_and_put_others_last() {
        let list: BehaviourList = ["b", "a"].map(spec).into_iter().collect();
        let rank = |name: &str| list.rank(&name.parse().unwrap());
        assert_eq!((rank("b"), rank("a"), rank("c")), (0, 1, 2));
    }
}
