//! Counting violations by group. Full hours come from the tallies of days, see [`crate::violations::days`]; the edges of
//! a range, and everything that asks for a score, from rows: each group is a range of an index and counted without
//! sorting. Calendar hours and days are laid out by [`crate::violations::calendar`], because SQLite knows no daylight
//! saving.

use crate::engine::row::Row;
use crate::engine::sql::Builder;
use crate::engine::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anjian_domain::{Behaviour, Viewer, WallTime};

use crate::engine::columns::Columns;
use crate::viewer::narrow::narrowed;
use crate::violations::by_words::Part;
use crate::violations::calendar::{self, Bucket};
use crate::violations::parts::{Parts, only_edge, parts};
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
        let Some(query) = narrowed(viewer, query)? else { return nothing(query, &group_by) };
        let query = self.only_listed(query).await?;
        let mut sums = BTreeMap::new();
        for part in self.parts(viewer, query).await? {
            for group in self.count_part(&part, &group_by).await? {
                *sums.entry(group.key).or_insert(0) += group.count;
            }
        }
        Ok(sums.into_iter().map(|(key, count)| ViolationCount { key, count }).collect())
    }

    async fn count_part(
        &self,
        part: &Part<'_>,
        group_by: &GroupBy,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let query = part.query.as_ref();
        let is_marked = part.is_marked();
        if let Some(mut sql) = tally::counts(query, group_by).filter(|_| !is_marked) {
            return self.read_tally(&mut sql, group_by).await;
        }
        let buckets = match group_by {
            GroupBy::Behaviour | GroupBy::Camera if is_marked => {
                return self.count_marked(part, group_by).await;
            }
            GroupBy::Behaviour | GroupBy::Camera => return self.count_groups(query, group_by).await,
            GroupBy::Hour(zone) => calendar::hours(query.from, query.to, zone)?,
            GroupBy::Day(zone) => calendar::days(query.from, query.to, zone)?,
        };
        if is_marked {
            return self.count_marked_times(part, buckets).await;
        }
        self.count_buckets(query, group_by, buckets).await
    }

    async fn count_groups(
        &self,
        query: &ViolationQuery,
        group_by: &GroupBy,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let Parts { hours, edges } = parts_of(query, query.from, query.to);
        let mut groups = self.count_hours(query, group_by, hours).await?;
        for edge in edges {
            groups.extend(self.count_edge(&within(query, &edge), group_by).await?);
        }
        let mut sums = BTreeMap::new();
        for (key, count) in groups {
            *sums.entry(key).or_insert(0) += count;
        }
        let groups = sums.into_iter().filter(|(_, count)| *count > 0);
        Ok(groups.map(|(key, count)| ViolationCount { key, count }).collect())
    }

    async fn count_buckets(
        &self,
        query: &ViolationQuery,
        group_by: &GroupBy,
        buckets: Vec<Bucket>,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        let parted: Vec<Parts> =
            buckets.iter().map(|bucket| parts_of(query, Some(bucket.from), Some(bucket.to))).collect();
        let tallied = || parted.iter().map(|parts| &parts.hours).filter(|hours| !hours.is_empty());
        let first = tallied().map(|hours| hours.start).min().unwrap_or(0);
        let hourly = self.hourly(query, group_by, first..tallied().map(|hours| hours.end).max().unwrap_or(0));
        let hourly = hourly.await?;
        let mut counts: Vec<u64> = parted
            .iter()
            .map(|parts| hourly.range(parts.hours.clone()).map(|(_, count)| count).sum())
            .collect();
        let edges = parted.iter().enumerate();
        let edges: Vec<_> = edges
            .flat_map(|(place, parts)| parts.edges.iter().map(move |edge| (place, edge.clone())))
            .collect();
        let ranges: Vec<_> = edges.iter().map(|(_, edge)| edge.clone()).collect();
        for ((place, _), count) in edges.iter().zip(self.count_ranges(query, &ranges).await?) {
            counts[*place] += count;
        }
        let groups =
            buckets.into_iter().zip(counts).map(|(bucket, count)| ViolationCount { key: bucket.key, count });
        Ok(groups.filter(|group| group.count > 0).collect())
    }

    /// Counts by behaviour or camera what no tally knows, from rows.
    async fn count_edge(
        &self,
        query: &ViolationQuery,
        group_by: &GroupBy,
    ) -> Result<Vec<(CountKey, u64)>, IndexError> {
        let occurring = self.occurring_behaviours(query).await?;
        let mut groups = Vec::new();
        if *group_by == GroupBy::Camera {
            for row in self.count(&mut by_camera(query, &occurring)?).await? {
                let columns = Columns { table: "camera", row: &row };
                groups.push((CountKey::Camera(columns.word("id")?), columns.unsigned("matches")?));
            }
            return Ok(groups);
        }
        let (mut sql, keys) = by_behaviour(query, &occurring)?;
        let counts = self.positions(&mut sql, keys.len()).await?;
        Ok(keys.into_iter().zip(counts).collect())
    }

    /// How many opened in each of the ranges, in microseconds, from rows.
    async fn count_ranges(
        &self,
        query: &ViolationQuery,
        ranges: &[Range<i64>],
    ) -> Result<Vec<u64>, IndexError> {
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        let occurring = self.occurring_behaviours(query).await?;
        self.positions(&mut by_time(query, &occurring, ranges)?, ranges.len()).await
    }

    /// The counts that a statement answers by `position`, 0..`most`.
    async fn positions(&self, sql: &mut Builder, most: usize) -> Result<Vec<u64>, IndexError> {
        let mut counts = vec![0; most];
        for row in self.count(sql).await? {
            let columns = Columns { table: "violation", row: &row };
            let position = usize::try_from(columns.unsigned("position")?).unwrap_or(usize::MAX);
            let counted = counts.get_mut(position);
            *counted.ok_or_else(|| columns.refuse("position", "is outside the groups"))? =
                columns.unsigned("matches")?;
        }
        Ok(counts)
    }

    pub(crate) async fn count(&self, sql: &mut Builder) -> Result<Vec<Row>, IndexError> {
        let read = sql.build().fetch_all(&self.inner.reader).await;
        read.map_err(|source| IndexError::Database { doing: "count violations", table: "violation", source })
    }
}

