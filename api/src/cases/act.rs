//! Steps of cases as they are sent.

use std::collections::BTreeSet;

use anjian_casework::Outcome;
use anjian_casework::calendar::Term;
use anjian_casework::case::{Act, EndReason, FindingId, Member, Proposal, Service, ServiceWay, Step};
use anjian_domain::ViolationId;
use anjian_indexer::AttachmentId;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::cases::detail_view::CardRefView;
use crate::http::problem::Problem;

/// What a draft says, as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProposalView {
    /// Of one site.
    #[schema(value_type = Vec<String>)]
    pub(crate) violations: Vec<ViolationId>,
    /// Findings on the same site; violations and findings together at most 200.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(crate) findings: Vec<FindingId>,
    /// `remind`, `order_to_rectify` or `hand_over`.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// How long the enterprise has, 1 to 3650 days.
    term_days: u16,
    /// The legal basis.
    cards: Vec<CardRefView>,
}

/// A step as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ActView {
    /// Changes the draft; its signatures go.
    Propose(NewProposalView),
    /// Signs the draft.
    Sign {},
    /// Lets the notice leave.
    Issue {},
    /// Records how and when the notice legally arrived.
    RecordService {
        way: WayView,
        /// The number of the stored consent, for `electronic`.
        #[serde(default)]
        consent: String,
        #[schema(value_type = String, format = "date")]
        on: Date,
    },
    /// Says that the notice was read.
    Acknowledge {},
    /// Pleads on the facts.
    Plead {
        words: String,
        /// What you sent to the case before.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        attachments: Vec<AttachmentId>,
    },
    /// Answers the plea.
    Answer {
        /// The violations for which it is upheld.
        #[schema(value_type = Vec<String>)]
        upheld: Vec<ViolationId>,
        /// The findings for which it is upheld.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        upheld_findings: Vec<FindingId>,
        reasons: String,
        /// The same as before, or lighter.
        #[schema(value_type = String)]
        outcome: Outcome,
        /// A new term from today; without, the deadline stays.
        #[serde(default)]
        term_days: Option<u16>,
    },
    /// Hands in what was done.
    Rectify {
        words: String,
        /// What you sent to the case before.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        attachments: Vec<AttachmentId>,
    },
    /// Returns what was handed in.
    Return {
        reasons: String,
        #[serde(default)]
        term_days: Option<u16>,
    },
    /// Accepts what was handed in: by what the cameras prove, or by a visit on site.
    Recheck {
        #[serde(default)]
        on_site: Option<VisitView>,
    },
    /// Records that the bundle was handed over.
    HandOver { to: String },
    /// Records that the receiver acknowledged it.
    RecordReceipt {},
    /// Closes the case.
    Close {},
    /// Gives the case up.
    Withdraw {
        /// `discarded` for a draft, `verdict_changed` when no violation is confirmed any more.
        #[schema(value_type = String)]
        reason: EndReason,
    },
    /// Takes out a violation that is confirmed no longer.
    DropMember {
        #[schema(value_type = String)]
        violation: ViolationId,
    },
}

/// A visit on site.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VisitView {
    #[schema(value_type = String, format = "date")]
    pub(crate) on: Date,
    /// What was found.
    pub(crate) words: String,
    /// What you sent to the case before.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(crate) attachments: Vec<AttachmentId>,
}

/// The way of service.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WayView {
    Electronic,
    HandedOver,
    Post,
    LeftBehind,
}

/// What the index is to do: an act with the enterprise's words and attachments, or a re-check whose proofs are still to be gathered.
pub(crate) enum Wanted {
    Act { act: Act, words: String, attachments: Vec<AttachmentId> },
    Recheck { on_site: Option<VisitView> },
}

impl NewProposalView {
    pub(crate) fn read(self) -> Result<(BTreeSet<Member>, Proposal), Problem> {
        let cards = self.cards.into_iter().map(Into::into).collect();
        Ok((
            members(self.violations, self.findings),
            Proposal { outcome: self.outcome, term: term(self.term_days)?, cards },
        ))
    }
}

fn term(days: u16) -> Result<Term, Problem> {
    Term::days(days).map_err(|error| Problem::Body(format!("term_days: {error}")))
}

fn members(violations: Vec<ViolationId>, findings: Vec<FindingId>) -> BTreeSet<Member> {
    let findings = findings.into_iter().map(Member::Finding);
    violations.into_iter().map(Member::Violation).chain(findings).collect()
}

impl ActView {
    pub(crate) const fn step(&self) -> Step {
        match self {
            Self::Propose(_) => Step::Propose,
            Self::Sign {} => Step::Sign,
            Self::Issue {} => Step::Issue,
            Self::RecordService { .. } => Step::RecordService,
            Self::Acknowledge {} => Step::Acknowledge,
            Self::Plead { .. } => Step::Plead,
            Self::Answer { .. } => Step::Answer,
            Self::Rectify { .. } => Step::Rectify,
            Self::Return { .. } => Step::Return,
            Self::Recheck { .. } => Step::Recheck,
            Self::HandOver { .. } => Step::HandOver,
            Self::RecordReceipt {} => Step::RecordReceipt,
            Self::Close {} => Step::Close,
            Self::Withdraw { .. } => Step::Withdraw,
            Self::DropMember { .. } => Step::Drop,
        }
    }

    pub(crate) fn read(self) -> Result<Wanted, Problem> {
        let new_term = |days: Option<u16>| days.map(term).transpose();
        let act = match self {
            Self::Propose(view) => {
                let (members, proposal) = view.read()?;
                Act::Propose { members, proposal }
            }
            Self::Plead { words, attachments } => {
                return Ok(Wanted::Act { act: Act::Plead, words, attachments });
            }
            Self::Rectify { words, attachments } => {
                return Ok(Wanted::Act { act: Act::Rectify, words, attachments });
            }
            Self::Answer { upheld, upheld_findings, reasons, outcome, term_days } => {
                let upheld = members(upheld, upheld_findings);
                Act::Answer { upheld, reasons, outcome, term: new_term(term_days)? }
            }
            Self::Return { reasons, term_days } => Act::Return { reasons, term: new_term(term_days)? },
            Self::RecordService { way, consent, on } => {
                Act::RecordService(Service { way: way.read(consent), on })
            }
            Self::Recheck { on_site } => return Ok(Wanted::Recheck { on_site }),
            Self::Sign {} => Act::Sign,
            Self::Issue {} => Act::Issue,
            Self::Acknowledge {} => Act::Acknowledge,
            Self::HandOver { to } => Act::HandOver { to },
            Self::RecordReceipt {} => Act::RecordReceipt,
            Self::Close {} => Act::Close,
            Self::Withdraw { reason } => Act::Withdraw(reason),
            Self::DropMember { violation } => Act::Drop(Member::Violation(violation)),
        };
        Ok(Wanted::Act { act, words: String::new(), attachments: Vec::new() })
    }
}

impl WayView {
    fn read(self, consent: String) -> ServiceWay {
        match self {
            Self::Electronic => ServiceWay::Electronic { consent },
            Self::HandedOver => ServiceWay::HandedOver,
            Self::Post => ServiceWay::Post,
            Self::LeftBehind => ServiceWay::LeftBehind,
        }
    }
}
