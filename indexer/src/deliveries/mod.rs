//! Who is notified: events in the transaction of their change, subscriptions, deliveries that are planned, claimed and ended.
//!
//! Nothing is sent here. A sender claims a delivery, sends it, and says how that ended; a claim that nobody ended runs out, and the
//! delivery is claimed again. So each is sent at least once, and its id lets the receiver tell what came twice.

pub(crate) mod claim;
pub(crate) mod contents;
pub(crate) mod end;
pub(crate) mod event;
pub(crate) mod list;
pub(crate) mod plan;
pub(crate) mod receivers;
pub(crate) mod reports;
pub(crate) mod subscription_row;
pub(crate) mod subscriptions;
