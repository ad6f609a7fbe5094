//! Finding out whether a status, a verdict or a score is rare before a page is walked.
//!
//! [`Driver::of`] guesses from the fields alone, which is right but for two cases: a common site with a status or
//! verdict that hardly a row has, and a score that hardly a row reaches; the walk would pass most of the index to find nothing. A
//! probe counts the rows of such a field, in its own index, and gives up at a number that is cheap to read.

use crate::engine::sql::Builder;
use anjian_domain::Behaviour;

use crate::violations::walk::{Driver, Field, Plan};
use crate::{Index, IndexError, ViolationQuery};

/// Fewer rows than this are read one by one in less time than a page takes at most.
const RARE: i64 = 2_048;

impl Index {
    /// The index to walk for a page.
    pub(crate) async fn choose_driver(
        &self,
        query: &ViolationQuery,
        occurring: &[Behaviour],
    ) -> Result<Driver, IndexError> {
        let usual = Driver::of(query);
        if query.min_score.is_some() && matches!(usual, Driver::Behaviour | Driver::Time) {
            // Walks the scores that are high enough and no others, each behaviour by itself.
            return Ok(Driver::Score);
        }
        let mut rarest = (RARE, usual);
        for driver in candidates(usual, query) {
            let sql = probe_sql(driver, query, occurring)?;
            let counted = sql.build().scalar(&self.inner.reader).await;
            let failed =
                |source| IndexError::Database { doing: "search violations", table: "violation", source };
            let count: i64 = counted.map_err(failed)?;
            if count < rarest.0 {
                rarest = (count, driver);
            }
        }
        Ok(rarest.1)
    }
}

pub(crate) fn candidates(usual: Driver, query: &ViolationQuery) -> impl Iterator<Item = Driver> {
    let status = (usual != Driver::Status && !query.statuses.is_empty()).then_some(Driver::Status);
    let verdict = (usual != Driver::Verdict && !query.verdicts.is_empty()).then_some(Driver::Verdict);
    let score = query.min_score.is_some().then_some(Driver::Score);
    status.into_iter().chain(verdict).chain(score)
}

/// Counts the entries of the driver's index that a walk may pass, up to [`RARE`]. Every condition is one by which the
/// index is entered: a condition that only filters would be no bound for the work.
pub(crate) fn probe_sql(
    driver: Driver,
    query: &ViolationQuery,
    occurring: &[Behaviour],
) -> Result<Builder, IndexError> {
    let plan = Plan::driven_by(driver, query, occurring)?;
    let index = driver.index();
    let mut sql =
        Builder::new(format!("SELECT count(*) FROM (SELECT 1 FROM violation /*by {index}*/ WHERE TRUE"));
    if driver == Driver::Score {
        sql.push(" AND score_step IN (");
        let steps: Vec<_> = plan.score_steps().map(|step| step.to_string()).collect();
        sql.push(steps.join(", "));
        sql.push(")");
    }
    for &column in plan.driver.leading() {
        Field { column, words: plan.words(column).to_vec() }.push(&mut sql);
    }
    plan.push_range(&mut sql);
    sql.push(format_args!(" LIMIT {RARE}) AS found"));
    Ok(sql)
}
