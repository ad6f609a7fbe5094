//! Every route, and who may ask for it: the only such list. A route that is missing here is refused, and a test fails.

use anjian_casework::roles::Action;
use axum::http::Method;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, signed in or not.
    Anybody,
    /// Who signed in, even if the password has to be changed first.
    Arriving,
    /// Who signed in.
    SignedIn,
    /// Who may do at least one of these.
    Any(&'static [Action]),
}

const fn may(action: &'static [Action]) -> Access {
    Access::Any(action)
}

/// Whatever a step of a case asks for; the route asks for the right of the step that is sent.
const STEPS: &[Action] = &[
    Action::ManageCases,
    Action::IssueNotices,
    Action::RecordService,
    Action::Acknowledge,
    Action::Plead,
    Action::AnswerPleas,
    Action::Rectify,
    Action::ReviewRectifications,
    Action::Recheck,
    Action::CloseCases,
];

/// Method, path as the router has it, who.
pub(crate) const ROUTES: &[(&str, &str, Access)] = &[
    ("GET", "/healthz", Access::Anybody),
    ("GET", "/metrics", may(&[Action::SeeHealth])),
    ("GET", "/api/v1/openapi.json", Access::Anybody),
    ("GET", "/api/v1/session", Access::Anybody),
    ("POST", "/api/v1/session", Access::Anybody),
    ("DELETE", "/api/v1/session", Access::Arriving),
    ("GET", "/api/v1/sign-on/start", Access::Anybody),
    ("GET", "/api/v1/sign-on/return", Access::Anybody),
    ("GET", "/api/v1/roles", Access::SignedIn),
    ("PUT", "/api/v1/account/password", Access::Arriving),
    ("POST", "/api/v1/account/totp", may(&[Action::ManageOwnAccount])),
    ("PUT", "/api/v1/account/totp", may(&[Action::ManageOwnAccount])),
    ("DELETE", "/api/v1/account/totp", may(&[Action::ManageOwnAccount])),
    ("GET", "/api/v1/account/sessions", may(&[Action::ManageOwnAccount])),
    ("DELETE", "/api/v1/account/sessions/{id}", may(&[Action::ManageOwnAccount])),
    ("GET", "/api/v1/account/tokens", may(&[Action::ManageOwnTokens])),
    ("POST", "/api/v1/account/tokens", may(&[Action::ManageOwnTokens])),
    ("DELETE", "/api/v1/account/tokens/{id}", may(&[Action::ManageOwnTokens])),
    ("GET", "/api/v1/accounts", may(&[Action::SeeAccounts])),
    ("POST", "/api/v1/accounts", may(&[Action::WriteAccounts])),
    ("PUT", "/api/v1/accounts/{name}", may(&[Action::WriteAccounts])),
    ("POST", "/api/v1/accounts/{name}/reset", may(&[Action::WriteAccounts])),
    ("GET", "/api/v1/accounts/{name}/sessions", may(&[Action::EndSessions])),
    ("DELETE", "/api/v1/accounts/{name}/sessions", may(&[Action::EndSessions])),
    ("GET", "/api/v1/tokens", may(&[Action::SeeTokens])),
    ("POST", "/api/v1/tokens", may(&[Action::WriteTokens])),
    ("DELETE", "/api/v1/tokens/{id}", may(&[Action::WriteTokens])),
    ("GET", "/api/v1/audit", may(&[Action::ReadAudit, Action::ReadOwnAudit])),
    ("GET", "/api/v1/audit/export.csv", may(&[Action::ExportAudit])),
    ("POST", "/api/v1/audit/checkpoint", may(&[Action::TakeCheckpoints])),
    ("GET", "/api/v1/behaviours", Access::SignedIn),
    ("GET", "/api/v1/sites", may(&[Action::SeeSites])),
    ("GET", "/api/v1/sites/{id}/record", may(&[Action::SeeSites])),
    ("PUT", "/api/v1/sites/{id}/record", may(&[Action::WriteSites])),
    ("POST", "/api/v1/sites/{id}/attachments", may(&[Action::FindOnSite])),
    ("GET", "/api/v1/findings", may(&[Action::SeeFindings])),
    ("POST", "/api/v1/findings", may(&[Action::FindOnSite])),
    ("GET", "/api/v1/findings/{id}", may(&[Action::SeeFindings])),
    ("GET", "/api/v1/findings/{id}/attachments/{attachment}", may(&[Action::SeeAttachments])),
    ("GET", "/api/v1/cameras", may(&[Action::SeeCameras])),
    ("GET", "/api/v1/live", may(&[Action::SeeViolations, Action::SeeCameras])),
    ("GET", "/api/v1/storage", may(&[Action::SeeStorage])),
    ("GET", "/api/v1/violations", may(&[Action::SeeViolations])),
    ("GET", "/api/v1/violations/counts", may(&[Action::SeeViolations])),
    ("GET", "/api/v1/violations/{id}", may(&[Action::SeeViolations])),
    ("GET", "/api/v1/violations/{id}/snapshot.jpg", may(&[Action::SeeEvidence])),
    ("GET", "/api/v1/violations/{id}/snapshot-annotated.jpg", may(&[Action::SeeEvidence])),
    ("GET", "/api/v1/violations/{id}/thumbnail.jpg", may(&[Action::SeeEvidence])),
    ("GET", "/api/v1/violations/{id}/clip.mp4", may(&[Action::PlayClips])),
    ("GET", "/api/v1/violations/{id}/verdict", may(&[Action::SeeViolations])),
    ("POST", "/api/v1/violations/{id}/verdict", may(&[Action::GiveVerdict])),
    ("DELETE", "/api/v1/violations/{id}/verdict", may(&[Action::GiveVerdict])),
    ("POST", "/api/v1/violations/{id}/verdict/second", may(&[Action::SignSecond])),
    ("POST", "/api/v1/verdicts", may(&[Action::GiveVerdict])),
    ("GET", "/api/v1/violations/{id}/grade", may(&[Action::GiveVerdict, Action::ReadAudit])),
    ("GET", "/api/v1/cases", may(&[Action::SeeCases])),
    ("POST", "/api/v1/cases", may(&[Action::ManageCases])),
    ("GET", "/api/v1/cases/counts", may(&[Action::SeeCases])),
    ("GET", "/api/v1/cases/{id}", may(&[Action::SeeCases])),
    ("POST", "/api/v1/cases/{id}/steps", may(STEPS)),
    ("POST", "/api/v1/cases/{id}/attachments", may(&[Action::SendAttachments])),
    ("GET", "/api/v1/cases/{id}/attachments/{attachment}", may(&[Action::SeeAttachments])),
    ("GET", "/api/v1/cases/{id}/proofs", may(&[Action::SeeCases])),
    ("GET", "/api/v1/disposals", may(&[Action::SeeDisposals])),
    ("GET", "/api/v1/disposals/{id}", may(&[Action::SeeDisposals])),
    ("POST", "/api/v1/disposals/{id}/signatures", may(&[Action::SignDisposal])),
    ("GET", "/api/v1/legal-cards", may(&[Action::SeeLegalCards, Action::SeeCases])),
    ("GET", "/api/v1/reviews", may(&[Action::SeeReviews])),
    ("POST", "/api/v1/cameras/{id}/reviews", may(&[Action::WriteReviews])),
    ("GET", "/api/v1/recusals", may(&[Action::ManageCases, Action::ReadAudit])),
    ("PUT", "/api/v1/sites/{id}/recusals/{account}", may(&[Action::ManageRecusals])),
    ("DELETE", "/api/v1/sites/{id}/recusals/{account}", may(&[Action::ManageRecusals])),
    ("GET", "/api/v1/cameras/{id}/recordings", may(&[Action::SeeCoverage])),
    ("GET", "/api/v1/cameras/{id}/coverage", may(&[Action::SeeCoverage])),
    ("GET", "/api/v1/cameras/{id}/completeness", may(&[Action::SeeCoverage])),
    ("GET", "/api/v1/cameras/{id}/playlist.m3u8", may(&[Action::PlayRecordings])),
    ("GET", "/api/v1/cameras/{id}/recordings/{start}/media.mp4", may(&[Action::PlayRecordings])),
    ("GET", "/api/v1/cameras/{id}/recordings/{start}/preview-init.mp4", may(&[Action::PlayRecordings])),
    ("GET", "/api/v1/cameras/{id}/recordings/{start}/preview.m4s", may(&[Action::PlayRecordings])),
    ("GET", "/api/v1/cameras/{id}/still.jpg", may(&[Action::PlayRecordings])),
    ("GET", "/api/v1/cameras/{id}/export.mp4", may(&[Action::ExportRecordings])),
    ("GET", "/api/v1/holds", may(&[Action::SeeStorage])),
    ("POST", "/api/v1/holds", may(&[Action::HoldEvidence])),
    ("GET", "/api/v1/holds/{id}", may(&[Action::SeeStorage])),
    ("DELETE", "/api/v1/holds/{id}", may(&[Action::HoldEvidence])),
    ("GET", "/api/v1/galleries", may(&[Action::SeeGalleries])),
    ("POST", "/api/v1/galleries/{name}/garments", may(&[Action::WriteGalleries])),
];

/// Who may ask for a route; `None`: it is not listed.
pub(crate) fn of(method: &Method, path: &str) -> Option<Access> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    let found = ROUTES.iter().find(|(verb, template, _)| *verb == method && *template == path);
    found.map(|(_, _, access)| *access)
}
