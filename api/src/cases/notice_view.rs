//! The notice of a case, and the proofs that its rectification holds.

use anjian_casework::case::{Member, MemberProof, Notice, Proof, ServiceWay};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cases::views::outcomes;

/// The notice that left.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    #[schema(schema_with = outcomes)]
    outcome: &'static str,
    #[schema(format = "date-time")]
    at: String,
    /// The last day of its term.
    #[schema(format = "date")]
    due: String,
    /// Whether the calendar knows the holidays of all its days.
    due_is_certain: bool,
    /// How it legally arrived; null until that is on record.
    #[schema(required)]
    service: Option<ServiceView>,
    #[schema(format = "date-time", required)]
    acknowledged_at: Option<String>,
}

/// How a notice legally arrived.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceView {
    /// `electronic`, `handed_over`, `post` or `left_behind`.
    way: &'static str,
    /// The number of the stored consent, for `electronic`.
    #[schema(required)]
    consent: Option<String>,
    #[schema(format = "date")]
    on: String,
}

/// What proves the rectification of one violation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProofView {
    violation: String,
    /// `camera` or `on_site`.
    by: &'static str,
    /// For how long the camera watched persons while the rule stayed quiet, seconds.
    #[schema(required)]
    watched_s: Option<u64>,
    /// The day on site.
    #[schema(format = "date", required)]
    on: Option<String>,
    /// What was found on site.
    #[schema(required)]
    words: Option<String>,
}

impl From<&Notice> for NoticeView {
    fn from(notice: &Notice) -> Self {
        let service = notice.service.as_ref().map(|service| {
            let (way, consent) = match &service.way {
                ServiceWay::Electronic { consent } => ("electronic", Some(consent.clone())),
                ServiceWay::HandedOver => ("handed_over", None),
                ServiceWay::Post => ("post", None),
                ServiceWay::LeftBehind => ("left_behind", None),
            };
            ServiceView { way, consent, on: service.on.to_string() }
        });
        Self {
            outcome: notice.outcome.as_str(),
            at: notice.at.to_string(),
            due: notice.deadline.due.to_string(),
            due_is_certain: notice.deadline.is_certain,
            service,
            acknowledged_at: notice.acknowledged_at.map(|at| at.to_string()),
        }
    }
}

impl From<&MemberProof> for ProofView {
    fn from(proof: &MemberProof) -> Self {
        let violation = member_text(&proof.member);
        match &proof.proof {
            Proof::Camera(camera) => Self {
                violation,
                by: "camera",
                watched_s: Some(camera.watched().as_secs()),
                on: None,
                words: None,
            },
            Proof::OnSite { on, words } => Self {
                violation,
                by: "on_site",
                watched_s: None,
                on: Some(on.to_string()),
                words: Some(words.clone()),
            },
        }
    }
}

/// The id of what a case is about.
pub(super) fn member_text(member: &Member) -> String {
    match member {
        Member::Violation(id) => id.to_string(),
        Member::Finding(id) => id.0.to_string(),
    }
}
