//! How many persons were seen at once in a minute: two columns of `coverage_minute`.

use crate::engine::connection::Connection;
use crate::engine::sql;
use anjian_domain::{CameraMinute, PersonCount};

use crate::IndexError;
use crate::engine::columns::{Columns, json_column};

const TABLE: &str = "coverage_minute";

/// The most that is known of a minute, with what is told now; `None` when nothing was judged yet.
pub(crate) async fn most(
    connection: &mut Connection<'_>,
    told: &CameraMinute,
    minute_us: i64,
) -> Result<Option<PersonCount>, IndexError> {
    let sql = "SELECT persons, zone_persons FROM coverage_minute WHERE camera = $1 AND minute_us = $2";
    let query = sql::query(sql).bind(told.camera.as_str()).bind(minute_us);
    let failed = |source| IndexError::Database { doing: "read coverage", table: TABLE, source };
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    let known = row.map(|row| decode(&Columns { table: TABLE, row: &row })).transpose()?.flatten();
    Ok(match (known, &told.persons) {
        (Some(mut most), Some(told)) => {
            most.raise(told);
            Some(most)
        }
        (known, told) => known.or_else(|| told.clone()),
    })
}

/// What a row of `coverage_minute` holds.
pub(crate) fn decode(columns: &Columns<'_>) -> Result<Option<PersonCount>, IndexError> {
    let Some(picture) = columns.count_or_null("persons")? else { return Ok(None) };
    let zones = columns.json_or_null("zone_persons")?.unwrap_or_default();
    Ok(Some(PersonCount { picture, zones }))
}

/// The zones as their column holds them.
pub(crate) fn column(persons: Option<&PersonCount>) -> Result<Option<String>, IndexError> {
    let zones = persons.map(|persons| &persons.zones).filter(|zones| !zones.is_empty());
    zones.map(|zones| json_column(TABLE, zones)).transpose()
}
