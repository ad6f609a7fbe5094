//! What of evidence an answer shows: an entry of the audit before it stands there.

use std::collections::BTreeMap;
use std::time::Duration;

use anjian_casework::roles::{Action, Logged, entry};
use anjian_domain::{Viewer, WallTime};
use anjian_indexer::Witnessed;
use axum::extract::{MatchedPath, Query, Request};
use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::accounts::access::Access;
use crate::audit::witness::Order;

/// Stills of one camera within this time are one view.
const STILLS: Duration = Duration::from_secs(600);

/// What a request would show or take away.
pub(crate) struct Sight {
    action: Action,
    pub(crate) order: Order,
    kind: &'static str,
    object: String,
    detail: Option<Value>,
}

impl Sight {
    /// `None`: nothing that the table of roles has logged.
    pub(crate) fn of(access: Access, request: &Request) -> Option<Self> {
        let Access::Any([action]) = access else { return None };
        let order = match entry(*action)?.logged {
            Logged::No => return None,
            Logged::Viewed | Logged::Played => Order::Follows,
            Logged::Exported => Order::First,
        };
        let template = request.extensions().get::<MatchedPath>()?.as_str();
        // These hold no pictures.
        let is_bare = ["playlist.m3u8", "preview-init.mp4"].iter().any(|end| template.ends_with(end));
        if is_bare || request.method() != Method::GET {
            return None;
        }
        let kind = match template {
            "/api/v1/audit/export.csv" => "audit",
            template if template.starts_with("/api/v1/violations/") => "violation",
            template if template.starts_with("/api/v1/cases/") => "case",
            template if template.starts_with("/api/v1/findings/") => "finding",
            _ => "camera",
        };
        let object = part(template, request.uri(), "{id}").unwrap_or_else(|| "csv".to_owned());
        Some(Self { action: *action, order, kind, object, detail: detail(template, request.uri()) })
    }

    /// Whether an answer with this status shows it. A browser that is told that it has the picture already shows it too.
    pub(crate) fn is_shown(status: StatusCode) -> bool {
        status.is_success() || status == StatusCode::NOT_MODIFIED
    }

    pub(crate) fn by(self, viewer: Viewer, at: WallTime) -> Witnessed {
        let Self { action, kind, object, detail, .. } = self;
        Witnessed { viewer, at, action, kind, object, after: detail }
    }
}

/// The part of the path that stands where the template has the mark.
fn part(template: &str, uri: &Uri, mark: &str) -> Option<String> {
    let mut parts = template.split('/').zip(uri.path().split('/'));
    parts.find(|(name, _)| *name == mark).map(|(_, value)| value.to_owned())
}

fn detail(template: &str, uri: &Uri) -> Option<Value> {
    if let Some(attachment) = part(template, uri, "{attachment}") {
        return Some(json!({ "attachment": attachment }));
    }
    if let Some(start) = part(template, uri, "{start}") {
        let start = WallTime::from_micros(start.parse().ok()?)?;
        return Some(json!({ "recording": start.to_string() }));
    }
    let Query(keys) = Query::<BTreeMap<String, String>>::try_from_uri(uri).ok()?;
    if let Some(at) = keys.get("at") {
        let at: WallTime = at.parse().ok()?;
        let into = at.as_micros().rem_euclid(i64::try_from(STILLS.as_micros()).ok()?);
        let from = at.minus(Duration::from_micros(into.unsigned_abs()));
        return Some(json!({ "stills_from": from.to_string(), "stills_to": from.plus(STILLS).to_string() }));
    }
    let range: serde_json::Map<_, _> = keys
        .into_iter()
        .filter(|(key, _)| key == "from" || key == "to")
        .map(|(key, at)| (key, at.into()))
        .collect();
    (!range.is_empty()).then_some(Value::Object(range))
}
