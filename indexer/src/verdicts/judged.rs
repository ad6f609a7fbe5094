//! The newest judgement of a violation, as lists show it.

use anjian_domain::{Verdict, WallTime};

use crate::IndexError;
use crate::engine::columns::Columns;

/// The newest judgement of a violation. It may differ from what counts as long as it can be undone or awaits a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Counts the changes of the verdict; the next change has to name it.
    pub version: u32,
    /// What it says; [`Verdict::None`] after an undo.
    pub verdict: Verdict,
    /// Until when its giver can undo it; `None`: that is over.
    pub undo_until: Option<WallTime>,
    /// Whether it counts only after a second signature.
    pub awaits_second: bool,
}

/// Out of `judged_version`, `judged_shown`, `judged_is_settled` and `judged_settles_us`; `None` where nobody judged.
pub(crate) fn decode(columns: &Columns<'_>) -> Result<Option<Judged>, IndexError> {
    let Some(version) = columns.count_or_null("judged_version")? else { return Ok(None) };
    let undo_until = columns.wall_or_null("judged_settles_us")?;
    Ok(Some(Judged {
        version,
        verdict: columns.word("judged_shown")?,
        undo_until,
        awaits_second: undo_until.is_none() && !columns.flag("judged_is_settled")?,
    }))
}
