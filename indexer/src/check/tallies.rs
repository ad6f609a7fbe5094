//! Comparing the tallies that triggers keep with the violations that they count, and building them anew.

use crate::check::repair::Repair;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::violations::days::{DAY_HOURS, DAY_US, column_of};
use crate::violations::parts::HOUR_US;
use crate::{CheckFinding, CheckReport, Index, IndexError};

/// A table of counts.
struct Tally {
    table: &'static str,
    /// By what it counts.
    keys: &'static str,
    /// Whether it counts each day and its hours, or all times.
    is_by_day: bool,
}

const TALLIES: [Tally; 3] = [
    Tally {
        table: "violation_tally",
        keys: "camera, site, behaviour, status, verdict, run_kind",
        is_by_day: false,
    },
    Tally {
        table: "violation_day_of_camera",
        keys: "camera, zone, site, behaviour, status, verdict, run_kind",
        is_by_day: true,
    },
    Tally { table: "violation_day", keys: "site, behaviour, status, verdict, run_kind", is_by_day: true },
];

impl Index {
    /// Compares every tally with the violations. Each comparison is one statement, so nothing changes in between.
    pub(crate) async fn check_tallies(
        &self,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        for tally in &TALLIES {
            let comparison = sql::query(&tally.comparison());
            let compared = comparison.scalar(&self.inner.reader);
            let differences: i64 = compared.await.map_err(|source| tally.failed("compare counts", source))?;
            match (differences, repair) {
                (0, _) => {}
                (_, Repair::Nothing) => report.find(CheckFinding::WrongCounts { table: tally.table }),
                (_, Repair::Segments) => {
                    self.count_anew(tally).await?;
                    report.repaired += 1;
                }
            }
        }
        Ok(())
    }

    async fn count_anew(&self, tally: &Tally) -> Result<(), IndexError> {
        let failed = |source| tally.failed("count anew", source);
        let mut writer = self.write().await?;
        let mut transaction = writer.begin(tally.table).await?;
        tally.rebuild(&mut transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

impl Tally {
    fn columns(&self) -> String {
        let keys = self.keys;
        if !self.is_by_day {
            return format!("{keys}, count");
        }
        let hours: Vec<_> = (0..DAY_HOURS).map(column_of).collect();
        format!("day_us, {keys}, count, {}", hours.join(", "))
    }

    /// What the table should hold.
    fn counted(&self) -> String {
        let keys = self.keys;
        if !self.is_by_day {
            return format!("SELECT {keys}, count(*) FROM violation GROUP BY {keys}");
        }
        let hours: Vec<_> = (0..DAY_HOURS)
            .map(|hour| format!("CAST(sum(CASE hour WHEN {hour} THEN 1 ELSE 0 END) AS BIGINT)"))
            .collect();
        // The remainder of a moment before 1970 is below zero.
        let of_day_us = format!("(opened_us % {DAY_US} + {DAY_US}) % {DAY_US}");
        format!(
            "SELECT day_us, {keys}, count(*), {} FROM (SELECT {keys}, opened_us - {of_day_us} AS day_us, \
             {of_day_us} / {HOUR_US} AS hour FROM violation) AS placed GROUP BY day_us, {keys}",
            hours.join(", ")
        )
    }

    /// The statement that counts the rows that differ.
    fn comparison(&self) -> String {
        let (table, columns, counted) = (self.table, self.columns(), self.counted());
        format!(
            "WITH kept AS MATERIALIZED (SELECT {columns} FROM {table} WHERE count <> 0), \
             counted AS MATERIALIZED ({counted}) \
             SELECT (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted) AS more) \
             + (SELECT count(*) FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept) AS fewer)"
        )
    }

    async fn rebuild(&self, connection: &mut Connection<'_>) -> Result<(), sqlx::Error> {
        let (table, columns, counted) = (self.table, self.columns(), self.counted());
        sql::query(&format!("DELETE FROM {table}")).execute(&mut *connection).await?;
        let sql = format!("INSERT INTO {table} ({columns}) {counted}");
        sql::query(&sql).execute(connection).await.map(drop)
    }

    fn failed(&self, doing: &'static str, source: sqlx::Error) -> IndexError {
        IndexError::Database { doing, table: self.table, source }
    }
}
