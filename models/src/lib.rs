//! ONNX Runtime: pictures in, [`Detection`](anjian_domain::Detection)s and
//! [`Answer`](anjian_domain::Answer)s out.
//!
//! ```text
//! Catalogue --load--> Detector:   Picture -> letterbox -> tensor -> ONNX Runtime -> head -> suppress -> Detections
//!           --load--> SecondLook: Picture, Looks -> crops -> tensor -> ONNX Runtime -> Answers
//! ```
//!
//! The only crate that knows ONNX Runtime, and the only one that knows a model's pixels: outside it every box is
//! normalised. It keeps no threads, reads no camera and remembers nothing from one picture to the next.

mod annotate;
mod catalogue;
mod colour;
mod crop;
mod cutter;
mod detector;
mod error;
pub mod eval;
mod graph;
mod letterbox;
mod model;
mod model_entry;
mod picture_file;
mod picture_header;
mod runtime;
mod second_look;
mod second_look_model;
mod second_look_session;
mod session;
mod suppress;
mod tile;
mod yolox;

pub use annotate::annotate;
pub use catalogue::Catalogue;
pub use colour::YuvToRgb;
pub use detector::{Detector, Reported, SessionSettings};
pub use error::ModelError;
pub use letterbox::{Fit, Letterbox};
pub use model::{Channels, ClassChannel, Head, Input, InputFit, Model, SuppressGroup};
pub use picture_file::{decode_picture, read_picture, write_picture};
pub use runtime::Runtime;
pub use second_look::SecondLook;
pub use second_look_model::{Calibration, SecondLookModel};
pub use tile::{TileError, Tiles};
