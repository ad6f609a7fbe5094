//! Looking at both sides before a copy begins or goes on.

use anjian_domain::WallTime;

use crate::copy::digest::RowsDigest;
use crate::copy::error::CopyError;
use crate::copy::note::{self, Note};
use crate::copy::numbers::Numbers;
use crate::copy::order::CopyOrder;
use crate::copy::page::{self, PageSize, key_of};
use crate::copy::plan::Plan;
use crate::copy::sides::{Source, Target, failed};
use crate::engine::columns::Columns;
use crate::engine::connection::{Connection, Pool};
use crate::engine::schema;
use crate::engine::sql::{self, Builder};
use crate::engine::table::Table;
use crate::nodes::take::SILENT;

/// A copy that can go on.
pub(crate) struct Begun {
    pub(crate) plan: Plan,
    pub(crate) numbers: Numbers,
    pub(crate) note: Note,
    /// Rows of the source.
    pub(crate) rows: u64,
    /// Rows of the source, and those once more whose files are copied.
    pub(crate) total: u64,
}

/// # Errors
/// When a live system uses the source, or it is an unfinished copy itself. Locks keep the live system of a data folder out.
pub(crate) async fn refuse_used(
    source: &mut Source<'_>,
    reader: &Pool,
    now: WallTime,
) -> Result<(), CopyError> {
    note::refuse_unfinished(reader, source.address).await?;
    if source.address.folder().is_some() {
        return Ok(());
    }
    let sql = "SELECT name, folder, seen_us FROM node WHERE seen_us > $1 ORDER BY id";
    let query = sql::query(sql).bind(now.minus(SILENT).as_micros());
    let found = query.fetch_optional(&mut source.held).await;
    let found = found.map_err(failed(source.address, "look for live systems", "node"))?;
    let Some(row) = found else { return Ok(()) };
    let columns = Columns { table: "node", row: &row };
    let (name, folder): (String, String) = (columns.get("name")?, columns.get("folder")?);
    let (store, seen) = (source.address.to_string(), columns.wall("seen_us")?);
    Err(CopyError::SourceServed { store, node: format!("{name} ({folder})"), seen })
}

/// Finds what there is to copy, and how far an earlier process came with it.
pub(crate) async fn begin(
    order: &CopyOrder,
    source: &mut Source<'_>,
    target: &Target<'_>,
    now: WallTime,
) -> Result<Begun, CopyError> {
    let tables = same_tables(source, target).await?;
    let plan = Plan::of(tables, order.files.is_some())?;
    let source_state = state_of(source, &plan).await?;
    let (rows, total) = count(source, &plan).await?;
    let fresh = Note {
        source: source.address.to_string(),
        source_state,
        files: order.files.as_ref().map(|files| files.to.name().to_owned()),
        begun_us: now.as_micros(),
        step: plan.name(plan.first()),
        after: None,
        done: 0,
        finished_us: None,
    };
    let note = enter(target, &plan, fresh).await?;
    if let Some(files) = &order.files {
        files.to.probe().await?;
    }
    let numbers = Numbers::of(source, target.address, order.files.is_some()).await?;
    Ok(Begun { plan, numbers, note, rows, total })
}

async fn same_tables(source: &mut Source<'_>, target: &Target<'_>) -> Result<Vec<Table>, CopyError> {
    const DOING: &str = "read the schema";
    let there = schema::read(&mut source.held).await.map_err(failed(source.address, DOING, "all"))?;
    let not_read = failed(target.address, DOING, "all");
    let mut reading = target.store.reader.acquire().await.map_err(&not_read)?;
    let here = schema::read(&mut reading).await.map_err(&not_read)?;
    let differs = |one: &&Table, others: &[Table]| !others.contains(one);
    let different = there.iter().find(|table| differs(table, &here));
    match different.or_else(|| here.iter().find(|table| differs(table, &there))) {
        None => Ok(there),
        Some(table) => Err(CopyError::Schema {
            table: table.name.clone(),
            from: source.address.to_string(),
            to: target.address.to_string(),
        }),
    }
}

/// Digest of the nodes: a live system writes its heartbeat there.
async fn state_of(source: &mut Source<'_>, plan: &Plan) -> Result<String, CopyError> {
    let mut digest = RowsDigest::default();
    let Some(table) = plan.tables.iter().find(|table| table.name == "node") else {
        return Ok(digest.finish());
    };
    let mut after = None;
    loop {
        let rows = page::read(&mut source.held, table, after.as_deref(), PageSize::FIRST).await;
        let rows = rows.map_err(failed(source.address, "read the nodes", &table.name))?;
        let Some(last) = rows.last() else { return Ok(digest.finish()) };
        after = Some(key_of(table, last));
        rows.iter().for_each(|row| digest.add(row));
    }
}

/// All rows, and all that is copied.
async fn count(source: &mut Source<'_>, plan: &Plan) -> Result<(u64, u64), CopyError> {
    let (mut all, mut total) = (0, 0);
    for table in &plan.tables {
        let sql = Builder::new(format!("SELECT count(*) FROM {}", table.name));
        let rows: Result<i64, _> = sql.build().scalar(&mut source.held).await;
        let rows = rows.map_err(failed(source.address, "count rows", &table.name))?.unsigned_abs();
        let is_twice = plan.copies_files_of(table);
        all += rows;
        total += if is_twice { rows * 2 } else { rows };
    }
    Ok((all, total))
}

/// Notes that the copy begins, or answers the note of the process that began it.
async fn enter(target: &Target<'_>, plan: &Plan, fresh: Note) -> Result<Note, CopyError> {
    let not_begun = failed(target.address, "begin the copy", "store_copy");
    let mut writer = target.store.writer.acquire().await.map_err(&not_begun)?;
    let mut transaction = writer.begin_writing().await.map_err(&not_begun)?;
    if let Some(row) = note::select(&mut transaction).await.map_err(&not_begun)? {
        let begun = note::decode(&row)?;
        let store = target.address.to_string();
        return suits(&begun, &fresh, store, target.address.how_to_empty()).map(|()| begun);
    }
    for table in &plan.tables {
        refuse_rows(&mut transaction, target, table).await?;
    }
    fresh.insert(&mut transaction).await.map_err(&not_begun)?;
    transaction.commit().await.map_err(&not_begun)?;
    Ok(fresh)
}

/// Whether a copy that was begun is the one that is asked for.
fn suits(begun: &Note, asked: &Note, store: String, advice: &'static str) -> Result<(), CopyError> {
    if begun.source != asked.source {
        return Err(CopyError::OtherCopy { store, other: begun.source.clone() });
    }
    if let Some(finished) = begun.finished().filter(|_| begun.source_state != asked.source_state) {
        return Err(CopyError::Finished { store, from: begun.source.clone(), finished });
    }
    if begun.source_state != asked.source_state {
        return Err(CopyError::SourceUsed { store, from: begun.source.clone(), advice });
    }
    if begun.files != asked.files {
        let begun = begun.files.clone().unwrap_or_else(|| "nowhere (without --blobs)".to_owned());
        return Err(CopyError::OtherFiles { store, begun });
    }
    Ok(())
}

async fn refuse_rows(
    connection: &mut Connection<'_>,
    target: &Target<'_>,
    table: &Table,
) -> Result<(), CopyError> {
    let sql = Builder::new(format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) AS first", table.name));
    let found: Result<i64, _> = sql.build().scalar(connection).await;
    if found.map_err(failed(target.address, "look for rows", &table.name))? == 0 {
        return Ok(());
    }
    let (store, table) = (target.address.to_string(), table.name.clone());
    Err(CopyError::NotEmpty { store, table })
}
