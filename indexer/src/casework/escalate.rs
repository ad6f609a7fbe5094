//! Cases that are late escalate by themselves, step by step; reminders whose time is over end.

use anjian_casework::Outcome;
use anjian_casework::calendar::Lateness;
use anjian_casework::case::{Act, Actor, Case, decide};
use anjian_domain::WallTime;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::audit::append::Doer;
use crate::casework::case_row::{self, CaseRow, not_kept, not_read};
use crate::casework::context::{Gathered, zone_of};
use crate::casework::error::CaseError;
use crate::casework::record::{Taken, note};
use crate::casework::rules::CaseRules;
use crate::casework::{bound, delivery};
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::updates::outbox;
use crate::{Index, IndexError};

/// Cases that are looked at in one transaction.
const BATCH: u16 = 200;
/// What the program is called in the audit.
const PROGRAM: Doer<'static> = Doer { account: "", role: "program", address: None };

struct Late {
    seq: i64,
    row: CaseRow,
    case: Case,
    escalated: usize,
}

impl Index {
    /// Writes a delivery for each step of lateness that a case reached since, and closes reminders whose time is over. Answers how
    /// many cases changed.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn escalate_cases(&self, rules: &CaseRules) -> Result<usize, IndexError> {
        let now = self.inner.clock.now();
        // Everything that may be due soon anywhere on earth.
        let ahead = i64::from(rules.policy.steps.soon_before_days) + 1;
        let horizon = now.timestamp().to_zoned(TimeZone::UTC).date().saturating_add(ahead.days());
        let mut changed = 0;
        let mut after = 0;
        loop {
            let mut writer = self.write().await?;
            let mut transaction = writer.begin("case").await?;
            let late = due_by(&mut transaction, &horizon.to_string(), after).await?;
            let Some(last) = late.last() else { return Ok(changed) };
            after = last.seq;
            let mut updates = Vec::new();
            for case in &late {
                updates.extend(escalate(&mut transaction, case, rules, now).await?);
            }
            transaction.commit().await.map_err(not_kept)?;
            changed += updates.len();
            updates.last().into_iter().for_each(|update| self.announce(*update));
        }
    }
}

async fn due_by(transaction: &mut Connection<'_>, day: &str, after: i64) -> Result<Vec<Late>, IndexError> {
    let columns = case_row::COLUMNS;
    let sql = format!(
        "SELECT {columns}, c.escalated, c.state FROM casefile AS c WHERE c.is_over = 0 AND c.due <= $1 AND c.seq > $2 \
         ORDER BY c.seq LIMIT $3"
    );
    let query = sql::query(&sql).bind(day).bind(after).bind(BATCH);
    let rows = query.fetch_all(transaction).await.map_err(not_read)?;
    let decode = |row| {
        let (seq, decoded) = case_row::decode(row)?;
        let escalated = Columns { table: "casefile", row }.count("escalated")? as usize;
        Ok(Late { seq, row: decoded, case: case_row::decode_state(row)?, escalated })
    };
    rows.iter().map(decode).collect()
}

/// Answers the number of the update, if anything was written.
async fn escalate(
    transaction: &mut Connection<'_>,
    late: &Late,
    rules: &CaseRules,
    now: WallTime,
) -> Result<Option<i64>, IndexError> {
    let zone = zone_of(&mut *transaction, &late.row.site).await?;
    let today = now.timestamp().to_zoned(zone).date();
    if late.case.outcome() == Some(Outcome::Remind) {
        let is_over = late.row.due.is_some_and(|due| due < today);
        return if is_over { end_reminder(transaction, late, rules, now).await } else { Ok(None) };
    }
    let Some(lateness) = late.case.lateness(today, &rules.policy) else { return Ok(None) };
    let reached = lateness.reached(&rules.policy.steps);
    if reached <= late.escalated {
        return Ok(None);
    }
    let version = i64::from(late.row.version.0);
    for audience in ["enterprise", "officers"] {
        delivery::insert(transaction, late.seq, version, audience, cause(lateness), now).await?;
    }
    let sql = "UPDATE casefile SET escalated = $2 WHERE seq = $1";
    let query = sql::query(sql).bind(late.seq).bind(i64::try_from(reached).unwrap_or(i64::MAX));
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    outbox::append_case(transaction, late.seq, now).await.map(Some)
}

const fn cause(lateness: Lateness) -> &'static str {
    match lateness {
        Lateness::InTime | Lateness::DueSoon { .. } => "due_soon",
        Lateness::DueToday => "due",
        Lateness::Overdue { .. } => "overdue",
    }
}

async fn end_reminder(
    transaction: &mut Connection<'_>,
    late: &Late,
    rules: &CaseRules,
    now: WallTime,
) -> Result<Option<i64>, IndexError> {
    let members = &late.case.members;
    let gathered = Gathered::read(transaction, Actor::Program, &late.row.site, late.seq, members).await?;
    let Ok(after) = decide(&late.case, &Act::Close, &gathered.context(rules, now, late.case.version)) else {
        return Ok(None);
    };
    case_row::update(transaction, late.seq, &after, now).await?;
    bound::keep(transaction, late.seq, &after).await.map_err(CaseError::into_index)?;
    let taken = Taken {
        id: late.row.id,
        casefile: late.seq,
        step: Act::Close.step(),
        words: "",
        before: Some(&late.case),
        after: &after,
        attachments: &[],
    };
    note(transaction, PROGRAM, now, &taken).await.map(Some)
}
