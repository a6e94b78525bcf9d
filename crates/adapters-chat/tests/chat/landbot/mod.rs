//! Landbot's platform, with its moods.

mod calls;
mod replies;

use adapters_chat::{HttpTimeouts, LandbotClient};
use secrecy::SecretString;

/// For a platform that answers. Waits that last so long fail the test.
const PATIENT: HttpTimeouts =
    HttpTimeouts { connect: std::time::Duration::from_mins(10), total: std::time::Duration::from_mins(10) };

/// A customer.
const ANA: u64 = 500_000_001;

fn client(url: &str, token: &str, timeouts: HttpTimeouts) -> LandbotClient {
    LandbotClient::new(&url.parse().expect("a URL"), &SecretString::from(token), timeouts).expect("a client")
}
