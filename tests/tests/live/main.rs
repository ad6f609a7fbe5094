//! The real executable against real RTSP cameras: what it finds, what it records, and what faults cost.
//!
//! One executable, because cameras play in real time: these tests wait, and tests of one executable wait beside each
//! other. They start in the order of their names; the longest, `kills`, is among the first on a machine of two cores.

mod full_disk;
mod kills;
mod lost_cameras;
mod nodes;
mod recording;
mod renewal;
mod server_database;
mod spine;
