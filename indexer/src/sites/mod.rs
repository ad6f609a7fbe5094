//! What is known of a site beside its configuration: the record that officers keep, and its risk.

pub(crate) mod record;
pub(crate) mod risk;
