//! What evidence takes, and how it grows. A clip counts from the day of its violation on, as large as it will be when its
//! recording expires: the forecast is early rather than late.

use crate::engine::sql::Builder;
use std::time::Duration;

use anjian_domain::{Scope, WallTime};

use crate::engine::columns::Columns;
use crate::recordings::forecast::{self, Growth};
use crate::recordings::settings::{EvidenceLimits, RecordingSettings};
use crate::viewer::condition::{push_camera, push_site};
use crate::{Index, IndexError};

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// What came in less time tells nothing of a day.
const SHORTEST: Duration = Duration::from_secs(60);

/// What evidence takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EvidenceUsage {
    /// Bytes of the files that are kept. Clips that lie in the recording take nothing.
    pub bytes: u64,
    /// Bytes that the violations of the last day add, with the clips that will be cut of them; as many as it would have
    /// been, where watching began later.
    pub bytes_a_day: u64,
}

impl EvidenceUsage {
    /// How it will grow until age or size stops it.
    pub(crate) fn growth(self, limits: &EvidenceLimits) -> Growth {
        let by_age = limits
            .max_age
            .map(|age| forecast::bytes(self.bytes_a_day, age.as_secs_f64() / DAY.as_secs_f64()));
        let most = by_age.into_iter().chain(limits.max_bytes).min();
        Growth { bytes_a_day: self.bytes_a_day, most_bytes: most.map(|most| most.saturating_sub(self.bytes)) }
    }
}

impl Index {
    /// What the evidence of the cameras in scope takes.
    pub(crate) async fn evidence_usage(&self, scope: &Scope) -> Result<EvidenceUsage, IndexError> {
        let now = self.inner.clock.now();
        let mut stored = Builder::new(
            "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS bytes FROM evidence_stored WHERE TRUE",
        );
        push_camera(&mut stored, scope, "camera");
        let mut first =
            Builder::new("SELECT coalesce(min(started_us), 0) AS bytes FROM run WHERE kind = 'live'");
        push_site(&mut first, scope, "site");
        let watched_for = match WallTime::from_micros(self.sum(first).await?.cast_signed()) {
            Some(first) if first > WallTime::EPOCH => now.since(first).min(DAY),
            _ => Duration::ZERO,
        };
        let mut added = 0;
        if watched_for >= SHORTEST {
            let from = now.minus(watched_for);
            let day = self.sum(pictures_since(scope, from)).await?
                + self.sum(clips_since(scope, from, self.recording_settings())).await?;
            added = forecast::bytes(day, DAY.as_secs_f64() / watched_for.as_secs_f64());
        }
        Ok(EvidenceUsage { bytes: self.sum(stored).await?, bytes_a_day: added })
    }

    /// Whether evidence lies on the disk of the recordings. Blocks on the file system.
    pub(crate) fn is_evidence_beside(&self) -> Result<bool, IndexError> {
        Ok(self.room(&self.inner.data_dir)?.file_system == self.recordings_room()?.file_system)
    }

    async fn sum(&self, sql: Builder) -> Result<u64, IndexError> {
        let row = sql.build().fetch_one(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "add up evidence", table: "evidence", source };
        Columns { table: "evidence", row: &row.map_err(failed)? }.unsigned("bytes")
    }
}

/// Files that violations have had since they opened.
fn pictures_since(scope: &Scope, from: WallTime) -> Builder {
    let mut sql = Builder::new(
        "SELECT CAST(coalesce(sum(e.size_bytes), 0) AS BIGINT) AS bytes FROM violation AS v JOIN evidence AS e ON e.violation = v.seq \
         WHERE v.opened_us >= ",
    );
    push_site(sql.push_bind(from.as_micros()), scope, "v.site");
    sql
}

/// What will be cut of clips that lie in the recording.
fn clips_since(scope: &Scope, from: WallTime, settings: &RecordingSettings) -> Builder {
    let short = settings.retention.evidence.short_clip;
    let short = if short.is_zero() { short } else { settings.clips.before.saturating_add(short).min(DAY) };
    let short = i64::try_from(short.as_micros()).unwrap_or_default();
    let mut sql = Builder::new(
        "SELECT CAST(coalesce(sum(CASE WHEN v.verdict = 'confirmed' THEN c.size_bytes \
         ELSE c.size_bytes * least(",
    );
    sql.push_bind(short);
    sql.push(
        ", c.to_us - c.from_us) / greatest(1, c.to_us - c.from_us) END), 0) AS BIGINT) AS bytes FROM violation AS v \
         JOIN clip AS c ON c.violation = v.seq WHERE c.state = 'recorded' AND v.opened_us >= ",
    );
    push_site(sql.push_bind(from.as_micros()), scope, "v.site");
    sql
}
