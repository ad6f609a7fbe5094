//! Cases in lists: the newest change first, page by page, and how many there are of each kind.

use anjian_casework::case::CaseState;
use anjian_casework::roles::Action;
use anjian_domain::{SiteId, Viewer, ViolationId};

use crate::casework::case_row::{COLUMNS, CaseRow, decode, not_read};
use crate::casework::reach;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::full_text;
use crate::engine::sql::Builder;
use crate::{Cursor, Index, IndexError, SearchWords};

/// Which cases are listed. Empty lists ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// Of these sites.
    pub sites: Vec<SiteId>,
    /// In these states.
    pub stages: Vec<CaseState>,
    /// Of this officer.
    pub assignee: Option<String>,
    /// Only those that are not over.
    pub is_open_only: bool,
    /// Only those that hold this violation, or did.
    pub violation: Option<ViolationId>,
    /// With these words in the name of the site, or in those of a step.
    pub words: Option<SearchWords>,
    /// Only those whose last day is before this one, `2026-03-01`, and which are not over.
    pub due_before: Option<jiff::civil::Date>,
    /// Most cases of a page, 1 to [`CaseQuery::MAX_LIMIT`].
    pub limit: u16,
    /// Behind this place.
    pub cursor: Option<Cursor>,
}

/// One page of cases, the newest change first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CasePage {
    /// The cases.
    pub items: Vec<CaseRow>,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<Cursor>,
}

impl CaseQuery {
    /// Most cases of a page.
    pub const MAX_LIMIT: u16 = 200;
}

impl Index {
    /// One page of the cases that the viewer sees.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn cases(&self, viewer: &Viewer, query: &CaseQuery) -> Result<CasePage, IndexError> {
        let limit = usize::from(query.limit.clamp(1, CaseQuery::MAX_LIMIT));
        let mut sql = Builder::new(format!("SELECT {COLUMNS} FROM casefile AS c WHERE TRUE"));
        self.push_filters(&mut sql, viewer, query).await?;
        if let Some(cursor) = query.cursor {
            let micros = cursor.opened_at.as_micros();
            sql.push(" AND (c.changed_us, c.seq) < (").push_bind(micros).push(", ").push_bind(cursor.seq);
            sql.push(")");
        }
        sql.push(" ORDER BY c.changed_us DESC, c.seq DESC LIMIT ");
        sql.push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let rows = sql.build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let mut found = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let is_more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| is_more);
        let next_cursor = last.map(|(seq, row)| Cursor { opened_at: row.changed_at, seq: *seq });
        Ok(CasePage { items: found.into_iter().map(|(_, row)| row).collect(), next_cursor })
    }

    /// How many cases that the viewer sees stand where.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn count_cases(
        &self,
        viewer: &Viewer,
        query: &CaseQuery,
    ) -> Result<Vec<(CaseState, u64)>, IndexError> {
        let mut sql = Builder::new("SELECT c.stage, count(*) AS cases FROM casefile AS c WHERE TRUE");
        self.push_filters(&mut sql, viewer, query).await?;
        sql.push(" GROUP BY c.stage");
        let rows = sql.build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let decode = |row| {
            let columns = Columns { table: "casefile", row };
            Ok((columns.word("stage")?, columns.unsigned("cases")?))
        };
        rows.iter().map(decode).collect()
    }

    async fn push_filters(
        &self,
        sql: &mut Builder,
        viewer: &Viewer,
        query: &CaseQuery,
    ) -> Result<(), IndexError> {
        push_filters(sql, viewer, query);
        let Some(words) = &query.words else { return Ok(()) };
        let sites = self.sites_named(viewer, words).await?;
        sql.push(" AND (c.site IN (").push_list(sites.iter().map(|site| site.as_str().to_owned()));
        sql.push(") OR c.seq IN (SELECT casefile FROM written WHERE casefile IS NOT NULL AND ");
        full_text::push(self.inner.reader.engine(), sql, words.phrases());
        sql.push("))");
        Ok(())
    }
}

fn push_filters(sql: &mut Builder, viewer: &Viewer, query: &CaseQuery) {
    reach::push(sql, viewer, Action::SeeCases);
    if !query.sites.is_empty() {
        sql.push(" AND c.site IN (").push_list(query.sites.iter().map(|site| site.as_str().to_owned()));
        sql.push(")");
    }
    if !query.stages.is_empty() {
        sql.push(" AND c.stage IN (").push_list(query.stages.iter().map(|stage| stage.as_str())).push(")");
    }
    if let Some(assignee) = &query.assignee {
        sql.push(" AND c.assignee = ").push_bind(assignee);
    }
    if query.is_open_only || query.due_before.is_some() {
        sql.push(" AND c.is_over = 0");
    }
    if let Some(day) = query.due_before {
        sql.push(" AND c.due < ").push_bind(day.to_string());
    }
    if let Some(violation) = query.violation {
        sql.push(
            " AND c.seq IN (SELECT m.casefile FROM casefile_violation AS m JOIN violation AS v ON v.seq = m.violation \
             WHERE v.id = ",
        );
        sql.push_bind(uuid_column(violation.0)).push(")");
    }
}
