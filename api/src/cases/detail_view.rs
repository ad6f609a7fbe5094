//! One case with everything that is on record.

use anjian_casework::case::{Answer, Case, Ended, HandedOver, Signature};
use anjian_casework::legal_card::CardRef;
use anjian_domain::Account;
use anjian_indexer::{CaseDetail, CaseFinding, CaseViolation, DeliveryRow, StepRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::attachments::views::AttachmentView;
use crate::cases::notice_view::{NoticeView, ProofView, member_text};
use crate::cases::views::{CaseView, outcomes, stages, step_names};
use crate::findings::views::SiteFindingView;
use crate::violations::views::ViolationView;

/// One case with everything that is on record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseDetailView {
    #[serde(flatten)]
    case: CaseView,
    /// What the draft says; the legal basis of the notice.
    #[schema(required)]
    proposal: Option<ProposalView>,
    signatures: Vec<SignatureView>,
    #[schema(required)]
    notice: Option<NoticeView>,
    #[schema(required)]
    answer: Option<AnswerView>,
    /// The earliest first.
    rectifications: Vec<RectificationView>,
    /// What proves that the last rectification holds.
    proofs: Vec<ProofView>,
    #[schema(required)]
    handed_over: Option<HandedOverView>,
    #[schema(required)]
    ended: Option<EndedView>,
    /// Every step that you may see, the oldest first.
    steps: Vec<StepView>,
    violations: Vec<CaseViolationView>,
    findings: Vec<CaseFindingView>,
    /// What was sent to it, the oldest first. What no step took yet is shown to its sender only.
    attachments: Vec<AttachmentView>,
    /// Who was to hear of what; empty for enterprises.
    deliveries: Vec<DeliveryView>,
    /// The steps that you may take now. One may be refused for another reason.
    #[schema(value_type = Vec<String>)]
    possible: Vec<&'static str>,
}

/// A legal-basis card by behaviour and version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardRefView {
    #[schema(value_type = String)]
    pub(crate) behaviour: anjian_domain::Behaviour,
    pub(crate) version: u32,
}

/// What a draft says.
#[derive(Debug, Serialize, ToSchema)]
struct ProposalView {
    #[schema(schema_with = outcomes)]
    outcome: &'static str,
    /// How long the enterprise has, days.
    term_days: u16,
    cards: Vec<CardRefView>,
}

/// A signature under the draft as it stands.
#[derive(Debug, Serialize, ToSchema)]
struct SignatureView {
    account: String,
    /// The number of the officer's certificate that day; null without.
    #[schema(required)]
    certificate: Option<String>,
    #[schema(format = "date-time")]
    at: String,
}

/// The answer to a plea.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerView {
    by: String,
    #[schema(format = "date-time")]
    at: String,
    /// The violations and findings for which it was upheld.
    upheld: Vec<String>,
    reasons: String,
}

/// What the enterprise handed in; its words stand with the step.
#[derive(Debug, Serialize, ToSchema)]
struct RectificationView {
    by: String,
    #[schema(format = "date-time")]
    at: String,
    /// Why it was returned; null when it was not.
    #[schema(required)]
    returned: Option<String>,
}

/// To whom the bundle was handed over.
#[derive(Debug, Serialize, ToSchema)]
struct HandedOverView {
    to: String,
    #[schema(format = "date-time")]
    at: String,
    #[schema(format = "date-time", required)]
    receipt_at: Option<String>,
}

/// How a case ended.
#[derive(Debug, Serialize, ToSchema)]
struct EndedView {
    reason: &'static str,
    /// Null for the program itself.
    #[schema(required)]
    by: Option<String>,
    #[schema(format = "date-time")]
    at: String,
}

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
struct StepView {
    version: u32,
    #[schema(schema_with = step_names)]
    step: &'static str,
    /// Empty for the program.
    account: String,
    role: String,
    #[schema(format = "date-time")]
    at: String,
    /// Where the case stood afterwards.
    #[schema(schema_with = stages)]
    stage: &'static str,
    /// The words that belong to it; may be empty.
    words: String,
}

/// A violation of a case.
#[derive(Debug, Serialize, ToSchema)]
struct CaseViolationView {
    violation: ViolationView,
    /// Whether it is in the case; else it left it.
    is_in: bool,
}

/// A finding on site of a case.
#[derive(Debug, Serialize, ToSchema)]
struct CaseFindingView {
    finding: SiteFindingView,
    /// Whether it is in the case; else it left it.
    is_in: bool,
}

