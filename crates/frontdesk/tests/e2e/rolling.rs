//! Replicas behind a load balancer are replaced one after the other, and nobody outside notices.

use std::{
    collections::HashSet,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

use crate::{frontdesk::Frontdesk, ground::Ground, http::Connection};

/// Visitors who call at the same time.
const VISITORS: usize = 8;

/// So many calls are answered before a replica is replaced, and after it.
const CALLS_BETWEEN: usize = 200;

/// Gives each connection to the next process that says it is ready. Everything ends when it is dropped.
struct Balancer {
    address: SocketAddr,
    processes: Arc<Mutex<Vec<SocketAddr>>>,
    ready: Arc<Mutex<Vec<SocketAddr>>>,
    _tasks: JoinSet<()>,
}

impl Balancer {
    async fn before(desk: &Frontdesk) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let processes = Arc::new(Mutex::new(vec![desk.address()]));
        let ready = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        tasks.spawn(look(Arc::clone(&processes), Arc::clone(&ready)));
        tasks.spawn(accept(listener, Arc::clone(&ready)));
        let balancer = Self { address, processes, ready, _tasks: tasks };
        balancer.uses(desk).await;
        balancer
    }

    /// Adds a process and waits until it is given connections.
    async fn add(&self, desk: &Frontdesk) {
        self.processes.lock().expect("not poisoned").push(desk.address());
        self.uses(desk).await;
    }

    async fn uses(&self, desk: &Frontdesk) {
        desk.wait_until("it is given connections", async |desk| {
            self.ready.lock().expect("not poisoned").contains(&desk.address())
        })
        .await;
    }
}

/// Asks all processes, again and again, whether they are ready.
async fn look(processes: Arc<Mutex<Vec<SocketAddr>>>, ready: Arc<Mutex<Vec<SocketAddr>>>) {
    loop {
        let all = processes.lock().expect("not poisoned").clone();
        let mut found = Vec::new();
        for address in all {
            if is_ready(address).await.unwrap_or(false) {
                found.push(address);
            }
        }
        *ready.lock().expect("not poisoned") = found;
        sleep(Duration::from_millis(50)).await;
    }
}

async fn is_ready(address: SocketAddr) -> io::Result<bool> {
    let answer = Connection::open(address).await?.call("GET /health/ready HTTP/1.1\r\n", b"").await?;
    Ok(answer.status == 200)
}

async fn accept(listener: TcpListener, ready: Arc<Mutex<Vec<SocketAddr>>>) {
    let mut connections = JoinSet::new();
    for turn in 0.. {
        let Ok((client, _)) = listener.accept().await else { return };
        let mut processes = ready.lock().expect("not poisoned").clone();
        let first = turn % processes.len().max(1);
        processes.rotate_left(first);
        connections.spawn(pass(client, processes));
    }
}

