//! Cases: a scripted desk, each refusal, and no sequence of steps that reaches an illegal state.

mod desk;
mod sequences;
mod steps;
