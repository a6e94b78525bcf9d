//! An outage is logged when it begins and when it ends, not at every try.

use std::mem::{Discriminant, discriminant};

use super::error::BrokerError;

/// Whether the broker is away.
#[derive(Debug, Default)]
pub(super) struct Outage {
    logged: Option<Discriminant<BrokerError>>,
}

impl Outage {
    /// Logs the first failure, and the first that somebody has to do something about.
    pub(super) fn failed(&mut self, error: &BrokerError) {
        if self.is_news(error) {
            let error: &(dyn std::error::Error + 'static) = error;
            tracing::warn!(
                error,
                "RabbitMQ is away; notifications wait in the database while it is tried again"
            );
        }
    }

    pub(super) fn ended(&mut self) {
        if self.logged.take().is_some() {
            tracing::info!("RabbitMQ is back");
        }
    }

    fn is_news(&mut self, error: &BrokerError) -> bool {
        let kind = discriminant(error);
        let is_news = self.logged.is_none_or(|logged| error.needs_change() && logged != kind);
        if is_news {
            self.logged = Some(kind);
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use lapin::ErrorKind;

    use super::*;

    #[test]
    fn an_outage_is_news_once_and_again_when_somebody_has_to_mend_it() {
        let source = || ErrorKind::MissingHeartbeatError.into();
        let (lost, unreachable) = (BrokerError::Lost(source()), BrokerError::Unreachable(source()));
        let refused = BrokerError::LoginRefused(source());
        let mut outage = Outage::default();
        let news =
            [&lost, &unreachable, &lost, &refused, &refused, &unreachable].map(|error| outage.is_news(error));
        assert_eq!(news, [true, false, false, true, false, false]);
        outage.ended();
        assert!(outage.is_news(&lost), "the next outage is news again");
    }
}
