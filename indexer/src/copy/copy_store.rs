//! The way of a copy: look at both sides, copy page after page, compare, finish.
//!
//! Each page is one transaction of the target: rows, and the note of how far the copy has come. A process that is killed leaves
//! whole pages, and the next one goes on behind them.

use anjian_domain::{Clock, WallTime};

use crate::copy::begin::{self, Begun};
use crate::copy::compare::compare;
use crate::copy::error::CopyError;
use crate::copy::note::Note;
use crate::copy::order::{CopyListener, CopyOrder, CopyPhase, CopyProgress, CopyReport};
use crate::copy::page::{self, PageSize, Values, key_of};
use crate::copy::plan::Step;
use crate::copy::sides::{Source, Target, failed};
use crate::copy::{files, key, links, rows};
use crate::engine::connection::Connection;

/// Copies a whole store, or goes on with a copy that was stopped.
///
/// # Errors
/// When one of the two is in use or cannot be used, the target holds something else, or both differ at the end.
pub async fn copy_store(
    order: &CopyOrder,
    clock: &dyn Clock,
    hear: &mut CopyListener<'_>,
) -> Result<CopyReport, CopyError> {
    if order.from.is_like(&order.to) {
        let (from, to) = (order.from.to_string(), order.to.to_string());
        return Err(CopyError::OneEngine { from, to });
    }
    let (from, to) = (order.from.open_source().await?, order.to.open_target().await?);
    let hold = failed(&order.from, "keep other writers out", "all");
    let mut connection = from.writer.acquire().await.map_err(&hold)?;
    let held = connection.hold_still().await.map_err(&hold)?;
    let mut source = Source { address: &order.from, held };
    begin::refuse_used(&mut source, &from.reader, clock.now()).await?;
    let target = Target { address: &order.to, store: &to };
    let begun = begin::begin(order, &mut source, &target, clock.now()).await?;
    let found = begun.note.done.unsigned_abs();
    let mut copying = Copying { order, source, target, begun, hear, files: 0 };
    copying.copy().await?;
    copying.finish(found, clock.now()).await
}

struct Copying<'c, 'l> {
    order: &'c CopyOrder,
    source: Source<'c>,
    target: Target<'c>,
    begun: Begun,
    hear: &'c mut CopyListener<'l>,
    files: u64,
}

/// What one page brings.
struct Page {
    rows: Vec<Values>,
    /// Nothing of the step is behind it.
    is_last: bool,
}

impl Copying<'_, '_> {
    async fn copy(&mut self) -> Result<(), CopyError> {
        let mut size = PageSize::FIRST;
        while self.step()? != Step::Compare {
            let step = self.step()?;
            let page = self.read(step, size).await?;
            size = if page.is_last { PageSize::FIRST } else { PageSize::after(&page.rows) };
            let next = self.noted(step, &page);
            self.write(step, page, &next).await?;
            self.begun.note = next;
            self.tell(step);
        }
        Ok(())
    }

    fn step(&self) -> Result<Step, CopyError> {
        let note = &self.begun.note;
        self.begun
            .plan
            .find(&note.step)
            .ok_or_else(|| self.unreadable(format!("the step {:?} is unknown", note.step)))
    }

    fn unreadable(&self, reason: String) -> CopyError {
        let (store, advice) = (self.target.address.to_string(), self.target.address.how_to_empty());
        CopyError::Note { store, reason, advice }
    }

    async fn read(&mut self, step: Step, size: PageSize) -> Result<Page, CopyError> {
        let Some(table) = self.begun.plan.table_of(step) else {
            return Ok(Page { rows: Vec::new(), is_last: true });
        };
        let size = if matches!(step, Step::Files(_)) { files::PAGE } else { size };
        let after = self.begun.note.after.as_deref();
        let key = after
            .map(|text| key::read(table, text).ok_or_else(|| self.unreadable(format!("no key: {text}"))));
        let key = key.transpose()?;
        let held = &mut self.source.held;
        let rows = match step {
            Step::Links(_) => links::read(held, table, key.as_deref(), size).await,
            _ => page::read(held, table, key.as_deref(), size).await,
        };
        let rows = rows.map_err(failed(self.source.address, "read rows", &table.name))?;
        Ok(Page { is_last: rows.len() < size.0, rows })
    }

