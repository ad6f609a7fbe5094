//! Sites and cameras: what the configuration says of them, and what cameras are doing.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use anjian_domain::{Camera, CameraId, CameraStatus, Site, SiteId, Viewer, WallTime};

use crate::configuration::camera_row;
use crate::engine::columns::{Columns, json_column};
use crate::updates::outbox;
use crate::viewer::condition::push_site;
use crate::{CameraRow, Index, IndexError, SiteRow};

impl Index {
    /// Adds or updates a site from the configuration.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn put_site(&self, site: &Site) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("site").await?;
        let sql = "INSERT INTO site (id, name, credit_code, time_zone, risk_level, region, is_configured) \
             VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
             credit_code = excluded.credit_code, time_zone = excluded.time_zone, \
             risk_level = excluded.risk_level, region = excluded.region, is_configured = 1";
        let query = sql::query(sql).bind(site.id.as_str()).bind(&site.name).bind(&site.credit_code);
        let query = query.bind(&site.time_zone).bind(&site.risk_level).bind(&site.region);
        let failed = |source| IndexError::Database { doing: "keep a site", table: "site", source };
        query.execute(&mut transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Adds or updates a camera from the configuration; its site must be there. One that another node has stays as that node
    /// configured it, see [`Index::take_cameras`].
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn put_camera(&self, camera: &Camera) -> Result<(), IndexError> {
        let zone_names = json_column("camera", &camera.zone_names)?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("camera").await?;
        let sql = "INSERT INTO camera (id, site, name, zone_names, is_configured, node) VALUES ($1, $2, $3, $4, 1, $5) \
             ON CONFLICT (id) DO UPDATE SET site = excluded.site, name = excluded.name, \
             zone_names = excluded.zone_names, is_configured = 1 WHERE camera.node = excluded.node";
        let query = sql::query(sql).bind(camera.id.as_str()).bind(camera.site.as_str());
        let query = query.bind(&camera.name).bind(zone_names).bind(self.inner.node.0);
        let failed = |source| IndexError::Database { doing: "keep a camera", table: "camera", source };
        query.execute(&mut transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Marks all other sites and cameras of this node as not configured, and such cameras as stopped. Their violations remain.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn retain_configured(&self, sites: &[SiteId], cameras: &[CameraId]) -> Result<(), IndexError> {
        let now = self.inner.clock.now().as_micros();
        let sites: Vec<_> = sites.iter().map(SiteId::as_str).collect();
        let cameras: Vec<_> = cameras.iter().map(CameraId::as_str).collect();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("camera").await?;
        let mut sql = Builder::new(
            "UPDATE site SET is_configured = 0 WHERE NOT EXISTS (SELECT 1 FROM camera AS c \
             WHERE c.site = site.id AND c.is_configured = 1 AND c.node <> ",
        );
        sql.push_bind(self.inner.node.0).push(")");
        push_others(&mut sql, &sites);
        let failed =
            |source| IndexError::Database { doing: "mark as not configured", table: "camera", source };
        sql.build().execute(&mut transaction).await.map_err(failed)?;
        let mut sql = Builder::new(
            "UPDATE camera SET is_configured = 0, reason = NULL, since_us = CASE WHEN state = 'stopped' THEN since_us ELSE ",
        );
        sql.push_bind(now).push(" END, state = 'stopped' WHERE is_configured = 1");
        sql.push(" AND node = ").push_bind(self.inner.node.0);
        push_others(&mut sql, &cameras);
        sql.build().execute(&mut transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Every site that the viewer sees, by id.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn sites(&self, viewer: &Viewer) -> Result<Vec<SiteRow>, IndexError> {
        let mut sql = Builder::new("SELECT * FROM site WHERE TRUE");
        push_site(&mut sql, viewer.scope(), "id");
        let rows = sql.push(" ORDER BY id").build().fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "list sites", table: "site", source };
        rows.map_err(failed)?.iter().map(decode_site).collect()
    }

    /// Every camera of the sites that the viewer sees, by id.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn cameras(&self, viewer: &Viewer) -> Result<Vec<CameraRow>, IndexError> {
        let columns = camera_row::COLUMNS;
        let mut sql = Builder::new(format!("SELECT {columns} FROM camera WHERE TRUE"));
        push_site(&mut sql, viewer.scope(), "site");
        let read = sql.push(" ORDER BY id").build().fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "list cameras", table: "camera", source };
        let mut cameras: Vec<_> =
            read.map_err(failed)?.iter().map(camera_row::decode).collect::<Result<_, _>>()?;
        let ticks = self.ticks();
        for camera in &mut cameras {
            camera.last_frame = camera.last_frame.max(ticks.newest(&camera.camera));
        }
        Ok(cameras)
    }

    /// Keeps what a camera is doing. A change of state or reason is told to listeners; a newer frame alone is not,
    /// and reaches the disk within about a second.
    pub(crate) async fn keep_camera_status(&self, status: &CameraStatus) -> Result<(), IndexError> {
        let now = self.inner.clock.now();
        let (is_change, is_due) = self.ticks().take(status, now);
        if !is_change && !is_due {
            return Ok(());
        }
        let failed =
            |source| IndexError::Database { doing: "keep a camera's state", table: "camera", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("camera").await?;
        let frames = self.ticks().pending();
        for (camera, at) in &frames {
            write_frame_time(&mut transaction, camera, *at).await.map_err(failed)?;
        }
        let update = if is_change && write_state(&mut transaction, status).await? {
            Some(outbox::append_camera(&mut transaction, &status.camera, now).await?)
        } else {
            None
        };
        transaction.commit().await.map_err(failed)?;
        self.ticks().forget(status, &frames, now);
        if let Some(seq) = update {
            self.announce(seq);
        }
        Ok(())
    }
}

/// Narrows an update to rows that are not in `kept`.
fn push_others(sql: &mut Builder, kept: &[&str]) {
    if kept.is_empty() {
        return;
    }
    sql.push(" AND id NOT IN (");
    sql.push_list(kept.iter().map(|id| (*id).to_owned())).push(")");
}

/// Answers whether anything but the frame time changed.
async fn write_state(connection: &mut Connection<'_>, status: &CameraStatus) -> Result<bool, IndexError> {
    let failed = |source| IndexError::Database { doing: "keep a camera's state", table: "camera", source };
    let sql = "UPDATE camera SET state = $2, since_us = $3, reason = $4 WHERE id = $1 \
         AND (state, since_us, reason) IS DISTINCT FROM ($2, $3, $4)";
    let query = sql::query(sql).bind(status.camera.as_str()).bind(status.state.as_str());
    let query = query.bind(status.since.as_micros()).bind(&status.reason);
    let changed = query.execute(&mut *connection).await.map_err(failed)?;
    if changed == 0 {
        // Either nothing changed, or there is no such camera; the latter is an error.
        camera_row::find(connection, &status.camera).await?;
    }
    Ok(changed > 0)
}

/// Also the heartbeat of the camera's live Run: where it is said to have ended when its process is killed.
async fn write_frame_time(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    at: WallTime,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE camera SET last_frame_us = $2 WHERE id = $1";
    sql::query(sql).bind(camera.as_str()).bind(at.as_micros()).execute(&mut *connection).await?;
    let sql = "UPDATE run SET last_seen_us = $2 \
         WHERE kind = 'live' AND camera = $1 AND ended_us IS NULL";
    sql::query(sql).bind(camera.as_str()).bind(at.as_micros()).execute(connection).await?;
    Ok(())
}

fn decode_site(row: &Row) -> Result<SiteRow, IndexError> {
    let columns = Columns { table: "site", row };
    let site = Site {
        id: columns.word("id")?,
        name: columns.get("name")?,
        credit_code: columns.get("credit_code")?,
        time_zone: columns.get("time_zone")?,
        risk_level: columns.get("risk_level")?,
        region: columns.get("region")?,
    };
    Ok(SiteRow { site, is_configured: columns.flag("is_configured")? })
}
