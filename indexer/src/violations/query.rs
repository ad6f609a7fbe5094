//! What can be asked about violations. Plain values; the SQL stands in `search` and `count`.

use anjian_domain::{Behaviour, CameraId, RunKind, Score, SiteId, Verdict, WallTime, ZoneId};
use jiff::tz::TimeZone;

use crate::{Cursor, Marks, SearchWords, ViolationRow, ViolationStatus};

/// Which violations. Lists are alternatives (any of them), an empty list means all; the fields narrow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct ViolationQuery {
    /// Of these sites.
    pub sites: Vec<SiteId>,
    /// Of these cameras.
    pub cameras: Vec<CameraId>,
    /// In these zones; zone ids are unique in their camera only.
    pub zones: Vec<ZoneId>,
    /// Of these behaviours.
    pub behaviours: Vec<Behaviour>,
    /// In these states.
    pub statuses: Vec<ViolationStatus>,
    /// With these verdicts.
    pub verdicts: Vec<Verdict>,
    /// With these marks of officers.
    pub marks: Marks,
    /// With these words in the names of its site and camera, or in those that officers wrote of it.
    pub words: Option<SearchWords>,
    /// Found by these kinds of Run.
    pub runs: Vec<RunKind>,
    /// Opened at or after.
    pub from: Option<WallTime>,
    /// Opened before.
    pub to: Option<WallTime>,
    /// At least this sure.
    pub min_score: Option<Score>,
    /// How many a page, 1..=200; brought into that range.
    pub limit: u16,
    /// After this one. `None`: from the newest.
    pub cursor: Option<Cursor>,
}

impl ViolationQuery {
    /// Violations a page when nobody says how many.
    pub const DEFAULT_LIMIT: u16 = 50;
    /// Most violations a page.
    pub const MAX_LIMIT: u16 = 200;
    /// Most values of one list; more are refused with [`crate::IndexError::Query`].
    pub const MAX_VALUES: usize = 64;
}

impl Default for ViolationQuery {
    fn default() -> Self {
        Self {
            sites: Vec::new(),
            cameras: Vec::new(),
            zones: Vec::new(),
            behaviours: Vec::new(),
            statuses: Vec::new(),
            verdicts: Vec::new(),
            marks: Marks::default(),
            words: None,
            runs: Vec::new(),
            from: None,
            to: None,
            min_score: None,
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// One page of violations, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViolationPage {
    /// At most `limit`.
    pub items: Vec<ViolationRow>,
    /// Where the next page begins; `None` on the last page.
    pub next_cursor: Option<Cursor>,
}

/// By what violations are counted.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupBy {
    /// Each behaviour.
    Behaviour,
    /// Each camera.
    Camera,
    /// Each hour of the time line in this zone (the site's); needs `from` and `to` at most 31 days apart.
    Hour(TimeZone),
    /// Each calendar day in this zone (the site's); needs `from` and `to` at most 400 days apart.
    Day(TimeZone),
}

/// What one count is of. In order: by name, or from the oldest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountKey {
    /// A behaviour.
    Behaviour(Behaviour),
    /// A camera.
    Camera(CameraId),
    /// The hour that begins then.
    Hour(WallTime),
    /// A day of the zone's calendar, and when it begins.
    Day(jiff::civil::Date, WallTime),
}

/// How many violations opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViolationCount {
    /// Of what.
    pub key: CountKey,
    /// How many; groups with none are left out.
    pub count: u64,
}
