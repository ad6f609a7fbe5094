//! Entries of the audit as values.

use anjian_domain::WallTime;
use serde_json::Value;

use crate::IndexError;
use crate::audit::link::{Link, Linked};
use crate::engine::columns::Columns;
use crate::engine::row::Row;

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its number, from 1 on without gaps.
    pub seq: i64,
    /// When.
    pub at: WallTime,
    /// Who, by account.
    pub account: String,
    /// As what, then.
    pub role: String,
    /// From which address of the network; empty when it came from this machine itself.
    pub address: String,
    /// What was done: the name of an action.
    pub action: String,
    /// What it was done to: the kind, such as `hold`.
    pub object_kind: String,
    /// Its id.
    pub object: String,
    /// As the person gave it; empty when none is asked for.
    pub why: String,
    /// How it was; `None`: it was not there, or did not change.
    pub before: Option<Value>,
    /// How it is since; `None`: it is gone, or did not change.
    pub after: Option<Value>,
    /// SHA-256, lower-case hexadecimal.
    pub link: String,
}

/// What an entry is about; who, when and from where come from the viewer and the clock.
#[derive(Debug, Clone)]
pub(crate) struct Deed<'d> {
    /// The name of an `Action` or an `Event`.
    pub(crate) action: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) object: String,
    pub(crate) why: &'d str,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// The columns that the link covers, and the link.
pub(crate) fn decode_linked(row: &Row) -> Result<(Linked, Option<Link>), IndexError> {
    let columns = Columns { table: "audit", row };
    let mut words = Vec::with_capacity(7);
    for column in ["account", "role", "address", "action", "object_kind", "object", "why"] {
        words.push(columns.get::<String>(column)?);
    }
    let words: Result<[String; 7], _> = words.try_into();
    let linked = Linked {
        seq: columns.get("seq")?,
        at_us: columns.get("at_us")?,
        words: words.map_err(|_| columns.refuse("account", "seven words"))?,
        states: [columns.get("before")?, columns.get("after")?],
    };
    Ok((linked, Link::of_column(&columns.get::<Vec<u8>>("link")?)))
}

pub(crate) fn decode(row: &Row) -> Result<AuditEntry, IndexError> {
    let columns = Columns { table: "audit", row };
    Ok(AuditEntry {
        seq: columns.get("seq")?,
        at: columns.wall("at_us")?,
        account: columns.get("account")?,
        role: columns.get("role")?,
        address: columns.get("address")?,
        action: columns.get("action")?,
        object_kind: columns.get("object_kind")?,
        object: columns.get("object")?,
        why: columns.get("why")?,
        before: columns.json_or_null("before")?,
        after: columns.json_or_null("after")?,
        link: hex::encode(columns.get::<Vec<u8>>("link")?),
    })
}
