//! Slows down guessing at the login, and files from the street.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::service::ServiceError;

/// Tries in a burst, and in a minute, for one e-mail from one network.
const FOR_EMAIL: NonZeroU32 = NonZeroU32::new(5).expect("five is not zero");
/// Tries in a burst, and in a minute, from one network: a whole office may come in at nine.
const FOR_NETWORK: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");
/// Files in a burst, and in an hour, from one network.
const FILES: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");
/// When a network may send another file at the earliest, seconds.
const FILE_PAUSE: u32 = 3_600 / FILES.get();
/// After how many tries what is no longer needed is forgotten.
const FORGET_EVERY: u32 = 256;
/// When an e-mail may be tried again at the earliest, seconds.
const EMAIL_PAUSE: u32 = 60 / FOR_EMAIL.get();
/// When a network may try again at the earliest, seconds.
const NETWORK_PAUSE: u32 = 60 / FOR_NETWORK.get();

type Limiter<Key> = RateLimiter<Key, DefaultKeyedStateStore<Key>, DefaultClock>;

/// Five tries at once and then one every twelve seconds for an e-mail and network; sixty at once and
/// then one a second for a network, whatever the e-mail.
pub struct Throttle {
    emails: Limiter<(String, IpAddr)>,
    networks: Limiter<IpAddr>,
    files: Limiter<IpAddr>,
    tries: AtomicU32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            emails: RateLimiter::keyed(Quota::per_minute(FOR_EMAIL)),
            networks: RateLimiter::keyed(Quota::per_minute(FOR_NETWORK)),
            files: RateLimiter::keyed(Quota::per_hour(FILES)),
            tries: AtomicU32::new(0),
        }
    }
}

impl Throttle {
    /// Counts a try.
    ///
    /// # Errors
    /// `TooMany`.
    pub(super) fn admit(&self, email: &str, from: IpAddr) -> Result<(), ServiceError> {
        let from = network(from);
        if self.tries.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.forget();
        }
        if self.networks.check_key(&from).is_err() {
            return Err(ServiceError::TooMany { seconds: NETWORK_PAUSE });
        }
        let admitted = self.emails.check_key(&(email.to_owned(), from));
        admitted.map_err(|_| ServiceError::TooMany { seconds: EMAIL_PAUSE })
    }

    /// Counts a file that nobody vouches for.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn admit_file(&self, from: IpAddr) -> Result<(), ServiceError> {
        if self.tries.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.forget();
        }
        let admitted = self.files.check_key(&network(from));
        admitted.map_err(|_| ServiceError::TooMany { seconds: FILE_PAUSE })
    }

    fn forget(&self) {
        self.files.retain_recent();
        self.emails.retain_recent();
        self.networks.retain_recent();
        self.emails.shrink_to_fit();
        self.networks.shrink_to_fit();
    }
}

/// Whoever has one address of version 6 has the 2^64 beside it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(throttle: &Throttle, tries: u32, of: impl Fn(u32) -> (String, String)) -> usize {
        let tries = (0..tries).map(of);
        let admit = |(email, from): (String, String)| throttle.admit(&email, from.parse().unwrap());
        tries.flat_map(admit).count()
    }

    #[test]
    fn a_network_sends_so_many_files_an_hour() {
        let throttle = Throttle::default();
        let from = |n: u8| IpAddr::from([203, 0, 113, n]);
        let admitted = (0..100).filter(|_| throttle.admit_file(from(1)).is_ok()).count();
        assert_eq!(admitted, 60);
        assert!(throttle.admit_file(from(2)).is_ok());
    }

    #[test]
    fn one_email_is_tried_five_times() {
        let throttle = Throttle::default();
        let anna = |from: &str| ("anna@shop.example".to_owned(), from.to_owned());
        assert_eq!(admitted(&throttle, 10, |_| anna("203.0.113.7")), 5);
        assert_eq!(admitted(&throttle, 10, |_| anna("::ffff:203.0.113.7")), 0, "the same address");
        assert_eq!(admitted(&throttle, 1, |_| anna("203.0.113.8")), 1, "she herself gets in");
    }

    #[test]
    fn other_emails_do_not_help_a_network() {
        let throttle = Throttle::default();
        let new = |n: u32, from: String| (format!("{n}@evil.example"), from);
        let at_once = FOR_NETWORK.get() as usize;
        assert_eq!(admitted(&throttle, 300, |n| new(n, "203.0.113.7".into())), at_once);
        let next_door = |n: u32| new(n, format!("2001:db8:0:1::{n:x}"));
        assert_eq!(admitted(&throttle, 300, next_door), at_once);
    }
}
