//! What is done from time to time.

use std::time::Duration;

use application::housekeeping::ForgetExpiredAnswers;
use tokio_util::sync::CancellationToken;

use crate::outage::Outage;

const FORGET_EVERY: Duration = Duration::from_secs(5);

/// Deletes answers that are kept no longer, in small portions.
pub(crate) async fn forget_answers(forget: ForgetExpiredAnswers, stop: CancellationToken) {
    let mut outage = Outage::of("deleting expired answers");
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(FORGET_EVERY) => {}
        }
        match forget.execute().await {
            Ok(_) => outage.works(),
            Err(error) => outage.failed(&error),
        }
    }
}
