//! Clips that lie in a segment that is to go, and what policy wants of each.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql::Builder;
use std::time::Duration;

use anjian_domain::{Verdict, ViolationId, WallTime};

use crate::engine::columns::Columns;
use crate::evidence::rows::ExpiredBy;
use crate::retention::expire::{Candidate, push_touches};
use crate::retention::protect::push_is_protected;
use crate::{EvidenceLimits, Index, IndexError};

/// A clip that lies in a segment that is to go.
#[derive(Debug, Clone)]
pub(crate) struct Threatened {
    pub(crate) seq: i64,
    pub(crate) id: ViolationId,
    pub(crate) opened: WallTime,
    /// Where the recording holds its opening.
    pub(crate) opened_place: WallTime,
    pub(crate) ended: Option<WallTime>,
    pub(crate) verdict: Verdict,
    pub(crate) is_held: bool,
    pub(crate) from: WallTime,
    pub(crate) to: WallTime,
    pub(crate) sha256: String,
    pub(crate) reason: Option<String>,
}

/// What policy wants of a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Cut { from: WallTime, to: WallTime },
    Expire(ExpiredBy),
}

impl Threatened {
    /// Policy takes nothing from it.
    pub(crate) fn keeps_everything(&self) -> bool {
        self.verdict == Verdict::Confirmed || self.is_held || self.ended.is_none()
    }

    pub(crate) fn fate(&self, limits: &EvidenceLimits, before: Duration, now: WallTime) -> Fate {
        if self.keeps_everything() {
            return Fate::Cut { from: self.from, to: self.to };
        }
        let oldest = limits.max_age.map(|age| now.minus(age));
        if self.ended.is_some_and(|ended| oldest.is_some_and(|oldest| ended < oldest)) {
            return Fate::Expire(ExpiredBy::Age);
        }
        if limits.short_clip.is_zero() {
            return Fate::Expire(ExpiredBy::Recording);
        }
        let from = self.from.max(self.opened_place.minus(before)).min(self.to);
        Fate::Cut { from, to: self.to.min(from.max(self.opened_place).plus(limits.short_clip)) }
    }
}

impl Index {
    /// Clips that lie in the segment and nowhere else.
    pub(crate) async fn threatened(&self, of: &Candidate) -> Result<Vec<Threatened>, IndexError> {
        let mut sql = self.select();
        sql.push(" AND r.camera = ").push_bind(of.camera.as_str().to_owned()).push(" AND ");
        let (start, end) = (of.start.as_micros().to_string(), of.end.as_micros().to_string());
        push_touches(&mut sql, &start, &end);
        sql.push(" ORDER BY r.from_us, r.violation");
        let rows = sql.build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(decode).collect()
    }

    fn select(&self) -> Builder {
        let mut sql = Builder::new(
            "SELECT v.seq, v.id, v.opened_us, v.opened_us - v.clock_offset_us AS place_us, v.closed_us, v.verdict, r.from_us, r.to_us, r.sha256, r.reason, ",
        );
        push_is_protected(&mut sql, self.recording_settings().clips);
        sql.push(
            " AS is_held FROM clip AS r JOIN violation AS v ON v.seq = r.violation WHERE r.state = 'recorded'",
        );
        sql
    }

    /// Whether policy wants the same of the clip as when it was read.
    pub(crate) async fn is_as_it_was(
        &self,
        connection: &mut Connection<'_>,
        clip: &Threatened,
    ) -> Result<bool, IndexError> {
        let mut sql = self.select();
        sql.push(" AND v.seq = ").push_bind(clip.seq);
        let found = sql.build().fetch_optional(connection).await.map_err(not_read)?;
        let now = found.as_ref().map(decode).transpose()?;
        Ok(now.is_some_and(|now| now.keeps_everything() == clip.keeps_everything()))
    }
}

fn decode(row: &Row) -> Result<Threatened, IndexError> {
    let columns = Columns { table: "clip", row };
    Ok(Threatened {
        seq: columns.get("seq")?,
        id: ViolationId(columns.uuid("id")?),
        opened: columns.wall("opened_us")?,
        opened_place: columns.wall("place_us")?,
        ended: columns.wall_or_null("closed_us")?,
        verdict: columns.word("verdict")?,
        is_held: columns.get("is_held")?,
        from: columns.wall("from_us")?,
        to: columns.wall("to_us")?,
        sha256: columns.get("sha256")?,
        reason: columns.get("reason")?,
    })
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "look for clips", table: "clip", source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> WallTime {
        WallTime::EPOCH.plus(Duration::from_secs(seconds))
    }

    /// Opened at 100 s, closed at 130 s; the clip shows 95 s to 135 s.
    fn threatened(verdict: Verdict) -> Threatened {
        Threatened {
            seq: 1,
            id: ViolationId(uuid::Uuid::nil()),
            opened: at(100),
            opened_place: at(100),
            ended: Some(at(130)),
            verdict,
            is_held: false,
            from: at(95),
            to: at(135),
            sha256: String::new(),
            reason: None,
        }
    }

    #[track_caller]
    fn check(clip: &Threatened, short_s: u64, now_s: u64, expected: Fate) {
        let limits = EvidenceLimits {
            max_age: Some(Duration::from_secs(1_000)),
            max_bytes: None,
            short_clip: Duration::from_secs(short_s),
        };
        assert_eq!(clip.fate(&limits, Duration::from_secs(5), at(now_s)), expected, "{clip:?}");
    }

    #[test]
    fn policy_takes_only_from_what_nobody_confirmed() {
        let cut = |from, to| Fate::Cut { from: at(from), to: at(to) };
        for verdict in [Verdict::None, Verdict::Dismissed] {
            let clip = threatened(verdict);
            check(&clip, 15, 500, cut(95, 115));
            check(&clip, 60, 500, cut(95, 135));
            check(&clip, 0, 500, Fate::Expire(ExpiredBy::Recording));
            check(&clip, 15, 1_130, cut(95, 115));
            check(&clip, 15, 1_131, Fate::Expire(ExpiredBy::Age));
            for (from, expected) in [(40, cut(95, 115)), (110, cut(110, 125))] {
                check(&Threatened { from: at(from), ..clip.clone() }, 15, 500, expected);
            }
            for kept in [Threatened { is_held: true, ..clip.clone() }, Threatened { ended: None, ..clip }] {
                check(&kept, 0, 9_000, cut(95, 135));
            }
        }
        check(&threatened(Verdict::Confirmed), 0, 9_000, cut(95, 135));
    }
}
