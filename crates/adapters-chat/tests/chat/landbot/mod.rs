//! Landbot's platform, with its moods.

mod calls;
mod replies;

use std::time::Duration;

use adapters_chat::{HttpTimeouts, LandbotClient};

/// For a platform that answers. Waits that last so long fail the test.
const PATIENT: HttpTimeouts =
    HttpTimeouts { connect: Duration::from_mins(10), total: Duration::from_mins(10) };

/// A customer.
const ANA: u64 = 500_000_001;

fn client(url: &str, token: &str, timeouts: HttpTimeouts) -> LandbotClient {
    LandbotClient::new(&url.parse().expect("a URL"), token.parse().expect("a token"), timeouts)
}
