//! HTTP, live updates and the page.
//!
//! Reads the index and its files and answers; writes nothing but holds and galleries, and never calls the pipeline: what
//! only a decoder or a model can make comes through a port. Routes are listed once, in `routes`; who may ask is decided
//! once, in `access`; what an error looks like is decided once, in `problem`.

mod access;
mod blocking;
mod body;
mod cameras;
mod coverage;
mod evidence;
mod feed;
mod galleries;
mod gallery_desk;
mod guard;
mod health;
mod holds;
mod live;
mod page;
mod pictures;
mod problem;
mod query;
mod ranges;
mod recordings;
mod routes;
mod server;
mod span;
mod storage;
mod timeline;
mod views;
mod violations;

pub use gallery_desk::{
    Enrolled, GalleryDesk, GalleryError, GalleryList, Garment, GarmentPicture, GarmentSide, StoredGallery,
};
pub use health::JobHealth;
pub use pictures::{PictureDesk, PictureError};
pub use routes::openapi;
pub use server::{ApiError, ApiSettings, JobsHealth, MetricsText, Ports, serve, serve_on};

#[cfg(test)]
mod tests;
