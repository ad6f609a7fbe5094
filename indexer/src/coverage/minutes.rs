//! What became of each minute of a camera: recorded or gap, and analysed, gated or blind.

use crate::engine::connection::Connection;
use crate::engine::sql;
use std::collections::BTreeMap;
use std::time::Duration;

use anjian_domain::{BlindCause, CameraId, PersonCount, Viewer, WallTime};
use serde::{Deserialize, Serialize};

use crate::coverage::persons;
use crate::engine::columns::Columns;
use crate::recordings::gap::{Gap, GapCause};
use crate::recordings::timeline::check_range;
use crate::viewer::camera::is_seen;
use crate::{Index, IndexError};

const MINUTE: Duration = Duration::from_secs(60);

/// One minute of a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageMinute {
    /// Its beginning, UTC.
    pub minute: WallTime,
    /// How much of it has passed: a minute, but less in the minute of now.
    pub length: Duration,
    /// How much of it is recorded.
    pub recorded: Duration,
    /// The rest: `recorded` and `gap` add up to `length`.
    pub gap: Duration,
    /// Why there is a gap: the cause that lasted longest.
    pub gap_cause: Option<GapCause>,
    /// How much of it was analysed. `analysed`, `gated` and `blind` are at most `length` together.
    pub analysed: Duration,
    /// How much of it was passed over because nothing moved.
    pub gated: Duration,
    /// How much of it the camera saw nothing.
    pub blind: Duration,
    /// Why it saw nothing: the cause that lasted longest.
    pub blind_cause: Option<BlindCause>,
    /// The most persons seen at once; `None` when nothing was judged, or by an earlier version.
    pub persons: Option<PersonCount>,
}

/// What analysis told of a minute.
#[derive(Default)]
struct Told {
    analysed: Duration,
    gated: Duration,
    blind: Duration,
    /// The cause that lasted longest, and how long.
    blind_cause: Option<(Duration, BlindCause)>,
    persons: Option<PersonCount>,
}

impl Index {
    /// Every minute that `from..to` touches and that has begun, in order.
    ///
    /// # Errors
    /// When the rows could not be read; [`IndexError::Query`] when the range is longer than [`Index::MAX_RANGE`].
    pub async fn coverage(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Vec<CoverageMinute>, IndexError> {
        check_range(from, to, Self::MAX_RANGE)?;
        let first = from.minus(into_minute(from));
        let over = into_minute(to);
        let last = if over.is_zero() { to } else { to.minus(over).plus(MINUTE) };
        let timeline = self.seen_timeline(viewer, camera, first, last).await?;
        let is_seen = is_seen(&self.inner.reader, viewer.scope(), camera).await?;
        let told = if is_seen { self.told(camera, first, last).await? } else { BTreeMap::new() };
        Ok(minutes((first, timeline.to), &timeline.gaps(first), &told))
    }

    async fn told(
        &self,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<BTreeMap<WallTime, Told>, IndexError> {
        let failed =
            |source| IndexError::Database { doing: "read coverage", table: "coverage_minute", source };
        let mut reading = self.inner.reader.begin_reading().await.map_err(failed)?;
        let mut told = BTreeMap::new();
        read_minutes(&mut reading, camera, (from, to), &mut told).await?;
        read_blind(&mut reading, camera, (from, to), &mut told).await?;
        reading.commit().await.map_err(failed)?;
        Ok(told)
    }
}

async fn read_minutes(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    (from, to): (WallTime, WallTime),
    told: &mut BTreeMap<WallTime, Told>,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "read coverage", table: "coverage_minute", source };
    let sql = "SELECT * FROM coverage_minute WHERE camera = $1 AND minute_us >= $2 AND minute_us < $3";
    let query = sql::query(sql).bind(camera.as_str()).bind(from.as_micros()).bind(to.as_micros());
    for row in query.fetch_all(connection).await.map_err(failed)? {
        let columns = Columns { table: "coverage_minute", row: &row };
        let minute: &mut Told = told.entry(columns.wall("minute_us")?).or_default();
        minute.analysed = Duration::from_micros(columns.unsigned("analysed_us")?);
        minute.gated = Duration::from_micros(columns.unsigned("gated_us")?);
        minute.persons = persons::decode(&columns)?;
    }
    Ok(())
}

async fn read_blind(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    (from, to): (WallTime, WallTime),
    told: &mut BTreeMap<WallTime, Told>,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "read coverage", table: "coverage_blind", source };
    let sql = "SELECT * FROM coverage_blind WHERE camera = $1 AND minute_us >= $2 AND minute_us < $3";
    let query = sql::query(sql).bind(camera.as_str()).bind(from.as_micros()).bind(to.as_micros());
    for row in query.fetch_all(connection).await.map_err(failed)? {
        let columns = Columns { table: "coverage_blind", row: &row };
        let minute: &mut Told = told.entry(columns.wall("minute_us")?).or_default();
        let (blind, cause) = (Duration::from_micros(columns.unsigned("blind_us")?), columns.word("cause")?);
        minute.blind += blind;
        if minute.blind_cause.is_none_or(|(longest, _)| blind > longest) {
            minute.blind_cause = Some((blind, cause));
        }
    }
    Ok(())
}