/// To the first process that accepts.
async fn pass(mut client: TcpStream, processes: Vec<SocketAddr>) {
    for address in processes {
        if let Ok(mut server) = TcpStream::connect(address).await {
            let _ = server.set_nodelay(true);
            let _ = copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}

/// Visitors who register people until they are told to leave.
struct Visitors {
    answered: Arc<AtomicUsize>,
    leave: Arc<AtomicBool>,
    tasks: JoinSet<(Vec<String>, Vec<String>)>,
}

impl Visitors {
    fn come(balancer: &Balancer, desk: &Frontdesk) -> Self {
        let (answered, leave) = (Arc::default(), Arc::default());
        let mut visitors = Self { answered, leave, tasks: JoinSet::new() };
        for who in 0..VISITORS {
            let (answered, leave) = (Arc::clone(&visitors.answered), Arc::clone(&visitors.leave));
            let (address, head) = (balancer.address, desk.post_head("/bot/v1/users"));
            visitors.tasks.spawn(async move {
                let mut visitor = Visitor { address, head, connection: None };
                let (mut stored, mut failed) = (Vec::new(), Vec::new());
                for number in 0.. {
                    if leave.load(Ordering::Relaxed) {
                        break;
                    }
                    let email = format!("p{who}-{number}@visitor.example");
                    match visitor.register(&email).await {
                        Ok(()) => stored.push(email),
                        Err(why) => failed.push(why),
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                (stored, failed)
            });
        }
        visitors
    }

    /// Waits until some more calls were made.
    async fn go_on(&self, desk: &Frontdesk) {
        let enough = self.answered.load(Ordering::Relaxed) + CALLS_BETWEEN;
        desk.wait_until("visitors call", async |_| self.answered.load(Ordering::Relaxed) >= enough).await;
    }

    /// The addresses whose registration was answered `ok`, and what went wrong.
    async fn leave(self) -> (HashSet<String>, Vec<String>) {
        self.leave.store(true, Ordering::Relaxed);
        let all = self.tasks.join_all().await;
        let (stored, failed): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (stored.into_iter().flatten().collect(), failed.concat())
    }
}

/// Keeps a connection, as long as the server lets it.
struct Visitor {
    address: SocketAddr,
    head: String,
    connection: Option<Connection>,
}

impl Visitor {
    async fn register(&mut self, email: &str) -> Result<(), String> {
        let body = json!({"name": "Ana", "email": email}).to_string();
        let answer = self.call(body.as_bytes()).await.map_err(|error| format!("{email}: {error}"))?;
        if answer.status == 200 && answer.json()["result"] == "ok" {
            Ok(())
        } else {
            Err(format!("{email}: {answer:?}"))
        }
    }

    async fn call(&mut self, body: &[u8]) -> io::Result<crate::http::Response> {
        let mut connection = match self.connection.take() {
            Some(kept) => kept,
            None => Connection::open(self.address).await?,
        };
        let answer = connection.call(&self.head, body).await?;
        self.connection = (answer.header("connection") != Some("close")).then_some(connection);
        Ok(answer)
    }
}

#[tokio::test]
async fn no_call_fails_while_replicas_are_replaced_one_after_the_other() {
    let settings = [("FRONTDESK__HTTP__DRAIN", "1s")];
    let mut first = Frontdesk::unstarted(Ground::PostgresAndRabbitMq, &settings).await;
    first.role = "api";
    first.run().await;
    first.add_bot().await;
    let mut second = first.colleague("api");
    second.run().await;
    let balancer = Balancer::before(&first).await;
    balancer.add(&second).await;
    let visitors = Visitors::come(&balancer, &first);
    let mut replaced = Vec::new();
    for mut old in [first, second] {
        visitors.go_on(&old).await;
        let mut new = old.colleague("api");
        new.run().await;
        balancer.add(&new).await;
        assert_eq!(old.stop().await, Some(0), "{}", old.log());
        visitors.go_on(&new).await;
        replaced.push(new);
    }
    let (registered, failed) = visitors.leave().await;
    assert!(failed.is_empty(), "{} of {}: {failed:?}", failed.len(), failed.len() + registered.len());
    let everything = String::from_utf8(replaced[0].everything_stored().await).expect("text");
    let stored: HashSet<_> = everything.split('"').filter(|text| registered.contains(*text)).collect();
    assert_eq!(stored.len(), registered.len(), "what was answered ok is stored");
}

#[tokio::test]
async fn a_process_that_is_told_to_stop_is_not_ready_and_still_takes_calls_for_a_moment() {
    let mut desk = Frontdesk::with(Ground::Postgres, &[("FRONTDESK__HTTP__DRAIN", "30s")]).await;
    desk.terminate().await;
    desk.wait_until("it is not ready", async |desk| desk.get("/health/ready").await.status == 503).await;
    assert_eq!(desk.register("Ana", "ana@visitor.example").await["result"], json!("ok"));
    desk.kill().await;
}
