//! Finding violations, newest first, page by page.

use crate::engine::connection::Engine;
use crate::engine::row::Row;
use crate::engine::sql::Builder;
use anjian_domain::{Behaviour, Viewer};

use crate::viewer::narrow::narrowed;
use crate::violations::by_words::Part;
use crate::violations::walk::{Driver, Plan};
use crate::violations::{list_row, marked};
use crate::{Cursor, Index, IndexError, ViolationPage, ViolationQuery, ViolationRow};

impl Index {
    /// One page of the violations that the viewer sees, newest first.
    ///
    /// # Errors
    /// When the rows could not be read, or a list has more than [`ViolationQuery::MAX_VALUES`] values.
    pub async fn search_violations(
        &self,
        viewer: &Viewer,
        query: &ViolationQuery,
    ) -> Result<ViolationPage, IndexError> {
        let Some(query) = narrowed(viewer, query)? else { return Ok(ViolationPage::default()) };
        let query = self.only_listed(query).await?;
        let limit = usize::from(query.limit.clamp(1, ViolationQuery::MAX_LIMIT));
        let mut rows = Vec::new();
        for part in self.parts(viewer, query).await? {
            // One row more than a page holds: it shows whether there is another page.
            let sql = self.page_of(&part, limit + 1).await?;
            let read = sql.build().fetch_all(&self.inner.reader).await;
            rows.extend(read.map_err(|source| IndexError::Database {
                doing: "search violations",
                table: "violation",
                source,
            })?);
        }
        page(viewer, &rows, limit)
    }

    async fn page_of(&self, part: &Part<'_>, rows: usize) -> Result<Builder, IndexError> {
        let engine = self.inner.reader.engine();
        if part.is_marked() {
            return marked_page_sql(engine, part, rows);
        }
        let query = &part.query;
        let occurring = self.occurring_behaviours(query).await?;
        let driver = self.choose_driver(query, &occurring).await?;
        page_sql(engine, driver, query, &occurring, rows)
    }
}

/// The statement for a page of violations that are gathered by their marks.
fn marked_page_sql(engine: Engine, part: &Part<'_>, rows: usize) -> Result<Builder, IndexError> {
    let columns = list_row::COLUMNS;
    let mut sql = Builder::new(format!("SELECT {columns} FROM violation AS v WHERE v.seq IN (SELECT n.seq"));
    let before = part.query.cursor.map_or(END, |cursor| (cursor.opened_at.as_micros(), cursor.seq));
    marked::push_from(engine, &mut sql, part, before)?;
    sql.push(format_args!(" ORDER BY n.opened_us DESC, n.seq DESC LIMIT {rows})"));
    Ok(sql)
}

/// Every row comes before it.
pub(crate) const END: (i64, i64) = (i64::MAX, 0);

/// The whole statement for a page: its keys first, from the index alone, then its rows.
fn page_sql(
    engine: Engine,
    driver: Driver,
    query: &ViolationQuery,
    occurring: &[Behaviour],
    rows: usize,
) -> Result<Builder, IndexError> {
    let plan = Plan::driven_by(driver, query, occurring)?;
    let columns = list_row::COLUMNS;
    let mut sql = Builder::new(format!("SELECT {columns} FROM violation AS v WHERE v.seq IN ("));
    let limit = i64::try_from(rows).unwrap_or(i64::MAX);
    plan.walks(before(query, &plan), limit).push(engine, &mut sql);
    sql.push(")");
    Ok(sql)
}

/// The place before which the page begins: the cursor, or the end of the range. No row has `seq` 0.
fn before(query: &ViolationQuery, plan: &Plan) -> (i64, i64) {
    let end = (plan.to_us, 0);
    query.cursor.map_or(end, |cursor| end.min((cursor.opened_at.as_micros(), cursor.seq)))
}

fn page(viewer: &Viewer, rows: &[Row], limit: usize) -> Result<ViolationPage, IndexError> {
    let mut found: Vec<(Cursor, ViolationRow)> =
        rows.iter().map(|row| list_row::decode(viewer, row)).collect::<Result<_, _>>()?;
    found.sort_unstable_by_key(|(place, _)| std::cmp::Reverse((place.opened_at, place.seq)));
    let next_cursor = (found.len() > limit).then(|| found[limit - 1].0);
    found.truncate(limit);
    Ok(ViolationPage { items: found.into_iter().map(|(_, row)| row).collect(), next_cursor })
}

#[cfg(test)]
mod tests;
