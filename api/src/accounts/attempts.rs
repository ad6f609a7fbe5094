//! How often somebody may try to sign in.
//!
//! Bounded by network, and by network and account: guessing from one place stops soon, and the owner elsewhere is not
//! held up. A browser in which the account signed in before has bounds of its own, so that not even a neighbour behind the
//! same address can lock its owner out.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Keys that are kept before those that may try freely again are forgotten.
const MAX_KEYS: usize = 20_000;

/// Who tries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) account: &'a str,
    pub(crate) address: IpAddr,
    /// The browser, if it is known to the account.
    pub(crate) device: Option<&'a str>,
}

/// The bounds.
pub(crate) struct Attempts {
    by_network: DefaultKeyedRateLimiter<IpAddr>,
    by_account: DefaultKeyedRateLimiter<(IpAddr, u64)>,
    by_device: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            by_network: RateLimiter::keyed(quota(Duration::from_secs(2), 60)),
            by_account: RateLimiter::keyed(quota(Duration::from_secs(20), 10)),
            by_device: RateLimiter::keyed(quota(Duration::from_secs(20), 10)),
            clock: DefaultClock::default(),
        }
    }
}

impl Attempts {
    /// Counts an attempt.
    ///
    /// # Errors
    /// How long to wait before the next one.
    pub(crate) fn count(&self, attempt: Attempt<'_>) -> Result<(), Duration> {
        self.forget_old();
        let Attempt { account, address, device } = attempt;
        let now = self.clock.now();
        if let Some(device) = device {
            let counted = self.by_device.check_key(&hash((device, account)));
            return counted.map_err(|refused| refused.wait_time_from(now));
        }
        let counted = self.by_account.check_key(&(network(address), hash(account)));
        counted.map_err(|refused| refused.wait_time_from(now))?;
        self.count_network(address)
    }

    /// Counts an attempt with no account to it yet.
    ///
    /// # Errors
    /// How long to wait before the next one.
    pub(crate) fn count_network(&self, address: IpAddr) -> Result<(), Duration> {
        let now = self.clock.now();
        self.by_network.check_key(&network(address)).map_err(|refused| refused.wait_time_from(now))
    }

    fn forget_old(&self) {
        if self.by_network.len() + self.by_account.len() + self.by_device.len() > MAX_KEYS {
            self.by_network.retain_recent();
            self.by_account.retain_recent();
            self.by_device.retain_recent();
        }
    }
}

fn quota(every: Duration, burst: u32) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    // A period of zero is none; these are constants.
    Quota::with_period(every).unwrap_or(Quota::per_minute(burst)).allow_burst(burst)
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What one person has of addresses: one of IPv4, a network of 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt<'a>(account: &'a str, address: &str, device: Option<&'a str>) -> Attempt<'a> {
        Attempt { account, address: address.parse().unwrap(), device }
    }

    #[test]
    fn guessing_from_one_place_holds_up_nobody_elsewhere_and_no_known_browser() {
        let attempts = Attempts::default();
        let guess = attempt("wang", "10.0.0.8", None);
        assert_eq!((0..100).filter(|_| attempts.count(guess).is_ok()).count(), 10);
        let wait = attempts.count(guess).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20), "{wait:?}");
        assert!(attempts.count(attempt("wang", "10.0.0.9", None)).is_ok());
        assert!(attempts.count(attempt("wang", "10.0.0.8", Some("d1"))).is_ok());
        assert!(attempts.count(attempt("li", "10.0.0.8", None)).is_ok());
    }

    #[test]
    fn one_network_tries_few_accounts() {
        let attempts = Attempts::default();
        let names: Vec<_> = (0..200).map(|number| format!("account-{number}")).collect();
        let counted = |address: &str| {
            names.iter().filter(|name| attempts.count(attempt(name, address, None)).is_ok()).count()
        };
        assert_eq!(counted("2001:db8::1"), 60);
        assert_eq!(counted("2001:db8::2"), 0, "the same network");
        assert_eq!(counted("2001:db8:0:1::1"), 60);
    }
}
