//! Status, name and title of errors that other rooms make.

use anjian_casework::case::Refusal as StepRefusal;
use anjian_casework::disposal::DisposalRefusal;
use anjian_casework::verdict::Refusal;
use anjian_indexer::{
    AccountError, AttachmentError, CaseError, DisposalError, FindingError, SiteRecordError, VerdictError,
};
use axum::http::StatusCode;

use crate::ports::galleries::GalleryError;

pub(crate) const fn verdict_kind(error: &VerdictError) -> (StatusCode, &'static str, &'static str) {
    match error {
        VerdictError::Unknown => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        VerdictError::Nameless => (StatusCode::CONFLICT, "no-login", "Nobody signs in here"),
        VerdictError::Refused(Refusal::Changed { .. }) => {
            (StatusCode::CONFLICT, "changed", "Changed meanwhile")
        }
        VerdictError::Refused(Refusal::Recused) => (StatusCode::CONFLICT, "recused", "Recused from the site"),
        VerdictError::Refused(
            Refusal::WordsMissing
            | Refusal::ChangeReasonMissing
            | Refusal::TooLong { .. }
            | Refusal::ConfirmInBulk,
        ) => (StatusCode::BAD_REQUEST, "verdict", "Not as a verdict"),
        _ => (StatusCode::CONFLICT, "verdict", "Not possible now"),
    }
}

pub(crate) const fn case_kind(error: &CaseError) -> (StatusCode, &'static str, &'static str) {
    match error {
        CaseError::Unknown => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        CaseError::Nameless => (StatusCode::CONFLICT, "no-login", "Nobody signs in here"),
        CaseError::Refused(StepRefusal::Changed { .. }) => {
            (StatusCode::CONFLICT, "changed", "Changed meanwhile")
        }
        CaseError::NoMember(_) | CaseError::NoCard(_) | CaseError::Words(_) | CaseError::NoAttachment(_) => {
            (StatusCode::BAD_REQUEST, "case", "Not as a case")
        }
        CaseError::Refused(
            StepRefusal::Members { .. }
            | StepRefusal::NoLegalBasis
            | StepRefusal::WordsMissing { .. }
            | StepRefusal::TooLong { .. }
            | StepRefusal::NoConsent
            | StepRefusal::ImpossibleDay
            | StepRefusal::NoSuchMember,
        ) => (StatusCode::BAD_REQUEST, "case", "Not as a case"),
        CaseError::Unproven(_) => (StatusCode::CONFLICT, "unproven", "Not proven"),
        _ => (StatusCode::CONFLICT, "case", "Not possible now"),
    }
}

pub(crate) const fn disposal_kind(error: &DisposalError) -> (StatusCode, &'static str, &'static str) {
    match error {
        DisposalError::Unknown => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        DisposalError::Nameless => (StatusCode::CONFLICT, "no-login", "Nobody signs in here"),
        _ => (StatusCode::CONFLICT, "disposal", "Not possible now"),
    }
}

/// The word for why a signature was refused: pages have it in their languages.
pub(crate) const fn disposal_key(error: &DisposalError) -> Option<&'static str> {
    match error {
        DisposalError::Refused(DisposalRefusal::NotOver) => Some("not-over"),
        DisposalError::Refused(DisposalRefusal::Kept(_)) => Some("kept"),
        DisposalError::Refused(DisposalRefusal::Disposed) => Some("disposed"),
        DisposalError::Refused(DisposalRefusal::Held) => Some("held"),
        DisposalError::Refused(DisposalRefusal::Recused) => Some("recused"),
        DisposalError::Refused(DisposalRefusal::SignedAlready) => Some("signed-already"),
        DisposalError::Refused(DisposalRefusal::Changed) => Some("changed"),
        _ => None,
    }
}

pub(crate) const fn attachment_kind(error: &AttachmentError) -> (StatusCode, &'static str, &'static str) {
    match error {
        AttachmentError::NoCase | AttachmentError::NoSite => {
            (StatusCode::NOT_FOUND, "not-found", "Not found")
        }
        AttachmentError::Nameless => (StatusCode::CONFLICT, "no-login", "Nobody signs in here"),
        AttachmentError::TooMany => (StatusCode::CONFLICT, "too-many-attachments", "Too many attachments"),
        AttachmentError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
        AttachmentError::WrongType(_) => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Not what it is called")
        }
        AttachmentError::Damaged(_) => (StatusCode::UNPROCESSABLE_ENTITY, "damaged", "Not readable"),
        AttachmentError::TooManyPixels { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "too-many-pixels", "Too many pixels")
        }
        _ => (StatusCode::CONFLICT, "case", "Not possible now"),
    }
}

pub(crate) const fn finding_kind(error: &FindingError) -> (StatusCode, &'static str, &'static str) {
    match error {
        FindingError::NoSite => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        FindingError::Nameless => (StatusCode::CONFLICT, "no-login", "Nobody signs in here"),
        FindingError::Recused => (StatusCode::CONFLICT, "recused", "Not by you"),
        FindingError::IdTaken => (StatusCode::CONFLICT, "known", "There already"),
        _ => (StatusCode::BAD_REQUEST, "finding", "Not as a finding"),
    }
}

