//! Cases: confirmed violations of one site that are dealt with together, from draft to proven correction.

mod act;
mod answer;
mod arrow;
mod camera_proof;
mod decide;
mod draft;
mod finish;
mod guard;
mod lateness;
mod member;
mod policy;
mod proof;
mod record;
mod rectify;
mod refusal;
mod serve;
mod step;

pub use act::{Act, Actor, Context};
pub use arrow::{ARROWS, Arrow, CaseState};
pub use camera_proof::{CameraProof, Unproven, Watch, prove};
pub use decide::decide;
pub use lateness::Turn;
pub use member::{FindingId, Member};
pub use policy::Policy;
pub use proof::{MemberProof, Proof};
pub use record::{
    Answer, Case, EndReason, Ended, HandedOver, Notice, Plea, Proposal, Rectification, Service, ServiceWay,
    Signature,
};
pub use refusal::Refusal;
pub use step::{Side, Step};
