//! What a case is about. A violation or a finding is in one case at a time, unless that one is over.

use std::collections::BTreeSet;

use anjian_casework::case::{Case, Member, Refusal};
use anjian_casework::roles::Action;
use anjian_domain::{SiteId, Viewer};

use crate::IndexError;
use crate::casework::case_row::{not_kept, not_read};
use crate::casework::error::CaseError;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::findings::reach as finding_reach;
use crate::viewer::reach;

/// As `domain/casework` has it.
const MOST: usize = 200;

/// The tables of a kind of members.
#[derive(Clone, Copy)]
struct Kind {
    /// The table, and the column of the other one that names its rows.
    of: &'static str,
    /// Which case is about which.
    binding: &'static str,
}

const VIOLATIONS: Kind = Kind { of: "violation", binding: "casefile_violation" };
const FINDINGS: Kind = Kind { of: "finding", binding: "casefile_finding" };

fn kind_of(member: Member) -> (Kind, Vec<u8>) {
    match member {
        Member::Violation(id) => (VIOLATIONS, uuid_column(id.0)),
        Member::Finding(id) => (FINDINGS, uuid_column(id.0)),
    }
}

/// The only site of members that the viewer sees.
pub(crate) async fn site_of(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    members: &BTreeSet<Member>,
) -> Result<SiteId, CaseError> {
    let mut site: Option<SiteId> = None;
    for member in members {
        let mut sql = Builder::new("");
        match member {
            Member::Violation(id) => {
                sql.push("SELECT v.site FROM violation AS v WHERE v.id = ").push_bind(uuid_column(id.0));
                reach::push(&mut sql, viewer, Action::ManageCases);
            }
            Member::Finding(id) => {
                sql.push("SELECT f.site FROM finding AS f WHERE f.id = ").push_bind(uuid_column(id.0));
                finding_reach::push(&mut sql, viewer, Action::ManageCases);
            }
        }
        let row = sql.build().fetch_optional(&mut *transaction).await.map_err(not_read)?;
        let row = row.ok_or(CaseError::NoMember(*member))?;
        let its: SiteId = Columns { table: kind_of(*member).0.of, row: &row }.word("site")?;
        if *site.get_or_insert_with(|| its.clone()) != its {
            return Err(CaseError::NoMember(*member));
        }
    }
    let nothing = || CaseError::Refused(Refusal::Members { count: 0, most: MOST });
    site.ok_or_else(nothing)
}

/// Writes what a case is about now, and whether it holds it. What leaves a draft leaves no trace here: the enterprise would learn of
/// things that no notice named.
pub(crate) async fn keep(
    transaction: &mut Connection<'_>,
    casefile: i64,
    case: &Case,
) -> Result<(), CaseError> {
    for Kind { binding, .. } in [VIOLATIONS, FINDINGS] {
        let sql = match case.notice {
            None => format!("DELETE FROM {binding} WHERE casefile = $1"),
            Some(_) => format!("UPDATE {binding} SET is_in = 0, is_bound = 0 WHERE casefile = $1"),
        };
        sql::query(&sql).bind(casefile).execute(&mut *transaction).await.map_err(not_kept)?;
    }
    for member in &case.members {
        let (Kind { of, binding }, id) = kind_of(*member);
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM {binding} AS m JOIN {of} AS o ON o.seq = m.{of} WHERE o.id = $1 AND m.is_bound = 1)"
        );
        let query = sql::query(&sql).bind(id.clone());
        if query.scalar(&mut *transaction).await.map_err(not_read)? {
            return Err(CaseError::Bound(*member));
        }
        let sql = format!(
            "INSERT INTO {binding} (casefile, {of}, is_in, is_bound) SELECT $1, seq, 1, $3 FROM {of} WHERE id = $2 \
             ON CONFLICT (casefile, {of}) DO UPDATE SET is_in = 1, is_bound = excluded.is_bound"
        );
        let query = sql::query(&sql).bind(casefile).bind(id).bind(!case.state.is_over());
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

/// Appends the condition that case `casefile AS c` is, or was, about one of these.
pub(crate) fn push_about(sql: &mut Builder, members: &BTreeSet<Member>) {
    sql.push("(FALSE");
    for Kind { of, binding } in [VIOLATIONS, FINDINGS] {
        let ids = members.iter().map(|member| kind_of(*member)).filter(|(kind, _)| kind.of == of);
        sql.push(format_args!(
            " OR c.seq IN (SELECT m.casefile FROM {binding} AS m JOIN {of} AS o ON o.seq = m.{of} WHERE o.id IN ("
        ));
        sql.push_list(ids.map(|(_, id)| id)).push("))");
    }
    sql.push(")");
}
