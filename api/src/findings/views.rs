//! Findings as answers show them.

use anjian_casework::case::FindingId;
use anjian_indexer::{FindingPage, FindingRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::attachments::views::AttachmentView;
use crate::http::problem::Problem;

/// What an officer found on site.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteFindingView {
    /// UUID.
    id: String,
    site: String,
    /// The camera that watches the place; null without.
    #[schema(required)]
    camera: Option<String>,
    /// What was broken; null where the words say it.
    #[schema(required)]
    behaviour: Option<String>,
    /// What was found.
    words: String,
    /// Where on the premises.
    place: String,
    /// By the clock of the phone.
    #[schema(format = "date-time")]
    found_at: String,
    /// By the clock of the server.
    #[schema(format = "date-time")]
    arrived_at: String,
    /// Who found it.
    by: String,
    role: String,
    /// Whether a plea about it was upheld: no case takes it any more.
    dismissed: bool,
    /// The newest case about it that you see; null without.
    #[schema(format = "uuid", required)]
    case: Option<String>,
    attachments: Vec<AttachmentView>,
}

/// One page of findings, the newest arrival first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingPageView {
    items: Vec<SiteFindingView>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl From<&FindingRow> for SiteFindingView {
    fn from(row: &FindingRow) -> Self {
        Self {
            id: row.id.0.to_string(),
            site: row.site.to_string(),
            camera: row.camera.as_ref().map(ToString::to_string),
            behaviour: row.behaviour.as_ref().map(ToString::to_string),
            words: row.words.clone(),
            place: row.place.clone(),
            found_at: row.found_at.to_string(),
            arrived_at: row.arrived_at.to_string(),
            by: row.account.clone(),
            role: row.role.clone(),
            dismissed: row.is_dismissed,
            case: row.case.map(|case| case.to_string()),
            attachments: row.attachments.iter().map(AttachmentView::from).collect(),
        }
    }
}

impl From<&FindingPage> for FindingPageView {
    fn from(page: &FindingPage) -> Self {
        Self {
            items: page.items.iter().map(SiteFindingView::from).collect(),
            next_cursor: page.next_cursor.map(|cursor| cursor.to_string()),
        }
    }
}

/// The id of a finding, as it stands in a path.
pub(crate) fn id_of(text: &str) -> Result<FindingId, Problem> {
    text.parse().map(FindingId).map_err(|_| Problem::Id { what: "finding", text: text.to_owned() })
}

/// The same for what is not there and for what is not the viewer's.
pub(crate) fn unknown() -> Problem {
    Problem::NotFound("there is no such finding".to_owned())
}
