//! The record of a site: licence, industry, the responsible person, the address.

use anjian_casework::Version;
use anjian_casework::roles::Action;
use anjian_domain::{SiteId, Viewer, WallTime};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::engine::columns::{Columns, json_column};
use crate::engine::connection::On;
use crate::engine::sql;
use crate::viewer::site::is_seen;
use crate::{Index, IndexError};

/// Longest text of a record, in characters.
const MAX_TEXT: usize = 200;

/// What officers keep of a site. A text is empty where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRecord {
    /// The number of the production licence.
    pub licence: String,
    /// The last day of the licence.
    pub licence_until: Option<Date>,
    /// The industry.
    pub industry: String,
    /// Who is responsible for safety at the site.
    pub responsible: String,
    /// That person's telephone.
    pub telephone: String,
    /// Where the site lies.
    pub address: String,
}

/// A record with who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRecordRow {
    /// What is known.
    pub record: SiteRecord,
    /// Counts the changes.
    pub version: Version,
    /// Who wrote it.
    pub account: String,
    /// When.
    pub at: WallTime,
}

/// Why a record was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteRecordError {
    /// There is no such site for this viewer.
    #[error("there is no such site")]
    NoSite,
    /// Another one wrote it since.
    #[error("the record was changed meanwhile: it has version {0} now")]
    Changed(Version),
    /// A text is too long, or not one line.
    #[error("{0}: give one line of at most {MAX_TEXT} characters")]
    Text(&'static str),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Index {
    /// The record of a site; `None` when none was written. [`SiteRecordError::NoSite`] when the viewer sees no such site.
    ///
    /// # Errors
    /// [`SiteRecordError`].
    pub async fn site_record(
        &self,
        viewer: &Viewer,
        site: &SiteId,
    ) -> Result<Option<SiteRecordRow>, SiteRecordError> {
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        if !is_seen(&mut reading, viewer.scope(), site).await? {
            return Err(SiteRecordError::NoSite);
        }
        let found = find(&mut reading, site).await?;
        reading.commit().await.map_err(not_read)?;
        Ok(found)
    }

    /// Writes the record of a site. Answers its version.
    ///
    /// # Errors
    /// [`SiteRecordError`] when the viewer sees no such site, or another record than the newest was seen.
    pub async fn put_site_record(
        &self,
        viewer: &Viewer,
        site: &SiteId,
        seen: Version,
        record: &SiteRecord,
    ) -> Result<Version, SiteRecordError> {
        let record = checked(record)?;
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("site record").await?;
        if !is_seen(&mut transaction, viewer.scope(), site).await? {
            return Err(SiteRecordError::NoSite);
        }
        let before = find(&mut transaction, site).await?;
        let current = before.as_ref().map_or(Version(0), |row| row.version);
        if seen != current {
            return Err(SiteRecordError::Changed(current));
        }
        let version = current.next();
        let sql = "INSERT INTO site_record (site, version, record, account, at_us) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (site) DO UPDATE SET version = excluded.version, record = excluded.record, \
             account = excluded.account, at_us = excluded.at_us";
        let query = sql::query(sql).bind(site.as_str()).bind(i64::from(version.0));
        let query = query.bind(json_column("site_record", &record)?).bind(viewer.account());
        query.bind(now.as_micros()).execute(&mut transaction).await.map_err(not_kept)?;
        let deed = Deed {
            action: Action::WriteSites.as_str(),
            kind: "site",
            object: site.to_string(),
            why: "",
            before: before.map(|row| json!({ "record": row.record })),
            after: Some(json!({ "record": record })),
        };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(version)
    }
}

/// The record with its texts trimmed.
fn checked(record: &SiteRecord) -> Result<SiteRecord, SiteRecordError> {
    let fit = |name: &'static str, text: &str| {
        let text = text.trim();
        let is_fit = text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
        if is_fit { Ok(text.to_owned()) } else { Err(SiteRecordError::Text(name)) }
    };
    Ok(SiteRecord {
        licence: fit("licence", &record.licence)?,
        licence_until: record.licence_until,
        industry: fit("industry", &record.industry)?,
        responsible: fit("responsible", &record.responsible)?,
        telephone: fit("telephone", &record.telephone)?,
        address: fit("address", &record.address)?,
    })
}

async fn find<'e>(on: impl Into<On<'e>>, site: &SiteId) -> Result<Option<SiteRecordRow>, IndexError> {
    let query = sql::query("SELECT * FROM site_record WHERE site = $1").bind(site.as_str());
    let Some(row) = query.fetch_optional(on).await.map_err(not_read)? else { return Ok(None) };
    let columns = Columns { table: "site_record", row: &row };
    Ok(Some(SiteRecordRow {
        record: columns.json("record")?,
        version: Version(columns.count("version")?),
        account: columns.get("account")?,
        at: columns.wall("at_us")?,
    }))
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read the record of a site", table: "site_record", source }
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep the record of a site", table: "site_record", source }
}
