//! What proves that a rectification holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::camera_proof::CameraProof;
use super::member::Member;

/// What proves that the rectification of one member holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberProof {
    /// Of which member.
    pub member: Member,
    /// The proof.
    pub proof: Proof,
}

/// What proves a rectification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Proof {
    /// The camera saw persons and no further violation.
    Camera(CameraProof),
    /// An officer was there.
    OnSite {
        /// The day.
        on: Date,
        /// What was found, in words.
        words: String,
    },
}
