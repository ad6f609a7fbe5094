//! Leaving out the violations of superseded Runs.

use crate::engine::sql;
use std::borrow::Cow;

use anjian_domain::RunKind;

use crate::violations::supersede::SUPERSEDED;
use crate::{Index, IndexError, ViolationQuery};

impl Index {
    /// The query without violations of superseded Runs: it names the kinds of Run that it means. Where no violation is
    /// superseded it stays as it is, because the condition doubles the time of a count that walks a whole index.
    pub(crate) async fn only_listed<'q>(
        &self,
        query: Cow<'q, ViolationQuery>,
    ) -> Result<Cow<'q, ViolationQuery>, IndexError> {
        if !query.runs.is_empty() {
            return Ok(query);
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM violation_tally WHERE run_kind = $1 AND count > 0)";
        let found = sql::query(sql).bind(SUPERSEDED).scalar(&self.inner.reader).await;
        let failed = |source| IndexError::Database {
            doing: "look for superseded Runs",
            table: "violation_tally",
            source,
        };
        let is_any_superseded: bool = found.map_err(failed)?;
        if !is_any_superseded {
            return Ok(query);
        }
        Ok(Cow::Owned(ViolationQuery { runs: RunKind::ALL.to_vec(), ..query.into_owned() }))
    }
}
