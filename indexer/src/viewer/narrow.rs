//! A question about violations, narrowed to what the viewer may see.

use std::borrow::Cow;

use anjian_domain::Scope;

use crate::violations::walk::{Driver, Plan};
use crate::{IndexError, ViolationQuery};

/// The query within the scope: its sites become those that are asked for and seen. `None`: no such site is left, so
/// nothing can match. A scope of everything leaves the query as it is.
///
/// # Errors
/// When no site is left and a list of the query is too long, as for a viewer who sees the site.
pub(crate) fn narrowed<'q>(
    scope: &Scope,
    query: &'q ViolationQuery,
) -> Result<Option<Cow<'q, ViolationQuery>>, IndexError> {
    let Scope::Sites(seen) = scope else { return Ok(Some(Cow::Borrowed(query))) };
    let is_asked = |site| query.sites.is_empty() || query.sites.contains(site);
    let sites: Vec<_> = seen.iter().filter(|site| is_asked(site)).cloned().collect();
    if sites.is_empty() {
        return Plan::driven_by(Driver::of(query), query, &[]).map(|_| None);
    }
    Ok(Some(Cow::Owned(ViolationQuery { sites, ..query.clone() })))
}
