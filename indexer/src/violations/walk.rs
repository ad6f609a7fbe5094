//! Which index a search walks, and the conditions of a query in the words of the database. How an engine is made to walk
//! stands in [`crate::engine::walks`].

use crate::engine::sql::Builder;
use anjian_domain::{Behaviour, Score, Sites, WallTime};

use crate::engine::columns::word_of;
use crate::engine::walks::{Walks, Word, Words};
use crate::{IndexError, ViolationQuery, ViolationStatus};

/// `violation.score_step` goes from 0 to this, for a score of 1.
const SCORE_STEPS: u8 = 64;

/// The value of `violation.score_step` for a score.
pub(crate) fn score_step(score: Score) -> u8 {
    step_of(f64::from(score.value()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 1")]
fn step_of(score: f64) -> u8 {
    // Exact, as in the column: 64 is a power of two.
    (score * f64::from(SCORE_STEPS)) as u8
}

/// The index that is walked, by the column that leads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    Camera,
    Zone,
    Site,
    Status,
    Verdict,
    Behaviour,
    Score,
    Time,
}

impl Driver {
    /// The column that is thought to leave the fewest rows. Open violations are always few; a camera has fewer
    /// than its site. Never the score, of which some have all rows and some none; see [`crate::violations::probe`].
    pub(crate) fn of(query: &ViolationQuery) -> Self {
        if query.statuses == [ViolationStatus::Open] {
            Self::Status
        } else if !query.cameras.is_empty() {
            Self::Camera
        } else if !query.zones.is_empty() {
            Self::Zone
        } else if !query.sites.is_empty() {
            Self::Site
        } else if !query.verdicts.is_empty() {
            Self::Verdict
        } else if !query.statuses.is_empty() {
            Self::Status
        } else if !query.behaviours.is_empty() {
            Self::Behaviour
        } else {
            Self::Time
        }
    }

    /// The columns of the index before the time, but for the step of the score.
    pub(crate) const fn leading(self) -> &'static [&'static str] {
        match self {
            Self::Camera => &["camera", "behaviour"],
            Self::Zone => &["zone", "behaviour"],
            Self::Site => &["site", "behaviour"],
            Self::Status => &["status", "behaviour"],
            Self::Verdict => &["verdict", "behaviour"],
            Self::Behaviour | Self::Score => &["behaviour"],
            Self::Time => &[],
        }
    }

    pub(crate) const fn index(self) -> &'static str {
        match self {
            Self::Camera => "violation_by_camera",
            Self::Zone => "violation_by_zone",
            Self::Site => "violation_by_site",
            Self::Status => "violation_by_status",
            Self::Verdict => "violation_by_verdict",
            Self::Behaviour => "violation_by_behaviour",
            Self::Score => "violation_by_score",
            Self::Time => "violation_by_time",
        }
    }
}

/// A query in the words of the database.
pub(crate) struct Plan {
    pub(crate) driver: Driver,
    pub(crate) fields: Vec<Field>,
    pub(crate) min_score: Option<f64>,
    pub(crate) from_us: i64,
    pub(crate) to_us: i64,
}

/// One of the listed fields: a column and the words that it may hold, without repetition.
pub(crate) struct Field {
    pub(crate) column: &'static str,
    pub(crate) words: Vec<String>,
}

impl Plan {
    /// `occurring` are the behaviours that the index holds, for a query that names none: the second column of an index
    /// must be named for its order by time to be of use.
    ///
    /// # Errors
    /// When a list is longer than [`ViolationQuery::MAX_VALUES`].
    pub(crate) fn driven_by(
        driver: Driver,
        query: &ViolationQuery,
        occurring: &[Behaviour],
    ) -> Result<Self, IndexError> {
        let mut behaviours: Vec<_> = query.behaviours.iter().map(word_of).collect();
        if behaviours.is_empty() && driver.leading().contains(&"behaviour") {
            behaviours = occurring.iter().map(word_of).collect();
            if behaviours.is_empty() {
                // Nothing is recorded, and no row has this one.
                behaviours.push(String::new());
            }
        }
        let fields = [
            Field::new("camera", query.cameras.iter().map(word_of).collect())?,
            Field::new("zone", query.zones.iter().map(word_of).collect())?,
            Field::new("site", query.sites.iter().map(word_of).collect())?,
            Field::new("status", query.statuses.iter().map(word_of).collect())?,
            Field::new("verdict", query.verdicts.iter().map(word_of).collect())?,
            Field::new("behaviour", behaviours)?,
            Field::new("run_kind", query.runs.iter().map(|kind| kind.as_str().to_owned()).collect())?,
        ];
        let min_score = query.min_score.map(|score| f64::from(score.value()));
        Ok(Self {
            driver,
            fields: fields.into_iter().filter(|field| !field.words.is_empty()).collect(),
            min_score,
            from_us: query.from.map_or(i64::MIN, WallTime::as_micros),
            to_us: query.to.map_or(i64::MAX, WallTime::as_micros),
        })
    }

