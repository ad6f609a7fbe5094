//! Which violations a case is about. A violation is in one case at a time, unless that one is over.

use anjian_casework::case::{Case, Refusal};
use anjian_casework::roles::Action;
use anjian_domain::{SiteId, Viewer, ViolationId};

use crate::IndexError;
use crate::casework::case_row::{self, not_kept, not_read};
use crate::casework::error::CaseError;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::viewer::reach;

/// As `domain/casework` has it.
const MOST: usize = 200;

/// The only site of violations that the viewer sees.
pub(crate) async fn site_of(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    ids: &[ViolationId],
) -> Result<SiteId, CaseError> {
    let mut site: Option<SiteId> = None;
    for id in ids {
        let mut sql = Builder::new("SELECT v.site FROM violation AS v WHERE v.id = ");
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::ManageCases);
        let row = sql.build().fetch_optional(&mut *transaction).await.map_err(not_read)?;
        let row = row.ok_or(CaseError::NoMember(*id))?;
        let its: SiteId = Columns { table: "violation", row: &row }.word("site")?;
        if *site.get_or_insert_with(|| its.clone()) != its {
            return Err(CaseError::NoMember(*id));
        }
    }
    let nothing = || CaseError::Refused(Refusal::Members { count: 0, most: MOST });
    site.ok_or_else(nothing)
}

/// Writes which violations a case is about now, and whether it holds them. What leaves a draft leaves no trace here: the enterprise
/// would learn of violations that no notice named.
pub(crate) async fn keep(
    transaction: &mut Connection<'_>,
    casefile: i64,
    case: &Case,
) -> Result<(), CaseError> {
    let sql = match case.notice {
        None => "DELETE FROM casefile_violation WHERE casefile = $1",
        Some(_) => "UPDATE casefile_violation SET is_in = 0, is_bound = 0 WHERE casefile = $1",
    };
    sql::query(sql).bind(casefile).execute(&mut *transaction).await.map_err(not_kept)?;
    for id in case_row::violations(&case.members) {
        let sql = "SELECT EXISTS (SELECT 1 FROM casefile_violation AS m JOIN violation AS v ON v.seq = m.violation \
             WHERE v.id = $1 AND m.is_bound = 1)";
        let query = sql::query(sql).bind(uuid_column(id.0));
        if query.scalar(&mut *transaction).await.map_err(not_read)? {
            return Err(CaseError::Bound(id));
        }
        let sql = "INSERT INTO casefile_violation (casefile, violation, is_in, is_bound) \
             SELECT $1, seq, 1, $3 FROM violation WHERE id = $2 \
             ON CONFLICT (casefile, violation) DO UPDATE SET is_in = 1, is_bound = excluded.is_bound";
        let query = sql::query(sql).bind(casefile).bind(uuid_column(id.0)).bind(!case.state.is_over());
        query.execute(&mut *transaction).await.map_err(not_kept)?;
    }
    Ok(())
}

/// The open case that holds a violation.
pub(crate) async fn case_of(
    transaction: &mut Connection<'_>,
    violation: i64,
) -> Result<Option<i64>, IndexError> {
    let sql = "SELECT casefile FROM casefile_violation WHERE violation = $1 AND is_bound = 1";
    sql::query(sql).bind(violation).scalar_or_none(transaction).await.map_err(not_read)
}
