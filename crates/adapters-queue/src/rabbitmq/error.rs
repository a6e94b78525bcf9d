//! Why the broker cannot be used, told apart by what is to be done.

use std::io;

use lapin::{Error, ErrorKind};

/// Codes of AMQP 0-9-1, section 1.2.
const ACCESS_REFUSED: u16 = 403;
const RESOURCE_LOCKED: u16 = 405;
const PRECONDITION_FAILED: u16 = 406;
const NOT_ALLOWED: u16 = 530;

/// The broker cannot be used. All of these are tried again until they heal; some heal only through somebody who
/// changes something ([`needs_change`](Self::needs_change)).
#[derive(Debug, Clone, thiserror::Error)]
pub enum BrokerError {
    /// Nobody answers, or not in AMQP.
    #[error("connecting to RabbitMQ failed")]
    Unreachable(#[source] Error),
    /// Somebody took the connection and did not go on.
    #[error("RabbitMQ did not answer in time")]
    Silent,
    /// The certificate is of an authority that nobody trusts here, for another host, or expired.
    #[error(
        "RabbitMQ did not prove that it is the host of AMQP_URL: name its authority there with cacertfile, or the host \
         that its certificate is for"
    )]
    NotTrusted(#[source] Error),
    /// Name or password are wrong, or a guest does not come from the broker's own machine.
    #[error("RabbitMQ refused the login: check user and password in AMQP_URL")]
    LoginRefused(#[source] Error),
    /// The virtual host does not exist, or the user may not use it.
    #[error("RabbitMQ refused the virtual host: create it, let the user in, or name another in AMQP_URL")]
    VhostRefused(#[source] Error),
    /// The user lacks a permission.
    #[error(
        "RabbitMQ does not permit to use {object}: give the user the permissions to configure, write and read it"
    )]
    NotPermitted {
        /// Which exchange or queue.
        object: String,
        /// What the broker said.
        source: Error,
    },
    /// Somebody declared one of our names otherwise.
    #[error("{object} was declared otherwise in RabbitMQ: delete it there or change FRONTDESK__AMQP__PREFIX")]
    DeclaredOtherwise {
        /// Which exchange or queue.
        object: String,
        /// What the broker said.
        source: Error,
    },
    /// There was a connection.
    #[error("the connection to RabbitMQ was lost")]
    Lost(#[source] Error),
    /// A queue was deleted while it was used. It is declared again.
    #[error("a queue of ours was deleted in RabbitMQ")]
    QueueDeleted,
    /// The queue was closed, by us.
    #[error("the connection to RabbitMQ is closed")]
    Closed,
}

impl BrokerError {
    /// Whether it lasts until somebody changes a setting or something in the broker.
    pub const fn needs_change(&self) -> bool {
        matches!(
            self,
            Self::NotTrusted(_)
                | Self::LoginRefused(_)
                | Self::VhostRefused(_)
                | Self::NotPermitted { .. }
                | Self::DeclaredOtherwise { .. }
        )
    }

    /// Why no connection came about.
    pub(super) fn of_connecting(error: Error) -> Self {
        match code(&error) {
            Some(ACCESS_REFUSED) => Self::LoginRefused(error),
            Some(NOT_ALLOWED) => Self::VhostRefused(error),
            _ if is_of_tls(&error) => Self::NotTrusted(error),
            _ => Self::Unreachable(error),
        }
    }

    /// Why `object` could not be declared or used.
    pub(super) fn of_using(object: String, source: Error) -> Self {
        match code(&source) {
            Some(ACCESS_REFUSED) => Self::NotPermitted { object, source },
            Some(PRECONDITION_FAILED | RESOURCE_LOCKED) => Self::DeclaredOtherwise { object, source },
            _ => Self::Lost(source),
        }
    }
}

/// rustls tells what it does not accept as invalid data; nothing else does before the login.
fn is_of_tls(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::IOError(error) if error.kind() == io::ErrorKind::InvalidData)
}

fn code(error: &Error) -> Option<u16> {
    match error.kind() {
        ErrorKind::ProtocolError(error) => Some(error.get_id()),
        _ => None,
    }
}

/// What was to be handed over was not, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no connection.
    #[error("there is no connection to RabbitMQ")]
    Away(#[source] std::sync::Arc<BrokerError>),
    /// There has been none yet.
    #[error("the first connection to RabbitMQ is being made")]
    Connecting,
    /// The broker takes nothing at the moment (<https://www.rabbitmq.com/docs/alarms>).
    #[error("RabbitMQ blocks publishers: it runs out of memory or disk space")]
    Blocked,
    /// The broker did not confirm in time.
    #[error("RabbitMQ did not confirm what was published within {} s", super::publishing::CONFIRM_WITHIN.as_secs())]
    Unconfirmed,
    /// The broker did not keep all of it.
    #[error("RabbitMQ did not keep {count} of the messages that were published")]
    NotKept {
        /// How many.
        count: usize,
    },
    /// The connection ended meanwhile.
    #[error("publishing to RabbitMQ failed")]
    Interrupted(#[from] Error),
}

#[cfg(test)]
mod tests {
    use lapin::protocol::AMQPError;

    use super::*;

    fn said(code: u16) -> Error {
        ErrorKind::ProtocolError(AMQPError::from_id(code, "the broker's words".into()).expect("a code"))
            .into()
    }

    #[test]
    fn what_somebody_has_to_mend_is_told_apart_when_connecting() {
        assert!(matches!(BrokerError::of_connecting(said(403)), BrokerError::LoginRefused(_)));
        assert!(matches!(BrokerError::of_connecting(said(530)), BrokerError::VhostRefused(_)));
        let starting_up = BrokerError::of_connecting(said(541));
        assert!(matches!(starting_up, BrokerError::Unreachable(_)) && !starting_up.needs_change());
    }

    #[test]
    fn what_somebody_has_to_mend_is_told_apart_when_using_and_named() {
        let refused = BrokerError::of_using("queue frontdesk.email".to_owned(), said(403));
        assert!(matches!(refused, BrokerError::NotPermitted { .. }) && refused.needs_change());
        assert!(refused.to_string().contains("queue frontdesk.email"));
        for code in [405, 406] {
            let otherwise = BrokerError::of_using("queue frontdesk.email".to_owned(), said(code));
            assert!(matches!(otherwise, BrokerError::DeclaredOtherwise { .. }) && otherwise.needs_change());
        }
        assert!(!BrokerError::of_using("queue frontdesk.email".to_owned(), said(404)).needs_change());
    }
}