/// `from` is the beginning of a minute; `gaps` are those of the whole range, in order.
fn minutes(
    (from, to): (WallTime, WallTime),
    gaps: &[Gap],
    told: &BTreeMap<WallTime, Told>,
) -> Vec<CoverageMinute> {
    let mut minutes = Vec::new();
    let (mut start, mut first_gap) = (from, 0);
    while start < to {
        let end = start.plus(MINUTE).min(to);
        first_gap += gaps[first_gap..].iter().take_while(|gap| gap.to <= start).count();
        let inside = gaps[first_gap..].iter().take_while(|gap| gap.from < end);
        minutes.push(minute((start, end), inside, told.get(&start)));
        start = start.plus(MINUTE);
    }
    minutes
}

fn minute<'g>(
    (start, end): (WallTime, WallTime),
    gaps: impl Iterator<Item = &'g Gap>,
    told: Option<&Told>,
) -> CoverageMinute {
    let mut by_cause: BTreeMap<GapCause, Duration> = BTreeMap::new();
    for gap in gaps {
        *by_cause.entry(gap.cause).or_default() += gap.to.min(end).since(gap.from.max(start));
    }
    let length = end.since(start);
    let gap: Duration = by_cause.values().sum();
    let none = Told::default();
    let told = told.unwrap_or(&none);
    // Judging goes on while a camera is blind, and blindness is told of late: what was blind counts as nothing else.
    let blind = told.blind.min(length);
    let gated = told.gated.min(length - blind);
    CoverageMinute {
        minute: start,
        length,
        recorded: length - gap,
        gap,
        gap_cause: by_cause.into_iter().max_by_key(|(_, length)| *length).map(|(cause, _)| cause),
        analysed: told.analysed.min(length - blind - gated),
        gated,
        blind,
        blind_cause: told.blind_cause.map(|(_, cause)| cause),
        persons: told.persons.clone(),
    }
}

fn into_minute(at: WallTime) -> Duration {
    let micros = at.as_micros().rem_euclid(MINUTE.as_micros() as i64);
    Duration::from_micros(micros.unsigned_abs())
}
#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn at(millis: u64) -> WallTime {
        WallTime::EPOCH.plus(Duration::from_millis(millis))
    }

    proptest! {
        /// Recorded and gap are the minute, whatever the gaps; the other three never are more than it.
        #[test]
        fn minutes_add_up(
            length in 1_u64..1_000_000,
            pieces in prop::collection::vec((1_u64..90_000, 1_u64..90_000, 0_usize..2), 0..20),
            told in prop::collection::vec((0_u64..100, 0_u64..100, 0_u64..100), 20),
        ) {
            let mut end = 0;
            let gaps: Vec<Gap> = pieces.iter().map_while(|(recorded, missing, cause)| {
                let from = end + recorded;
                end = from + missing;
                let cause = [GapCause::Waiting, GapCause::Failed][*cause];
                (end <= length).then(|| Gap { from: at(from), to: at(end), cause, reason: None })
            }).collect();
            let told: BTreeMap<_, _> = told.iter().zip(0..).map(|((analysed, gated, blind), minute)| {
                let seconds = Duration::from_secs;
                let told = Told { analysed: seconds(*analysed), gated: seconds(*gated), blind: seconds(*blind), blind_cause: None, persons: None };
                (at(minute * 60_000), told)
            }).collect();
            let found = minutes((at(0), at(length)), &gaps, &told);
            prop_assert_eq!(found.len() as u64, length.div_ceil(60_000));
            for minute in &found {
                prop_assert_eq!(minute.recorded + minute.gap, minute.length);
                prop_assert!(minute.analysed + minute.gated + minute.blind <= minute.length);
                prop_assert_eq!(minute.gap.is_zero(), minute.gap_cause.is_none());
            }
            prop_assert!(found[..found.len() - 1].iter().all(|minute| minute.length == MINUTE));
            let missing: Duration = found.iter().map(|minute| minute.gap).sum();
            prop_assert_eq!(missing, gaps.iter().map(Gap::length).sum::<Duration>());
        }
    }
}
