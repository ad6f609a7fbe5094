//! Which behaviours the index holds. Most indexes have the behaviour as their second column, which a walk in the order
//! of time has to name; the list of a version would miss what an older or newer one has recorded.

use crate::engine::sql::Builder;
use anjian_domain::Behaviour;

use crate::engine::columns::Columns;
use crate::{Index, IndexError, ViolationQuery};

/// Steps from one behaviour to the next: as many searches as there are behaviours, however many rows there are.
const SQL: &str = "WITH RECURSIVE b (word) AS (
    SELECT (SELECT behaviour FROM violation /*by violation_by_behaviour*/ ORDER BY behaviour LIMIT 1)
    UNION ALL SELECT (
        SELECT behaviour FROM violation /*by violation_by_behaviour*/ WHERE behaviour > b.word
        ORDER BY behaviour LIMIT 1
    ) FROM b WHERE word IS NOT NULL
) SELECT word FROM b WHERE word IS NOT NULL";

impl Index {
    /// Every behaviour of the index, by name; none where the query names those that it means.
    pub(crate) async fn occurring_behaviours(
        &self,
        query: &ViolationQuery,
    ) -> Result<Vec<Behaviour>, IndexError> {
        if !query.behaviours.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.count(&mut occurring_sql()).await?;
        rows.iter().map(|row| Columns { table: "violation", row }.word("word")).collect()
    }
}

pub(crate) fn occurring_sql() -> Builder {
    Builder::new(SQL)
}
