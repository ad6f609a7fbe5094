//! Sites and cameras: what the configuration says of them, and what each camera is doing.

pub(crate) mod camera_row;
pub(crate) mod registry;
pub(crate) mod rows;
pub(crate) mod ticks;
