//! Roles and actions in words, for pages that let people choose.

use anjian_casework::roles::{Action, Event, Rights, ScopeKind, role_words, scope_kinds};
use anjian_domain::{Role, Words};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder};

use crate::http::schema::one_of;

/// A role.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoleView {
    role: &'static str,
    zh: &'static str,
    en: &'static str,
    /// The kinds of scope that its accounts may have.
    #[schema(schema_with = kinds)]
    scopes: Vec<&'static str>,
    /// Actions that may be granted to it.
    grantable: Vec<&'static str>,
}

fn kinds() -> Array {
    let kind = one_of("A kind of scope.", ["everything", "region", "sites"]);
    let kinds = ArrayBuilder::new().items(kind);
    kinds.description(Some("The kinds of scope that its accounts may have.")).build()
}

/// An action or an event of the audit.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActionView {
    action: &'static str,
    zh: &'static str,
    en: &'static str,
}

/// Every role and action.
#[derive(Serialize, ToSchema)]
pub(crate) struct RolesView {
    roles: Vec<RoleView>,
    actions: Vec<ActionView>,
}

/// Roles and actions in both languages.
#[utoipa::path(get, path = "/api/v1/roles", tag = "accounts", responses((status = OK, body = RolesView)))]
pub(crate) async fn roles() -> Json<RolesView> {
    let actions = Action::ALL.iter().map(|action| (action.as_str(), action.words()));
    let events = Event::ALL.iter().map(|event| (event.as_str(), event.words()));
    let view = |(action, Words { zh, en, .. })| ActionView { action, zh, en };
    let actions = actions.chain(events).map(view).collect();
    Json(RolesView { roles: Role::ALL.map(role).into(), actions })
}

fn role(role: Role) -> RoleView {
    let words = role_words(role);
    RoleView {
        role: role.as_str(),
        zh: words.zh,
        en: words.en,
        scopes: scope_kinds(role).iter().copied().map(ScopeKind::as_str).collect(),
        grantable: Rights::grantable(role).map(Action::as_str).collect(),
    }
}
