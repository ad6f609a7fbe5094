//! What officers find on site: recorded once, however often a phone sends it, with its pictures. A case takes a finding as it takes a
//! violation.

pub(crate) mod error;
pub(crate) mod find;
pub(crate) mod reach;
pub(crate) mod record;
pub(crate) mod row;
