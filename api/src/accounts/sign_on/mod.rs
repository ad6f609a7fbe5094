//! Signing in at a provider of OpenID Connect instead of with a password.
//!
//! The provider says who somebody is; what the account may do stays ours. There is no account that was not made here.

pub(crate) mod departure;
#[cfg_attr(not(feature = "single-sign-on"), path = "absent.rs")]
pub(crate) mod provider;
pub(crate) mod settings;
pub(crate) mod there_and_back;
