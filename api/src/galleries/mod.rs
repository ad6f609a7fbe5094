//! Galleries: the garments that a site approves. Lists them, and adds to them.

pub(crate) mod enrol;
pub(crate) mod list;
