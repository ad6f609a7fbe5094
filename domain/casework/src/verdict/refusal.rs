//! Why an act on a verdict is refused.

use crate::Version;

/// Why an act on a verdict is refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody changed the verdict meanwhile: the page shows an old one.
    #[error(
        "the verdict changed meanwhile: the page shows version {seen}, the violation has {current}; load it again"
    )]
    Changed {
        /// What the page showed.
        seen: Version,
        /// What there is.
        current: Version,
    },
    /// The officer is recused from the site.
    #[error("the officer is recused from this site")]
    Recused,
    /// Confirming is done one by one.
    #[error("violations are confirmed one by one; only dismissals may be given for many at once")]
    ConfirmInBulk,
    /// The reason `other` says nothing by itself.
    #[error("the reason other needs words")]
    WordsMissing,
    /// A verdict that replaces another says why.
    #[error("a verdict that replaces another needs a reason")]
    ChangeReasonMissing,
    /// A text is too long.
    #[error("a reason has at most {most} characters")]
    TooLong {
        /// Most characters.
        most: usize,
    },
    /// The same finding stands already.
    #[error("the same verdict stands already")]
    Same,
    /// Nobody judged the violation.
    #[error("there is no verdict")]
    Unjudged,
    /// The verdict can still be undone, so it cannot be replaced or signed.
    #[error("the verdict can still be undone: its giver may undo it, others wait until the window is over")]
    WindowOpen,
    /// The window for undoing is over.
    #[error("the verdict can be undone no longer: give a new verdict with a reason")]
    WindowOver,
    /// Only the giver undoes a verdict.
    #[error("only the officer who gave the verdict can undo it")]
    NotTheGiver,
    /// No second signature was asked for.
    #[error("no second signature was asked for")]
    NotAsked,
    /// The second signature is there.
    #[error("the verdict has its second signature already")]
    AlreadySigned,
    /// Nobody signs twice.
    #[error("the second signature must come from another officer")]
    SameOfficer,
}
