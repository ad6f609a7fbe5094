//! A violation as lists show it, out of its columns.

use crate::engine::row::Row;
use anjian_domain::{RunId, Score, TrackId, Viewer, ViolationId};

use crate::engine::columns::Columns;
use crate::verdicts::judged;
use crate::viewer::reach;
use crate::violations::rows::ViolationClock;
use crate::{Cursor, IndexError, ViolationRow};

/// What [`decode`] needs, from `violation AS v`.
pub(crate) const COLUMNS: &str = "v.seq, v.id, v.run, v.site, v.camera, v.zone, v.behaviour, v.rule, \
     v.rule_version, v.model, v.score, v.status, v.verdict, v.opened_us, v.opened_media_ns, v.closed_us, v.closed_media_ns, \
     v.close_reason, v.track, v.clock_source, v.clock_offset_us, v.clock_error_us, (SELECT kind FROM run AS r WHERE r.id = v.run) AS run_kind, \
     (EXISTS (SELECT 1 FROM clip AS c WHERE c.violation = v.seq AND c.state = 'recorded') OR EXISTS \
     (SELECT 1 FROM evidence AS e WHERE e.violation = v.seq AND e.kind = 'clip' AND e.expired_us IS NULL)) AS has_clip, \
     EXISTS (SELECT 1 FROM evidence AS e WHERE e.violation = v.seq AND e.kind = 'snapshot' AND e.expired_us IS NULL) \
     AS has_pictures, \
     (SELECT version FROM verdict AS j WHERE j.violation = v.seq) AS judged_version, \
     (SELECT shown FROM verdict AS j WHERE j.violation = v.seq) AS judged_shown, \
     (SELECT is_settled FROM verdict AS j WHERE j.violation = v.seq) AS judged_is_settled, \
     (SELECT settles_us FROM verdict AS j WHERE j.violation = v.seq) AS judged_settles_us";

/// The violation as this viewer sees it, and its place in lists.
pub(crate) fn decode(viewer: &Viewer, row: &Row) -> Result<(Cursor, ViolationRow), IndexError> {
    let columns = Columns { table: "violation", row };
    let opened = columns.moment("opened_us", "opened_media_ns")?;
    let violation = ViolationRow {
        id: ViolationId(columns.uuid("id")?),
        site: columns.word("site")?,
        camera: columns.word("camera")?,
        zone: columns.word("zone")?,
        behaviour: columns.word("behaviour")?,
        status: columns.word("status")?,
        verdict: columns.word("verdict")?,
        score: score(&columns)?,
        opened_at: opened.wall,
        closed_at: columns.wall_or_null("closed_us")?,
        close_reason: columns.word_or_null("close_reason")?,
        opened_s: opened.media.as_secs_f64(),
        closed_s: columns.media_or_null("closed_media_ns")?.map(anjian_domain::MediaTime::as_secs_f64),
        rule: columns.word("rule")?,
        rule_version: columns.get("rule_version")?,
        model: columns.get("model")?,
        track: columns.get::<Option<i64>>("track")?.map(|track| TrackId(track.cast_unsigned())),
        run: RunId(columns.uuid("run")?),
        run_kind: columns.word("run_kind")?,
        clock: ViolationClock {
            source: columns.word_or_null("clock_source")?,
            offset_us: columns.get("clock_offset_us")?,
            error_us: columns.get("clock_error_us")?,
        },
        has_clip: columns.get("has_clip")?,
        has_pictures: columns.get("has_pictures")?,
        // Who sees confirmed violations only does not see how they came to be.
        judged: if reach::is_confirmed_only(viewer) { None } else { judged::decode(&columns)? },
    };
    Ok((Cursor { opened_at: opened.wall, seq: columns.get("seq")? }, violation))
}

#[expect(clippy::cast_possible_truncation, reason = "it was an f32 when it was written")]
fn score(columns: &Columns<'_>) -> Result<Score, IndexError> {
    let value: f64 = columns.get("score")?;
    Score::new(value as f32).ok_or_else(|| columns.refuse("score", "is outside 0..1"))
}
