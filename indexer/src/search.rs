//! Finding violations, newest first, page by page.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use crate::plan::Plan;
use crate::{Cursor, Index, IndexError, ViolationPage, ViolationQuery, ViolationRow, violation_row};

impl Index {
    /// One page of violations, newest first.
    ///
    /// # Errors
    /// When the rows could not be read, or a list has more than [`ViolationQuery::MAX_VALUES`] values.
    pub async fn search_violations(&self, query: &ViolationQuery) -> Result<ViolationPage, IndexError> {
        let limit = usize::from(query.limit.clamp(1, ViolationQuery::MAX_LIMIT));
        // One more than asked for tells whether there is another page.
        let mut sql = page_sql(query, limit + 1)?;
        let read = sql.build().fetch_all(&self.inner.reader).await;
        let rows = read.map_err(|source| IndexError::Database {
            doing: "search violations",
            table: "violation",
            source,
        })?;
        page(&rows, limit)
    }
}

/// The whole statement for a page: its keys first, from the index alone, then its rows.
pub(crate) fn page_sql(query: &ViolationQuery, rows: usize) -> Result<QueryBuilder<Sqlite>, IndexError> {
    let plan = Plan::of(query)?;
    let columns = violation_row::COLUMNS;
    let mut sql = QueryBuilder::new(format!("SELECT {columns} FROM violation AS v WHERE v.seq IN ("));
    let limit = i64::try_from(rows).unwrap_or(i64::MAX);
    plan.push_keys(&mut sql, before(query, &plan), limit);
    sql.push(")");
    Ok(sql)
}

/// The place before which the page begins: the cursor, or the end of the range. No row has `seq` 0.
fn before(query: &ViolationQuery, plan: &Plan) -> (i64, i64) {
    let end = (plan.to_us, 0);
    query.cursor.map_or(end, |cursor| end.min((cursor.opened_at.as_micros(), cursor.seq)))
}

fn page(rows: &[SqliteRow], limit: usize) -> Result<ViolationPage, IndexError> {
    let mut found: Vec<(Cursor, ViolationRow)> =
        rows.iter().map(violation_row::decode).collect::<Result<_, _>>()?;
    found.sort_unstable_by_key(|(place, _)| std::cmp::Reverse((place.opened_at, place.seq)));
    let next_cursor = (found.len() > limit).then(|| found[limit - 1].0);
    found.truncate(limit);
    Ok(ViolationPage { items: found.into_iter().map(|(_, row)| row).collect(), next_cursor })
}
