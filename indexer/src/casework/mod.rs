//! Cases: drafted, noticed, pleaded, rectified, re-checked and closed. `domain/casework` decides, this room keeps.

pub(crate) mod bound;
pub(crate) mod case_row;
pub(crate) mod context;
pub(crate) mod delivery;
pub(crate) mod detail;
pub(crate) mod error;
pub(crate) mod escalate;
pub(crate) mod facts;
pub(crate) mod follow;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod proof;
pub(crate) mod reach;
pub(crate) mod record;
pub(crate) mod recusals;
pub(crate) mod reviews;
pub(crate) mod rules;
pub(crate) mod step;
