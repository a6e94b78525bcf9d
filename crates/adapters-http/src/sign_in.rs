//! Who guesses: wrong passwords and tokens are counted by the address that they come from.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

use actix_web::HttpRequest;
use domain::throttle::Throttle;
use jiff::{SignedDuration, Timestamp};

use crate::{hosts::client_address, state::shared};

/// An address may fail so often at once: people mistype.
const FAILURES_AT_ONCE: i32 = 10;

/// After that one failure is allowed in each of these.
const FAILURE_EVERY: SignedDuration = SignedDuration::from_secs(6);

/// The owner of an IPv6 address has all that begin with the same 64 bits (RFC 4291, section 2.5.4).
const IPV6_OWNER_BITS: u128 = u128::MAX << 64;

/// Too many attempts from an address failed; after so long the next may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyFailures(pub(crate) SignedDuration);

impl TooManyFailures {
    /// The wait for the header `Retry-After`: rounded up, and never zero.
    pub(crate) fn whole_secs(self) -> i64 {
        self.0.as_secs() + 1
    }
}

/// The failed attempts to sign in of each address.
pub(crate) struct SignIns {
    by_address: Mutex<Throttle<IpAddr>>,
}

impl SignIns {
    pub(crate) fn new() -> Self {
        Self { by_address: Mutex::new(Throttle::new(FAILURES_AT_ONCE, FAILURE_EVERY)) }
    }

    /// Refuses who failed too often. Attempts that run at once may all be let in; each failure counts all the same.
    fn admit(&self, address: IpAddr, now: Timestamp) -> Result<(), TooManyFailures> {
        let wait = self.by_address().wait(&owner(address), now);
        wait.map_or(Ok(()), |wait| Err(TooManyFailures(wait)))
    }

    fn failed(&self, address: IpAddr, now: Timestamp) {
        self.by_address().failed(owner(address), now);
    }

    fn by_address(&self) -> MutexGuard<'_, Throttle<IpAddr>> {
        self.by_address.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Comes before every look at a password or a token.
pub(crate) fn admit(request: &HttpRequest) -> Result<(), TooManyFailures> {
    let shared = shared(request);
    match client_address(request) {
        Some(address) => shared.sign_ins.admit(address, shared.state.clock.now()),
        None => Ok(()),
    }
}

/// Comes after every password or token that was wrong.
pub(crate) fn failed(request: &HttpRequest) {
    let shared = shared(request);
    if let Some(address) = client_address(request) {
        shared.sign_ins.failed(address, shared.state.clock.now());
    }
}

fn owner(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & IPV6_OWNER_BITS).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn address(text: &str) -> IpAddr {
        text.parse().expect(text)
    }

    fn fail(sign_ins: &SignIns, address: IpAddr, times: i32) {
        (0..times).for_each(|_| sign_ins.failed(address, NOW));
    }

    #[test]
    fn who_failed_too_often_waits_and_nobody_else_does() {
        let sign_ins = SignIns::new();
        let guesser = address("203.0.113.9");
        fail(&sign_ins, guesser, FAILURES_AT_ONCE - 1);
        assert_eq!(sign_ins.admit(guesser, NOW), Ok(()));
        fail(&sign_ins, guesser, 1);
        assert_eq!(sign_ins.admit(guesser, NOW), Err(TooManyFailures(FAILURE_EVERY)));
        assert_eq!(sign_ins.admit(address("203.0.113.10"), NOW), Ok(()));
        assert_eq!(sign_ins.admit(guesser, NOW + FAILURE_EVERY), Ok(()));
    }

    #[test]
    fn an_owner_of_many_addresses_is_one() {
        let sign_ins = SignIns::new();
        fail(&sign_ins, address("2001:db8:1:2::1"), FAILURES_AT_ONCE);
        assert!(sign_ins.admit(address("2001:db8:1:2:ffff::9"), NOW).is_err());
        assert!(sign_ins.admit(address("2001:db8:1:3::1"), NOW).is_ok());
        fail(&sign_ins, address("203.0.113.9"), FAILURES_AT_ONCE);
        assert!(sign_ins.admit(address("::ffff:203.0.113.9"), NOW).is_err());
    }
}
