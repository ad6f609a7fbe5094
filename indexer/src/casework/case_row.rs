//! Cases as rows.

use std::collections::BTreeSet;

use anjian_casework::case::{Case, CaseState, Member};
use anjian_casework::{Outcome, Version};
use anjian_domain::{SiteId, ViolationId, WallTime};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::IndexError;
use crate::engine::columns::{Columns, json_column, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;

/// Names a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub Uuid);

impl std::fmt::Display for CaseId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for CaseId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A case as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Names it.
    pub id: CaseId,
    /// Whose premises.
    pub site: SiteId,
    /// Counts the steps.
    pub version: Version,
    /// Where it stands.
    pub stage: CaseState,
    /// What the notice asks for, or else the draft; `None`: nothing was proposed.
    pub outcome: Option<Outcome>,
    /// The last day of the term; `None` before a notice.
    pub due: Option<Date>,
    /// The account of the officer in charge.
    pub assignee: String,
    /// When it was opened.
    pub opened_at: WallTime,
    /// When the newest step was taken.
    pub changed_at: WallTime,
    /// When the notice left.
    pub noticed_at: Option<WallTime>,
    /// How many violations are in it.
    pub violations: u32,
    /// How many findings on site are in it.
    pub findings: u32,
    /// When what it held was disposed of; its words are empty since. `None`: all is kept.
    pub disposed_at: Option<WallTime>,
}

/// What [`decode`] needs, from `casefile AS c`.
pub(crate) const COLUMNS: &str = "c.seq, c.id, c.site, c.version, c.stage, c.outcome, c.due, c.assignee, c.opened_us, c.changed_us, \
     c.noticed_us, c.disposed_us, (SELECT count(*) FROM casefile_violation AS m WHERE m.casefile = c.seq AND m.is_in = 1) AS violations, \
     (SELECT count(*) FROM casefile_finding AS m WHERE m.casefile = c.seq AND m.is_in = 1) AS findings";

/// The case, and its place.
pub(crate) fn decode(row: &Row) -> Result<(i64, CaseRow), IndexError> {
    let columns = Columns { table: "casefile", row };
    let due: Option<&str> = columns.get("due")?;
    let due = due.map(|day| day.parse().map_err(|_| columns.refuse("due", "is no date"))).transpose()?;
    let row = CaseRow {
        id: CaseId(columns.uuid("id")?),
        site: columns.word("site")?,
        version: Version(columns.count("version")?),
        stage: columns.word("stage")?,
        outcome: columns.word_or_null("outcome")?,
        due,
        assignee: columns.get("assignee")?,
        opened_at: columns.wall("opened_us")?,
        changed_at: columns.wall("changed_us")?,
        noticed_at: columns.wall_or_null("noticed_us")?,
        violations: columns.count("violations")?,
        findings: columns.count("findings")?,
        disposed_at: columns.wall_or_null("disposed_us")?,
    };
    Ok((columns.get("seq")?, row))
}

/// The case at this place.
pub(crate) async fn at(connection: &mut Connection<'_>, seq: i64) -> Result<CaseRow, IndexError> {
    let sql = format!("SELECT {COLUMNS} FROM casefile AS c WHERE c.seq = $1");
    let row = sql::query(&sql).bind(seq).fetch_one(connection).await.map_err(not_read)?;
    Ok(decode(&row)?.1)
}

/// The whole case of a row with `state`.
pub(crate) fn decode_state(row: &Row) -> Result<Case, IndexError> {
    Columns { table: "casefile", row }.json("state")
}

/// Adds a case. Answers its place.
pub(crate) async fn insert(
    transaction: &mut Connection<'_>,
    id: CaseId,
    site: &SiteId,
    assignee: &str,
    case: &Case,
    now: WallTime,
) -> Result<i64, IndexError> {
    let sql = "INSERT INTO casefile (id, site, version, stage, is_over, outcome, due, assignee, opened_us, changed_us, noticed_us, \
         escalated, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, 0, $11) RETURNING seq";
    let query = sql::query(sql).bind(uuid_column(id.0)).bind(site.as_str()).bind(i64::from(case.version.0));
    let query = query.bind(case.state.as_str()).bind(case.state.is_over());
    let query = query.bind(case.outcome().map(Outcome::as_str)).bind(due(case)).bind(assignee);
    let query = query.bind(now.as_micros()).bind(noticed(case)).bind(json_column("casefile", case)?);
    query.scalar(transaction).await.map_err(not_kept)
}

/// Keeps a case after a step.
pub(crate) async fn update(
    transaction: &mut Connection<'_>,
    seq: i64,
    case: &Case,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE casefile SET version = $2, stage = $3, is_over = $4, outcome = $5, due = $6, changed_us = $7, noticed_us = $8, \
         state = $9, escalated = CASE WHEN due = $6 THEN escalated ELSE 0 END WHERE seq = $1";
    let query = sql::query(sql).bind(seq).bind(i64::from(case.version.0)).bind(case.state.as_str());
    let query = query.bind(case.state.is_over()).bind(case.outcome().map(Outcome::as_str)).bind(due(case));
    let query = query.bind(now.as_micros()).bind(noticed(case)).bind(json_column("casefile", case)?);
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

fn due(case: &Case) -> Option<String> {
    case.notice.as_ref().map(|notice| notice.deadline.due.to_string())
}

fn noticed(case: &Case) -> Option<i64> {
    case.notice.as_ref().map(|notice| notice.at.as_micros())
}

/// The violations among members.
pub(crate) fn violations(members: &BTreeSet<Member>) -> impl Iterator<Item = ViolationId> {
    members.iter().filter_map(|member| match member {
        Member::Violation(id) => Some(*id),
        Member::Finding(_) => None,
    })
}

pub(crate) fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read a case", table: "casefile", source }
}

pub(crate) fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a case", table: "casefile", source }
}
