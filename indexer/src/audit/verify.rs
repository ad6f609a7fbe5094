//! Whether the audit is what was written: every link computed again, and compared with a checkpoint.

use crate::audit::checkpoint::Checkpoint;
use crate::audit::entry::decode_linked;
use crate::audit::link::{Link, Linked};
use crate::engine::sql;
use crate::{Index, IndexError};

/// Rows that are read at once.
const PAGE: i64 = 1_000;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// Entries that were read.
    pub entries: u64,
    /// The newest link, lower-case hexadecimal.
    pub newest: String,
    /// The first thing that is wrong; what comes after it proves nothing.
    pub fault: Option<AuditFault>,
}

/// What is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// A number is missing.
    #[error("audit entry {0} is missing: it was removed, or the number of another was changed")]
    Missing(i64),
    /// The link does not follow from the entry and the one before.
    #[error("audit entry {0} is not what was written: it was changed, inserted or moved")]
    Changed(i64),
    /// The audit ends before the checkpoint.
    #[error(
        "the audit ends with entry {found}; the checkpoint was taken at entry {signed}: entries were removed"
    )]
    Shorter {
        /// The newest entry.
        found: i64,
        /// The entry of the checkpoint.
        signed: i64,
    },
    /// Every link fits, and the chain is another than the one that was signed.
    #[error("audit entry {0} is not the one that the checkpoint signed: the chain was written anew")]
    Rewritten(i64),
}

/// Where the verification stands.
struct Walk<'c> {
    last: i64,
    link: Link,
    against: Option<&'c Checkpoint>,
}

impl Walk<'_> {
    fn step(&mut self, entry: &Linked, stored: Option<Link>) -> Result<Option<AuditFault>, IndexError> {
        if entry.seq != self.last + 1 {
            return Ok(Some(AuditFault::Missing(self.last + 1)));
        }
        let link = entry.link(self.link)?;
        if stored != Some(link) {
            return Ok(Some(AuditFault::Changed(entry.seq)));
        }
        (self.last, self.link) = (entry.seq, link);
        let signed = self.against.filter(|checkpoint| checkpoint.seq == entry.seq);
        let is_another = signed.is_some_and(|checkpoint| checkpoint.link != link.to_hex());
        Ok(is_another.then_some(AuditFault::Rewritten(entry.seq)))
    }

    fn end(&self) -> Option<AuditFault> {
        let signed = self.against?.seq;
        (signed > self.last).then_some(AuditFault::Shorter { found: self.last, signed })
    }
}

impl Index {
    /// Reads the whole audit and names the first bad link.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn verify_audit(&self, against: Option<&Checkpoint>) -> Result<AuditReport, IndexError> {
        let mut walk = Walk { last: 0, link: Link::ROOT, against };
        let mut entries = 0;
        let fault = loop {
            let page = sql::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2");
            let rows = page.bind(walk.last).bind(PAGE).fetch_all(&self.inner.reader).await;
            let failed = |source| IndexError::Database { doing: "read the audit", table: "audit", source };
            let rows = rows.map_err(failed)?;
            if rows.is_empty() {
                break walk.end();
            }
            let mut fault = None;
            for row in &rows {
                let (entry, stored) = decode_linked(row)?;
                entries += 1;
                fault = walk.step(&entry, stored)?;
                if fault.is_some() {
                    break;
                }
            }
            if fault.is_some() {
                break fault;
            }
        };
        Ok(AuditReport { entries, newest: walk.link.to_hex(), fault })
    }
}
