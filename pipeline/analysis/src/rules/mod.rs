//! The behaviours that rules watch for, and what the file of a behaviour needs.
//!
//! # Add a behaviour
//! 1. Copy the nearest file (`no_hard_hat`: a state of each person; `overcrowding`: a count; `hot_work`: things) to `NAME.rs`.
//! 2. Its `BehaviourSpec` states words in two languages, icon, colour, classes, and each key with unit, range, default and help.
//! 3. `Settings` has one field a key. [`LogicSettings`] checks how the keys fit together and makes the logic.
//! 4. [`RuleLogic`] takes a [`Scene`] a frame and answers [`Finding`]s. It reads no clock and no file; [`lasted_s`] measures time.
//! 5. Add `mod NAME;` here and `NAME::REGISTRATION,` to the list in `behaviours.rs`: all else reads that list.
//! 6. Script scenes in `tests/scenes/NAME.rs`: the rule opens, stays silent, closes.
//! 7. Write `docs/behaviours.md`: `ANJIAN_WRITE_DOCS=1 cargo test -p anjian-analysis --test behaviours_page`.
//! 8. Later: raise `REVISION` whenever the same thresholds judge otherwise.
//!
//! A behaviour of another crate gives its [`Registration`] to [`Behaviours::with`]. What all rules share, such as the schedule,
//! the zone and the identity of violations, belongs to `rule.rs`.

mod behaviours;
mod finding;
mod hot_work;
mod logic;
mod no_anti_static;
mod no_hard_hat;
mod outline;
mod overcrowding;
mod path;
mod person_episodes;
mod placed_permit;
mod read;
mod registration;
mod rule;
mod scene;
mod zone_membership;

pub use self::behaviours::Behaviours;
pub use self::finding::{BreachKey, Finding, mean_score};
pub use self::logic::{Given, LogicSettings, RuleLogic};
pub use self::placed_permit::PlacedPermit;
pub use self::registration::Registration;
pub use self::scene::Scene;
pub use crate::clock::lasted_s;

pub(crate) use self::rule::{Origin, Rule};
pub(crate) use self::scene::View;
