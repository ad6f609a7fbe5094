//! The behaviours that this version can judge: one file and one line in [`list`] each.
//!
//! A behaviour's file holds its thresholds and its logic, and only those. What all rules share, the schedule, the
//! zone, the identity of violations, is in [`rule`].

mod finding;
mod hot_work;
mod list;
mod logic;
mod no_anti_static;
mod no_hard_hat;
mod outline;
mod overcrowding;
mod path;
mod person_episodes;
mod placed_permit;
mod read;
mod rule;
mod scene;
mod zone_membership;

pub(crate) use self::list::parse;
pub(crate) use self::logic::{Given, LogicSettings};
pub(crate) use self::placed_permit::PlacedPermit;
pub(crate) use self::rule::{Origin, Rule};
pub(crate) use self::scene::View;
