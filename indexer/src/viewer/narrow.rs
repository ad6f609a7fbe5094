//! A question about violations, narrowed to what the viewer may see.

use std::borrow::Cow;

use anjian_casework::roles::{Action, Reach};
use anjian_domain::{Scope, Verdict, Viewer};

use crate::casework::reach::sees_drafts;
use crate::viewer::reach;
use crate::violations::walk::{Driver, Plan};
use crate::{IndexError, ViolationQuery};

/// The query as far as the viewer sees: its sites and verdicts become those that are asked for and seen. `None`: none is
/// left, so nothing can match. Who sees everything asks the query as it is.
///
/// # Errors
/// When nothing is left and a list of the query is too long, as for a viewer who sees something.
pub(crate) fn narrowed<'q>(
    viewer: &Viewer,
    query: &'q ViolationQuery,
) -> Result<Option<Cow<'q, ViolationQuery>>, IndexError> {
    let mut narrowed = Cow::Borrowed(query);
    if let Scope::Sites(seen) = viewer.scope() {
        let is_asked = |site| query.sites.is_empty() || query.sites.contains(site);
        narrowed.to_mut().sites = seen.iter().filter(|site| is_asked(site)).cloned().collect();
        if narrowed.sites.is_empty() {
            return nothing(query);
        }
    }
    // Decisions of officers are theirs: others do not learn them from what a search finds.
    let may_ask = query.marks.is_empty() || !reach::is_confirmed_only(viewer);
    if !may_ask || (!query.marks.cases.is_empty() && !sees_drafts(viewer)) {
        return nothing(query);
    }
    match reach::of(viewer, Action::SeeViolations) {
        Some(Reach::Installation | Reach::Scope) => Ok(Some(narrowed)),
        Some(Reach::Confirmed)
            if query.verdicts.is_empty() || query.verdicts.contains(&Verdict::Confirmed) =>
        {
            narrowed.to_mut().verdicts = vec![Verdict::Confirmed];
            Ok(Some(narrowed))
        }
        Some(Reach::Confirmed | Reach::Noticed | Reach::Own) | None => nothing(query),
    }
}

/// Refuses what would be refused if there were something to search.
fn nothing(query: &ViolationQuery) -> Result<Option<Cow<'_, ViolationQuery>>, IndexError> {
    Plan::driven_by(Driver::of(query), query, &[]).map(|_| None)
}
