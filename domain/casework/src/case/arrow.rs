//! The states of a case, and every arrow between them.

use super::step::Step;
use crate::worded::worded;

worded! {
    /// Where a case stands. Whether it is overdue is computed, not a state.
    pub enum CaseState {
        /// Being prepared; the enterprise does not see it.
        Draft = "draft", "拟办", "Draft";
        /// The notice left.
        Noticed = "noticed", "已通知", "Noticed";
        /// The enterprise pleaded; the case waits for the answer.
        Pleaded = "pleaded", "已申辩", "Pleaded";
        /// The plea was answered.
        Answered = "answered", "已答复", "Answered";
        /// The enterprise handed in what it did.
        Rectified = "rectified", "已提交整改", "Rectified";
        /// That was not enough.
        Returned = "returned", "整改被退回", "Returned";
        /// It was proven to hold.
        Rechecked = "rechecked", "复查合格", "Re-checked";
        /// Dealt with.
        Closed = "closed", "已结案", "Closed";
        /// Given up: a plea was upheld, or the verdict changed.
        Withdrawn = "withdrawn", "已撤销", "Withdrawn";
    }
}

/// From where, by which step, to where.
pub type Arrow = (CaseState, Step, CaseState);

/// Every arrow. A step without an arrow from the present state is refused. Arrows from a state to itself record
/// something.
pub const ARROWS: &[Arrow] = {
    use CaseState::{Answered, Closed, Draft, Noticed, Pleaded, Rechecked, Rectified, Returned, Withdrawn};
    &[
        (Draft, Step::Propose, Draft),
        (Draft, Step::Sign, Draft),
        (Draft, Step::Issue, Noticed),
        (Noticed, Step::Acknowledge, Noticed),
        (Noticed, Step::Plead, Pleaded),
        (Pleaded, Step::Acknowledge, Pleaded),
        (Pleaded, Step::Answer, Answered),
        (Pleaded, Step::Answer, Withdrawn),
        (Answered, Step::Acknowledge, Answered),
        (Noticed, Step::Rectify, Rectified),
        (Answered, Step::Rectify, Rectified),
        (Returned, Step::Rectify, Rectified),
        (Rectified, Step::Return, Returned),
        (Rectified, Step::Recheck, Rechecked),
        (Rechecked, Step::Close, Closed),
        // Reminders and cases that are handed over end without a re-check.
        (Noticed, Step::HandOver, Noticed),
        (Answered, Step::HandOver, Answered),
        (Noticed, Step::RecordReceipt, Noticed),
        (Answered, Step::RecordReceipt, Answered),
        (Noticed, Step::Close, Closed),
        (Answered, Step::Close, Closed),
        // A notice may arrive late.
        (Noticed, Step::RecordService, Noticed),
        (Pleaded, Step::RecordService, Pleaded),
        (Answered, Step::RecordService, Answered),
        (Rectified, Step::RecordService, Rectified),
        (Returned, Step::RecordService, Returned),
        // A plea was upheld, or a verdict changed.
        (Draft, Step::Withdraw, Withdrawn),
        (Noticed, Step::Withdraw, Withdrawn),
        (Pleaded, Step::Withdraw, Withdrawn),
        (Answered, Step::Withdraw, Withdrawn),
        (Rectified, Step::Withdraw, Withdrawn),
        (Returned, Step::Withdraw, Withdrawn),
        (Draft, Step::Drop, Draft),
        (Noticed, Step::Drop, Noticed),
        (Pleaded, Step::Drop, Pleaded),
        (Answered, Step::Drop, Answered),
        (Rectified, Step::Drop, Rectified),
        (Returned, Step::Drop, Returned),
    ]
};

impl CaseState {
    /// The states that a step may lead to.
    pub fn after(self, step: Step) -> impl Iterator<Item = Self> {
        ARROWS.iter().filter(move |(from, by, _)| *from == self && *by == step).map(|(_, _, to)| *to)
    }

    /// The steps that may be taken, for pages. `decide` may refuse them for other reasons.
    pub fn steps(self) -> impl Iterator<Item = Step> {
        Step::ALL.iter().copied().filter(move |step| self.after(*step).next().is_some())
    }

    /// Whether nothing can follow.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }
}
