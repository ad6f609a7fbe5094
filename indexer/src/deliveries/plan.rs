//! Out of events, deliveries: one for each subscription that wants it and whose account may see it.

use anjian_casework::notification::{Event, Pace, Topic};
use anjian_domain::WallTime;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::deliveries::receivers::{self, Receiver, Subject};
use crate::deliveries::subscription_row::not_kept;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql::{self, Builder};
use crate::{Index, IndexError};

/// Events that are planned in one transaction: nobody else writes meanwhile.
const BATCH: u16 = 50;
/// Most events that one delivery is about; a longer burst becomes several.
const MAX_EVENTS: i64 = 1_000;

/// An event that was not planned yet.
struct Unplanned {
    seq: i64,
    event: Event,
    is_of_camera: bool,
    violation: Option<i64>,
    casefile: Option<i64>,
    audience: Option<String>,
}

impl Index {
    /// Makes the deliveries of what happened since. Answers how many events there were.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn plan_deliveries(&self) -> Result<usize, IndexError> {
        let mut planned = 0;
        loop {
            if !self.has_unplanned().await? {
                return Ok(planned);
            }
            let now = self.inner.clock.now();
            let mut writer = self.write().await?;
            let mut transaction = writer.begin("delivery").await?;
            let events = unplanned(&mut transaction).await?;
            let receivers = receivers::active(&mut transaction, |pace| pace == Pace::AtOnce).await?;
            for event in &events {
                plan(&mut transaction, event, &receivers, now).await?;
            }
            mark(&mut transaction, &events).await?;
            transaction.commit().await.map_err(not_kept)?;
            planned += events.len();
        }
    }

    /// Without the right to write.
    async fn has_unplanned(&self) -> Result<bool, IndexError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM event WHERE is_planned = 0)";
        sql::query(sql).scalar(&self.inner.reader).await.map_err(not_kept)
    }
}

async fn unplanned(transaction: &mut Connection<'_>) -> Result<Vec<Unplanned>, IndexError> {
    let sql = "SELECT e.*, v.behaviour FROM event AS e LEFT JOIN violation AS v ON v.seq = e.violation \
         WHERE e.is_planned = 0 ORDER BY e.seq LIMIT $1";
    let rows = sql::query(sql).bind(BATCH).fetch_all(transaction).await.map_err(not_kept)?;
    rows.iter().map(decode).collect()
}

fn decode(row: &Row) -> Result<Unplanned, IndexError> {
    let columns = Columns { table: "event", row };
    let event = Event {
        topic: columns.word("topic")?,
        site: columns.word_or_null("site")?,
        behaviour: columns.word_or_null("behaviour")?,
        at: columns.wall("at_us")?,
    };
    Ok(Unplanned {
        seq: columns.get("seq")?,
        event,
        is_of_camera: columns.get::<Option<&str>>("camera")?.is_some(),
        violation: columns.get("violation")?,
        casefile: columns.get("casefile")?,
        audience: columns.get("audience")?,
    })
}

async fn plan(
    transaction: &mut Connection<'_>,
    happened: &Unplanned,
    receivers: &[Receiver],
    now: WallTime,
) -> Result<(), IndexError> {
    let zone = receivers::zone_at(transaction, happened.event.site.as_ref()).await?;
    let subject = Subject {
        site: happened.event.site.as_ref(),
        violation: happened.violation,
        casefile: happened.casefile,
        is_of_camera: happened.is_of_camera,
        audience: happened.audience.as_deref(),
    };
    for receiver in receivers.iter().filter(|receiver| receiver.wants.includes(&happened.event)) {
        if receivers::sees(transaction, &receiver.viewer, &subject).await? {
            place(transaction, happened, receiver, &zone, now).await?;
        }
    }
    Ok(())
}

/// Adds the event to the delivery that waits for more of the kind, or makes one.
async fn place(
    transaction: &mut Connection<'_>,
    happened: &Unplanned,
    receiver: &Receiver,
    zone: &TimeZone,
    now: WallTime,
) -> Result<(), IndexError> {
    let topic = happened.event.topic;
    let newest = newest(transaction, receiver.seq, topic).await?;
    let due = receiver.wants.due(
        &happened.event,
        &now.timestamp().to_zoned(zone.clone()),
        newest.as_ref().map(|newest| newest.leaves),
    );
    let joined = newest.filter(|newest| topic.is_bundled() && newest.takes_more && newest.leaves <= due);
    let delivery = match joined {
        Some(newest) => newest.seq,
        None => insert(transaction, &New { receiver: receiver.seq, topic: topic.as_str(), casefile: happened.casefile, period: None, due }, now).await?,
    };
    let sql = "INSERT INTO delivery_event (delivery, event) VALUES ($1, $2)";
    sql::query(sql).bind(delivery).bind(happened.seq).execute(transaction).await.map_err(not_kept)?;
    Ok(())
}

/// The newest delivery of a topic.
struct Newest {
    seq: i64,
    /// When it left, or will.
    leaves: WallTime,
    /// No sender had it yet.
    takes_more: bool,
}

async fn newest(
    transaction: &mut Connection<'_>,
    subscription: i64,
    topic: Topic,
) -> Result<Option<Newest>, IndexError> {
    let sql = "SELECT d.seq, d.due_us, d.ended_us, d.state = 'waiting' AND d.attempts = 0 AND d.claimed_us IS NULL \
         AND (SELECT count(*) FROM delivery_event AS m WHERE m.delivery = d.seq) < $3 AS takes_more FROM delivery AS d \
         WHERE d.subscription = $1 AND d.topic = $2 ORDER BY d.seq DESC LIMIT 1";
    let query = sql::query(sql).bind(subscription).bind(topic.as_str()).bind(MAX_EVENTS);
    let row = query.fetch_optional(transaction).await.map_err(not_kept)?;
    let decode = |row: Row| {
        let columns = Columns { table: "delivery", row: &row };
        let ended = columns.wall_or_null("ended_us")?;
        Ok(Newest {
            seq: columns.get("seq")?,
            leaves: ended.map_or_else(|| columns.wall("due_us"), Ok)?,
            takes_more: columns.get("takes_more")?,
        })
    };
    row.map(decode).transpose()
}

/// A delivery that is made.
pub(crate) struct New<'n> {
    pub(crate) receiver: i64,
    pub(crate) topic: &'n str,
    pub(crate) casefile: Option<i64>,
    pub(crate) period: Option<(WallTime, WallTime)>,
    pub(crate) due: WallTime,
}

pub(crate) async fn insert(
    transaction: &mut Connection<'_>,
    new: &New<'_>,
    now: WallTime,
) -> Result<i64, IndexError> {
    let sql = "INSERT INTO delivery (id, subscription, topic, casefile, from_us, to_us, made_us, due_us, attempts, state, said) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 'waiting', '') RETURNING seq";
    let query = sql::query(sql).bind(uuid_column(Uuid::now_v7())).bind(new.receiver).bind(new.topic);
    let query = query.bind(new.casefile).bind(new.period.map(|(from, _)| from.as_micros()));
    let query = query.bind(new.period.map(|(_, to)| to.as_micros()));
    let query = query.bind(now.as_micros()).bind(new.due.as_micros());
    query.scalar(transaction).await.map_err(not_kept)
}

async fn mark(transaction: &mut Connection<'_>, events: &[Unplanned]) -> Result<(), IndexError> {
    let mut sql = Builder::new("UPDATE event SET is_planned = 1 WHERE seq IN (");
    sql.push_list(events.iter().map(|event| event.seq)).push(")");
    sql.build().execute(transaction).await.map_err(not_kept).map(drop)
}
