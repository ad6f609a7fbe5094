//! An attachment is received: into a file of the evidence folder while it comes, then checked, then its row is committed. Memory holds
//! one piece of it. What breaks off leaves nothing.

use std::io::Write;
use std::path::PathBuf;

use anjian_casework::attachment::{AttachmentKind, AttachmentName, HEAD_BYTES, MOST_UNTAKEN};
use anjian_casework::case::CaseState;
use anjian_casework::roles::Action;
use anjian_domain::{SiteId, Viewer, WallTime};
use anjian_footage::WholeFile;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::attachments::error::AttachmentError;
use crate::attachments::inspect::inspect;
use crate::attachments::row::{self, AttachmentId, AttachmentRow, not_kept, not_read};
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::casework::case_row::CaseId;
use crate::casework::reach;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::{Connection, On};
use crate::engine::sql::{self, Builder};
use crate::viewer::site::is_seen;
use crate::{Index, IndexError};

/// An attachment that is to be sent.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// To what.
    pub to: AttachmentTo,
    /// What it is, as the sender says.
    pub kind: AttachmentKind,
    /// What the sender calls it.
    pub name: AttachmentName,
}

/// To what an attachment is sent.
#[derive(Debug, Clone)]
pub enum AttachmentTo {
    /// To a case, for a step.
    Case(CaseId),
    /// To a site, for a finding.
    Site(SiteId),
}

/// An attachment on its way. Dropping it leaves nothing.
pub struct Receiving {
    index: Index,
    viewer: Viewer,
    sent: NewAttachment,
    id: AttachmentId,
    begun_at: WallTime,
    path: String,
    /// `None` while a thread writes it, and after that failed.
    part: Option<Part>,
}

/// What has come of it.
struct Part {
    file: WholeFile,
    hash: Sha256,
    size_bytes: u64,
    head: Vec<u8>,
}

/// To what it is sent.
struct Recipient {
    /// `None` for a site.
    casefile: Option<i64>,
    site: SiteId,
}

impl Index {
    /// Begins to receive an attachment.
    ///
    /// # Errors
    /// [`AttachmentError`] when the viewer may send nothing there, or the disk has no room to spare.
    pub async fn receive_attachment(
        &self,
        viewer: &Viewer,
        sent: NewAttachment,
    ) -> Result<Receiving, AttachmentError> {
        let mut reading = self.inner.reader.acquire().await.map_err(not_read)?;
        recipient(&mut reading, viewer, &sent.to).await?;
        drop(reading);
        let (id, begun_at) = (AttachmentId(uuid::Uuid::now_v7()), self.inner.clock.now());
        let path = row::path_of(id, begun_at);
        let (index, file) = (self.clone(), path.clone());
        let file = off_thread(move || {
            // As for recordings: the room that was made for evidence is evidence's.
            index.refuse_without_reserve()?;
            index.inner.evidence.begin(&file).map_err(AttachmentError::from)
        })
        .await?;
        let part = Some(Part { file, hash: Sha256::new(), size_bytes: 0, head: Vec::new() });
        Ok(Receiving { index: self.clone(), viewer: viewer.clone(), sent, id, begun_at, path, part })
    }
}

impl Receiving {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`AttachmentError`] when it is too long by now, or its beginning is of another kind; when it cannot be written.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), AttachmentError> {
        let kind = self.sent.kind;
        let mut part = self.part.take().ok_or_else(given_up)?;
        part.size_bytes += piece.len() as u64;
        if part.size_bytes > kind.most_bytes() {
            return Err(AttachmentError::TooLarge(kind));
        }
        let missing = HEAD_BYTES - part.head.len();
        part.head.extend(piece.iter().take(missing));
        if missing > 0 && part.head.len() == HEAD_BYTES && !kind.begins(&part.head) {
            return Err(AttachmentError::WrongType(kind));
        }
        let path = self.file();
        let written = off_thread(move || {
            part.hash.update(&piece);
            let written = part.file.write_all(&piece);
            written.map_err(|source| IndexError::File { doing: "write", path, source })?;
            Ok(part)
        });
        self.part = Some(written.await?);
        Ok(())
    }

    /// All of it is here: checks it, and keeps it. One that the same account sent there before, and that no step took yet, is kept
    /// once: a phone sends again what it has no answer to.
    ///
    /// # Errors
    /// [`AttachmentError`] when it is not what it is called, or nothing can be sent there any more.
    pub async fn finish(mut self) -> Result<AttachmentRow, AttachmentError> {
        let kind = self.sent.kind;
        let part = self.part.take().ok_or_else(given_up)?;
        if !kind.begins(&part.head) {
            return Err(AttachmentError::WrongType(kind));
        }
        let path = self.file();
        let Part { file, hash, size_bytes, .. } = part;
        off_thread(move || {
            inspect(&WholeFile::partial_of(&path), kind)?;
            let finished = file.finish();
            finished.map_err(|source| IndexError::File { doing: "write", path, source }.into())
        })
        .await?;
        let kept = self.keep(size_bytes, hex::encode(hash.finalize())).await;
        if !kept.as_ref().is_ok_and(|kept| kept.id == self.id) {
            // What cannot be deleted now goes at the next start: it has no row.
            let path = self.file();
            off_thread(move || {
                drop(std::fs::remove_file(path));
                Ok(())
            })
            .await?;
        }
        kept
    }

    async fn keep(&self, size_bytes: u64, sha256: String) -> Result<AttachmentRow, AttachmentError> {
        let mut writer = self.index.write().await?;
        let mut transaction = writer.begin("attachment").await?;
        // The case may have ended meanwhile.
        let to = recipient(&mut transaction, &self.viewer, &self.sent.to).await?;
        if let Some(known) = known(&mut transaction, &self.viewer, &to, &sha256).await? {
            return Ok(known);
        }
        require_room(&mut transaction, &self.viewer, &to).await?;
        let row = AttachmentRow {
            id: self.id,
            kind: self.sent.kind,
            name: self.sent.name.to_string(),
            size_bytes,
            sha256,
            account: self.viewer.account().to_owned(),
            role: self.viewer.role().as_str().to_owned(),
            at: self.begun_at,
            version: None,
            disposed_at: None,
        };
        self.insert(&mut transaction, &to, &row).await?;
        let (kind, object) = match &self.sent.to {
            AttachmentTo::Case(case) => ("case", case.to_string()),
            AttachmentTo::Site(site) => ("site", site.to_string()),
        };
        let deed = Deed {
            action: Action::SendAttachments.as_str(),
            kind,
            object,
            why: "",
            before: None,
            after: Some(row::audited(&row)),
        };
        append(&mut transaction, &self.viewer, self.index.inner.clock.now(), deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(row)
    }

    async fn insert(
        &self,
        transaction: &mut Connection<'_>,
        to: &Recipient,
        row: &AttachmentRow,
    ) -> Result<(), IndexError> {
        let sql = "INSERT INTO attachment (id, site, casefile, is_taken, kind, name, account, role, at_us, path, size_bytes, sha256, \
             place) VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let query = sql::query(sql).bind(uuid_column(row.id.0)).bind(to.site.as_str()).bind(to.casefile);
        let query = query.bind(row.kind.as_str()).bind(&row.name).bind(&row.account).bind(&row.role);
        let query = query.bind(row.at.as_micros()).bind(&self.path);
        let query = query.bind(i64::try_from(row.size_bytes).unwrap_or(i64::MAX)).bind(&row.sha256);
        query.bind(self.index.inner.node.0).execute(transaction).await.map_err(not_kept).map(drop)
    }

    fn file(&self) -> PathBuf {
        self.index.inner.evidence.locate(&self.path)
    }
}

