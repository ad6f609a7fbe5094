//! Counting violations by group. Each group is a range of an index and counted without sorting. Calendar hours and
//! days are laid out by [`crate::violations::calendar`], because SQLite knows no daylight saving.

use std::collections::BTreeSet;

use anjian_domain::{Behaviour, Viewer};
use sqlx::{QueryBuilder, Sqlite};

use crate::engine::columns::Columns;
use crate::viewer::narrow::narrowed;
use crate::violations::calendar::{self, Bucket};
use crate::violations::tally;
use crate::violations::walk::{Driver, Plan};
use crate::{CountKey, GroupBy, Index, IndexError, ViolationCount, ViolationQuery};

impl Index {
    /// How many violations opened that the viewer sees, by group; `limit` and `cursor` of the query do not matter.
    /// Behaviours come by name, cameras by id, hours and days from the oldest; groups with none are left out.
    ///
    /// # Errors
    /// When the rows could not be read, or the range is missing or too long for the group.
    pub async fn count_violations(
        &self,
        viewer: &Viewer,
        query: &ViolationQuery,
        group_by: GroupBy,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let Some(query) = narrowed(viewer.scope(), query)? else { return nothing(query, &group_by) };
        let query = &self.only_listed(query).await?;
        if let Some(mut sql) = tally::counts(query, &group_by) {
            return self.read_tally(&mut sql, &group_by).await;
        }
        let occurring = self.occurring_behaviours(query).await?;
        let (mut sql, keys) = match group_by {
            GroupBy::Behaviour => by_behaviour(query, &occurring)?,
            GroupBy::Camera => return self.count_by_camera(query, &occurring).await,
            GroupBy::Hour(zone) => by_time(query, &occurring, calendar::hours(query.from, query.to, &zone)?)?,
            GroupBy::Day(zone) => by_time(query, &occurring, calendar::days(query.from, query.to, &zone)?)?,
        };
        let mut counts = vec![0; keys.len()];
        for row in self.count(&mut sql).await? {
            let columns = Columns { table: "violation", row: &row };
            let position = usize::try_from(columns.unsigned("position")?).unwrap_or(usize::MAX);
            let counted = counts.get_mut(position);
            *counted.ok_or_else(|| columns.refuse("position", "is outside the groups"))? =
                columns.unsigned("matches")?;
        }
        let groups = keys.into_iter().zip(counts).map(|(key, count)| ViolationCount { key, count });
        Ok(groups.filter(|group| group.count > 0).collect())
    }

    async fn count_by_camera(
        &self,
        query: &ViolationQuery,
        occurring: &[Behaviour],
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let mut groups = Vec::new();
        for row in self.count(&mut by_camera(query, occurring)?).await? {
            let columns = Columns { table: "camera", row: &row };
            let count = columns.unsigned("matches")?;
            groups.push(ViolationCount { key: CountKey::Camera(columns.word("id")?), count });
        }
        groups.retain(|group| group.count > 0);
        Ok(groups)
    }

    pub(crate) async fn count(
        &self,
        sql: &mut QueryBuilder<Sqlite>,
    ) -> Result<Vec<sqlx::sqlite::SqliteRow>, IndexError> {
        let read = sql.build().fetch_all(&self.inner.reader).await;
        read.map_err(|source| IndexError::Database { doing: "count violations", table: "violation", source })
    }
}

/// No group has any. A range that cannot be counted is refused all the same.
fn nothing(query: &ViolationQuery, group_by: &GroupBy) -> Result<Vec<ViolationCount>, IndexError> {
    match group_by {
        GroupBy::Hour(zone) => drop(calendar::hours(query.from, query.to, zone)?),
        GroupBy::Day(zone) => drop(calendar::days(query.from, query.to, zone)?),
        GroupBy::Behaviour | GroupBy::Camera => {}
    }
    Ok(Vec::new())
}

type Grouped = (QueryBuilder<Sqlite>, Vec<CountKey>);

fn no_groups() -> Grouped {
    (QueryBuilder::new("SELECT 0 AS position, 0 AS matches WHERE FALSE"), Vec::new())
}

pub(crate) fn by_behaviour(query: &ViolationQuery, occurring: &[Behaviour]) -> Result<Grouped, IndexError> {
    let driver = match Driver::of(query) {
        Driver::Time => Driver::Behaviour,
        driver => driver,
    };
    let plan = Plan::driven_by(driver, query, occurring)?;
    let groups: BTreeSet<_> = query.behaviours.iter().chain(occurring).cloned().collect();
    if groups.is_empty() {
        return Ok(no_groups());
    }
    let mut sql = QueryBuilder::new("WITH g (position, word) AS (");
    sql.push_values(groups.iter().zip(0_i64..), |mut row, (behaviour, position)| {
        row.push_bind(position).push_bind(behaviour.as_str().to_owned());
    });
    sql.push(") SELECT g.position, (");
    plan.push_count(&mut sql, "behaviour = g.word", "behaviour");
    plan.push_range(&mut sql);
    sql.push(") AS matches FROM g");
    Ok((sql, groups.into_iter().map(CountKey::Behaviour).collect()))
}

pub(crate) fn by_camera(
    query: &ViolationQuery,
    occurring: &[Behaviour],
) -> Result<QueryBuilder<Sqlite>, IndexError> {
    let plan = Plan::driven_by(Driver::Camera, query, occurring)?;
    let mut sql = QueryBuilder::new("SELECT g.id, (");
    plan.push_count(&mut sql, "camera = g.id", "camera");
    plan.push_range(&mut sql);
    sql.push(") AS matches FROM camera AS g WHERE TRUE");
    plan.push_words(&mut sql, "camera", "g.id");
    sql.push(" ORDER BY g.id");
    Ok(sql)
}

pub(crate) fn by_time(
    query: &ViolationQuery,
    occurring: &[Behaviour],
    buckets: Vec<Bucket>,
) -> Result<Grouped, IndexError> {
    let plan = Plan::driven_by(Driver::of(query), query, occurring)?;
    if buckets.is_empty() {
        return Ok(no_groups());
    }
    let mut sql = QueryBuilder::new("WITH g (position, from_us, to_us) AS (");
    sql.push_values(buckets.iter().zip(0_i64..), |mut row, (bucket, position)| {
        row.push_bind(position).push_bind(bucket.from.as_micros()).push_bind(bucket.to.as_micros());
    });
    sql.push(") SELECT g.position, (");
    plan.push_count(&mut sql, "opened_us >= g.from_us AND opened_us < g.to_us", "");
    sql.push(") AS matches FROM g");
    Ok((sql, buckets.into_iter().map(|bucket| bucket.key).collect()))
}
