//! A way to the broker that can be cut.

use adapters_queue::{RabbitMqQueue, RabbitMqSettings};
use lapin::uri::AMQPUri;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::task::AbortOnDropHandle;

use crate::broker::{Names, broker_url};

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// They reach the broker.
    Open,
    /// They are closed at once.
    Shut,
    /// They are taken, and nothing comes back.
    Silent,
}

/// Listens on a port of its own.
pub(crate) struct Proxy {
    url: String,
    way: watch::Sender<Way>,
    _accepting: AbortOnDropHandle<()>,
}

impl Proxy {
    pub(crate) async fn new(way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut uri: AMQPUri = broker_url().parse().expect("the broker's URL");
        let broker = (uri.authority.host.clone(), uri.authority.port);
        "127.0.0.1".clone_into(&mut uri.authority.host);
        uri.authority.port = listener.local_addr().expect("an address").port();
        let way = watch::Sender::new(way);
        let accepting = AbortOnDropHandle::new(tokio::spawn(accept(listener, broker, way.subscribe())));
        Self { url: uri.to_string(), way, _accepting: accepting }
    }

    /// Settings that lead through here.
    pub(crate) fn settings(&self, names: &Names) -> RabbitMqSettings {
        names.settings(&self.url)
    }

    /// A queue that is connected through here.
    pub(crate) async fn queue(&self, names: &Names) -> RabbitMqQueue {
        let queue = RabbitMqQueue::new(&self.settings(names)).expect("settings");
        queue.connect().await.expect("it connects");
        queue
    }

    /// Cuts every connection; new ones go this way.
    pub(crate) fn turn(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn accept(listener: TcpListener, broker: (String, u16), way: watch::Receiver<Way>) {
    loop {
        let (client, _) = listener.accept().await.expect("a connection");
        tokio::spawn(carry(client, broker.clone(), way.clone()));
    }
}

async fn carry(mut client: TcpStream, broker: (String, u16), mut way: watch::Receiver<Way>) {
    let way_now = *way.borrow_and_update();
    let carried = async {
        match way_now {
            Way::Open => {
                let mut server = TcpStream::connect(broker).await.expect("the broker is there");
                // The end of a connection is no fault of the test.
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
            Way::Shut => {}
            Way::Silent => std::future::pending().await,
        }
    };
    tokio::select! {
        () = carried => {}
        _ = way.changed() => {}
    }
}
