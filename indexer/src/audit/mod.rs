//! The audit: what was done, by whom, from where and why. Append-only; each entry is linked to the one before it.
//!
//! An entry is written in the transaction of the change that it is about ([`append`]). Whether entries were changed,
//! removed, inserted or reordered shows in the links ([`link`], [`verify`]); a chain that was rewritten whole shows against
//! a checkpoint that left the machine ([`checkpoint`]).

pub(crate) mod append;
pub(crate) mod checkpoint;
pub(crate) mod entry;
pub(crate) mod key;
pub(crate) mod link;
pub(crate) mod search;
pub(crate) mod verify;
pub(crate) mod witness;
