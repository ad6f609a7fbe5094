//! The index: a database, a folder of evidence and one of recordings, which belong together or not at all.
//!
//! Knows the words of `anjian-domain`, segment files through `anjian-footage`, and nothing of pictures, models, rules
//! or HTTP. The pipeline writes through [`IndexSink`]; the API reads through [`Index`]. What serves a person takes the
//! `Viewer` first, and what lies outside the viewer's scope answers exactly as what is not there.
//!
//! Several processes may use one data folder at the same time (an `analyze` beside the `serve`); SQLite and two lock
//! files keep them apart.
//!
//! What always holds:
//! - A row of evidence is committed only after its file is safe on disk, so every row has its file. A file without a
//!   row can be left by a process that was killed; [`Index::check`] finds it.
//! - A violation is searchable with all that belongs to it, or not at all; recording it again changes nothing.
//! - Segments of a camera never overlap. One that expires is marked first, then its file goes, then its row; whatever a
//!   kill leaves half done is finished by [`Index::recover_recordings`]. What is held never expires.
//! - A clip lies in the recording. Before a segment of it goes it is cut: bytes, then row, and only then may the segment
//!   be marked. Evidence of violations that were confirmed or are held never expires; what does keeps its row.
//! - Every change that is told to listeners is in the database first.
//! - Every list is bounded, every page costs its own length: no `OFFSET`, no sorting of matches.
//!
//! A place in a list is (`opened_at`, order of recording), not (`opened_at`, id): the tie-breaker is four bytes
//! in each index instead of sixteen, and clients see neither.

mod accounts;
mod attachments;
mod audit;
mod bucket;
mod casework;
mod check;
mod configuration;
mod copy;
mod coverage;
mod disposal;
mod engine;
mod error;
mod evidence;
mod findings;
mod index;
mod nodes;
mod recordings;
mod retention;
mod secrets;
mod sink;
mod sites;
mod updates;
mod verdicts;
mod viewer;
mod violations;
mod written;

pub use accounts::account_row::{AccountRow, AccountSettings};
pub use accounts::changes::HashedPassword;
pub use accounts::error::AccountError;
pub use accounts::log_in::{Credentials, NewSession};
pub use accounts::sessions::{FoundSession, SessionRow};
pub use accounts::tokens::{FoundToken, NewToken, TokenRow, WhoseTokens};
pub use attachments::error::AttachmentError;
pub use attachments::find::AttachmentFile;
pub use attachments::receive::{AttachmentTo, NewAttachment, Receiving};
pub use attachments::row::{AttachmentId, AttachmentRow};
pub use audit::checkpoint::{Checkpoint, CheckpointFault, Envelope};
pub use audit::entry::AuditEntry;
pub use audit::key::PublicKey;
pub use audit::search::{AuditQuery, AuditReach};
pub use audit::verify::{AuditFault, AuditReport};
pub use audit::witness::Witnessed;
pub use bucket::client::Bucket;
pub use bucket::credentials::BucketCredentials;
pub use bucket::ranged_reader::RangedReader;
pub use bucket::settings::{BucketAddress, BucketEndpoint, BucketPart, BucketSettings, BucketStyle};
pub use casework::case_row::{CaseId, CaseRow};
pub use casework::delivery::DeliveryRow;
pub use casework::detail::{CaseDetail, CaseFinding, CaseViolation, StepRow};
pub use casework::error::CaseError;
pub use casework::list::{CasePage, CaseQuery};
pub use casework::proof::CaseProof;
pub use casework::recusals::RecusalRow;
pub use casework::reviews::ReviewRow;
pub use casework::rules::CaseRules;
pub use casework::step::CaseStep;
pub use check::report::{CheckFinding, CheckProgress, CheckReport};
pub use check::segments::Rebuilt;
pub use configuration::rows::{CameraRow, SiteRow};
pub use copy::copy_store::copy_store;
pub use copy::error::CopyError;
pub use copy::order::{CopiedTable, CopyFiles, CopyListener, CopyOrder, CopyPhase, CopyProgress, CopyReport};
pub use coverage::archive::{ArchiveCover, FlawAt};
pub use coverage::completeness::Completeness;
pub use coverage::minutes::CoverageMinute;
pub use disposal::error::DisposalError;
pub use disposal::find::{Disposal, DisposalPage, DisposalSignature};
pub use disposal::holdings::{HeldFile, Holdings};
pub use engine::address::StoreAddress;
pub use engine::database::{Database, Server};
pub use engine::disk::disk_bytes;
pub use error::IndexError;
pub use evidence::clip_row::{ClipDigest, ClipRow, ClipState};
pub use evidence::due_clips::ClipReport;
pub use evidence::move_out::MovedEvidence;
pub use evidence::recorded_clip::RecordedClip;
pub use evidence::rows::{EvidenceFile, EvidenceKind, EvidenceRow, Expired, ExpiredBy, FilePlace};
pub use findings::error::FindingError;
pub use findings::find::{FindingPage, FindingQuery};
pub use findings::record::NewFinding;
pub use findings::row::FindingRow;
pub use index::Index;
pub use recordings::clock_steps::{ClockFault, ClockStep};
pub use recordings::evidence_usage::EvidenceUsage;
pub use recordings::gap::{Gap, GapCause};
pub use recordings::move_out::MovedSegments;
pub use recordings::recover::Recovery;
pub use recordings::settings::{CameraLimits, ClipSettings, EvidenceLimits, RecordingSettings, Retention};
pub use recordings::storage::{CameraUsage, Storage};
pub use recordings::timeline::{RecordingSpan, Recordings};
pub use retention::choose::Expiry;
pub use retention::expire_evidence::EvidenceExpiry;
pub use retention::hold::{Hold, HoldQuery, Lift, NewHold, WhichHolds};
pub use secrets::key_file::random as random_bytes;
pub use sink::IndexSink;
pub use sites::record::{SiteRecord, SiteRecordError, SiteRecordRow};
pub use updates::notifications::Notifications;
pub use updates::update::{LiveKind, LiveUpdate};
pub use verdicts::act::VerdictAct;
pub use verdicts::error::VerdictError;
pub use verdicts::judged::Judged;
pub use violations::cursor::{Cursor, CursorError};
pub use violations::marks::{CaseMark, Marks};
pub use violations::query::{CountKey, GroupBy, ViolationCount, ViolationPage, ViolationQuery};
pub use violations::rows::{RunRow, ViolationClock, ViolationDetail, ViolationRow};
pub use violations::status::{UnknownStatus, ViolationStatus};
pub use written::search_words::{SearchWords, UnfitWords};
