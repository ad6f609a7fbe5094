//! What the other side is to hear of. Written with the change that causes it; sending is another room's work.

use anjian_casework::Version;
use anjian_casework::case::{Case, Side, Step};
use anjian_casework::roles::Action;
use anjian_domain::{Viewer, WallTime};

use crate::casework::case_row::{CaseId, not_read};
use crate::casework::reach;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::{Index, IndexError};

/// Something that a side of a case is to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// `enterprise` or `officers`.
    pub audience: String,
    /// The step, or `due_soon`, `due`, `overdue`.
    pub cause: String,
    /// The version of the case then.
    pub version: Version,
    /// When.
    pub at: WallTime,
}

impl Index {
    /// What was to be heard of a case, the oldest first; nothing when the viewer sees no such case.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn deliveries(&self, viewer: &Viewer, id: CaseId) -> Result<Vec<DeliveryRow>, IndexError> {
        let mut sql = Builder::new(
            "SELECT d.* FROM delivery AS d JOIN casefile AS c ON c.seq = d.casefile WHERE c.id = ",
        );
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::SeeDeliveries);
        let rows =
            sql.push(" ORDER BY d.seq").build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let decode = |row| {
            let columns = Columns { table: "delivery", row };
            Ok(DeliveryRow {
                audience: columns.get("audience")?,
                cause: columns.get("cause")?,
                version: Version(columns.count("version")?),
                at: columns.wall("at_us")?,
            })
        };
        rows.iter().map(decode).collect()
    }
}

/// Who hears of a step; `None`: nobody has to.
fn audience(step: Step, case: &Case) -> Option<&'static str> {
    match step {
        Step::Acknowledge
        | Step::Propose
        | Step::Sign
        | Step::RecordService
        | Step::HandOver
        | Step::RecordReceipt => None,
        _ if step.side() == Side::Enterprise => Some("officers"),
        _ => case.notice.is_some().then_some("enterprise"),
    }
}

/// Writes the delivery that follows from a step, if one does.
pub(crate) async fn write(
    transaction: &mut Connection<'_>,
    casefile: i64,
    step: Step,
    case: &Case,
    now: WallTime,
) -> Result<(), IndexError> {
    let Some(audience) = audience(step, case) else { return Ok(()) };
    insert(transaction, casefile, i64::from(case.version.0), audience, step.as_str(), now).await
}

pub(crate) async fn insert(
    transaction: &mut Connection<'_>,
    casefile: i64,
    version: i64,
    audience: &str,
    cause: &str,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "INSERT INTO delivery (casefile, version, audience, cause, at_us) VALUES ($1, $2, $3, $4, $5)";
    let query = sql::query(sql).bind(casefile).bind(version).bind(audience).bind(cause);
    let kept = query.bind(now.as_micros()).execute(transaction).await;
    kept.map_err(|source| IndexError::Database { doing: "write a delivery", table: "delivery", source })?;
    Ok(())
}