/// To what the viewer sends.
async fn recipient(
    connection: &mut Connection<'_>,
    viewer: &Viewer,
    to: &AttachmentTo,
) -> Result<Recipient, AttachmentError> {
    if viewer.named_account().is_none() {
        return Err(AttachmentError::Nameless);
    }
    match to {
        AttachmentTo::Case(case) => open_case(connection, viewer, *case).await,
        AttachmentTo::Site(site) => {
            let is_seen = is_seen(connection, viewer.scope(), site).await?;
            let to = Recipient { casefile: None, site: site.clone() };
            is_seen.then_some(to).ok_or(AttachmentError::NoSite)
        }
    }
}

async fn open_case(
    connection: &mut Connection<'_>,
    viewer: &Viewer,
    case: CaseId,
) -> Result<Recipient, AttachmentError> {
    let mut sql = Builder::new("SELECT c.seq, c.site, c.stage FROM casefile AS c WHERE c.id = ");
    reach::push(sql.push_bind(uuid_column(case.0)), viewer, Action::SendAttachments);
    let row = sql.build().fetch_optional(connection).await.map_err(not_read)?;
    let row = row.ok_or(AttachmentError::NoCase)?;
    let columns = Columns { table: "casefile", row: &row };
    if columns.word::<CaseState>("stage")?.is_over() {
        return Err(AttachmentError::Over);
    }
    Ok(Recipient { casefile: Some(columns.get("seq")?), site: columns.word("site")? })
}

/// What of the viewer waits for a step there.
fn waiting(columns: &str, viewer: &Viewer, to: &Recipient) -> Builder {
    let mut sql = Builder::new(format!("SELECT {columns} FROM attachment AS a WHERE "));
    match to.casefile {
        Some(casefile) => sql.push("a.casefile = ").push_bind(casefile),
        None => sql.push("a.casefile IS NULL AND a.site = ").push_bind(to.site.as_str().to_owned()),
    };
    sql.push(" AND a.account = ").push_bind(viewer.account().to_owned());
    sql.push(" AND a.is_taken = 0 AND a.expired_us IS NULL");
    sql
}

async fn require_room<'e>(
    on: impl Into<On<'e>>,
    viewer: &Viewer,
    to: &Recipient,
) -> Result<(), AttachmentError> {
    let count: i64 = waiting("count(*)", viewer, to).build().scalar(on).await.map_err(not_read)?;
    let is_full = usize::try_from(count).is_ok_and(|count| count >= MOST_UNTAKEN);
    if is_full { Err(AttachmentError::TooMany) } else { Ok(()) }
}

async fn known(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    to: &Recipient,
    sha256: &str,
) -> Result<Option<AttachmentRow>, IndexError> {
    let mut sql = waiting(row::COLUMNS, viewer, to);
    sql.push(" AND a.sha256 = ").push_bind(sha256.to_owned());
    let found = sql.build().fetch_optional(transaction).await.map_err(not_read)?;
    found.as_ref().map(row::decode).transpose()
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AttachmentError> + Send + 'static,
) -> Result<T, AttachmentError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(IndexError::Query(format!("file work was cut short: {error}")).into()))
}

fn given_up() -> AttachmentError {
    IndexError::Query("the attachment was given up before: send it again".to_owned()).into()
}
