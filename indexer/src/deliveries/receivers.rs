//! Active subscriptions, each with its account as a viewer: what the account may not see, it is not notified of.

use std::collections::HashMap;

use anjian_casework::notification::{Pace, Wants};
use anjian_casework::roles::{Action, AccountScope};
use anjian_domain::{Role, Scope, SiteId, Viewer, WallTime};
use jiff::tz::TimeZone;

use crate::accounts::account_row;
use crate::casework;
use crate::casework::context::zone_of;
use crate::deliveries::subscription_row::not_read;
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::viewer::reach;
use crate::IndexError;

/// An active subscription.
pub(crate) struct Receiver {
    /// Its place.
    pub(crate) seq: i64,
    pub(crate) viewer: Viewer,
    pub(crate) wants: Wants,
    /// End of the newest period that a report was made of.
    pub(crate) reported: Option<WallTime>,
}

/// What decides whether a viewer sees an event.
pub(crate) struct Subject<'e> {
    pub(crate) site: Option<&'e SiteId>,
    pub(crate) violation: Option<i64>,
    pub(crate) casefile: Option<i64>,
    pub(crate) is_of_camera: bool,
    /// The side of a case.
    pub(crate) audience: Option<&'e str>,
}

/// Those whose pace this is for, of accounts that may sign in.
pub(crate) async fn active(
    transaction: &mut Connection<'_>,
    is_wanted: impl Fn(Pace) -> bool,
) -> Result<Vec<Receiver>, IndexError> {
    let sql = "SELECT s.seq AS subscription, s.wants, s.reported_us, a.* FROM subscription AS s \
         JOIN account AS a ON a.name = s.account WHERE s.is_active = 1 AND a.is_active = 1 ORDER BY s.seq";
    let rows = sql::query(sql).fetch_all(&mut *transaction).await.map_err(not_read)?;
    let mut scopes = HashMap::new();
    let mut receivers = Vec::new();
    for row in &rows {
        let columns = Columns { table: "subscription", row };
        let wants: Wants = columns.json("wants")?;
        if !is_wanted(wants.pace) {
            continue;
        }
        let account = account_row::decode(row)?;
        let name = account.name.as_str().to_owned();
        if !scopes.contains_key(&name) {
            scopes.insert(name.clone(), scope_of(transaction, &account.settings.scope).await?);
        }
        let viewer = Viewer::new(&name, account.settings.role, scopes[&name].clone());
        let viewer = viewer.map_err(|error| columns.refuse("account", &error.to_string()))?;
        let reported = columns.wall_or_null("reported_us")?;
        receivers.push(Receiver { seq: columns.get("subscription")?, viewer, wants, reported });
    }
    Ok(receivers)
}

/// The sites of a scope as they are now.
pub(crate) async fn scope_of(
    transaction: &mut Connection<'_>,
    scope: &AccountScope,
) -> Result<Scope, IndexError> {
    let mut places = Vec::new();
    if matches!(scope, AccountScope::Region(_)) {
        let rows = sql::query("SELECT id, region FROM site").fetch_all(transaction).await.map_err(not_read)?;
        for row in &rows {
            let columns = Columns { table: "site", row };
            places.push((columns.word::<SiteId>("id")?, columns.get::<String>("region")?.parse().ok()));
        }
    }
    let resolved = scope.resolve(places.iter().map(|(site, region)| (site, region.as_ref())));
    resolved.map_err(|error| IndexError::Query(format!("the scope of a subscription's account: {error}")))
}

/// Whether a viewer sees an event, and is of the side that is to hear of it.
pub(crate) async fn sees(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    subject: &Subject<'_>,
) -> Result<bool, IndexError> {
    let is_of_side = match subject.audience {
        Some("enterprise") => viewer.role() == Role::Enterprise,
        Some(_) => matches!(viewer.role(), Role::Inspector | Role::Admin),
        None => true,
    };
    if !is_of_side || subject.site.is_some_and(|site| !viewer.scope().includes(site)) {
        return Ok(false);
    }
    let mut sql = if let Some(casefile) = subject.casefile {
        let mut sql = Builder::new("SELECT EXISTS (SELECT 1 FROM casefile AS c WHERE c.seq = ");
        casework::reach::push(sql.push_bind(casefile), viewer, Action::SeeCases);
        sql
    } else if let Some(violation) = subject.violation {
        let mut sql = Builder::new("SELECT EXISTS (SELECT 1 FROM violation AS v WHERE v.seq = ");
        reach::push(sql.push_bind(violation), viewer, Action::SeeViolations);
        sql
    } else {
        let action = if subject.is_of_camera { Action::SeeCameras } else { Action::SeeStorage };
        return Ok(reach::of(viewer, action).is_some());
    };
    sql.push(")").build().scalar(transaction).await.map_err(not_read)
}

/// The zone in which a receiver's days begin: of its first site.
pub(crate) async fn zone(
    transaction: &mut Connection<'_>,
    receiver: &Receiver,
) -> Result<TimeZone, IndexError> {
    let wanted = receiver.wants.sites.iter().find(|site| receiver.viewer.scope().includes(site));
    let seen = match receiver.viewer.scope() {
        Scope::Sites(sites) => sites.iter().next(),
        Scope::Everything => None,
    };
    zone_at(transaction, wanted.or(seen)).await
}

/// The zone of a site, or of any site for what concerns the installation.
pub(crate) async fn zone_at(
    transaction: &mut Connection<'_>,
    site: Option<&SiteId>,
) -> Result<TimeZone, IndexError> {
    if let Some(site) = site {
        return zone_of(transaction, site).await;
    }
    let sql = "SELECT id FROM site WHERE is_configured = 1 ORDER BY id LIMIT 1";
    let id: Option<String> = sql::query(sql).scalar_or_none(&mut *transaction).await.map_err(not_read)?;
    match id.and_then(|id| id.parse::<SiteId>().ok()) {
        Some(site) => zone_of(transaction, &site).await,
        None => Ok(TimeZone::UTC),
    }
}
