//! Pages of the audit.

use anjian_casework::roles::Action;
use anjian_indexer::{AuditEntry, AuditQuery, AuditReach};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::accounts::gate::Signed;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Limit, Query, one};
use crate::http::span::Rfc3339;
use crate::shared::Shared;

const ENTRIES_A_PAGE: u16 = 100;
const MAX_ENTRIES: u16 = AuditQuery::MAX_LIMIT;

/// What was done, by whom, from where and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntryView {
    /// From 1 on, without gaps.
    seq: i64,
    #[schema(format = "date-time")]
    at: String,
    account: String,
    /// The role that the account had then.
    role: String,
    /// Address of the network; empty when it came from this machine itself.
    address: String,
    action: String,
    object_kind: String,
    object: String,
    /// As the person gave it; empty where none is asked for.
    why: String,
    /// How the object was; null when it was not there or did not change.
    #[schema(required, value_type = Option<Object>)]
    before: Option<Value>,
    /// How the object is since; null when it is gone or did not change.
    #[schema(required, value_type = Option<Object>)]
    after: Option<Value>,
    /// SHA-256 of the link before it and of this entry.
    link: String,
}

/// Entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    items: Vec<AuditEntryView>,
    /// Pass it as `before` for the next page; null on the last.
    #[schema(required)]
    next_before: Option<i64>,
}

/// The keys that choose entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParams {
    /// Of this account.
    #[serde(default, deserialize_with = "one")]
    account: Option<String>,
    /// Of this action.
    #[serde(default, deserialize_with = "one")]
    action: Option<String>,
    /// About this kind of object, such as `hold`.
    #[serde(default, deserialize_with = "one")]
    object_kind: Option<String>,
    /// About the object with this id.
    #[serde(default, deserialize_with = "one")]
    object: Option<String>,
    /// At or after this moment, RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Rfc3339>,
    /// Before this moment, RFC 3339.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, format = "date-time")]
    to: Option<Rfc3339>,
    /// How many a page; 100 when not given.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    limit: Option<Limit<MAX_ENTRIES>>,
    /// `next_before` of the page before.
    #[serde(default, deserialize_with = "one")]
    before: Option<i64>,
}

/// Lists what was done, newest first: everybody's deeds for who may read the audit, else one's own.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "list_audit",
    tag = "audit",
    params(AuditParams),
    responses(
        (status = OK, body = AuditView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = FORBIDDEN, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Query(params): Query<AuditParams>,
) -> Result<Json<AuditView>, Problem> {
    let reach = match asker.require(Action::ReadAudit) {
        Ok(_) => AuditReach::All,
        Err(_) => asker.require(Action::ReadOwnAudit).map(|_| AuditReach::Own)?,
    };
    let query = params.query();
    let found = shared.index.audit(&asker.viewer, reach, &query).await?;
    let is_full = found.len() == usize::from(query.limit);
    let next_before = found.last().filter(|_| is_full).map(|entry| entry.seq);
    Ok(Json(AuditView { items: found.into_iter().map(AuditEntryView::from).collect(), next_before }))
}

impl AuditParams {
    pub(super) fn query(self) -> AuditQuery {
        AuditQuery {
            account: self.account,
            action: self.action,
            object_kind: self.object_kind,
            object: self.object,
            from: self.from.map(|at| at.0),
            to: self.to.map(|at| at.0),
            limit: self.limit.map_or(ENTRIES_A_PAGE, |limit| limit.0),
            before: self.before,
        }
    }
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.to_string(),
            account: entry.account,
            role: entry.role,
            address: entry.address,
            action: entry.action,
            object_kind: entry.object_kind,
            object: entry.object,
            why: entry.why,
            before: entry.before,
            after: entry.after,
            link: entry.link,
        }
    }
}
