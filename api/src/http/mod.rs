//! What every route shares of HTTP: who asks and who may ask at all, keys of queries, bodies, ranges, entity tags, errors, what the
//! OpenAPI document cannot see, the page.

pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod file_name;
pub(crate) mod guard;
pub(crate) mod kinds;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod ranges;
pub(crate) mod reading;
pub(crate) mod schema;
pub(crate) mod seconds;
pub(crate) mod span;
pub(crate) mod stored;
pub(crate) mod tag;
