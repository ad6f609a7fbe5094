//! A finding is recorded: row, attachments and audit in one transaction.

use anjian_casework::case::FindingId;
use anjian_casework::roles::Action;
use anjian_domain::{Behaviour, CameraId, SiteId, Viewer, WallTime};
use serde_json::{Value, json};

use crate::attachments::row::{self as attachment_row, AttachmentId, AttachmentRow};
use crate::attachments::take::{Taker, take};
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::casework::recusals;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::findings::error::FindingError;
use crate::findings::row::{not_kept, not_read};
use crate::viewer::site::is_seen;
use crate::{Index, IndexError};

/// Longest description, in characters.
const MAX_WORDS: usize = 2_000;
/// Longest name of a place, in characters.
const MAX_PLACE: usize = 200;
/// Most attachments of a finding.
const MAX_ATTACHMENTS: usize = 5;

/// What an officer found on site, as the phone sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFinding {
    /// Names it. The phone makes it once and sends it again with every attempt.
    pub id: FindingId,
    /// Where.
    pub site: SiteId,
    /// The camera that watches the place.
    pub camera: Option<CameraId>,
    /// What was broken, where it has a name.
    pub behaviour: Option<Behaviour>,
    /// What was found; 1 to 2,000 characters.
    pub words: String,
    /// Where on the premises; 1 to 200 characters.
    pub place: String,
    /// When, by the clock of the phone.
    pub found_at: WallTime,
    /// What was sent to the site before; 1 to 5.
    pub attachments: Vec<AttachmentId>,
}

impl Index {
    /// Records a finding. One that the same account recorded before stays as it is: a phone sends again what it has no answer to.
    ///
    /// # Errors
    /// [`FindingError`] when the viewer may record nothing there, or the finding is not complete.
    pub async fn record_finding(&self, viewer: &Viewer, new: &NewFinding) -> Result<(), FindingError> {
        let account = viewer.named_account().ok_or(FindingError::Nameless)?;
        let words = text("words", &new.words, MAX_WORDS)?;
        let place = text("place", &new.place, MAX_PLACE)?;
        if !(1..=MAX_ATTACHMENTS).contains(&new.attachments.len()) {
            return Err(FindingError::Attachments(MAX_ATTACHMENTS));
        }
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("finding").await?;
        if !is_seen(&mut transaction, viewer.scope(), &new.site).await? {
            return Err(FindingError::NoSite);
        }
        if is_recorded(&mut transaction, viewer, new.id).await? {
            return Ok(());
        }
        if recusals::of(&mut transaction, &new.site).await?.include(account) {
            return Err(FindingError::Recused);
        }
        check_camera(&mut transaction, new).await?;
        let finding = insert(&mut transaction, viewer, new, [words, place], now).await?;
        let by = Taker::Finding { finding, site: &new.site };
        let taken = take(&mut transaction, viewer, &new.attachments, &by).await?;
        let taken = taken.map_err(FindingError::NoAttachment)?;
        let deed = Deed {
            action: Action::FindOnSite.as_str(),
            kind: "finding",
            object: new.id.0.to_string(),
            why: words,
            before: None,
            after: Some(audited(new, &taken)),
        };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(())
    }
}

fn text<'t>(name: &'static str, given: &'t str, most: usize) -> Result<&'t str, FindingError> {
    let given = given.trim();
    let is_fit = (1..=most).contains(&given.chars().count());
    if is_fit { Ok(given) } else { Err(FindingError::Words { name, most }) }
}

/// Whether the viewer recorded it before.
async fn is_recorded(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    id: FindingId,
) -> Result<bool, FindingError> {
    let query = sql::query("SELECT account FROM finding WHERE id = $1").bind(uuid_column(id.0));
    let Some(row) = query.fetch_optional(transaction).await.map_err(not_read)? else { return Ok(false) };
    let recorded_by: String = Columns { table: "finding", row: &row }.get("account")?;
    if recorded_by == viewer.account() { Ok(true) } else { Err(FindingError::IdTaken) }
}

async fn check_camera(transaction: &mut Connection<'_>, new: &NewFinding) -> Result<(), FindingError> {
    let Some(camera) = &new.camera else { return Ok(()) };
    let sql = "SELECT EXISTS (SELECT 1 FROM camera WHERE id = $1 AND site = $2)";
    let query = sql::query(sql).bind(camera.as_str()).bind(new.site.as_str());
    let is_there: bool = query.scalar(transaction).await.map_err(not_read)?;
    if is_there { Ok(()) } else { Err(FindingError::NoCamera(camera.clone())) }
}

async fn insert(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    new: &NewFinding,
    [words, place]: [&str; 2],
    now: WallTime,
) -> Result<i64, IndexError> {
    let sql = "INSERT INTO finding (id, site, camera, behaviour, words, place, found_us, arrived_us, account, role) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING seq";
    let query = sql::query(sql).bind(uuid_column(new.id.0)).bind(new.site.as_str());
    let query = query.bind(new.camera.as_ref().map(CameraId::as_str));
    let query = query.bind(new.behaviour.as_ref().map(Behaviour::as_str)).bind(words).bind(place);
    let query = query.bind(new.found_at.as_micros()).bind(now.as_micros());
    let query = query.bind(viewer.account()).bind(viewer.role().as_str());
    query.scalar(transaction).await.map_err(not_kept)
}

/// As the audit shows it, with the digests of its attachments.
fn audited(new: &NewFinding, taken: &[AttachmentRow]) -> Value {
    let attachments: Vec<Value> = taken.iter().map(attachment_row::audited).collect();
    json!({
        "site": new.site,
        "camera": new.camera,
        "behaviour": new.behaviour,
        "place": new.place.trim(),
        "found_at": new.found_at,
        "attachments": attachments,
    })
}
