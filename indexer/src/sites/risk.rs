//! The counts behind the risk of a site.

use std::time::Duration;

use anjian_casework::calendar::Lateness;
use anjian_casework::case::Step;
use anjian_casework::risk::{Risk, RiskFactor, TAMPERING, class_of, default_weight, risk};
use anjian_domain::{SiteId, Viewer, WallTime};

use crate::casework::case_row::decode_state;
use crate::casework::context::zone_of;
use crate::casework::rules::CaseRules;
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::viewer::site::is_seen;
use crate::{Index, IndexError};

/// What is longer ago adds nothing.
const SINCE: Duration = Duration::from_hours(90 * 24);

impl Index {
    /// The risk of a site; `None` when there is no such site for the viewer.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn site_risk(
        &self,
        viewer: &Viewer,
        site: &SiteId,
        rules: &CaseRules,
    ) -> Result<Option<Risk>, IndexError> {
        let now = self.inner.clock.now();
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        if !is_seen(&mut reading, viewer.scope(), site).await? {
            return Ok(None);
        }
        let (confirmed, repeated) = violations(&mut reading, site, now.minus(SINCE)).await?;
        let overdue = overdue(&mut reading, site, rules, now).await?;
        let returned = returned(&mut reading, site, now.minus(SINCE)).await?;
        let tampering = tampering(&mut reading, site, now.minus(SINCE)).await?;
        let class = class(&mut reading, site).await?;
        reading.commit().await.map_err(not_read)?;
        let count = |factor| match factor {
            RiskFactor::Confirmed => confirmed,
            RiskFactor::Repeated => repeated,
            RiskFactor::Overdue => overdue,
            RiskFactor::Returned => returned,
            RiskFactor::Tampering => tampering,
            RiskFactor::SiteClass => class,
        };
        Ok(Some(risk(count, default_weight)))
    }
}

/// Confirmed violations, and those of them that are like an earlier one.
async fn violations(
    connection: &mut Connection<'_>,
    site: &SiteId,
    since: WallTime,
) -> Result<(u32, u32), IndexError> {
    let sql = "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS confirmed, CAST(coalesce(sum(n - 1), 0) AS BIGINT) AS repeated \
         FROM (SELECT count(*) AS n FROM violation WHERE site = $1 AND verdict = 'confirmed' AND opened_us >= $2 \
         GROUP BY camera, rule) AS alike";
    let query = sql::query(sql).bind(site.as_str()).bind(since.as_micros());
    let row = query.fetch_one(connection).await.map_err(not_read)?;
    let columns = Columns { table: "violation", row: &row };
    Ok((columns.count("confirmed")?, columns.count("repeated")?))
}

/// Orders whose deadline is over and that wait for the enterprise.
async fn overdue(
    connection: &mut Connection<'_>,
    site: &SiteId,
    rules: &CaseRules,
    now: WallTime,
) -> Result<u32, IndexError> {
    let today = now.timestamp().to_zoned(zone_of(&mut *connection, site).await?).date();
    let sql = "SELECT state FROM casefile WHERE site = $1 AND is_over = 0 AND due < $2";
    let query = sql::query(sql).bind(site.as_str()).bind(today.to_string());
    let rows = query.fetch_all(connection).await.map_err(not_read)?;
    let mut count = 0;
    for row in &rows {
        let lateness = decode_state(row)?.lateness(today, &rules.policy);
        count += u32::from(matches!(lateness, Some(Lateness::Overdue { .. })));
    }
    Ok(count)
}

async fn returned(
    connection: &mut Connection<'_>,
    site: &SiteId,
    since: WallTime,
) -> Result<u32, IndexError> {
    let sql = "SELECT count(*) AS n FROM casefile AS c JOIN casefile_step AS s ON s.casefile = c.seq \
         WHERE c.site = $1 AND c.changed_us >= $2 AND s.step = $3 AND s.at_us >= $2";
    let query = sql::query(sql).bind(site.as_str()).bind(since.as_micros()).bind(Step::Return.as_str());
    let row = query.fetch_one(connection).await.map_err(not_read)?;
    Columns { table: "casefile_step", row: &row }.count("n")
}

/// What officers found of covered, turned or cut cameras.
async fn tampering(
    connection: &mut Connection<'_>,
    site: &SiteId,
    since: WallTime,
) -> Result<u32, IndexError> {
    let sql = "SELECT count(*) AS n FROM finding WHERE site = $1 AND behaviour = $2 AND arrived_us >= $3 \
         AND dismissed_us IS NULL";
    let query = sql::query(sql).bind(site.as_str()).bind(TAMPERING).bind(since.as_micros());
    let row = query.fetch_one(connection).await.map_err(not_read)?;
    Columns { table: "finding", row: &row }.count("n")
}

async fn class(connection: &mut Connection<'_>, site: &SiteId) -> Result<u32, IndexError> {
    let query = sql::query("SELECT risk_level FROM site WHERE id = $1").bind(site.as_str());
    let row = query.fetch_one(connection).await.map_err(not_read)?;
    Ok(class_of(Columns { table: "site", row: &row }.get("risk_level")?))
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "count what adds to the risk of a site", table: "site", source }
}
