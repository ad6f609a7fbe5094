//! Who may sign in: accounts with a role and a scope, their passwords, second factors, sessions and tokens.
//!
//! Passwords come here hashed, tokens as digests: what opens the door is never stored. Every change stands in the audit, in the
//! transaction of the change.

pub(crate) mod account_row;
pub(crate) mod changes;
pub(crate) mod error;
pub(crate) mod log_in;
pub(crate) mod own;
pub(crate) mod register;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod totp;
