//! Landbot's platform, with its moods.

mod calls;
mod replies;
mod updates;

use std::time::Duration;

use adapters_chat::{HttpTimeouts, LandbotClient};

/// For a platform that answers. Waits that last so long fail the test.
const PATIENT: HttpTimeouts =
    HttpTimeouts { connect: Duration::from_mins(10), total: Duration::from_mins(10) };

/// For the one wait that is to end without an answer.
const SOON: HttpTimeouts = HttpTimeouts { total: Duration::from_millis(200), ..PATIENT };

/// A customer.
const ANA: u64 = 500_000_001;

fn client(url: &str, token: &str, timeouts: HttpTimeouts) -> LandbotClient {
    LandbotClient::new(&url.parse().expect("a URL"), token.parse().expect("a token"), timeouts)
}
