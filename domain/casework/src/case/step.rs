//! The single steps of a case, who takes them, and which right they ask for.

use crate::roles::Action;
use crate::worded::worded;

worded! {
    /// One step of a case.
    pub enum Step {
        /// Change the draft: members, outcome, term, legal basis. Its signatures go.
        Propose = "propose", "拟定处理意见", "Propose";
        /// Sign the draft.
        Sign = "sign", "签署", "Sign";
        /// Let the notice leave.
        Issue = "issue", "发出文书", "Issue the notice";
        /// Record how and when the notice legally arrived.
        RecordService = "record_service", "登记送达", "Record service";
        /// Say that the notice was read.
        Acknowledge = "acknowledge", "签收", "Acknowledge";
        /// Plead on the facts.
        Plead = "plead", "陈述申辩", "Plead";
        /// Answer the plea with reasons.
        Answer = "answer", "答复陈述申辩", "Answer the plea";
        /// Hand in what was done.
        Rectify = "rectify", "提交整改", "Hand in the rectification";
        /// Return what was handed in.
        Return = "return", "退回整改", "Return the rectification";
        /// Accept it with a proof that it holds.
        Recheck = "recheck", "复查", "Re-check";
        /// Record that the bundle was handed over.
        HandOver = "hand_over", "移交材料", "Hand over";
        /// Record that its receiver acknowledged it.
        RecordReceipt = "record_receipt", "登记接收回执", "Record the receipt";
        /// Close the case.
        Close = "close", "结案", "Close";
        /// Give the case up.
        Withdraw = "withdraw", "撤销案件", "Withdraw";
        /// Take out one member whose verdict changed.
        Drop = "drop_member", "移除违规", "Drop a member";
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// An officer.
    Officer,
    /// The enterprise.
    Enterprise,
    /// An officer, or the program by itself.
    OfficerOrProgram,
}

impl Step {
    /// Who takes it. What the program may do by itself is limited further: see `decide`.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Acknowledge | Self::Plead | Self::Rectify => Side::Enterprise,
            Self::Recheck | Self::Close => Side::OfficerOrProgram,
            _ => Side::Officer,
        }
    }

    /// Whether pictures, videos and documents can go with it.
    #[must_use]
    pub const fn takes_attachments(self) -> bool {
        matches!(self, Self::Plead | Self::Rectify | Self::Recheck)
    }

    /// The right that the caller asks the table for.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Propose | Self::Withdraw | Self::Drop => Action::ManageCases,
            Self::Sign | Self::Issue => Action::IssueNotices,
            Self::RecordService => Action::RecordService,
            Self::Acknowledge => Action::Acknowledge,
            Self::Plead => Action::Plead,
            Self::Answer => Action::AnswerPleas,
            Self::Rectify => Action::Rectify,
            Self::Return => Action::ReviewRectifications,
            Self::Recheck => Action::Recheck,
            Self::HandOver | Self::RecordReceipt | Self::Close => Action::CloseCases,
        }
    }
}
