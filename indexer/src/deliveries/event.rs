//! What happened, written in the transaction of the change that it is about.

use anjian_casework::Version;
use anjian_casework::case::{Case, Side, Step};
use anjian_casework::notification::Topic;
use anjian_domain::{CameraId, Viewer, WallTime};

use anjian_casework::roles::Action;

use crate::casework::case_row::{CaseId, not_read};
use crate::casework::reach;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::{Index, IndexError};

/// Something that a side of a case is to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// Names it among the deliveries of the case.
    pub seq: i64,
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
    pub async fn case_events(&self, viewer: &Viewer, id: CaseId) -> Result<Vec<CaseEvent>, IndexError> {
        let mut sql = Builder::new(
            "SELECT e.seq, e.audience, e.cause, e.version, e.at_us FROM event AS e JOIN casefile AS c ON c.seq = e.casefile \
             WHERE c.id = ",
        );
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::SeeDeliveries);
        let rows =
            sql.push(" ORDER BY e.seq").build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let decode = |row| {
            let columns = Columns { table: "event", row };
            Ok(CaseEvent {
                seq: columns.get("seq")?,
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

/// Writes the event of a step, if somebody is to hear of it.
pub(crate) async fn of_step(
    transaction: &mut Connection<'_>,
    casefile: i64,
    step: Step,
    case: &Case,
    now: WallTime,
) -> Result<(), IndexError> {
    let Some(audience) = audience(step, case) else { return Ok(()) };
    let version = i64::from(case.version.0);
    of_case(transaction, Topic::CaseStep, casefile, version, audience, step.as_str(), now).await
}

pub(crate) async fn of_case(
    transaction: &mut Connection<'_>,
    topic: Topic,
    casefile: i64,
    version: i64,
    audience: &str,
    cause: &str,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "INSERT INTO event (topic, cause, site, casefile, version, audience, at_us, is_planned) \
         SELECT $1, $2, site, seq, $3, $4, $5, 0 FROM casefile WHERE seq = $6";
    let query = sql::query(sql).bind(topic.as_str()).bind(cause).bind(version).bind(audience);
    query.bind(now.as_micros()).bind(casefile).execute(transaction).await.map_err(not_written)?;
    Ok(())
}

/// Most installations notify nobody of each violation: without a subscription no event is written.
const WHERE_ANYBODY_LISTENS: &str = "EXISTS (SELECT 1 FROM subscription WHERE is_active = 1)";

/// A violation opened, or counts as confirmed.
pub(crate) async fn of_violation(
    transaction: &mut Connection<'_>,
    topic: Topic,
    violation: i64,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = format!(
        "INSERT INTO event (topic, cause, site, camera, violation, at_us, is_planned) \
         SELECT $1, '', site, camera, seq, $2, 0 FROM violation WHERE seq = $3 AND {WHERE_ANYBODY_LISTENS}"
    );
    let query = sql::query(&sql).bind(topic.as_str()).bind(now.as_micros()).bind(violation);
    query.execute(transaction).await.map_err(not_written).map(drop)
}

/// A camera does not answer or sees nothing; `cause` is the state.
pub(crate) async fn of_camera(
    transaction: &mut Connection<'_>,
    camera: &CameraId,
    cause: &str,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = format!(
        "INSERT INTO event (topic, cause, site, camera, at_us, is_planned) \
         SELECT $1, $2, site, id, $3, 0 FROM camera WHERE id = $4 AND {WHERE_ANYBODY_LISTENS}"
    );
    let query = sql::query(&sql).bind(Topic::CameraFailed.as_str()).bind(cause).bind(now.as_micros());
    query.bind(camera.as_str()).execute(transaction).await.map_err(not_written).map(drop)
}

pub(crate) fn not_written(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "write an event", table: "event", source }
}
