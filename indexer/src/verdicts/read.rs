//! Verdicts, for who may see the violation.

use anjian_casework::roles::Action;
use anjian_casework::verdict::VerdictState;
use anjian_domain::{Viewer, ViolationId};

use crate::engine::columns::{Columns, uuid_column};
use crate::engine::sql::Builder;
use crate::verdicts::row;
use crate::viewer::reach;
use crate::{Index, IndexError};

impl Index {
    /// Where the verdict of a violation stands; `None` when there is no such violation.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn verdict(
        &self,
        viewer: &Viewer,
        id: ViolationId,
    ) -> Result<Option<VerdictState>, IndexError> {
        let mut sql = Builder::new("SELECT v.seq FROM violation AS v WHERE v.id = ");
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::SeeViolations);
        let reader = &self.inner.reader;
        let found = sql.build().fetch_optional(reader).await.map_err(row::not_read)?;
        let Some(found) = found else { return Ok(None) };
        let violation = Columns { table: "violation", row: &found }.get("seq")?;
        row::state(reader, violation).await.map(Some)
    }
}
