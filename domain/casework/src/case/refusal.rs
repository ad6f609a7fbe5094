//! Why a step of a case is refused.

use super::arrow::CaseState;
use super::step::{Side, Step};
use crate::{Outcome, Version};

/// Why a step is refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody changed the case meanwhile.
    #[error(
        "the case changed meanwhile: the page shows version {seen}, the case has {current}; load it again"
    )]
    Changed {
        /// What the page showed.
        seen: Version,
        /// What there is.
        current: Version,
    },
    /// No arrow leads from here.
    #[error("a case that is {state} does not allow: {step}")]
    NotNow {
        /// Where the case stands.
        state: CaseState,
        /// What was asked.
        step: Step,
    },
    /// The step belongs to the other side.
    #[error("{step} belongs to: {side:?}")]
    WrongSide {
        /// What was asked.
        step: Step,
        /// Who takes it.
        side: Side,
    },
    /// The officer, or one who signed, is recused from the site.
    #[error("an officer is recused from this site")]
    Recused,
    /// Nobody judges their own work.
    #[error("this account did what is to be judged now: another officer must decide")]
    OwnWork,
    /// A case is about something, and not about too much.
    #[error("a case has 1 to {most} members, not {count}")]
    Members {
        /// How many were given.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A member is not confirmed, or can still be undone.
    #[error("a member is not confirmed, or its verdict can still be undone")]
    Unconfirmed,
    /// The member is confirmed, so it stays.
    #[error("a member that is confirmed stays in its case")]
    StillConfirmed,
    /// The case does not have this member.
    #[error("the case has no such member")]
    NoSuchMember,
    /// The last member does not leave: the case is withdrawn.
    #[error("the last member does not leave a case: withdraw the case")]
    LastMember,
    /// The draft says nothing yet.
    #[error("the draft has no proposal")]
    NoProposal,
    /// A notice names its legal basis.
    #[error("a notice needs a legal basis")]
    NoLegalBasis,
    /// Nobody signs twice.
    #[error("this officer signed already: another one must sign")]
    SignedAlready,
    /// Signatures are missing.
    #[error("{outcome} needs {needed} signatures, with certificate numbers unless it reminds")]
    SignaturesMissing {
        /// What is asked for.
        outcome: Outcome,
        /// How many it needs.
        needed: usize,
    },
    /// Orders are signed with a certificate number.
    #[error("{outcome} is signed with a certificate number, and this account has none")]
    NoCertificate {
        /// What is asked for.
        outcome: Outcome,
    },
    /// The evidence does not carry this outcome.
    #[error("the evidence does not allow {outcome}: the list of what is missing says why")]
    GradeTooLow {
        /// What is asked for.
        outcome: Outcome,
    },
    /// A plea never leads to something heavier.
    #[error("a plea must not make anything heavier: neither the outcome nor an earlier deadline")]
    Heavier,
    /// Something must be said in words.
    #[error("{step} needs words")]
    WordsMissing {
        /// What was asked.
        step: Step,
    },
    /// A text is too long.
    #[error("a text has at most {most} characters")]
    TooLong {
        /// Most characters.
        most: usize,
    },
    /// The outcome is another.
    #[error("{step} is not for a case whose outcome is {outcome}")]
    NotForOutcome {
        /// What was asked.
        step: Step,
        /// What the notice asks for.
        outcome: Outcome,
    },
    /// Electronic service needs a stored consent.
    #[error("electronic service needs the number of a stored consent (送达确认书)")]
    NoConsent,
    /// The day of service or of a re-check is impossible.
    #[error("the day lies before what it follows, or in the future")]
    ImpossibleDay,
    /// It is on record already.
    #[error("this is on record already: {step}")]
    OnRecord {
        /// What was asked.
        step: Step,
    },
    /// Each member has one proof.
    #[error("a re-check has one proof for each member, given after the last rectification")]
    ProofMissing,
    /// A camera cannot prove what an officer found on site.
    #[error("what was found on site is re-checked on site")]
    NotByCamera,
    /// The camera did not watch long enough.
    #[error("the camera's proof is shorter than {needed_s} s")]
    ProofTooShort {
        /// Seconds that are asked for.
        needed_s: u64,
    },
    /// A reminder is neither read nor over.
    #[error("the reminder was not read, and its time is not over")]
    NotRead,
    /// The bundle was not handed over, or not acknowledged.
    #[error("the bundle was not handed over and acknowledged")]
    NotAcknowledged,
    /// This reason does not withdraw a case here.
    #[error(
        "this reason does not withdraw a case here: a draft is discarded, an issued case has a changed verdict"
    )]
    WithdrawReason,
}
