//! The list for disposal, and what goes or went with one case.

use anjian_casework::case::Case;
use anjian_casework::disposal::KeepYears;
use anjian_casework::roles::Action;
use anjian_domain::{Account, Viewer, WallTime};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::casework::case_row::{COLUMNS, CaseId, CaseRow, decode, decode_state, not_read};
use crate::casework::context::zone_of;
use crate::casework::reach;
use crate::disposal::holdings::{self, Holdings, own};
use crate::engine::columns::{Columns, json_column, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql::{self, Builder};
use crate::retention::protect::push_is_held;
use crate::{Cursor, Index, IndexError};

/// A case, and what goes or went with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposal {
    /// The case.
    pub case: CaseRow,
    /// The first day on which it may go; `None` while it is not over.
    pub due: Option<Date>,
    /// The signatures, the earliest first.
    pub signatures: Vec<DisposalSignature>,
    /// Whether a hold keeps pictures of it.
    pub is_held: bool,
    /// What goes, or went.
    pub holdings: Holdings,
}

impl Disposal {
    /// A digest of the signatures and of what goes: another one when another officer signed, or something else goes.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn version(&self) -> Result<String, IndexError> {
        let signed: Vec<_> = self.signatures.iter().map(|one| (&one.account, one.at)).collect();
        let text = json_column("disposal", &(signed, &self.holdings))?;
        Ok(hex::encode(Sha256::digest(text)))
    }
}

/// A signature under a disposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisposalSignature {
    /// Whose.
    pub account: Account,
    /// The certificate number of that day; empty without.
    pub certificate: String,
    /// When.
    pub at: WallTime,
}

/// One page of the list, what ended first first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisposalPage {
    /// The cases.
    pub items: Vec<Disposal>,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<Cursor>,
}

/// The rows of a case.
pub(crate) struct Found {
    pub(crate) seq: i64,
    pub(crate) row: CaseRow,
    pub(crate) case: Case,
}

impl Index {
    /// Most cases of a page.
    pub const MAX_DISPOSALS: u16 = 100;

    /// One page of the ended cases whose term is over and that were not disposed of.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn disposals(
        &self,
        viewer: &Viewer,
        keep: KeepYears,
        limit: u16,
        cursor: Option<Cursor>,
    ) -> Result<DisposalPage, IndexError> {
        let limit = usize::from(limit.clamp(1, Self::MAX_DISPOSALS));
        let now = self.inner.clock.now();
        let mut sql = select(viewer);
        sql.push(" AND c.is_over = 1 AND c.disposed_us IS NULL AND c.changed_us <= ");
        sql.push_bind(ended_by(keep, now).as_micros());
        if let Some(cursor) = cursor {
            sql.push(" AND (c.changed_us, c.seq) > (").push_bind(cursor.opened_at.as_micros());
            sql.push(", ").push_bind(cursor.seq).push(")");
        }
        sql.push(" ORDER BY c.changed_us, c.seq LIMIT ");
        sql.push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let rows = sql.build().fetch_all(&mut reading).await.map_err(not_read)?;
        let found = rows.iter().take(limit).map(read).collect::<Result<Vec<_>, _>>()?;
        let last = found.last().filter(|_| rows.len() > limit);
        let next_cursor = last.map(|last| Cursor { opened_at: last.row.changed_at, seq: last.seq });
        let mut items = Vec::new();
        for found in found {
            let today = now.timestamp().to_zoned(zone_of(&mut reading, &found.row.site).await?).date();
            let disposal = self.complete(&mut reading, found, keep).await?;
            items.extend(Some(disposal).filter(|disposal| disposal.due.is_some_and(|due| due <= today)));
        }
        reading.commit().await.map_err(not_read)?;
        Ok(DisposalPage { items, next_cursor })
    }

    /// What goes or went with one case; `None` when there is no such case for the viewer.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn disposal(
        &self,
        viewer: &Viewer,
        id: CaseId,
        keep: KeepYears,
    ) -> Result<Option<Disposal>, IndexError> {
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let Some(found) = find(&mut reading, viewer, id).await? else { return Ok(None) };
        let disposal = self.complete(&mut reading, found, keep).await?;
        reading.commit().await.map_err(not_read)?;
        Ok(Some(disposal))
    }

    pub(crate) async fn complete(
        &self,
        connection: &mut Connection<'_>,
        Found { seq, row, case }: Found,
        keep: KeepYears,
    ) -> Result<Disposal, IndexError> {
        let zone = zone_of(&mut *connection, &row.site).await?;
        let due = case.ended.map(|ended| keep.end(ended.at.timestamp().to_zoned(zone).date()));
        let holdings = match row.disposed_at {
            None => holdings::of(connection, seq).await?,
            Some(_) => recorded(connection, seq).await?,
        };
        Ok(Disposal {
            case: row,
            due,
            signatures: signatures(connection, seq).await?,
            is_held: self.is_case_held(connection, seq).await?,
            holdings,
        })
    }

    async fn is_case_held(&self, connection: &mut Connection<'_>, casefile: i64) -> Result<bool, IndexError> {
        let mut sql = Builder::new("SELECT EXISTS (SELECT 1 FROM violation AS v WHERE v.seq IN (");
        sql.push(own("violation", casefile)).push(") AND ");
        push_is_held(&mut sql, self.recording_settings().clips);
        sql.push(")").build().scalar(connection).await.map_err(not_read)
    }
}

/// What ended later is surely kept, wherever on earth.
fn ended_by(keep: KeepYears, now: WallTime) -> WallTime {
    let today = now.timestamp().to_zoned(TimeZone::UTC);
    let ended = today.saturating_sub(i64::from(keep.as_years()).years()).saturating_add(2.days());
    WallTime::from_micros(ended.timestamp().as_microsecond()).unwrap_or(now)
}

fn select(viewer: &Viewer) -> Builder {
    let mut sql = Builder::new(format!("SELECT {COLUMNS}, c.state FROM casefile AS c WHERE TRUE"));
    reach::push(&mut sql, viewer, Action::SeeDisposals);
    sql
}

/// The case that the viewer may dispose of some day.
pub(crate) async fn find(
    connection: &mut Connection<'_>,
    viewer: &Viewer,
    id: CaseId,
) -> Result<Option<Found>, IndexError> {
    let mut sql = select(viewer);
    sql.push(" AND c.id = ").push_bind(uuid_column(id.0));
    let found = sql.build().fetch_optional(connection).await.map_err(not_read)?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Found, IndexError> {
    let (seq, found) = decode(row)?;
    Ok(Found { seq, row: found, case: decode_state(row)? })
}

async fn signatures(
    connection: &mut Connection<'_>,
    casefile: i64,
) -> Result<Vec<DisposalSignature>, IndexError> {
    let sql = "SELECT * FROM disposal_signature WHERE casefile = $1 ORDER BY at_us, account";
    let rows = sql::query(sql).bind(casefile).fetch_all(connection).await.map_err(not_read)?;
    let decode = |row| {
        let columns = Columns { table: "disposal_signature", row };
        Ok(DisposalSignature {
            account: columns.word("account")?,
            certificate: columns.get("certificate")?,
            at: columns.wall("at_us")?,
        })
    };
    rows.iter().map(decode).collect()
}

async fn recorded(connection: &mut Connection<'_>, casefile: i64) -> Result<Holdings, IndexError> {
    let query = sql::query("SELECT record FROM disposal WHERE casefile = $1").bind(casefile);
    let row = query.fetch_one(connection).await.map_err(not_read)?;
    Columns { table: "disposal", row: &row }.json("record")
}
