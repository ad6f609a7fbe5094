//! HTTP, live updates and the page.
//!
//! Reads the index and its files and answers; writes nothing but holds and galleries, and never calls the pipeline: what
//! only a decoder or a model can make comes through a port. Routes are listed once, in `routes`; who asks is decided once,
//! in `accounts`; what an error looks like is decided once, in `problem`.

mod accounts;
mod attachments;
mod audit;
mod behaviours;
mod cameras;
mod cases;
mod connections;
mod disposals;
mod findings;
mod galleries;
mod health;
mod http;
mod ports;
mod recordings;
mod routes;
mod server;
mod shared;
mod sites;
mod updates;
mod verdicts;
mod violations;

pub use accounts::credentials::{NewPassword, ProgramToken};
pub use accounts::door::{DemoAccount, LoginSettings};
pub use accounts::sign_on::settings::{AccountClaim, SingleSignOn};
pub use connections::certificate::{TlsError, TlsFiles};
pub use connections::tls::Tls;
pub use http::client::PlainHttp;
pub use ports::galleries::{
    Enrolled, GalleryError, GalleryList, GalleryPort, Garment, GarmentPicture, GarmentSide, StoredGallery,
};
pub use ports::operation::{JobHealth, JobsHealth, MetricsText, ThreadHealth, ThreadsHealth};
pub use ports::pictures::{PictureError, PicturePort};
pub use routes::openapi;
pub use server::{ApiError, ApiSettings, Ports, serve, serve_on};

#[cfg(test)]
mod tests;
