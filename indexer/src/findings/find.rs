//! Findings in lists and one by one.

use anjian_casework::case::FindingId;
use anjian_casework::roles::Action;
use anjian_domain::{SiteId, Viewer};

use crate::attachments::find::of_findings;
use crate::casework::reach as case_reach;
use crate::engine::columns::uuid_column;
use crate::engine::connection::Connection;
use crate::engine::sql::Builder;
use crate::findings::reach;
use crate::findings::row::{COLUMNS, FindingRow, decode, not_read};
use crate::{Cursor, Index, IndexError};

/// Which findings are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingQuery {
    /// Of these sites; of all without any.
    pub sites: Vec<SiteId>,
    /// Most findings of a page, 1 to [`FindingQuery::MAX_LIMIT`].
    pub limit: u16,
    /// Behind this place.
    pub cursor: Option<Cursor>,
}

/// One page of findings, the newest arrival first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingPage {
    /// The findings.
    pub items: Vec<FindingRow>,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<Cursor>,
}

impl FindingQuery {
    /// Most findings of a page.
    pub const MAX_LIMIT: u16 = 200;
}

impl Index {
    /// One page of the findings that the viewer sees.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn findings(&self, viewer: &Viewer, query: &FindingQuery) -> Result<FindingPage, IndexError> {
        let limit = usize::from(query.limit.clamp(1, FindingQuery::MAX_LIMIT));
        let mut sql = select(viewer);
        reach::push(&mut sql, viewer, Action::SeeFindings);
        if !query.sites.is_empty() {
            sql.push(" AND f.site IN (").push_list(query.sites.iter().map(|site| site.as_str().to_owned()));
            sql.push(")");
        }
        if let Some(cursor) = query.cursor {
            sql.push(" AND f.seq < ").push_bind(cursor.seq);
        }
        sql.push(" ORDER BY f.seq DESC LIMIT ").push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let mut found = read(&mut reading, &sql).await?;
        reading.commit().await.map_err(not_read)?;
        let is_more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| is_more);
        let next_cursor = last.map(|(seq, row)| Cursor { opened_at: row.arrived_at, seq: *seq });
        Ok(FindingPage { items: found.into_iter().map(|(_, row)| row).collect(), next_cursor })
    }

    /// One finding; `None` when there is no such finding for the viewer.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn finding(&self, viewer: &Viewer, id: FindingId) -> Result<Option<FindingRow>, IndexError> {
        let mut sql = select(viewer);
        sql.push(" AND f.id = ").push_bind(uuid_column(id.0));
        reach::push(&mut sql, viewer, Action::SeeFindings);
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let found = read(&mut reading, &sql).await?;
        reading.commit().await.map_err(not_read)?;
        Ok(found.into_iter().next().map(|(_, row)| row))
    }
}

/// Findings, each with the newest case that is about it and that the viewer sees.
pub(crate) fn select(viewer: &Viewer) -> Builder {
    let mut sql = Builder::new(format!(
        "SELECT {COLUMNS}, (SELECT c.id FROM casefile_finding AS m JOIN casefile AS c ON c.seq = m.casefile \
         WHERE m.finding = f.seq AND m.is_in = 1"
    ));
    case_reach::push(&mut sql, viewer, Action::SeeCases);
    sql.push(" ORDER BY c.seq DESC LIMIT 1) AS case_id FROM finding AS f WHERE TRUE");
    sql
}

/// With their places and their attachments.
pub(crate) async fn read(
    connection: &mut Connection<'_>,
    sql: &Builder,
) -> Result<Vec<(i64, FindingRow)>, IndexError> {
    let rows = sql.build().fetch_all(&mut *connection).await.map_err(not_read)?;
    let mut found = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let places: Vec<i64> = found.iter().map(|(seq, _)| *seq).collect();
    for (of, attachment) in of_findings(connection, &places).await? {
        if let Some((_, row)) = found.iter_mut().find(|(seq, _)| *seq == of) {
            row.attachments.push(attachment);
        }
    }
    Ok(found)
}
