//! The record of a site as answers show it.

use anjian_casework::risk::{Risk, RiskFactor, RiskLine};
use anjian_indexer::{SiteRecord, SiteRecordRow};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::cameras::views::{CameraView, SiteView};
use crate::findings::views::SiteFindingView;
use crate::http::schema::one_of;

/// A site with everything that an officer looks at before a visit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteOverviewView {
    pub(crate) site: SiteView,
    /// What officers keep of it; null before the first.
    #[schema(required)]
    pub(crate) record: Option<SiteRecordRowView>,
    /// Null when you see no statistics.
    #[schema(required)]
    pub(crate) risk: Option<RiskView>,
    /// Its cameras; empty when you see none.
    pub(crate) cameras: Vec<CameraView>,
    /// How many cases are not over; null when you see no cases.
    #[schema(required)]
    pub(crate) open_cases: Option<u64>,
    /// The newest five findings; empty when you see none.
    pub(crate) findings: Vec<SiteFindingView>,
}

/// What officers keep of a site. A text is empty where nothing is known.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteRecordView {
    /// The number of the production licence.
    licence: String,
    /// The last day of the licence.
    #[schema(value_type = Option<String>, format = "date", required)]
    licence_until: Option<Date>,
    industry: String,
    /// Who is responsible for safety.
    responsible: String,
    telephone: String,
    address: String,
}

/// A record with who wrote it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteRecordRowView {
    #[serde(flatten)]
    record: SiteRecordView,
    /// Counts the changes; send it with the next one.
    version: u32,
    /// Who wrote it.
    by: String,
    #[schema(format = "date-time")]
    at: String,
}

/// The risk of a site.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskView {
    /// 0 to 100: the sum of the lines, cut off at 100.
    score: u32,
    /// Every factor, whether it adds or not.
    lines: Vec<RiskLineView>,
}

/// One line of the risk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskLineView {
    #[schema(schema_with = factors)]
    factor: &'static str,
    /// How many of it.
    count: u32,
    points: u32,
}

fn factors() -> Object {
    one_of("What adds to the risk.", RiskFactor::ALL.iter().map(|factor| factor.as_str()))
}

impl From<SiteRecordView> for SiteRecord {
    fn from(view: SiteRecordView) -> Self {
        let SiteRecordView { licence, licence_until, industry, responsible, telephone, address } = view;
        Self { licence, licence_until, industry, responsible, telephone, address }
    }
}

impl From<SiteRecord> for SiteRecordView {
    fn from(record: SiteRecord) -> Self {
        let SiteRecord { licence, licence_until, industry, responsible, telephone, address } = record;
        Self { licence, licence_until, industry, responsible, telephone, address }
    }
}

impl From<SiteRecordRow> for SiteRecordRowView {
    fn from(row: SiteRecordRow) -> Self {
        Self { record: row.record.into(), version: row.version.0, by: row.account, at: row.at.to_string() }
    }
}

impl From<Risk> for RiskView {
    fn from(risk: Risk) -> Self {
        let line = |line: &RiskLine| RiskLineView {
            factor: line.factor.as_str(),
            count: line.count,
            points: line.points,
        };
        Self { score: risk.score, lines: risk.lines.iter().map(line).collect() }
    }
}
