//! The two databases of a copy, as errors name them.

use crate::StoreAddress;
use crate::copy::error::CopyError;
use crate::engine::connection::Connection;
use crate::engine::store::Store;

/// What is copied, in a transaction that keeps all writers out.
pub(crate) struct Source<'s> {
    pub(crate) address: &'s StoreAddress,
    pub(crate) held: Connection<'s>,
}

/// Where it is copied to.
pub(crate) struct Target<'t> {
    pub(crate) address: &'t StoreAddress,
    pub(crate) store: &'t Store,
}

/// Says of which store and table a statement failed.
pub(crate) fn failed(
    address: &StoreAddress,
    doing: &'static str,
    table: &str,
) -> impl Fn(sqlx::Error) -> CopyError {
    let (store, table) = (address.to_string(), table.to_owned());
    move |source| CopyError::Database { store: store.clone(), doing, table: table.clone(), source }
}
