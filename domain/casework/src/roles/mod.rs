//! Roles and actions in one table, from which the code, the tests and `docs/roles.md` are made.

mod action;
mod event;
mod page;
mod permission;
mod rights;
mod scope;
mod table;

pub use action::Action;
pub use event::Event;
pub use page::page;
pub use permission::{Maturity, Permission, Reach, Subject};
pub use rights::{Forbidden, NotGrantable, Rights};
pub use scope::{AccountScope, Region, RegionError, ScopeError, ScopeKind, scope_kinds};
pub use table::{Doer, Entry, Logged, Section, TABLE, entry, may, role_words};