/// Something that a side was to hear of.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryView {
    /// `enterprise` or `officers`.
    audience: String,
    /// The step, or `due_soon`, `due`, `overdue`.
    cause: String,
    #[schema(format = "date-time")]
    at: String,
}

impl CaseDetailView {
    pub(crate) fn new(detail: &CaseDetail, deliveries: &[DeliveryRow], possible: Vec<&'static str>) -> Self {
        let Case { proposal, signatures, notice, answer, rectifications, proofs, handed_over, ended, .. } =
            &detail.case;
        let name = |account: &Account| account.to_string();
        Self {
            case: CaseView::from(&detail.row),
            proposal: proposal.as_ref().map(|proposal| ProposalView {
                outcome: proposal.outcome.as_str(),
                term_days: proposal.term.as_days(),
                cards: proposal.cards.iter().map(CardRefView::from).collect(),
            }),
            signatures: signatures.iter().map(SignatureView::from).collect(),
            notice: notice.as_ref().map(NoticeView::from),
            answer: answer.as_ref().map(AnswerView::from),
            rectifications: rectifications
                .iter()
                .map(|one| RectificationView {
                    by: name(&one.by),
                    at: one.at.to_string(),
                    returned: one.returned.clone(),
                })
                .collect(),
            proofs: proofs.iter().map(ProofView::from).collect(),
            handed_over: handed_over.as_ref().map(HandedOverView::from),
            ended: ended.as_ref().map(EndedView::from),
            steps: detail.steps.iter().map(StepView::from).collect(),
            violations: detail.violations.iter().map(CaseViolationView::from).collect(),
            findings: detail.findings.iter().map(CaseFindingView::from).collect(),
            attachments: detail.attachments.iter().map(AttachmentView::from).collect(),
            deliveries: deliveries.iter().map(DeliveryView::from).collect(),
            possible,
        }
    }
}

impl From<&CardRef> for CardRefView {
    fn from(card: &CardRef) -> Self {
        Self { behaviour: card.behaviour.clone(), version: card.version }
    }
}

impl From<CardRefView> for CardRef {
    fn from(view: CardRefView) -> Self {
        Self { behaviour: view.behaviour, version: view.version }
    }
}

impl From<&Signature> for SignatureView {
    fn from(signature: &Signature) -> Self {
        Self {
            account: signature.officer.account.to_string(),
            certificate: signature.officer.certificate.as_ref().map(ToString::to_string),
            at: signature.at.to_string(),
        }
    }
}

impl From<&Answer> for AnswerView {
    fn from(answer: &Answer) -> Self {
        Self {
            by: answer.by.to_string(),
            at: answer.at.to_string(),
            upheld: answer.upheld.iter().map(member_text).collect(),
            reasons: answer.reasons.clone(),
        }
    }
}

impl From<&HandedOver> for HandedOverView {
    fn from(handed: &HandedOver) -> Self {
        Self {
            to: handed.to.clone(),
            at: handed.at.to_string(),
            receipt_at: handed.receipt_at.map(|at| at.to_string()),
        }
    }
}

impl From<&Ended> for EndedView {
    fn from(ended: &Ended) -> Self {
        Self {
            reason: ended.reason.as_str(),
            by: ended.by.as_ref().map(ToString::to_string),
            at: ended.at.to_string(),
        }
    }
}

impl From<&StepRow> for StepView {
    fn from(step: &StepRow) -> Self {
        Self {
            version: step.version.0,
            step: step.step.as_str(),
            account: step.account.clone(),
            role: step.role.clone(),
            at: step.at.to_string(),
            stage: step.stage.as_str(),
            words: step.words.clone(),
        }
    }
}

impl From<&CaseViolation> for CaseViolationView {
    fn from(one: &CaseViolation) -> Self {
        Self { violation: ViolationView::from(&one.row), is_in: one.is_in }
    }
}

impl From<&CaseFinding> for CaseFindingView {
    fn from(one: &CaseFinding) -> Self {
        Self { finding: SiteFindingView::from(&one.row), is_in: one.is_in }
    }
}

impl From<&DeliveryRow> for DeliveryView {
    fn from(row: &DeliveryRow) -> Self {
        Self { audience: row.audience.clone(), cause: row.cause.clone(), at: row.at.to_string() }
    }
}
