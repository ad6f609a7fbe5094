//! A case with what is on record. Plain values: the index stores them, `decide` changes them.

use std::collections::BTreeSet;

use anjian_domain::{Account, WallTime};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::arrow::CaseState;
use super::member::Member;
use super::proof::MemberProof;
use super::refusal::Refusal;
use crate::calendar::{Deadline, Term};
use crate::legal_card::CardRef;
use crate::worded::worded;
use crate::{Officer, Outcome, Version};

/// Most members of a case.
pub(crate) const MAX_MEMBERS: usize = 200;

/// Confirmed violations of one site that are dealt with together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Where it stands.
    pub state: CaseState,
    /// Grows by one with each step.
    pub version: Version,
    /// What it is about. Empty only after the last member was taken out.
    pub members: BTreeSet<Member>,
    /// What the draft says.
    pub proposal: Option<Proposal>,
    /// The signatures under the draft.
    pub signatures: Vec<Signature>,
    /// What left.
    pub notice: Option<Notice>,
    /// The plea.
    pub plea: Option<Plea>,
    /// The answer to the plea.
    pub answer: Option<Answer>,
    /// What was handed in, the earliest first.
    pub rectifications: Vec<Rectification>,
    /// What proves that the last rectification holds, one for each member.
    pub proofs: Vec<MemberProof>,
    /// To whom the bundle was handed over.
    pub handed_over: Option<HandedOver>,
    /// How it ended.
    pub ended: Option<Ended>,
}

/// What a draft says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What is asked for.
    pub outcome: Outcome,
    /// How long the enterprise has.
    pub term: Term,
    /// The legal basis; never empty.
    pub cards: BTreeSet<CardRef>,
}

/// A signature under the draft as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose, with the certificate number of that day.
    pub officer: Officer,
    /// When.
    pub at: WallTime,
}

/// The notice that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What is asked for now: a plea may have made it lighter.
    pub outcome: Outcome,
    /// When it left.
    pub at: WallTime,
    /// The last day of its term. Only ever moves to a later day.
    pub deadline: Deadline,
    /// How it legally arrived.
    pub service: Option<Service>,
    /// When the enterprise first said that it was read.
    pub acknowledged_at: Option<WallTime>,
}

/// How a notice legally arrived (行政处罚法 61). A delivery receipt is not service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// By which way.
    pub way: ServiceWay,
    /// On which day.
    pub on: Date,
}

/// The way of service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum ServiceWay {
    /// Electronically, with the enterprise's stored consent (送达确认书).
    Electronic {
        /// Its number.
        consent: String,
    },
    /// Printed and handed over against a signature.
    HandedOver,
    /// By registered post.
    Post,
    /// Left on the premises before a witness.
    LeftBehind,
}

/// What the enterprise pleaded. Its words and pictures are stored beside the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plea {
    /// By whom.
    pub by: Account,
    /// When.
    pub at: WallTime,
    /// What the notice asked for then. Nothing heavier may follow.
    pub outcome: Outcome,
}

/// The answer to a plea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// By whom.
    pub by: Account,
    /// When.
    pub at: WallTime,
    /// The members for which it was upheld. They left the case, are dismissed, and count against their cameras.
    pub upheld: BTreeSet<Member>,
    /// Why; never empty.
    pub reasons: String,
}

/// What the enterprise handed in, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectification {
    /// By whom.
    pub by: Account,
    /// When.
    pub at: WallTime,
    /// Why it was returned, if it was.
    pub returned: Option<String>,
}

/// To whom the bundle was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The receiver, in words.
    pub to: String,
    /// When.
    pub at: WallTime,
    /// When the receiver acknowledged it.
    pub receipt_at: Option<WallTime>,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Why.
    pub reason: EndReason,
    /// By whom; `None` for the program itself.
    pub by: Option<Account>,
    /// When.
    pub at: WallTime,
}

worded! {
    /// Why a case ended.
    pub enum EndReason {
        /// A reminder was read.
        Read = "read", "企业已阅", "Read";
        /// The time of a reminder is over.
        TimeOver = "time_over", "提醒期满", "Time is over";
        /// A re-check proved the rectification.
        Rechecked = "rechecked", "复查合格", "Re-checked";
        /// The receiver of the bundle acknowledged it.
        HandedOver = "handed_over", "已移交并接收", "Handed over and acknowledged";
        /// A plea was upheld for every member.
        PleaUpheld = "plea_upheld", "陈述申辩成立", "Plea upheld";
        /// No member is confirmed any more.
        VerdictChanged = "verdict_changed", "判定变更", "Verdict changed";
        /// The draft was given up before a notice left.
        Discarded = "discarded", "撤回拟办", "Draft discarded";
    }
}

impl Case {
    /// A new draft.
    ///
    /// # Errors
    /// [`Refusal::Members`] when it is about nothing, or about too much.
    pub fn draft(members: impl IntoIterator<Item = Member>) -> Result<Self, Refusal> {
        let members: BTreeSet<_> = members.into_iter().collect();
        check_members(&members)?;
        Ok(Self {
            state: CaseState::Draft,
            version: Version::default(),
            members,
            proposal: None,
            signatures: Vec::new(),
            notice: None,
            plea: None,
            answer: None,
            rectifications: Vec::new(),
            proofs: Vec::new(),
            handed_over: None,
            ended: None,
        })
    }

    /// What the notice asks for, or else what the draft would.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let proposed = || self.proposal.as_ref().map(|proposal| proposal.outcome);
        self.notice.as_ref().map(|notice| notice.outcome).or_else(proposed)
    }

    /// The heaviest outcome that a later case on the same members may have: a plea never leads to a heavier one
    /// (行政处罚法 45). `None` when nobody pleaded.
    #[must_use]
    pub fn ceiling(&self) -> Option<Outcome> {
        let notice = self.notice.as_ref().map(|notice| notice.outcome);
        self.plea.as_ref().map(|plea| notice.map_or(plea.outcome, |now| now.min(plea.outcome)))
    }

    /// Whether an account handed in a rectification of this case.
    #[must_use]
    pub fn was_rectified_by(&self, account: &Account) -> bool {
        self.rectifications.iter().any(|rectification| rectification.by == *account)
    }
}

/// Whether a case may be about these.
pub(crate) fn check_members(members: &BTreeSet<Member>) -> Result<(), Refusal> {
    if members.is_empty() || members.len() > MAX_MEMBERS {
        return Err(Refusal::Members { count: members.len(), most: MAX_MEMBERS });
    }
    Ok(())
}