pub(crate) const fn site_record_kind(error: &SiteRecordError) -> (StatusCode, &'static str, &'static str) {
    match error {
        SiteRecordError::NoSite => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        SiteRecordError::Changed(_) => (StatusCode::CONFLICT, "changed", "Changed meanwhile"),
        _ => (StatusCode::BAD_REQUEST, "site-record", "Not as a record"),
    }
}

/// The word for why a step was refused: pages have it in their languages.
pub(crate) const fn case_key(error: &CaseError) -> Option<&'static str> {
    match error {
        CaseError::Verdict(_) => Some("verdict"),
        CaseError::NoMember(_) => Some("no-member"),
        CaseError::Bound(_) => Some("bound"),
        CaseError::NoCard(_) => Some("no-card"),
        CaseError::Words(_) => Some("words"),
        CaseError::NoAttachment(_) => Some("no-attachment"),
        CaseError::Refused(refusal) => Some(refusal_key(refusal)),
        _ => None,
    }
}

const fn refusal_key(refusal: &StepRefusal) -> &'static str {
    match refusal {
        StepRefusal::Changed { .. } => "changed",
        StepRefusal::NotNow { .. } => "not-now",
        StepRefusal::WrongSide { .. } => "wrong-side",
        StepRefusal::Recused => "recused",
        StepRefusal::OwnWork => "own-work",
        StepRefusal::Members { .. } => "members",
        StepRefusal::Unconfirmed => "unconfirmed",
        StepRefusal::StillConfirmed => "still-confirmed",
        StepRefusal::NoSuchMember => "no-member",
        StepRefusal::LastMember => "last-member",
        StepRefusal::NoProposal => "no-proposal",
        StepRefusal::NoLegalBasis => "no-legal-basis",
        StepRefusal::SignedAlready => "signed-already",
        StepRefusal::SignaturesMissing { .. } => "signatures-missing",
        StepRefusal::NoCertificate { .. } => "no-certificate",
        StepRefusal::GradeTooLow { .. } => "grade-too-low",
        StepRefusal::Heavier => "heavier",
        StepRefusal::WordsMissing { .. } => "words",
        StepRefusal::TooLong { .. } => "too-long",
        StepRefusal::NotForOutcome { .. } => "not-for-outcome",
        StepRefusal::NoConsent => "no-consent",
        StepRefusal::ImpossibleDay => "impossible-day",
        StepRefusal::OnRecord { .. } => "on-record",
        StepRefusal::ProofMissing => "proof-missing",
        StepRefusal::NotByCamera => "not-by-camera",
        StepRefusal::ProofTooShort { .. } => "proof-too-short",
        StepRefusal::NotRead => "not-read",
        StepRefusal::NotAcknowledged => "not-acknowledged",
        StepRefusal::WithdrawReason => "withdraw-reason",
    }
}

pub(crate) const fn account_kind(error: &AccountError) -> (StatusCode, &'static str, &'static str) {
    match error {
        AccountError::Known(_) => (StatusCode::CONFLICT, "known", "There already"),
        AccountError::Unknown(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        AccountError::LastAdmin(_) => (StatusCode::CONFLICT, "last-admin", "The last administrator"),
        _ => (StatusCode::BAD_REQUEST, "account", "Not as an account"),
    }
}

pub(crate) const fn account_key(error: &AccountError) -> Option<&'static str> {
    match error {
        AccountError::Known(_) => Some("name"),
        AccountError::Scope(_) | AccountError::Site(_) => Some("scope"),
        AccountError::Grant(_) => Some("grants"),
        AccountError::NoPerson(_) => Some("role"),
        AccountError::Words { name, .. } => Some(name),
        _ => None,
    }
}

pub(crate) const fn gallery_kind(error: &GalleryError) -> (StatusCode, &'static str, &'static str) {
    match error {
        GalleryError::Nothing(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        GalleryError::NotAPicture(_) => (StatusCode::BAD_REQUEST, "body", "Body not understood"),
        GalleryError::Nobody => (StatusCode::UNPROCESSABLE_ENTITY, "nobody", "Nobody found"),
        GalleryError::TooLittle => (StatusCode::UNPROCESSABLE_ENTITY, "too-little", "Too little to see"),
        GalleryError::Known(_) => (StatusCode::CONFLICT, "known", "There already"),
        GalleryError::Full(_) => (StatusCode::CONFLICT, "gallery-full", "Gallery full"),
        GalleryError::OtherModel { .. } => (StatusCode::CONFLICT, "other-model", "Gallery of another model"),
        GalleryError::Damaged => (StatusCode::CONFLICT, "gallery-damaged", "Gallery damaged"),
        GalleryError::NoModel => (StatusCode::CONFLICT, "no-model", "No model for garments"),
        GalleryError::Unwritable(_) => (StatusCode::INSUFFICIENT_STORAGE, "unwritable", "Cannot be stored"),
        GalleryError::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "late", "Too slow"),
        GalleryError::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "gallery", "Not enrolled"),
        GalleryError::Unavailable(_) => (StatusCode::NOT_IMPLEMENTED, "no-galleries", "No galleries"),
    }
}
