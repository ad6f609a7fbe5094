//! Findings as rows.

use anjian_casework::case::FindingId;
use anjian_domain::{Behaviour, CameraId, SiteId, WallTime};

use crate::IndexError;
use crate::attachments::row::AttachmentRow;
use crate::casework::case_row::CaseId;
use crate::engine::columns::Columns;
use crate::engine::row::Row;

/// What an officer found on site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// Names it; the phone made it.
    pub id: FindingId,
    /// Where.
    pub site: SiteId,
    /// The camera that watches the place, if one does.
    pub camera: Option<CameraId>,
    /// What was broken, where it has a name; else the words say it.
    pub behaviour: Option<Behaviour>,
    /// What was found.
    pub words: String,
    /// Where on the premises.
    pub place: String,
    /// When, by the clock of the phone.
    pub found_at: WallTime,
    /// When it arrived, by the clock of the server.
    pub arrived_at: WallTime,
    /// Who found it.
    pub account: String,
    /// As what.
    pub role: String,
    /// Whether a plea about it was upheld: no case takes it any more.
    pub is_dismissed: bool,
    /// The newest case that is about it and that the viewer sees.
    pub case: Option<CaseId>,
    /// Its pictures, videos and documents.
    pub attachments: Vec<AttachmentRow>,
}

/// What [`decode`] needs, from `finding AS f`, without the case.
pub(crate) const COLUMNS: &str = "f.seq, f.id, f.site, f.camera, f.behaviour, f.words, f.place, f.found_us, f.arrived_us, f.account, \
     f.role, f.dismissed_us";

/// The place in lists, and the finding without its attachments.
pub(crate) fn decode(row: &Row) -> Result<(i64, FindingRow), IndexError> {
    let columns = Columns { table: "finding", row };
    let found = FindingRow {
        id: FindingId(columns.uuid("id")?),
        site: columns.word("site")?,
        camera: columns.word_or_null("camera")?,
        behaviour: columns.word_or_null("behaviour")?,
        words: columns.get("words")?,
        place: columns.get("place")?,
        found_at: columns.wall("found_us")?,
        arrived_at: columns.wall("arrived_us")?,
        account: columns.get("account")?,
        role: columns.get("role")?,
        is_dismissed: columns.wall_or_null("dismissed_us")?.is_some(),
        case: columns.uuid_or_null("case_id")?.map(CaseId),
        attachments: Vec::new(),
    };
    Ok((columns.get("seq")?, found))
}

pub(crate) fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read findings", table: "finding", source }
}

pub(crate) fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a finding", table: "finding", source }
}
