//! The plain facts that a grade is made of. The caller reads them from the rows.

use std::time::Duration;

use anjian_domain::Verdict;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Officer;

/// The facts behind one violation's evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The camera's review record that holds on the day of the violation.
    pub review: Option<Review>,
    /// The day of the violation, in the site's time zone.
    pub used_on: Date,
    /// How far the camera's clock was off; `None` when that was not measured.
    pub clock_offset: Option<Duration>,
    /// The clip.
    pub clip: Clip,
    /// The height of the person in the clearest picture.
    pub person_height: PersonHeight,
    /// The files beside their digests.
    pub digests: Digests,
    /// The verdict that counts outside of the inbox; see `VerdictState::effective`.
    pub verdict: Verdict,
    /// The officers who sign.
    pub officers: Vec<Officer>,
}

/// The proof that a camera may be used as evidence (行政处罚法 41). Texts that are empty are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The number of the record.
    pub number: String,
    /// Who reviewed, legally and technically.
    pub reviewer: String,
    /// When.
    pub reviewed_on: Date,
    /// Whether a picture of the sign at the camera is stored.
    pub has_sign_picture: bool,
    /// Where and when the camera's place was published.
    pub publication: Option<Publication>,
}

/// Where and when a camera's place was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The first day.
    pub on: Date,
    /// The website, board or gazette.
    pub place: String,
}

/// The clip of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clip {
    /// There is none.
    Absent,
    /// Pictures are missing in it.
    Gaps,
    /// From its first picture to its last.
    Whole,
}

/// The height of the person whom a violation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonHeight {
    /// The behaviour is about no single person.
    NotAsked,
    /// It was not measured.
    Unknown,
    /// In pixels.
    Measured {
        /// Pixels of the clean snapshot.
        height_px: u32,
    },
}

/// The files beside their digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digests {
    /// They were not compared.
    Unchecked,
    /// A file differs or is missing.
    Broken,
    /// All are as they were written.
    Intact,
}

/// What an installation asks of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Days between publication and use; 0 asks for publication only. 粤府〔2025〕12号 asks for 30.
    pub published_days: u16,
    /// Most seconds that the camera's clock may be off.
    pub clock_offset_s: u32,
    /// Least height of the person, pixels.
    pub person_height_px: u32,
}

impl Default for Limits {
    /// 30 days; 5 seconds; 100 pixels, at which head and upper body are told apart.
    fn default() -> Self {
        Self { published_days: 30, clock_offset_s: 5, person_height_px: 100 }
    }
}
