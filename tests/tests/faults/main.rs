//! Faults that are caused for real under two cameras that are recorded and judged: no evidence is lost, the other camera
//! goes on, all is over when the fault is over, and the cause is shown.

mod clock;
mod data_folder;
mod failing_disk;
mod files;
mod stores;
