//! Comparing both sides, row by row: the target has to hold what the source holds.

use crate::copy::digest::RowsDigest;
use crate::copy::error::CopyError;
use crate::copy::key;
use crate::copy::numbers::{Carrier, Numbers};
use crate::copy::order::CopiedTable;
use crate::copy::page::{self, PageSize, Values, key_of};
use crate::copy::sides::{Source, Target, failed};
use crate::engine::connection::Connection;
use crate::engine::table::Table;

const DOING: &str = "compare rows";

/// Rows of a table, one after the other.
struct Walk<'t> {
    table: &'t Table,
    after: Option<Values>,
    size: PageSize,
    rows: std::vec::IntoIter<Values>,
    /// `rows` are the last.
    is_at_end: bool,
}

impl<'t> Walk<'t> {
    fn of(table: &'t Table) -> Self {
        let rows = Vec::new().into_iter();
        Self { table, after: None, size: PageSize::FIRST, rows, is_at_end: false }
    }

    async fn next(&mut self, connection: &mut Connection<'_>) -> Result<Option<Values>, sqlx::Error> {
        if self.rows.as_slice().is_empty() && !self.is_at_end {
            let rows = page::read(connection, self.table, self.after.as_deref(), self.size).await?;
            self.is_at_end = rows.len() < self.size.0;
            self.after = rows.last().map(|row| key_of(self.table, row));
            self.size = PageSize::after(&rows);
            self.rows = rows.into_iter();
        }
        Ok(self.rows.next())
    }

    /// The next row as the other side has it.
    async fn next_carried(
        &mut self,
        connection: &mut Connection<'_>,
        carrier: &Carrier<'_>,
        read: impl Fn(sqlx::Error) -> CopyError,
    ) -> Result<Option<Values>, CopyError> {
        while let Some(row) = self.next(connection).await.map_err(&read)? {
            if let Some(carried) = carrier.carry(row)? {
                return Ok(Some(carried));
            }
        }
        Ok(None)
    }
}

/// # Errors
/// [`CopyError::Differs`] when they do; when one could not be read.
pub(crate) async fn compare(
    source: &mut Source<'_>,
    target: &Target<'_>,
    table: &Table,
    numbers: &Numbers,
    step: &mut (dyn FnMut(u64) + Send),
) -> Result<CopiedTable, CopyError> {
    let read_source = failed(source.address, DOING, &table.name);
    let read_target = failed(target.address, DOING, &table.name);
    let mut reading = target.store.reader.begin_reading().await.map_err(&read_target)?;
    let carrier = numbers.carrier(table);
    let (mut there, mut here) = (Walk::of(table), Walk::of(table));
    let (mut expected, mut found) = (RowsDigest::default(), RowsDigest::default());
    let mut different = None;
    loop {
        let one = there.next_carried(&mut source.held, &carrier, &read_source).await?;
        let other = here.next(&mut reading).await.map_err(&read_target)?;
        if different.is_none() && one != other {
            different = one.as_ref().or(other.as_ref()).map(|row| key::write(&key_of(table, row)));
        }
        if one.is_none() && other.is_none() {
            break;
        }
        one.iter().for_each(|row| expected.add(row));
        other.iter().for_each(|row| found.add(row));
        if expected.rows.is_multiple_of(1_000) {
            step(expected.rows);
        }
    }
    let (from_rows, to_rows) = (expected.rows, found.rows);
    step(from_rows);
    let (expected, found) = (expected.finish(), found.finish());
    if expected == found && from_rows == to_rows {
        return Ok(CopiedTable { name: table.name.clone(), rows: to_rows, sha256: found });
    }
    let first = different.map(|key| format!(", the first that differs is {key}")).unwrap_or_default();
    let difference =
        format!("{} has {from_rows} rows and {} has {to_rows}{first}", source.address, target.address);
    Err(CopyError::Differs { table: table.name.clone(), difference, advice: target.address.how_to_empty() })
}