    /// The words of a column; empty when any will do.
    pub(crate) fn words(&self, column: &str) -> &[String] {
        self.fields.iter().find(|field| field.column == column).map_or(&[], |field| &field.words)
    }

    /// The fields that do not lead the driver's index.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !self.driver.leading().contains(&field.column))
    }

    /// The walks whose newest rows are the newest `limit` matches before a place.
    pub(crate) fn walks(&self, before: (i64, i64), limit: i64) -> Walks {
        let texts = |words: &[String]| words.iter().cloned().map(Word::Text).collect();
        let listed = |column: &'static str| Words { column, words: texts(self.words(column)) };
        let mut leading: Vec<Words> = self.driver.leading().iter().copied().map(listed).collect();
        if self.driver == Driver::Score {
            let words = self.score_steps().map(|step| Word::Number(step.into())).collect();
            leading.push(Words { column: "score_step", words });
        }
        Walks {
            index: self.driver.index(),
            leading,
            rest: self.rest().map(|field| listed(field.column)).collect(),
            min_score: self.min_score,
            from_us: self.from_us,
            before,
            limit,
        }
    }

    /// The values of `score_step` that hold scores which are high enough.
    pub(crate) fn score_steps(&self) -> std::ops::RangeInclusive<u8> {
        step_of(self.min_score.unwrap_or(0.0))..=SCORE_STEPS
    }

    /// Appends a query for the number of matches of one group, without the range of time. `group` says which rows
    /// belong to the group; the listed words of `grouped` are left out, because the group is one of them.
    pub(crate) fn push_count(&self, sql: &mut Builder, group: &str, grouped: &str) {
        let index = self.driver.index();
        sql.push(format_args!("SELECT count(*) FROM violation /*by {index}*/ WHERE {group}"));
        self.fields.iter().filter(|field| field.column != grouped).for_each(|field| field.push(sql));
        self.push_min_score(sql);
    }

    /// Appends the range of time as further conditions.
    pub(crate) fn push_range(&self, sql: &mut Builder) {
        sql.push(" AND opened_us >= ").push_bind(self.from_us);
        sql.push(" AND opened_us < ").push_bind(self.to_us);
    }

    /// Appends the listed words of `column` as a further condition on `expression`; nothing when any will do.
    pub(crate) fn push_words(&self, sql: &mut Builder, column: &str, expression: &'static str) {
        let words = self.words(column).to_vec();
        if !words.is_empty() {
            Field { column: expression, words }.push(sql);
        }
    }

    pub(crate) fn push_min_score(&self, sql: &mut Builder) {
        if let Some(min_score) = self.min_score {
            sql.push(" AND score >= ").push_bind(min_score);
        }
    }
}

impl Field {
    fn new(column: &'static str, mut words: Vec<String>) -> Result<Self, IndexError> {
        words.sort_unstable();
        words.dedup();
        // A scope may list more than a person asks for.
        let most = if column == "site" { Sites::MAX } else { ViolationQuery::MAX_VALUES };
        if words.len() > most {
            let given = words.len();
            return Err(IndexError::Query(format!(
                "{given} values of {column}: ask for at most {most} at once"
            )));
        }
        Ok(Self { column, words })
    }

    /// Appends ` AND column IN (…)`.
    pub(crate) fn push(&self, sql: &mut Builder) {
        sql.push(format_args!(" AND {} IN (", self.column));
        sql.push_list(self.words.iter().cloned()).push(")");
    }
}
