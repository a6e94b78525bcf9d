//! Encrypted connections: to a broker that proves who it is, or not at all.

use std::net::SocketAddr;

use adapters_queue::{BrokerError, RabbitMqQueue};
use application::ports::NotificationQueue;
use lapin::uri::{AMQPScheme, AMQPUri};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    authority::Authority,
    broker::{Names, broker_url, mails},
};

/// Stands before the broker and encrypts, as a broker with a certificate does from the first byte on.
async fn encrypted_broker(acceptor: TlsAcceptor) -> SocketAddr {
    let broker: AMQPUri = broker_url().parse().expect("the broker's URL");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (acceptor, authority) = (acceptor.clone(), broker.authority.clone());
            tokio::spawn(async move {
                let mut client = acceptor.accept(client).await?;
                let mut broker = TcpStream::connect((authority.host.as_str(), authority.port)).await?;
                copy_bidirectional(&mut client, &mut broker).await
            });
        }
    });
    address
}

/// A queue behind an encrypted broker that says it is `host`, trusting what `parameters` say.
async fn queue(names: &Names, authority: &Authority, host: &str, parameters: &str) -> RabbitMqQueue {
    let address = encrypted_broker(authority.certify(host)).await;
    let mut uri: AMQPUri = broker_url().parse().expect("the broker's URL");
    uri.scheme = AMQPScheme::AMQPS;
    uri.authority.host = address.ip().to_string();
    uri.authority.port = address.port();
    uri.query.heartbeat = Some(10);
    RabbitMqQueue::new(&names.settings(&format!("{uri}{parameters}"))).expect("settings")
}

fn trusting(authority: &Authority) -> String {
    format!("&cacertfile={}", authority.file().display())
}

#[tokio::test]
async fn a_broker_of_a_private_authority_is_used_when_the_url_names_the_authority() {
    let (names, authority) = (Names::fresh().await, Authority::new());
    let queue = queue(&names, &authority, "127.0.0.1", &trusting(&authority)).await;
    queue.connect().await.expect("it connects");
    queue.publish(&mails(1, 1)).await.expect("it publishes");
}

#[tokio::test]
async fn a_broker_that_cannot_prove_who_it_is_is_refused_with_a_sentence() {
    let (names, authority, stranger) = (Names::fresh().await, Authority::new(), Authority::new());
    for (case, host, parameters) in [
        ("nobody here knows the authority", "127.0.0.1", String::new()),
        ("another authority is trusted", "127.0.0.1", trusting(&stranger)),
        ("the certificate is for another host", "broker.example", trusting(&authority)),
    ] {
        let queue = queue(&names, &authority, host, &parameters).await;
        let error = queue.connect().await.expect_err(case);
        assert!(matches!(*error, BrokerError::NotTrusted(_)) && error.needs_change(), "{case}: {error:?}");
        assert!(error.to_string().contains("cacertfile"), "{error}");
    }
}
