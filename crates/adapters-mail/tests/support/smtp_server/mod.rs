//! A real SMTP server on loopback that does as it is told, for tests of what sends mail.
//!
//! It speaks as a server should unless its [`Behaviour`] says otherwise; the behaviour can change while it runs and
//! counts from the next step of every session on.

mod authority;
mod behaviour;
mod session;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    net::TcpListener,
    sync::{Mutex as AsyncMutex, watch},
    task::{JoinHandle, JoinSet},
    time::timeout,
};

pub use self::{
    authority::Authority,
    behaviour::{Act, Behaviour, Encryption},
};

/// How long a test waits for something that should happen at once, before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a lock is never poisoned.
const NO_PANIC: &str = "nothing panics under this lock";

/// A mail whose last byte arrived and which was not refused.
#[derive(Clone, Debug)]
pub struct ReceivedMail {
    /// The address of `MAIL`.
    pub from: String,
    /// The addresses of `RCPT`.
    pub to: Vec<String>,
    /// The message, as it was before it was made ready for the wire.
    pub data: String,
    /// When its last byte had arrived.
    pub accepted_at: Timestamp,
    /// Whether it came under TLS.
    pub encrypted: bool,
}

/// The server; it ends, with all its connections, when this is dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: AsyncMutex<Option<JoinHandle<()>>>,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    commands: Mutex<Vec<String>>,
    mails: watch::Sender<Vec<ReceivedMail>>,
    connections: watch::Sender<Connections>,
}

impl Shared {
    fn behaviour(&self) -> Behaviour {
        self.behaviour.lock().expect(NO_PANIC).clone()
    }

    fn commands(&self) -> MutexGuard<'_, Vec<String>> {
        self.commands.lock().expect(NO_PANIC)
    }
}

#[derive(Default)]
struct Connections {
    open: usize,
    ever: usize,
}

impl SmtpServer {
    /// Starts on a free port.
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let listens = behaviour.listens;
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(behaviour),
            commands: Mutex::default(),
            mails: watch::Sender::default(),
            connections: watch::Sender::default(),
        });
        let listening = listens.then(|| tokio::spawn(listen(listener, Arc::clone(&shared))));
        Self { address, shared, listening: AsyncMutex::new(listening) }
    }

    /// Its URL, without parameters: `smtp://127.0.0.1:PORT`, or `smtps://` if it begins with TLS.
    pub fn url(&self) -> String {
        self.url_with_login("")
    }

    /// Its URL with `user:password@`.
    pub fn url_with_login(&self, login: &str) -> String {
        let implicit = matches!(self.shared.behaviour().encryption, Encryption::Implicit(_));
        format!("{}://{login}{}", if implicit { "smtps" } else { "smtp" }, self.address)
    }

    /// Behaves differently from now on. A server that stops listening also drops its connections.
    pub async fn set_behaviour(&self, behaviour: Behaviour) {
        let listens = behaviour.listens;
        *self.shared.behaviour.lock().expect(NO_PANIC) = behaviour;
        let mut listening = self.listening.lock().await;
        match (listens, listening.take()) {
            (true, None) => {
                let listener = TcpListener::bind(self.address).await.expect("its port is still free");
                *listening = Some(tokio::spawn(listen(listener, Arc::clone(&self.shared))));
            }
            (false, Some(task)) => {
                task.abort();
                let _ = task.await;
            }
            (_, task) => *listening = task,
        }
    }

    /// All mails so far, in the order in which they were complete.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.shared.mails.borrow().clone()
    }

    /// Waits until there are at least `count` mails.
    pub async fn wait_for(&self, count: usize) -> Vec<ReceivedMail> {
        let mut mails = self.shared.mails.subscribe();
        let enough = timeout(PATIENCE, mails.wait_for(|mails| mails.len() >= count)).await;
        assert!(enough.is_ok(), "{} of {count} mails came", self.mails().len());
        self.mails()
    }

    /// Every line that was read as a command so far, of all sessions.
    pub fn commands(&self) -> Vec<String> {
        self.shared.commands().clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.shared.connections.borrow().ever
    }

    /// Waits until no connection is open.
    pub async fn wait_until_left_alone(&self) {
        let mut connections = self.shared.connections.subscribe();
        let none = timeout(PATIENCE, connections.wait_for(|connections| connections.open == 0)).await;
        assert!(none.is_ok(), "connections stay open");
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Some(task) = self.listening.get_mut() {
            task.abort();
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a listening socket accepts");
        stream.set_nodelay(true).expect("an open socket has options");
        let connected = Connected::count(&shared);
        sessions.spawn(async move { session::serve(stream, connected).await });
        while sessions.try_join_next().is_some() {}
    }
}

/// One open connection.
struct Connected(Arc<Shared>);

impl Connected {
    fn count(shared: &Arc<Shared>) -> Self {
        shared.connections.send_modify(|connections| {
            connections.open += 1;
            connections.ever += 1;
        });
        Self(Arc::clone(shared))
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.send_modify(|connections| connections.open -= 1);
    }
}
