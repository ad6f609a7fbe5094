//! Threads and queues: live and archive Runs.
