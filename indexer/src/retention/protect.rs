//! What holds and cases protect of violations. Their evidence is protected with the recording around them.

use crate::engine::sql::Builder;
use std::time::Duration;

use crate::ClipSettings;

/// Whether a standing hold covers a part of `violation AS v`, or of what its clip shows around it. One that is not over
/// reaches into the future.
pub(crate) fn push_is_held(sql: &mut Builder, clips: ClipSettings) {
    let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4);
    sql.push(
        "EXISTS (SELECT 1 FROM hold AS h WHERE h.camera = v.camera AND h.lifted_us IS NULL AND h.to_us > v.opened_us - v.clock_offset_us - ",
    );
    sql.push_bind(micros(clips.before));
    sql.push(" AND h.from_us < coalesce(v.closed_us - v.clock_offset_us + ").push_bind(micros(clips.after));
    sql.push(", 1 << 62))");
}

/// Whether a standing hold covers `violation AS v`, or a case that was not disposed of keeps it.
pub(crate) fn push_is_protected(sql: &mut Builder, clips: ClipSettings) {
    sql.push("(");
    push_is_held(sql, clips);
    sql.push(
        " OR EXISTS (SELECT 1 FROM casefile_violation AS m JOIN casefile AS k ON k.seq = m.casefile \
         WHERE m.violation = v.seq AND k.disposed_us IS NULL))",
    );
}
