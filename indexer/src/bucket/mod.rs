//! The bucket: where evidence and closed segments lie besides the local disk, in a store that speaks S3 or in a folder of a NAS.
//!
//! [`client`] reads and deletes, [`list`] lists, [`put`] copies a file there and answers once it is safe; [`ranged_reader`] lets code
//! that reads files read objects. Every request is bounded: a limit of requests at once, a timeout, two retries. Callers
//! retry further; they know for how long.
//!
//! Knows neither rows nor the meaning of keys. Objects do not change: a key is only ever written again with the same bytes.
//! Errors repeat code and message of an answer and nothing else of it: answers quote signatures and tokens.

mod answers;
pub(crate) mod cause;
pub(crate) mod client;
pub(crate) mod credentials;
mod folder;
mod list;
mod put;
pub(crate) mod ranged_reader;
mod s3;
pub(crate) mod settings;
mod source_file;
