//! Who may open how many descriptors: cameras and evidence first, the HTTP server gets the rest.

use anjian_api::ApiSettings;
use anjian_ingest::descriptors::{self, PER_CONNECTION, SPARE};

/// Connections that the HTTP server gets however few descriptors there are.
const LEAST_CONNECTIONS: u32 = 16;
/// A camera has at most two connections: the main stream is recorded, the sub-stream judged.
const CONNECTIONS_A_CAMERA: usize = 2;
/// What the server opens for an answer besides its connection: a segment, a clip, the database.
const PER_ANSWER: usize = 2;

/// Raises the limit of descriptors as far as the system allows, and answers how many connections the HTTP server may
/// have open. Logs a warning when the cameras alone need more than there is.
pub fn connections(cameras: usize) -> u32 {
    let limit = descriptors::raise_limit().unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files (ulimit -n) could not be raised");
        descriptors::limit()
    });
    let needed = needed_by_cameras(cameras) + LEAST_CONNECTIONS as usize * PER_ANSWER;
    if limit < needed {
        tracing::warn!(
            limit,
            needed,
            cameras,
            "too few open files are allowed for these cameras: raise LimitNOFILE of the service (ulimit -n); \
             cameras for which there is no room wait"
        );
    }
    share_of_server(limit, cameras)
}

fn needed_by_cameras(cameras: usize) -> usize {
    SPARE + cameras * CONNECTIONS_A_CAMERA * PER_CONNECTION
}

fn share_of_server(limit: usize, cameras: usize) -> u32 {
    let rest = limit.saturating_sub(needed_by_cameras(cameras)) / PER_ANSWER;
    let rest = u32::try_from(rest).unwrap_or(u32::MAX);
    rest.clamp(LEAST_CONNECTIONS, ApiSettings::MAX_CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_gets_what_cameras_leave() {
        for (limit, cameras, expected) in
            [(1_048_576, 64, 1_024), (1_024, 1, 440), (1_024, 8, 160), (1_024, 64, 16), (64, 0, 16)]
        {
            assert_eq!(share_of_server(limit, cameras), expected, "{limit} {cameras}");
        }
    }
}
