//! Counts of all times, from the tally that triggers keep beside the violations: a few rows for each camera instead
//! of all violations. Knows no range, score or zone; such counts walk an index, see [`crate::violations::count`].

use crate::engine::columns::Columns;
use crate::engine::sql::Builder;
use crate::violations::walk::{Driver, Plan};
use crate::{CountKey, GroupBy, Index, IndexError, ViolationCount, ViolationQuery};

impl Index {
    pub(crate) async fn read_tally(
        &self,
        sql: &mut Builder,
        group_by: &GroupBy,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let mut groups = Vec::new();
        for row in self.count(sql).await? {
            let columns = Columns { table: "violation_tally", row: &row };
            let key = match group_by {
                GroupBy::Camera => CountKey::Camera(columns.word("word")?),
                _ => CountKey::Behaviour(columns.word("word")?),
            };
            groups.push(ViolationCount { key, count: columns.unsigned("matches")? });
        }
        Ok(groups)
    }
}

/// The statement that answers from the tally; `None` when the question asks for more than the tally knows.
pub(crate) fn counts(query: &ViolationQuery, group_by: &GroupBy) -> Option<Builder> {
    let column = match group_by {
        GroupBy::Behaviour => "behaviour",
        GroupBy::Camera => "camera",
        GroupBy::Hour(_) | GroupBy::Day(_) => return None,
    };
    let is_all_time = query.from.is_none() && query.to.is_none();
    if !is_all_time || query.min_score.is_some() || !query.zones.is_empty() {
        return None;
    }
    // A list that is too long is refused where the index is walked.
    let plan = Plan::driven_by(Driver::Time, query, &[]).ok()?;
    let mut sql = Builder::new(format!(
        "SELECT {column} AS word, CAST(sum(count) AS BIGINT) AS matches FROM violation_tally WHERE count > 0"
    ));
    plan.fields.iter().for_each(|field| field.push(&mut sql));
    sql.push(format_args!(" GROUP BY {column} ORDER BY {column}"));
    Some(sql)
}
