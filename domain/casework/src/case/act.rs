//! A step with its words, who takes it, and what else decides.

use std::collections::BTreeSet;

use anjian_domain::{Account, WallTime};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::member::Member;
use super::policy::Policy;
use super::proof::MemberProof;
use super::record::{EndReason, Proposal, Service};
use super::step::Step;
use crate::calendar::{Calendar, Term};
use crate::{Officer, Outcome, Recusals, Version};

/// A step with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Change the draft. Its signatures go: they were given to another text.
    Propose {
        /// What it is about.
        members: BTreeSet<Member>,
        /// What it says.
        proposal: Proposal,
    },
    /// Sign the draft.
    Sign,
    /// Let the notice leave.
    Issue,
    /// Record how and when the notice legally arrived. The term begins on that day.
    RecordService(Service),
    /// Say that the notice was read.
    Acknowledge,
    /// Plead on the facts.
    Plead,
    /// Answer the plea.
    Answer {
        /// The members for which it is upheld; all of them withdraw the case.
        upheld: BTreeSet<Member>,
        /// Why.
        reasons: String,
        /// What is asked for from now on: the same, or lighter.
        outcome: Outcome,
        /// A new term from today; `None` keeps the deadline.
        term: Option<Term>,
    },
    /// Hand in what was done.
    Rectify,
    /// Return what was handed in.
    Return {
        /// Why.
        reasons: String,
        /// A new term from today; `None` keeps the deadline.
        term: Option<Term>,
    },
    /// Accept what was handed in, with a proof for each member.
    Recheck {
        /// One for each member.
        proofs: Vec<MemberProof>,
    },
    /// Record that the bundle was handed over.
    HandOver {
        /// The receiver.
        to: String,
    },
    /// Record that the receiver acknowledged the bundle.
    RecordReceipt,
    /// Close the case.
    Close,
    /// Give the case up: `Discarded` for a draft, `VerdictChanged` when no member is confirmed any more.
    Withdraw(EndReason),
    /// Take out a member that is confirmed no longer. Others stay.
    Drop(Member),
}

/// Who takes a step. The caller makes it of the Viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An officer.
    Officer(Officer),
    /// The enterprise, by an account.
    Enterprise(Account),
    /// The program by itself, by the calendar or a camera.
    Program,
}

/// Who acts, when, and what else decides.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// The present.
    pub now: WallTime,
    /// The site's time zone, in which days begin.
    pub zone: &'a TimeZone,
    /// The version that the actor's page showed.
    pub seen: Version,
    /// Who must not act on this site.
    pub recusals: &'a Recusals,
    /// The members that are confirmed beyond undo now. Findings on site always are.
    pub confirmed: &'a BTreeSet<Member>,
    /// The heaviest outcome that the evidence of every member allows: the lightest `Grade::heaviest` of all.
    pub grade_allows: Option<Outcome>,
    /// The heaviest outcome that earlier pleas on these members leave: the lightest `Case::ceiling` of all.
    pub pleas_allow: Option<Outcome>,
    /// Working days.
    pub calendar: &'a Calendar,
    /// What the installation decided.
    pub policy: &'a Policy,
}

impl Act {
    /// Its step.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::Propose { .. } => Step::Propose,
            Self::Sign => Step::Sign,
            Self::Issue => Step::Issue,
            Self::RecordService(_) => Step::RecordService,
            Self::Acknowledge => Step::Acknowledge,
            Self::Plead => Step::Plead,
            Self::Answer { .. } => Step::Answer,
            Self::Rectify => Step::Rectify,
            Self::Return { .. } => Step::Return,
            Self::Recheck { .. } => Step::Recheck,
            Self::HandOver { .. } => Step::HandOver,
            Self::RecordReceipt => Step::RecordReceipt,
            Self::Close => Step::Close,
            Self::Withdraw(_) => Step::Withdraw,
            Self::Drop(_) => Step::Drop,
        }
    }
}

impl Actor {
    /// The account; `None` for the program.
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        match self {
            Self::Officer(officer) => Some(&officer.account),
            Self::Enterprise(account) => Some(account),
            Self::Program => None,
        }
    }
}

impl Context<'_> {
    /// Today, at the site.
    #[must_use]
    pub fn today(&self) -> Date {
        self.day_of(self.now)
    }

    /// The day of a moment, at the site.
    #[must_use]
    pub fn day_of(&self, moment: WallTime) -> Date {
        moment.timestamp().to_zoned(self.zone.clone()).date()
    }
}
