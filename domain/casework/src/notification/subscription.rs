//! What an account wants to be notified of.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_domain::{Behaviour, SiteId, WallTime};
use jiff::Zoned;
use serde::{Deserialize, Serialize};

use super::{Event, Pace, QuietHours, Topic};
use crate::worded::worded;

/// Between two messages about violations or cameras: what happens meanwhile comes with the second, as a count.
pub const BURST: Duration = Duration::from_mins(5);

worded! {
    /// By which way a message leaves.
    pub enum Channel {
        /// Mail to an address.
        Email = "email", "电子邮件", "E-mail";
        /// A signed request to a server.
        Webhook = "webhook", "Webhook", "Webhook";
        /// A message on a topic of a broker.
        Mqtt = "mqtt", "MQTT", "MQTT";
    }
}

/// What an account wants to be notified of. Empty sets of sites and behaviours mean all that the account may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wants {
    /// Of what.
    pub topics: BTreeSet<Topic>,
    /// At which sites.
    pub sites: BTreeSet<SiteId>,
    /// Of which behaviours.
    pub behaviours: BTreeSet<Behaviour>,
    /// How often.
    pub pace: Pace,
    /// When not.
    pub quiet: Option<QuietHours>,
    /// Of these behaviours also in quiet hours.
    pub urgent: BTreeSet<Behaviour>,
}

impl Wants {
    /// Whether a message about this event is wanted. Reports are made of rows, not of events.
    #[must_use]
    pub fn includes(&self, event: &Event) -> bool {
        let is_there = |site: &SiteId| self.sites.is_empty() || self.sites.contains(site);
        let is_such = |one: &Behaviour| self.behaviours.is_empty() || self.behaviours.contains(one);
        self.pace == Pace::AtOnce
            && self.topics.contains(&event.topic)
            && event.site.as_ref().is_none_or(is_there)
            && event.behaviour.as_ref().is_none_or(is_such)
    }

    /// When a message about an event leaves; `last` is when the message before it left or will leave, of those that are bundled.
    #[must_use]
    pub fn due(&self, event: &Event, now: &Zoned, last: Option<WallTime>) -> WallTime {
        let at = WallTime::new(now.timestamp());
        let is_urgent = event.behaviour.as_ref().is_some_and(|one| self.urgent.contains(one));
        let end = self.quiet.filter(|_| !is_urgent).and_then(|quiet| quiet.end(now));
        let waited = end.map(|end| WallTime::new(end.timestamp()));
        let apart = last.filter(|_| event.topic.is_bundled() && !is_urgent).map(|last| last.plus(BURST));
        [waited, apart].into_iter().flatten().fold(at, WallTime::max)
    }
}
