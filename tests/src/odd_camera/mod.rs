//! A camera that misbehaves by script: a real RTSP server on loopback, over TCP and UDP.
//!
//! [`Script`] holds every misbehaviour, one value each. What it sends is known to the last picture ([`OddCamera::seen`]).

mod access;
mod answer;
mod client;
mod clip;
mod codec;
mod describe;
mod media;
mod packets;
mod request;
mod script;
mod seen;
mod server;

pub use codec::Codec;
pub use script::{
    Access, Control, End, Identity, PayloadType, Redirect, Scene, Script, Second, SenderClock, Sequence,
    Slow, Stamps, Transports,
};
pub use seen::Seen;
pub use server::OddCamera;
