//! RTSP as cameras really speak it, from the first request to packets with times.
//!
//! GStreamer's `rtspsrc` gives up where a stream changes, and takes time stamps at their word. Here every camera's
//! stream is one line of packets: SSRC, numbers and payload types are evened out, and times come from what is
//! plausible. Deliberately does not unpack pictures and does not reconnect.

mod address;
mod credentials;
mod description;
mod flow;
mod handshake;
mod keep;
mod message;
mod packet;
mod receive;
mod reorder;
mod session;
mod stamps;
mod status;
mod streams;
mod target;
mod transport;
mod udp;
mod wire;

pub(crate) use description::{Kind, Media};
pub(crate) use receive::Receiver;
pub(crate) use session::Wanted;
pub(crate) use target::Target;
