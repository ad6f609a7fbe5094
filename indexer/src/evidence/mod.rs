//! The files of violations: the folder that holds them, their clips, and the reserve of disk that they may use.

pub(crate) mod clip_row;
pub(crate) mod due_clips;
pub(crate) mod folder;
pub(crate) mod leftovers;
pub(crate) mod move_out;
pub(crate) mod recorded_clip;
pub(crate) mod reserve;
pub(crate) mod rows;
