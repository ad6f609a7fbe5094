//! Links of the audit. Pure.
//!
//! `link = SHA-256(link of the entry before ‖ JSON array of the entry)`; before the first entry stand 32 zero bytes. The array is
//! `[seq, at_us, account, role, address, action, object_kind, object, why, before, after]` as the columns hold them, without
//! spaces; `before` and `after` are strings or null. Anybody can compute it again from an export.

use sha2::{Digest, Sha256};

use crate::IndexError;

/// The link of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link(pub(crate) [u8; 32]);

impl Link {
    /// Before the first entry.
    pub(crate) const ROOT: Self = Self([0; 32]);

    pub(crate) fn of_column(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

/// The columns of an entry that its link covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Linked {
    pub(crate) seq: i64,
    pub(crate) at_us: i64,
    /// Account, role, address, action, kind and id of the object, why.
    pub(crate) words: [String; 7],
    /// Before and after, JSON.
    pub(crate) states: [Option<String>; 2],
}

impl Linked {
    /// # Errors
    /// Never for texts.
    pub(crate) fn link(&self, before: Link) -> Result<Link, IndexError> {
        let [account, role, address, action, kind, object, why] = &self.words;
        let [from, to] = &self.states;
        let array = (self.seq, self.at_us, account, role, address, action, kind, object, why, from, to);
        let array = serde_json::to_vec(&array)
            .map_err(|error| IndexError::Query(format!("audit entry {}: {error}", self.seq)))?;
        Ok(Link(Sha256::new().chain_update(before.0).chain_update(array).finalize().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Linked {
        let words = ["wang", "inspector", "10.0.0.8", "hold_evidence", "hold", "7", "案件 2026-17"];
        Linked { seq: 1, at_us: 2, words: words.map(str::to_owned), states: [None, Some("{\"a\":1}".into())] }
    }

    #[test]
    fn the_link_is_what_the_documentation_says() {
        let array = r#"[1,2,"wang","inspector","10.0.0.8","hold_evidence","hold","7","案件 2026-17",null,"{\"a\":1}"]"#;
        let expected = Sha256::new().chain_update([0; 32]).chain_update(array).finalize();
        assert_eq!(entry().link(Link::ROOT).unwrap().to_hex(), hex::encode(expected));
    }

    #[test]
    fn every_column_and_the_link_before_count() {
        let link = entry().link(Link::ROOT).unwrap();
        let mut others = vec![Linked { seq: 2, ..entry() }, Linked { at_us: 3, ..entry() }];
        for number in 0..7 {
            let mut other = entry();
            other.words[number].push('x');
            others.push(other);
        }
        others.push(Linked { states: [Some("{}".into()), Some("{\"a\":1}".into())], ..entry() });
        others.push(Linked { states: [None, None], ..entry() });
        for other in others {
            assert_ne!(other.link(Link::ROOT).unwrap(), link, "{other:?}");
        }
        assert_ne!(entry().link(link).unwrap(), link);
    }
}