/// What the tallies can answer of a range, and what is left for rows. Tallies know no score.
fn parts_of(query: &ViolationQuery, from: Option<WallTime>, to: Option<WallTime>) -> Parts {
    let from_us = from.map_or(i64::MIN, WallTime::as_micros);
    let to_us = to.map_or(i64::MAX, WallTime::as_micros);
    if query.min_score.is_some() { only_edge(from_us, to_us) } else { parts(from_us, to_us) }
}

/// The same question about a part of its range. Where that has no end, neither has the part.
fn within(query: &ViolationQuery, part: &Range<i64>) -> ViolationQuery {
    let (from, to) = (WallTime::from_micros(part.start), WallTime::from_micros(part.end));
    ViolationQuery { from: from.or(query.from), to: to.or(query.to), ..query.clone() }
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

type Grouped = (Builder, Vec<CountKey>);

fn no_groups() -> Grouped {
    (Builder::new("SELECT 0 AS position, 0 AS matches WHERE FALSE"), Vec::new())
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
    let mut sql = Builder::new("WITH g (position, word) AS (");
    sql.push_rows(
        groups.iter().zip(0_i64..).map(|(behaviour, position)| [position.into(), behaviour.as_str().into()]),
    );
    sql.push(") SELECT g.position, (");
    plan.push_count(&mut sql, "behaviour = g.word", "behaviour");
    plan.push_range(&mut sql);
    sql.push(") AS matches FROM g");
    Ok((sql, groups.into_iter().map(CountKey::Behaviour).collect()))
}

pub(crate) fn by_camera(query: &ViolationQuery, occurring: &[Behaviour]) -> Result<Builder, IndexError> {
    let plan = Plan::driven_by(Driver::Camera, query, occurring)?;
    let mut sql = Builder::new("SELECT g.id, (");
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
    ranges: &[Range<i64>],
) -> Result<Builder, IndexError> {
    let plan = Plan::driven_by(Driver::of(query), query, occurring)?;
    let mut sql = Builder::new("WITH g (position, from_us, to_us) AS (");
    sql.push_rows(
        ranges
            .iter()
            .zip(0_i64..)
            .map(|(range, position)| [position, range.start, range.end].map(Value::from)),
    );
    sql.push(") SELECT g.position, (");
    plan.push_count(&mut sql, "opened_us >= g.from_us AND opened_us < g.to_us", "");
    sql.push(") AS matches FROM g");
    Ok(sql)
}
