//! Appending to the audit, in the transaction of the change.

use std::net::IpAddr;

use anjian_domain::{Viewer, WallTime};

use crate::IndexError;
use crate::audit::entry::Deed;
use crate::audit::link::{Link, Linked};
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;

/// Who did it, as the columns have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doer<'d> {
    pub(crate) account: &'d str,
    pub(crate) role: &'d str,
    pub(crate) address: Option<IpAddr>,
}

impl<'d> From<&'d Viewer> for Doer<'d> {
    fn from(viewer: &'d Viewer) -> Self {
        Self { account: viewer.account(), role: viewer.role().as_str(), address: viewer.address() }
    }
}

/// Appends what somebody did. Writers take turns on both engines, so the newest entry stays the newest until the commit.
pub(crate) async fn append(
    transaction: &mut Connection<'_>,
    doer: impl Into<Doer<'_>>,
    now: WallTime,
    deed: Deed<'_>,
) -> Result<(), IndexError> {
    let (last, before) = newest(transaction).await?;
    let Doer { account, role, address } = doer.into();
    let Deed { action, kind, object, why, before: was, after: is } = deed;
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let words = [account, role, &address, action, kind, &object, why];
    let entry = Linked {
        seq: last + 1,
        at_us: now.as_micros(),
        words: words.map(str::to_owned),
        states: [was, is].map(|state| state.map(|state| state.to_string())),
    };
    let link = entry.link(before)?;
    let sql = "INSERT INTO audit (seq, at_us, account, role, address, action, object_kind, object, why, before, after, link) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let mut query = sql::query(sql).bind(entry.seq).bind(entry.at_us);
    for word in entry.words {
        query = query.bind(word);
    }
    for state in entry.states {
        query = query.bind(state);
    }
    query.bind(link.0.to_vec()).execute(transaction).await.map_err(not_written)?;
    Ok(())
}

/// Number and link of the newest entry.
pub(crate) async fn newest(connection: &mut Connection<'_>) -> Result<(i64, Link), IndexError> {
    let newest = sql::query("SELECT seq, link FROM audit ORDER BY seq DESC LIMIT 1");
    let row = newest.fetch_optional(connection).await.map_err(not_written)?;
    let Some(row) = row else { return Ok((0, Link::ROOT)) };
    let columns = Columns { table: "audit", row: &row };
    let link = Link::of_column(&columns.get::<Vec<u8>>("link")?);
    Ok((columns.get("seq")?, link.ok_or_else(|| columns.refuse("link", "32 bytes"))?))
}

fn not_written(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "write the audit", table: "audit", source }
}
