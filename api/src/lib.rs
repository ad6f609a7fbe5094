//! HTTP, live updates and the page.
//!
//! Reads the index and answers; never calls the pipeline and never writes. Routes are listed once, in `routes`; who
//! may ask is decided once, in `access`; what an error looks like is decided once, in `problem`.

mod access;
mod cameras;
mod evidence;
mod feed;
mod guard;
mod health;
mod live;
mod page;
mod pictures;
mod problem;
mod query;
mod routes;
mod server;
mod timeline;
mod views;
mod violations;

pub use pictures::{PictureDesk, PictureError};
pub use routes::openapi;
pub use server::{ApiError, ApiSettings, MetricsText, Ports, serve, serve_on};

#[cfg(test)]
mod tests;
