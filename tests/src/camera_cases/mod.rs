//! Every odd camera that was thought of, what is expected of Anjian with it, and what is seen.

mod addresses;
mod case;
mod clocks;
mod copied;
mod each;
mod ledger;
mod media;
mod page;
mod refusals;
mod run;
mod sessions;
mod stamps;
mod streams;
mod table;

pub use case::{Case, Expected, Kind, Tier};
pub use copied::kept_by_ffmpeg_alone;
pub use page::{compare_or_write, compare_rows};
pub use run::{Outcome, run, run_all};
pub use table::table;

/// All of them, in the order of the table.
#[must_use]
pub fn cases() -> Vec<Case> {
    [
        stamps::cases(),
        streams::cases(),
        sessions::cases(),
        addresses::cases(),
        media::cases(),
        refusals::cases(),
        clocks::cases(),
    ]
    .concat()
}
