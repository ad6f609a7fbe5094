//! Disposals as answers show them.

use anjian_indexer::{Disposal, DisposalPage, HeldFile, IndexError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cases::views::CaseView;

/// An ended case, and how much goes or went with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisposalView {
    case: CaseView,
    /// The first day at the site on which it may go; null while it is not over.
    #[schema(format = "date", required)]
    due: Option<String>,
    /// Two different officers have to sign.
    signatures: Vec<DisposalSignatureView>,
    /// Whether a hold keeps pictures of it; it cannot be signed then.
    held: bool,
    /// Files that go, or went.
    files: usize,
    /// Their size.
    size_bytes: u64,
    /// Another one when another officer signed, or something else goes. A signature sends it back.
    version: String,
}

/// A signature that is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisposalSigningView {
    /// `version` of what the officer saw.
    pub(crate) seen: String,
}

/// The same with everything by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisposalDetailView {
    #[serde(flatten)]
    disposal: DisposalView,
    /// Violations whose evidence goes. Those that another case keeps are not among them.
    violations: Vec<String>,
    /// Findings on site whose words go.
    findings: Vec<String>,
    /// Files of evidence, and attachments.
    holds: Vec<HeldFileView>,
}

/// A signature under a disposal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisposalSignatureView {
    account: String,
    /// The certificate number of that day; empty without.
    certificate: String,
    #[schema(format = "date-time")]
    at: String,
}

/// A file that goes, or went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldFileView {
    /// In the evidence folder.
    path: String,
    size_bytes: u64,
    /// 64 lower-case hexadecimal digits.
    sha256: String,
}

/// One page of the list for disposal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisposalPageView {
    items: Vec<DisposalView>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl DisposalView {
    fn of(disposal: &Disposal) -> Result<Self, IndexError> {
        let signature = |one: &anjian_indexer::DisposalSignature| DisposalSignatureView {
            account: one.account.to_string(),
            certificate: one.certificate.clone(),
            at: one.at.to_string(),
        };
        Ok(Self {
            case: CaseView::from(&disposal.case),
            due: disposal.due.map(|day| day.to_string()),
            signatures: disposal.signatures.iter().map(signature).collect(),
            held: disposal.is_held,
            files: disposal.holdings.files.len(),
            size_bytes: disposal.holdings.size_bytes(),
            version: disposal.version()?,
        })
    }
}

impl DisposalDetailView {
    pub(crate) fn of(disposal: &Disposal) -> Result<Self, IndexError> {
        let held = &disposal.holdings;
        let file = |HeldFile { path, size_bytes, sha256 }: &HeldFile| HeldFileView {
            path: path.clone(),
            size_bytes: *size_bytes,
            sha256: sha256.clone(),
        };
        Ok(Self {
            disposal: DisposalView::of(disposal)?,
            violations: held.violations.iter().map(ToString::to_string).collect(),
            findings: held.findings.iter().map(|id| id.0.to_string()).collect(),
            holds: held.files.iter().map(file).collect(),
        })
    }
}

impl DisposalPageView {
    pub(crate) fn of(page: &DisposalPage) -> Result<Self, IndexError> {
        Ok(Self {
            items: page.items.iter().map(DisposalView::of).collect::<Result<_, _>>()?,
            next_cursor: page.next_cursor.as_ref().map(ToString::to_string),
        })
    }
}
