//! Who is there: signing in and out, the gate before every route, accounts and tokens.
//!
//! `gate` decides who asks and whether they may, for every route that `access` lists; nothing else does.

pub(crate) mod access;
pub(crate) mod asker;
pub(crate) mod attempts;
pub(crate) mod cookie;
pub(crate) mod credentials;
pub(crate) mod device;
pub(crate) mod door;
pub(crate) mod gate;
pub(crate) mod own;
pub(crate) mod passwords;
pub(crate) mod roles;
pub(crate) mod session;
pub(crate) mod sign_on;
pub(crate) mod token;
pub(crate) mod tokens;
pub(crate) mod totp;
pub(crate) mod users;
pub(crate) mod views;
pub(crate) mod weakness;
