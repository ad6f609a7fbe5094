//! What decides about a step besides the case: who acts, who must not, what is confirmed, what earlier pleas leave.

use std::collections::BTreeSet;

use anjian_casework::case::{Actor, Case, Context, Member};
use anjian_casework::{Officer, Outcome, Recusals, Version};
use anjian_domain::{Account, Role, SiteId, Viewer, WallTime};
use jiff::tz::TimeZone;

use crate::IndexError;
use crate::casework::bound::push_about;
use crate::casework::case_row::{decode_state, not_read};
use crate::casework::recusals;
use crate::casework::rules::CaseRules;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::{Connection, On};
use crate::engine::sql::{self, Builder};

/// What was read for a step.
pub(crate) struct Gathered {
    pub(crate) actor: Actor,
    zone: TimeZone,
    recusals: Recusals,
    confirmed: BTreeSet<Member>,
    pleas_allow: Option<Outcome>,
    /// What the evidence of every member allows; only looked at before a notice leaves.
    pub(crate) grade_allows: Option<Outcome>,
}

impl Gathered {
    /// Reads what decides about a step of a case of this site that is, or is to be, about these members.
    pub(crate) async fn read(
        transaction: &mut Connection<'_>,
        actor: Actor,
        site: &SiteId,
        casefile: i64,
        members: &BTreeSet<Member>,
    ) -> Result<Self, IndexError> {
        Ok(Self {
            zone: zone_of(&mut *transaction, site).await?,
            recusals: recusals::of(&mut *transaction, site).await?,
            confirmed: confirmed(transaction, members).await?,
            pleas_allow: pleas_allow(transaction, casefile, members).await?,
            grade_allows: None,
            actor,
        })
    }

    pub(crate) fn context<'a>(&'a self, rules: &'a CaseRules, now: WallTime, seen: Version) -> Context<'a> {
        Context {
            actor: &self.actor,
            now,
            zone: &self.zone,
            seen,
            recusals: &self.recusals,
            confirmed: &self.confirmed,
            grade_allows: self.grade_allows,
            pleas_allow: self.pleas_allow,
            calendar: &rules.calendar,
            policy: &rules.policy,
        }
    }
}

/// The viewer as a side of a case; `None` for who has no name.
pub(crate) async fn actor_of<'e>(
    on: impl Into<On<'e>>,
    viewer: &Viewer,
) -> Result<Option<Actor>, IndexError> {
    let Some(account) = viewer.named_account() else { return Ok(None) };
    if viewer.role() == Role::Enterprise {
        return Ok(Some(Actor::Enterprise(account.clone())));
    }
    officer(on, account).await.map(|officer| Some(Actor::Officer(officer)))
}

/// An officer with the certificate number of today.
pub(crate) async fn officer<'e>(on: impl Into<On<'e>>, account: &Account) -> Result<Officer, IndexError> {
    let query = sql::query("SELECT certificate FROM account WHERE name = $1").bind(account.as_str());
    let certificate: Option<String> = query.scalar_or_none(on).await.map_err(not_read)?;
    // An empty one is none.
    let certificate = certificate.and_then(|number| number.parse().ok());
    Ok(Officer { account: account.clone(), certificate })
}

/// The time zone in which the days of a site begin.
pub(crate) async fn zone_of<'e>(on: impl Into<On<'e>>, site: &SiteId) -> Result<TimeZone, IndexError> {
    let query = sql::query("SELECT time_zone FROM site WHERE id = $1").bind(site.as_str());
    let name: String = query.scalar(on).await.map_err(not_read)?;
    let unknown = |_| IndexError::Row { table: "site", reason: format!("time_zone: {name:?} is unknown") };
    TimeZone::get(&name).map_err(unknown)
}

/// The members that are confirmed beyond undo. Findings on site are, unless a plea about them was upheld.
async fn confirmed(
    transaction: &mut Connection<'_>,
    members: &BTreeSet<Member>,
) -> Result<BTreeSet<Member>, IndexError> {
    let mut confirmed = BTreeSet::new();
    for member in members {
        let is_confirmed = match member {
            Member::Finding(id) => {
                let sql = "SELECT EXISTS (SELECT 1 FROM finding WHERE id = $1 AND dismissed_us IS NULL)";
                sql::query(sql).bind(uuid_column(id.0))
            }
            Member::Violation(id) => {
                let sql = "SELECT EXISTS (SELECT 1 FROM violation WHERE id = $1 AND verdict = 'confirmed')";
                sql::query(sql).bind(uuid_column(id.0))
            }
        };
        if is_confirmed.scalar(&mut *transaction).await.map_err(not_read)? {
            confirmed.insert(*member);
        }
    }
    Ok(confirmed)
}

/// The heaviest outcome that earlier pleas on these members leave.
async fn pleas_allow(
    transaction: &mut Connection<'_>,
    casefile: i64,
    members: &BTreeSet<Member>,
) -> Result<Option<Outcome>, IndexError> {
    let mut sql = Builder::new("SELECT c.state FROM casefile AS c WHERE c.seq <> ");
    push_about(sql.push_bind(casefile).push(" AND "), members);
    let rows = sql.build().fetch_all(transaction).await.map_err(not_read)?;
    let cases = rows.iter().map(decode_state).collect::<Result<Vec<Case>, _>>()?;
    Ok(cases.iter().filter_map(Case::ceiling).min())
}

/// The role of an account, for the record; empty when there is no such account.
pub(crate) async fn role_of(transaction: &mut Connection<'_>, account: &str) -> Result<String, IndexError> {
    let query = sql::query("SELECT role FROM account WHERE name = $1").bind(account);
    let row = query.fetch_optional(transaction).await.map_err(not_read)?;
    row.map_or(Ok(String::new()), |row| Columns { table: "account", row: &row }.get("role"))
}
