//! Database and evidence files.
