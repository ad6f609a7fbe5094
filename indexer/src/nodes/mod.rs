//! Nodes: a data folder and the process that serves it. Several may share a database on a server; each records cameras of its
//! own, and its files lie in its own folder.

mod heartbeat;
mod node;
pub(crate) mod register;
pub(crate) mod take;
