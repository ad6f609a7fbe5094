//! Counts of full hours, from the tallies of days that triggers keep beside the violations: some hundred rows for a
//! month. Knows no score; such counts walk an index, see [`crate::violations::count`].

use crate::engine::sql::Builder;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::columns::Columns;
use crate::violations::parts::HOUR_US;
use crate::violations::walk::{Driver, Plan};
use crate::{CountKey, GroupBy, Index, IndexError, ViolationQuery};

/// Hours of a day of UTC.
pub(crate) const DAY_HOURS: i64 = 24;
/// Microseconds of a day of UTC.
pub(crate) const DAY_US: i64 = DAY_HOURS * HOUR_US;

impl Index {
    /// Counts by behaviour or camera, of what opened in those hours.
    pub(crate) async fn count_hours(
        &self,
        query: &ViolationQuery,
        group_by: &GroupBy,
        hours: Range<i64>,
    ) -> Result<Vec<(CountKey, u64)>, IndexError> {
        if hours.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.count(&mut grouped(query, group_by, hours)?).await?;
        let decode = |row| {
            let columns = Columns { table: table(query, group_by), row };
            let key = match group_by {
                GroupBy::Camera => CountKey::Camera(columns.word("word")?),
                _ => CountKey::Behaviour(columns.word("word")?),
            };
            Ok((key, columns.unsigned("matches")?))
        };
        rows.iter().map(decode).collect()
    }

    /// How many opened in each of those hours; hours with none are left out.
    pub(crate) async fn hourly(
        &self,
        query: &ViolationQuery,
        group_by: &GroupBy,
        hours: Range<i64>,
    ) -> Result<BTreeMap<i64, u64>, IndexError> {
        let mut found = BTreeMap::new();
        if hours.is_empty() {
            return Ok(found);
        }
        for row in &self.count(&mut by_day(query, group_by, &hours)?).await? {
            let columns = Columns { table: table(query, group_by), row };
            let first = columns.get::<i64>("day_us")? / HOUR_US;
            for hour in (0..DAY_HOURS).filter(|hour| hours.contains(&(first + hour))) {
                let count = columns.unsigned(&column_of(hour))?;
                if count > 0 {
                    found.insert(first + hour, count);
                }
            }
        }
        Ok(found)
    }
}

/// The column that counts an hour of the day, 0..24.
pub(crate) fn column_of(hour: i64) -> String {
    format!("h{hour:02}")
}

/// The smaller table that knows what is asked.
fn table(query: &ViolationQuery, group_by: &GroupBy) -> &'static str {
    let is_of_all = query.cameras.is_empty() && query.zones.is_empty() && *group_by != GroupBy::Camera;
    if is_of_all { "violation_day" } else { "violation_day_of_camera" }
}

/// The statement that counts by behaviour or camera. Days are grouped first, in the order of the table.
pub(crate) fn grouped(
    query: &ViolationQuery,
    group_by: &GroupBy,
    hours: Range<i64>,
) -> Result<Builder, IndexError> {
    let plan = Plan::driven_by(Driver::Time, query, &[])?;
    let column = if *group_by == GroupBy::Camera { "camera" } else { "behaviour" };
    let table = table(query, group_by);
    let mut sql = Builder::new("SELECT word, CAST(sum(matches) AS BIGINT) AS matches FROM (");
    for (position, part) in whole_days(hours).into_iter().enumerate() {
        sql.push(if position == 0 { "" } else { " UNION ALL " });
        let counted = part.counted;
        sql.push(format_args!("SELECT {column} AS word, sum({counted}) AS matches FROM {table}"));
        push_days(&mut sql, &plan, &part.days);
        sql.push(format_args!(" GROUP BY day_us, {column}"));
    }
    sql.push(") AS part GROUP BY word HAVING sum(matches) > 0 ORDER BY word");
    Ok(sql)
}

/// The statement that adds up each hour of each day.
pub(crate) fn by_day(
    query: &ViolationQuery,
    group_by: &GroupBy,
    hours: &Range<i64>,
) -> Result<Builder, IndexError> {
    let plan = Plan::driven_by(Driver::Time, query, &[])?;
    let mut sql = Builder::new("SELECT day_us");
    for column in (0..DAY_HOURS).map(column_of) {
        sql.push(format_args!(", CAST(sum({column}) AS BIGINT) AS {column}"));
    }
    sql.push(format_args!(" FROM {}", table(query, group_by)));
    let days = hours.start.div_euclid(DAY_HOURS)..(hours.end - 1).div_euclid(DAY_HOURS) + 1;
    push_days(&mut sql, &plan, &days);
    sql.push(" GROUP BY day_us");
    Ok(sql)
}

fn push_days(sql: &mut Builder, plan: &Plan, days: &Range<i64>) {
    sql.push(" WHERE day_us >= ").push_bind(days.start.saturating_mul(DAY_US));
    sql.push(" AND day_us < ").push_bind(days.end.saturating_mul(DAY_US));
    plan.fields.iter().for_each(|field| field.push(sql));
}

/// Days, counted from 1970, and the expression that counts what is meant of each.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    days: Range<i64>,
    counted: String,
}

/// The days of those hours: the first and the last may be less than whole.
fn whole_days(hours: Range<i64>) -> Vec<Part> {
    let (mut hours, mut parts) = (hours, Vec::new());
    while !hours.is_empty() {
        let (day, hour) = (hours.start.div_euclid(DAY_HOURS), hours.start.rem_euclid(DAY_HOURS));
        let whole = (hours.end - hours.start) / DAY_HOURS;
        if hour == 0 && whole > 0 {
            parts.push(Part { days: day..day + whole, counted: "count".to_owned() });
            hours.start += whole * DAY_HOURS;
        } else {
            let end = DAY_HOURS.min(hour + hours.end - hours.start);
            let columns: Vec<_> = (hour..end).map(column_of).collect();
            parts.push(Part { days: day..day + 1, counted: columns.join(" + ") });
            hours.start += end - hour;
        }
    }
    parts
}

#[cfg(test)]
mod tests;
