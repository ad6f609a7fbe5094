//! What the field sends: files and configurations as a table of cases, run through the built `anjian`, and the page that
//! says what was expected and what was seen.

mod beginnings;
mod case;
mod configurations;
mod containers;
mod damage;
mod foreign;
mod maker;
mod page;
mod run_configurations;
mod run_files;
mod shapes;

pub use case::{Outcome, Tier};
pub use page::{PAGE, compare_or_write};
pub use run_configurations::run_configurations;
pub use run_files::run_files;
