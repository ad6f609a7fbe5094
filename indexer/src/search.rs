//! Finding violations, newest first, page by page.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use crate::plan::Plan;
use crate::{Cursor, Index, IndexError, ViolationPage, ViolationQuery, ViolationRow, violation_row};

impl Index {
    /// One page of violations, newest first.
    ///
    /// # Errors
    /// When the rows could not be read, or a list has more than [`ViolationQuery::MAX_VALUES`] values.
    pub async fn search_violations(&self, query: &ViolationQuery) -> Result<ViolationPage, IndexError> {
        let limit = usize::from(query.limit.clamp(1, ViolationQuery::MAX_LIMIT));
        // One more than asked for tells whether there is another page.
        let mut sql = page_sql(query, limit + 1)?;
        let read = sql.build().fetch_all(&self.inner.reader).await;
        let rows = read.map_err(|source| IndexError::Database {
            doing: "search violations",
            table: "violation",
            source,
        })?;
        page(&rows, limit)
    }
}

/// The whole statement for a page: its keys first, from the index alone, then its rows.
pub(crate) fn page_sql(query: &ViolationQuery, rows: usize) -> Result<QueryBuilder<Sqlite>, IndexError> {
    let plan = Plan::of(query)?;
    let columns = violation_row::COLUMNS;
    let mut sql = QueryBuilder::new(format!("SELECT {columns} FROM violation AS v WHERE v.seq IN ("));
    let limit = i64::try_from(rows).unwrap_or(i64::MAX);
    plan.push_keys(&mut sql, before(query, &plan), limit);
    sql.push(")");
    Ok(sql)
}

/// The place before which the page begins: the cursor, or the end of the range. No row has `seq` 0.
fn before(query: &ViolationQuery, plan: &Plan) -> (i64, i64) {
    let end = (plan.to_us, 0);
    query.cursor.map_or(end, |cursor| end.min((cursor.opened_at.as_micros(), cursor.seq)))
}

fn page(rows: &[SqliteRow], limit: usize) -> Result<ViolationPage, IndexError> {
    let mut found: Vec<(Cursor, ViolationRow)> =
        rows.iter().map(violation_row::decode).collect::<Result<_, _>>()?;
    found.sort_unstable_by_key(|(place, _)| std::cmp::Reverse((place.opened_at, place.seq)));
    let next_cursor = (found.len() > limit).then(|| found[limit - 1].0);
    found.truncate(limit);
    Ok(ViolationPage { items: found.into_iter().map(|(_, row)| row).collect(), next_cursor })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anjian_domain::{Behaviour, RunKind, Score, SystemClock, WallTime};
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{ViolationStatus, calendar, count};

    /// What SQLite says that it will do.
    async fn explain(index: &Index, sql: &QueryBuilder<Sqlite>) -> Vec<String> {
        let explained = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.sql().as_str()));
        let rows = sqlx::query(explained).fetch_all(&index.inner.reader).await.unwrap();
        rows.iter().map(|row| sqlx::Row::get(row, "detail")).collect()
    }

    /// Every visit of `violation` is a search in the named index, in its order.
    #[track_caller]
    fn check(steps: &[String], name: &str, index: &str) {
        let steps_text = steps.join("\n");
        assert!(!steps_text.contains("TEMP B-TREE"), "{name} sorts:\n{steps_text}");
        assert!(!steps_text.contains("SCAN violation"), "{name} scans:\n{steps_text}");
        assert!(!steps_text.contains("SCAN v"), "{name} scans:\n{steps_text}");
        let searches: Vec<_> = steps.iter().filter(|step| step.starts_with("SEARCH violation ")).collect();
        assert!(!searches.is_empty(), "{name}:\n{steps_text}");
        for search in searches {
            assert!(search.contains(&format!("INDEX {index} ")), "{name}: {search}");
            assert!(search.contains("opened_us"), "{name} ignores the range: {search}");
        }
    }

    fn shapes() -> Vec<(&'static str, &'static str, ViolationQuery)> {
        let any = ViolationQuery::default;
        let wall = |micros| WallTime::from_micros(micros);
        let cameras = |count: usize| (0..count).map(|n| format!("camera-{n}").parse().unwrap()).collect();
        let hats = || vec![Behaviour::NoHardHat];
        let cursor = Some(Cursor { opened_at: wall(9).unwrap(), seq: 7 });
        let sites = || vec!["plant".parse().unwrap()];
        vec![
            ("newest", "violation_by_time", any()),
            ("deep", "violation_by_time", ViolationQuery { cursor, ..any() }),
            ("range", "violation_by_time", ViolationQuery { from: wall(1), to: wall(9), ..any() }),
            ("score", "violation_by_time", ViolationQuery { min_score: Score::new(0.9), ..any() }),
            ("runs", "violation_by_time", ViolationQuery { runs: vec![RunKind::Live], ..any() }),
            ("behaviour", "violation_by_behaviour", ViolationQuery { behaviours: hats(), ..any() }),
            ("camera", "violation_by_camera", ViolationQuery { cameras: cameras(1), ..any() }),
            (
                "all",
                "violation_by_camera",
                ViolationQuery {
                    cameras: cameras(3),
                    behaviours: Behaviour::ALL[..2].to_vec(),
                    sites: sites(),
                    zones: vec!["dock".parse().unwrap()],
                    statuses: vec![ViolationStatus::Closed, ViolationStatus::Confirmed],
                    runs: vec![RunKind::Live],
                    from: wall(1),
                    to: wall(9),
                    min_score: Score::new(0.5),
                    cursor,
                    limit: 200,
                },
            ),
            (
                "most cameras",
                "violation_by_camera",
                ViolationQuery { cameras: cameras(ViolationQuery::MAX_VALUES), cursor, ..any() },
            ),
            ("site", "violation_by_site", ViolationQuery { sites: sites(), behaviours: hats(), ..any() }),
            ("zone", "violation_by_zone", ViolationQuery { zones: vec!["dock".parse().unwrap()], ..any() }),
            (
                "open",
                "violation_by_status",
                ViolationQuery { statuses: vec![ViolationStatus::Open], cameras: cameras(2), ..any() },
            ),
            (
                "judged",
                "violation_by_status",
                ViolationQuery {
                    statuses: vec![ViolationStatus::Confirmed, ViolationStatus::Dismissed],
                    ..any()
                },
            ),
        ]
    }

    #[tokio::test]
    async fn every_page_walks_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        for (name, expected, query) in shapes() {
            check(&explain(&index, &page_sql(&query, 51).unwrap()).await, name, expected);
        }
    }

    #[tokio::test]
    async fn every_count_walks_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        for (name, expected, query) in shapes() {
            let by_behaviour =
                if expected == "violation_by_time" { "violation_by_behaviour" } else { expected };
            check(&explain(&index, &count::by_behaviour(&query).unwrap().0).await, name, by_behaviour);
            check(&explain(&index, &count::by_camera(&query).unwrap()).await, name, "violation_by_camera");
            let day = [0, 86_400_000_000].map(WallTime::from_micros);
            let hours = calendar::hours(day[0], day[1], &TimeZone::UTC).unwrap();
            check(&explain(&index, &count::by_time(&query, hours).unwrap().0).await, name, expected);
        }
    }
}