    /// The note that belongs to the page.
    fn noted(&self, step: Step, page: &Page) -> Note {
        let (plan, note) = (&self.begun.plan, &self.begun.note);
        let done = note.done + if matches!(step, Step::Links(_)) { 0 } else { page.rows.len() as i64 };
        let last = plan.table_of(step).zip(page.rows.last());
        match last.filter(|_| !page.is_last) {
            Some((table, row)) => Note { after: Some(key::write(&key_of(table, row))), done, ..note.clone() },
            None => Note { step: plan.name(plan.after(step)), after: None, done, ..note.clone() },
        }
    }

    async fn write(&mut self, step: Step, page: Page, next: &Note) -> Result<(), CopyError> {
        let table = self.begun.plan.table_of(step);
        let name = table.map_or("store_copy", |table| &table.name);
        let not_written = failed(self.target.address, "write rows", name);
        if let (Step::Files(_), Some(table), Some(files)) = (step, table, &self.order.files) {
            let folder = self.order.from.folder().or(self.order.to.folder()).unwrap_or("".as_ref());
            self.files += files::copy(files, folder, table, &page.rows).await?;
        }
        let mut writer = self.target.store.writer.acquire().await.map_err(&not_written)?;
        let mut transaction = writer.begin_writing().await.map_err(&not_written)?;
        if let (Step::Rows(_) | Step::Links(_), Some(table)) = (step, table) {
            let aside = transaction.set_triggers_aside(&table.name).await.map_err(&not_written)?;
            if matches!(step, Step::Links(_)) {
                links::update(&mut transaction, table, &page.rows).await.map_err(&not_written)?;
            } else {
                let carrier = self.begun.numbers.carrier(table);
                let carried = page.rows.into_iter().filter_map(|row| carrier.carry(row).transpose());
                let carried = carried.collect::<Result<_, _>>()?;
                rows::insert(&mut transaction, table, carried).await.map_err(&not_written)?;
            }
            transaction.put_triggers_back(&table.name, aside).await.map_err(&not_written)?;
        }
        self.replace_note(&mut transaction, next).await?;
        transaction.commit().await.map_err(&not_written)
    }

    async fn replace_note(&self, connection: &mut Connection<'_>, next: &Note) -> Result<(), CopyError> {
        let replaced = next.replace(&self.begun.note, connection).await;
        let replaced = replaced.map_err(failed(self.target.address, "note how far it is", "store_copy"))?;
        if replaced { Ok(()) } else { Err(CopyError::Raced { store: self.target.address.to_string() }) }
    }

    /// Compares every table; then the target may be used.
    async fn finish(mut self, found: u64, now: WallTime) -> Result<CopyReport, CopyError> {
        let mut tables = Vec::new();
        let mut compared = 0;
        for place in 0..self.begun.plan.tables.len() {
            let (table, numbers) = (&self.begun.plan.tables[place], &self.begun.numbers);
            let (hear, total) = (&mut *self.hear, self.begun.rows);
            let mut step = |rows| {
                let (phase, table) = (CopyPhase::Comparing, table.name.clone());
                hear(CopyProgress { phase, table, done: compared + rows, total });
            };
            let equal = compare(&mut self.source, &self.target, table, numbers, &mut step).await;
            let equal = equal.map_err(|error| self.explain(error))?;
            compared += equal.rows;
            tables.push(equal);
        }
        if self.begun.note.finished_us.is_none() {
            self.note_finished(now).await?;
        }
        Ok(CopyReport { tables, found, files: self.files })
    }

    /// A copy that was finished does not have to be equal for ever.
    fn explain(&self, error: CopyError) -> CopyError {
        let (store, from) = (self.target.address.to_string(), self.source.address.to_string());
        match (error, self.begun.note.finished()) {
            (CopyError::Differs { .. }, Some(finished)) => CopyError::Finished { store, from, finished },
            (error, _) => error,
        }
    }

    async fn note_finished(&self, now: WallTime) -> Result<(), CopyError> {
        let not_finished = failed(self.target.address, "finish the copy", "store_copy");
        let mut writer = self.target.store.writer.acquire().await.map_err(&not_finished)?;
        let mut transaction = writer.begin_writing().await.map_err(&not_finished)?;
        transaction.finish_filling().await.map_err(&not_finished)?;
        let next = Note { finished_us: Some(now.as_micros()), ..self.begun.note.clone() };
        self.replace_note(&mut transaction, &next).await?;
        transaction.commit().await.map_err(&not_finished)
    }

    fn tell(&mut self, step: Step) {
        let table = self.begun.plan.table_of(step).map(|table| table.name.clone()).unwrap_or_default();
        let (phase, done) = (CopyPhase::Copying, self.begun.note.done.unsigned_abs());
        (self.hear)(CopyProgress { phase, table, done, total: self.begun.total });
    }
}
