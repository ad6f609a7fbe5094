//! Scripted scenes through the whole analysis: detections in, violations out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod head_count;
mod hot_work;
mod no_hard_hat;
mod overcrowding;
mod properties;
mod second_looks;
mod settings;
mod stage;
mod time;
mod truth;
