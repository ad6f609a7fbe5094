//! Whose turn it is in a case, and how late they are. Computed from the calendar, never stored.

use jiff::civil::Date;

use super::arrow::CaseState;
use super::policy::Policy;
use super::record::Case;
use crate::Outcome;
use crate::calendar::{Calendar, Deadline, Lateness, deadline};

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// The officers'.
    Officers,
    /// The enterprise's.
    Enterprise,
    /// Nobody's: the case is over.
    Nobody,
}

impl Case {
    /// Whose turn it is.
    #[must_use]
    pub fn turn(&self) -> Turn {
        use CaseState::{
            Answered, Closed, Draft, Noticed, Pleaded, Rechecked, Rectified, Returned, Withdrawn,
        };
        match self.state {
            Noticed | Answered if self.outcome() == Some(Outcome::HandOver) => Turn::Officers,
            Noticed | Answered | Returned => Turn::Enterprise,
            Draft | Pleaded | Rectified | Rechecked => Turn::Officers,
            Closed | Withdrawn => Turn::Nobody,
        }
    }

    /// How late the enterprise is with an order. `None` while it need not do anything: the case waits for an officer,
    /// is over, or only reminds.
    #[must_use]
    pub fn lateness(&self, today: Date, policy: &Policy) -> Option<Lateness> {
        let notice = self.notice.as_ref().filter(|notice| notice.outcome == Outcome::Order)?;
        let is_asked = self.turn() == Turn::Enterprise;
        is_asked.then(|| Lateness::on(today, notice.deadline.due, &policy.steps))
    }

    /// By when the notice must be served; `None` once it was, and when the case is over. `noticed_on` is the day of
    /// [`super::Notice::at`] at the site.
    #[must_use]
    pub fn service_due(&self, noticed_on: Date, calendar: &Calendar, policy: &Policy) -> Option<Deadline> {
        let is_served = self.notice.as_ref().is_none_or(|notice| notice.service.is_some());
        let is_open = !is_served && !self.state.is_over();
        is_open.then(|| deadline(calendar, policy.counting, noticed_on, policy.service))
    }
}
