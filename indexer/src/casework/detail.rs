//! One case with everything that is on record.

use anjian_casework::Version;
use anjian_casework::case::{Case, CaseState, Step};
use anjian_casework::roles::Action;
use anjian_domain::{Viewer, WallTime};

use crate::attachments::find::of_case;
use crate::attachments::row::AttachmentRow;
use crate::casework::case_row::{COLUMNS, CaseId, CaseRow, decode, decode_state, not_read};
use crate::casework::reach;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::findings::find::{read, select};
use crate::findings::row::FindingRow;
use crate::violations::list_row;
use crate::{Index, IndexError, ViolationRow};

/// One case with everything that is on record.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseDetail {
    /// As lists show it.
    pub row: CaseRow,
    /// What `domain/casework` keeps of it.
    pub case: Case,
    /// Every step, the oldest first.
    pub steps: Vec<StepRow>,
    /// The violations that are in it, and those that left it, in the order of their opening.
    pub violations: Vec<CaseViolation>,
    /// The findings on site that are in it, and those that left it, in the order of their arrival.
    pub findings: Vec<CaseFinding>,
    /// What was sent to it, the oldest first. What waits for a step is shown to its sender only.
    pub attachments: Vec<AttachmentRow>,
}

/// A violation of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseViolation {
    /// As lists show it.
    pub row: ViolationRow,
    /// Whether it is in the case; else it left it.
    pub is_in: bool,
}

/// A finding of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFinding {
    /// As lists show it.
    pub row: FindingRow,
    /// Whether it is in the case; else it left it.
    pub is_in: bool,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// The version of the case since.
    pub version: Version,
    /// What was done.
    pub step: Step,
    /// By which account; empty for the program.
    pub account: String,
    /// As what.
    pub role: String,
    /// When.
    pub at: WallTime,
    /// Where the case stood afterwards.
    pub stage: CaseState,
    /// The words that belong to it; may be empty.
    pub words: String,
}

impl Index {
    /// One case; `None` when there is no such case for the viewer.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn case(&self, viewer: &Viewer, id: CaseId) -> Result<Option<CaseDetail>, IndexError> {
        // One transaction, so that all of it is of the same moment.
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let mut sql = Builder::new(format!("SELECT {COLUMNS}, c.state FROM casefile AS c WHERE c.id = "));
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::SeeCases);
        let found = sql.build().fetch_optional(&mut reading).await.map_err(not_read)?;
        let Some(found) = found else { return Ok(None) };
        let (seq, row) = decode(&found)?;
        let case = decode_state(&found)?;
        let steps = steps(&mut reading, seq).await?;
        // Who sees noticed cases only does not see how they were drafted.
        let sees_drafts = reach::sees_drafts(viewer);
        let steps = steps.into_iter().filter(|step| sees_drafts || step.stage != CaseState::Draft).collect();
        let violations = violations(&mut reading, viewer, seq).await?;
        let findings = findings(&mut reading, viewer, seq).await?;
        let attachments = of_case(&mut reading, viewer, seq).await?;
        reading.commit().await.map_err(not_read)?;
        Ok(Some(CaseDetail { row, case, steps, violations, findings, attachments }))
    }
}

async fn steps(connection: &mut Connection<'_>, casefile: i64) -> Result<Vec<StepRow>, IndexError> {
    let query = sql::query("SELECT * FROM casefile_step WHERE casefile = $1 ORDER BY version").bind(casefile);
    let rows = query.fetch_all(connection).await.map_err(not_read)?;
    let decode = |row| {
        let columns = Columns { table: "casefile_step", row };
        Ok(StepRow {
            version: Version(columns.count("version")?),
            step: columns.word("step")?,
            account: columns.get("account")?,
            role: columns.get("role")?,
            at: columns.wall("at_us")?,
            stage: columns.word("stage")?,
            words: columns.get("words")?,
        })
    };
    rows.iter().map(decode).collect()
}

async fn violations(
    connection: &mut Connection<'_>,
    viewer: &Viewer,
    casefile: i64,
) -> Result<Vec<CaseViolation>, IndexError> {
    let columns = list_row::COLUMNS;
    let sql = format!(
        "SELECT {columns}, m.is_in FROM casefile_violation AS m JOIN violation AS v ON v.seq = m.violation \
         WHERE m.casefile = $1 ORDER BY v.opened_us, v.seq"
    );
    let rows = sql::query(&sql).bind(casefile).fetch_all(connection).await.map_err(not_read)?;
    let decode = |row| {
        let columns = Columns { table: "casefile_violation", row };
        Ok(CaseViolation { row: list_row::decode(viewer, row)?.1, is_in: columns.flag("is_in")? })
    };
    rows.iter().map(decode).collect()
}

async fn findings(
    connection: &mut Connection<'_>,
    viewer: &Viewer,
    casefile: i64,
) -> Result<Vec<CaseFinding>, IndexError> {
    let is_in = "SELECT finding FROM casefile_finding WHERE is_in = 1 AND casefile = $1";
    let is_in: Vec<i64> =
        sql::query(is_in).bind(casefile).scalars(&mut *connection).await.map_err(not_read)?;
    let mut sql = select(viewer);
    sql.push(" AND f.seq IN (SELECT finding FROM casefile_finding WHERE casefile = ").push_bind(casefile);
    sql.push(") ORDER BY f.seq");
    let found = read(connection, &sql).await?;
    Ok(found.into_iter().map(|(seq, row)| CaseFinding { row, is_in: is_in.contains(&seq) }).collect())
}
