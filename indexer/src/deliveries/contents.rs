//! What a claimed delivery says, read when it is sent: what its account may not see any more is left out.

use anjian_domain::{Viewer, WallTime};
use uuid::Uuid;

use crate::accounts::register;
use crate::casework::case_row;
use crate::deliveries::claim::Claim;
use crate::deliveries::receivers::{Subject, scope_of, sees};
use crate::deliveries::subscription_row::{self, SubscriptionRow, not_read};
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::violations::list_row;
use crate::{CaseRow, Index, IndexError, ViolationRow};

/// Most events that a message describes; of the others it gives the number.
const DESCRIBED: u16 = 20;

/// A delivery with all that its channel needs.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The receiver sees it, and can tell what came twice.
    pub id: Uuid,
    /// To whom.
    pub subscription: SubscriptionRow,
    /// The account as it may see now.
    pub viewer: Viewer,
    /// When it was made.
    pub made_at: WallTime,
    /// What it says.
    pub contents: Contents,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Contents {
    /// What happened, the oldest first, and how many more there were.
    News {
        /// Described.
        news: Vec<News>,
        /// Counted only.
        more: u32,
    },
    /// What a period was like.
    Report {
        /// Its beginning.
        from: WallTime,
        /// Its end, which is outside.
        to: WallTime,
    },
    /// A person asked whether messages arrive.
    Test,
}

/// One event with what it is about.
#[derive(Debug, Clone)]
pub struct News {
    /// The topic's name.
    pub topic: String,
    /// The step of a case, the state of a camera.
    pub cause: String,
    /// When.
    pub at: WallTime,
    /// What people call the site; its id where it has no name. Empty: it concerns the installation.
    pub site: String,
    /// The zone in which the site reads its clock.
    pub time_zone: String,
    /// What people call the camera.
    pub camera: String,
    /// The violation.
    pub violation: Option<ViolationRow>,
    /// The case.
    pub case: Option<CaseRow>,
}

impl Index {
    /// What to send; `None`: its account may see nothing of it any more, or may not sign in.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn delivery_contents(&self, claim: Claim) -> Result<Option<Parcel>, IndexError> {
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let sql = "SELECT id, topic, from_us, to_us, made_us FROM delivery WHERE seq = $1";
        let row = sql::query(sql).bind(claim.delivery).fetch_one(&mut reading).await.map_err(not_read)?;
        let columns = Columns { table: "delivery", row: &row };
        let subscription = at(&mut reading, claim.subscription).await?;
        let account = register::find(&mut reading, &subscription.account).await?;
        let Some(account) = account.filter(|account| account.settings.is_active) else { return Ok(None) };
        let scope = scope_of(&mut reading, &account.settings.scope).await?;
        let viewer = Viewer::new(account.name.as_str(), account.settings.role, scope);
        let viewer = viewer.map_err(|error| columns.refuse("account", &error.to_string()))?;
        let contents = match (columns.wall_or_null("from_us")?, columns.wall_or_null("to_us")?) {
            (Some(from), Some(to)) => Contents::Report { from, to },
            _ if columns.get::<&str>("topic")? == TEST => Contents::Test,
            _ => match news(&mut reading, &viewer, claim.delivery).await? {
                (news, _) if news.is_empty() => return Ok(None),
                (news, more) => Contents::News { news, more },
            },
        };
        let (id, made_at) = (columns.uuid("id")?, columns.wall("made_us")?);
        Ok(Some(Parcel { id, subscription, viewer, made_at, contents }))
    }
}

/// The topic of a message by which a person tries a subscription.
pub(crate) const TEST: &str = "test";

async fn at(reading: &mut Connection<'_>, seq: i64) -> Result<SubscriptionRow, IndexError> {
    let columns = subscription_row::COLUMNS;
    let sql = format!("SELECT {columns} FROM subscription AS s WHERE s.seq = $1");
    let row = sql::query(&sql).bind(seq).fetch_one(reading).await.map_err(not_read)?;
    Ok(subscription_row::decode(&row)?.1)
}

/// What the viewer sees of the first events, and how many events there are beside these.
async fn news(
    reading: &mut Connection<'_>,
    viewer: &Viewer,
    delivery: i64,
) -> Result<(Vec<News>, u32), IndexError> {
    let sql = "SELECT count(*) FROM delivery_event WHERE delivery = $1";
    let all: i64 = sql::query(sql).bind(delivery).scalar(&mut *reading).await.map_err(not_read)?;
    let sql = "SELECT e.*, s.name AS site_name, s.time_zone, c.name AS camera_name FROM delivery_event AS m \
         JOIN event AS e ON e.seq = m.event LEFT JOIN site AS s ON s.id = e.site LEFT JOIN camera AS c ON c.id = e.camera \
         WHERE m.delivery = $1 ORDER BY m.event LIMIT $2";
    let query = sql::query(sql).bind(delivery).bind(DESCRIBED);
    let rows = query.fetch_all(&mut *reading).await.map_err(not_read)?;
    let mut news = Vec::new();
    for row in &rows {
        news.extend(describe(reading, viewer, row).await?);
    }
    let more = all.saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    Ok((news, u32::try_from(more).unwrap_or(u32::MAX)))
}

async fn describe(
    reading: &mut Connection<'_>,
    viewer: &Viewer,
    row: &Row,
) -> Result<Option<News>, IndexError> {
    let columns = Columns { table: "event", row };
    let (violation, casefile): (Option<i64>, Option<i64>) = (columns.get("violation")?, columns.get("casefile")?);
    let (site, camera): (Option<&str>, Option<&str>) = (columns.get("site")?, columns.get("camera")?);
    let site_id = columns.word_or_null("site")?;
    let subject = Subject {
        site: site_id.as_ref(),
        violation,
        casefile,
        is_of_camera: camera.is_some(),
        audience: None,
    };
    if !sees(reading, viewer, &subject).await? {
        return Ok(None);
    }
    let violation = match violation {
        Some(seq) => Some(violation_at(reading, viewer, seq).await?),
        None => None,
    };
    let case = match casefile {
        Some(seq) => Some(case_row::at(reading, seq).await?),
        None => None,
    };
    let named = |id: Option<&str>, name: Option<&str>| {
        name.filter(|name| !name.is_empty()).or(id).unwrap_or_default().to_owned()
    };
    Ok(Some(News {
        topic: columns.get("topic")?,
        cause: columns.get("cause")?,
        at: columns.wall("at_us")?,
        site: named(site, columns.get("site_name")?),
        time_zone: columns.get::<Option<&str>>("time_zone")?.unwrap_or("UTC").to_owned(),
        camera: named(camera, columns.get("camera_name")?),
        violation,
        case,
    }))
}

async fn violation_at(
    reading: &mut Connection<'_>,
    viewer: &Viewer,
    seq: i64,
) -> Result<ViolationRow, IndexError> {
    let columns = list_row::COLUMNS;
    let sql = format!("SELECT {columns} FROM violation AS v WHERE v.seq = $1");
    let row = sql::query(&sql).bind(seq).fetch_one(reading).await.map_err(not_read)?;
    Ok(list_row::decode(viewer, &row)?.1)
}
