//! Review records: the proof that a camera may be used as evidence (行政处罚法 41).

use anjian_casework::grade::Review;
use anjian_casework::roles::Action;
use anjian_domain::{CameraId, Viewer, WallTime};
use jiff::civil::Date;
use serde_json::json;

use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::casework::error::CaseError;
use crate::engine::columns::{Columns, json_column};
use crate::engine::connection::On;
use crate::engine::row::Row;
use crate::engine::sql::{self, Builder};
use crate::viewer::camera::is_seen;
use crate::viewer::condition::push_camera;
use crate::{Index, IndexError};

/// A version of a camera's review record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The camera.
    pub camera: CameraId,
    /// From 1; the highest counts.
    pub version: u32,
    /// What was reviewed.
    pub review: Review,
    /// Whether it came with the demonstration.
    pub is_example: bool,
    /// Who entered it.
    pub account: String,
    /// When.
    pub at: WallTime,
}

impl Index {
    /// Every version of every review record of cameras that the viewer sees, the newest of each camera first.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn reviews(&self, viewer: &Viewer) -> Result<Vec<ReviewRow>, IndexError> {
        let mut sql = Builder::new("SELECT * FROM camera_review WHERE TRUE");
        push_camera(&mut sql, viewer.scope(), "camera");
        sql.push(" ORDER BY camera, version DESC");
        let rows = sql.build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(decode).collect()
    }

    /// Adds a version of a camera's review record. Earlier ones stay: what was used on their days rests on them.
    ///
    /// # Errors
    /// [`CaseError::Unknown`] when the viewer sees no such camera.
    pub async fn add_review(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        review: &Review,
        is_example: bool,
    ) -> Result<u32, CaseError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("review record").await?;
        let known = sql::query("SELECT EXISTS (SELECT 1 FROM camera WHERE id = $1)").bind(camera.as_str());
        let is_known: bool = known.scalar(&mut transaction).await.map_err(not_kept)?;
        if !is_known || !is_seen(&mut transaction, viewer.scope(), camera).await? {
            return Err(CaseError::Unknown);
        }
        let sql = "INSERT INTO camera_review (camera, version, reviewed_on, review, is_example, account, at_us) \
             SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6 FROM camera_review WHERE camera = $1 RETURNING version";
        let query = sql::query(sql).bind(camera.as_str()).bind(review.reviewed_on.to_string());
        let query = query.bind(json_column("camera_review", review)?).bind(is_example);
        let query = query.bind(viewer.account()).bind(now.as_micros());
        let version: i64 = query.scalar(&mut transaction).await.map_err(not_kept)?;
        let deed = Deed {
            action: Action::WriteReviews.as_str(),
            kind: "camera",
            object: camera.to_string(),
            why: "",
            before: None,
            after: Some(json!({ "version": version, "review": review })),
        };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(u32::try_from(version).unwrap_or(u32::MAX))
    }
}

/// The record that holds on a day: the newest that was reviewed by then, or else the newest.
pub(crate) async fn on<'e>(
    database: impl Into<On<'e>>,
    camera: &CameraId,
    day: Date,
) -> Result<Option<Review>, IndexError> {
    let query = sql::query("SELECT * FROM camera_review WHERE camera = $1 ORDER BY version DESC LIMIT 100");
    let rows = query.bind(camera.as_str()).fetch_all(database).await.map_err(not_read)?;
    let all = rows.iter().map(|row| decode(row).map(|row| row.review)).collect::<Result<Vec<_>, _>>()?;
    let held = all.iter().find(|review| review.reviewed_on <= day).cloned();
    Ok(held.or_else(|| all.into_iter().next()))
}

fn decode(row: &Row) -> Result<ReviewRow, IndexError> {
    let columns = Columns { table: "camera_review", row };
    Ok(ReviewRow {
        camera: columns.word("camera")?,
        version: columns.count("version")?,
        review: columns.json("review")?,
        is_example: columns.flag("is_example")?,
        account: columns.get("account")?,
        at: columns.wall("at_us")?,
    })
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read review records", table: "camera_review", source }
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a review record", table: "camera_review", source }
}
