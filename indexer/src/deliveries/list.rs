//! Deliveries as lists show them: of a subscription, and of a case.

use anjian_casework::notification::Channel;
use anjian_casework::roles::Action;
use anjian_domain::{Viewer, WallTime};
use uuid::Uuid;

use crate::casework::case_row::CaseId;
use crate::casework::reach;
use crate::deliveries::subscription_row::{SubscriptionId, not_read};
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::row::Row;
use crate::engine::sql::{self, Builder};
use crate::{Index, IndexError};

/// Deliveries that a list shows.
const LISTED: u16 = 100;

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Names it.
    pub id: Uuid,
    /// To whom.
    pub account: String,
    /// By which way.
    pub channel: Channel,
    /// Of what: a topic, `report`, `test`.
    pub topic: String,
    /// The newest event of a case that it is about.
    pub event: Option<i64>,
    /// `waiting`, `delivered`, `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was made.
    pub made_at: WallTime,
    /// When it is tried next, while it waits.
    pub due_at: WallTime,
    /// When it arrived or was dropped.
    pub ended_at: Option<WallTime>,
    /// The receipt, or why it did not arrive.
    pub said: String,
}

const COLUMNS: &str = "d.id, s.account, s.channel, d.topic, (SELECT max(event) FROM delivery_event AS m WHERE m.delivery = d.seq) AS event, \
     d.state, d.attempts, d.made_us, d.due_us, d.ended_us, d.said FROM delivery AS d JOIN subscription AS s ON s.seq = d.subscription";

impl Index {
    /// The newest deliveries of a subscription, of which the caller knows that the viewer may see it.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn deliveries_of(&self, subscription: SubscriptionId) -> Result<Vec<DeliveryRow>, IndexError> {
        let sql = format!("SELECT {COLUMNS} WHERE s.id = $1 ORDER BY d.seq DESC LIMIT $2");
        let query = sql::query(&sql).bind(uuid_column(subscription.0)).bind(LISTED);
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(decode).collect()
    }

    /// The deliveries of a case, the oldest first; nothing when the viewer sees no such case.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn deliveries_of_case(&self, viewer: &Viewer, id: CaseId) -> Result<Vec<DeliveryRow>, IndexError> {
        let mut sql = Builder::new(format!("SELECT {COLUMNS} JOIN casefile AS c ON c.seq = d.casefile WHERE c.id = "));
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::SeeDeliveries);
        let query = sql.push(" ORDER BY d.seq").build();
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(decode).collect()
    }
}

fn decode(row: &Row) -> Result<DeliveryRow, IndexError> {
    let columns = Columns { table: "delivery", row };
    Ok(DeliveryRow {
        id: columns.uuid("id")?,
        account: columns.get("account")?,
        channel: columns.word("channel")?,
        topic: columns.get("topic")?,
        event: columns.get("event")?,
        state: columns.get("state")?,
        attempts: columns.count("attempts")?,
        made_at: columns.wall("made_us")?,
        due_at: columns.wall("due_us")?,
        ended_at: columns.wall_or_null("ended_us")?,
        said: columns.get("said")?,
    })
}
