//! Attachments: received, checked, kept as files with rows, taken by what stands on record, given up.

pub(crate) mod error;
pub(crate) mod expire;
pub(crate) mod find;
pub(crate) mod inspect;
pub(crate) mod receive;
pub(crate) mod row;
pub(crate) mod take;
