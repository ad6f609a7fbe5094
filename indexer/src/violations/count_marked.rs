//! Counts of violations that are gathered by their marks, from rows: no tally knows them.

use std::collections::BTreeMap;

use anjian_domain::WallTime;

use crate::engine::columns::Columns;
use crate::engine::sql::Builder;
use crate::violations::by_words::Part;
use crate::violations::calendar::Bucket;
use crate::violations::marked;
use crate::violations::search::END;
use crate::{CountKey, GroupBy, Index, IndexError, ViolationCount};

/// Every hour of every zone begins with such a step.
const QUARTER_US: i64 = 15 * 60 * 1_000_000;

impl Index {
    /// By behaviour, or else by camera.
    pub(crate) async fn count_marked(
        &self,
        part: &Part<'_>,
        group_by: &GroupBy,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let column = if *group_by == GroupBy::Behaviour { "behaviour" } else { "camera" };
        let mut groups = Vec::new();
        for row in self.count(&mut self.grouped(part, &format!("n.{column}"))?).await? {
            let columns = Columns { table: "violation", row: &row };
            let key = match group_by {
                GroupBy::Behaviour => CountKey::Behaviour(columns.word("key")?),
                _ => CountKey::Camera(columns.word("key")?),
            };
            groups.push(ViolationCount { key, count: columns.unsigned("matches")? });
        }
        Ok(groups)
    }

    /// By time.
    pub(crate) async fn count_marked_times(
        &self,
        part: &Part<'_>,
        buckets: Vec<Bucket>,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let mut quarters = BTreeMap::new();
        for row in self.count(&mut self.grouped(part, &format!("n.opened_us / {QUARTER_US}"))?).await? {
            let columns = Columns { table: "violation", row: &row };
            let quarter: i64 = columns.get("key")?;
            quarters.insert(quarter.saturating_mul(QUARTER_US), columns.unsigned("matches")?);
        }
        // What opened in the first bucket may lie in a quarter that begins before it.
        let first = buckets.first().map(|bucket| bucket.from);
        let begin = |bucket: &Bucket| {
            let begin = bucket.from.as_micros();
            if Some(bucket.from) == first { begin - begin.rem_euclid(QUARTER_US) } else { begin }
        };
        let count = |bucket: &Bucket| -> u64 {
            quarters.range(begin(bucket)..WallTime::as_micros(bucket.to)).map(|(_, count)| count).sum()
        };
        let counts =
            buckets.into_iter().map(|bucket| ViolationCount { count: count(&bucket), key: bucket.key });
        Ok(counts.filter(|group| group.count > 0).collect())
    }

    fn grouped(&self, part: &Part<'_>, key: &str) -> Result<Builder, IndexError> {
        let mut sql = Builder::new(format!("SELECT {key} AS key, count(*) AS matches"));
        marked::push_from(self.inner.reader.engine(), &mut sql, part, END)?;
        sql.push(" GROUP BY 1");
        Ok(sql)
    }
}
