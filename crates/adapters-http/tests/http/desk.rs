//! A server over fakes, and what people do with it.

use std::{
    collections::HashMap,
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use adapters_http::{
    AllowedHosts, HttpState, Network, Readiness, ReadinessLevel, ReadinessStatus, ServerHandle, Surface,
    serve,
};
use application::{
    audit::Audit,
    bots::{AddBot, NewBot, RevokeBotKeys, WhichKeys},
    conversation::{AdmitDelivery, HearMessages, ReplyToTicket},
    intake::{AuthenticateBot, FindUser, IntakeLane, ListTopics, ShowTicketStatus, SubmitCall, TakeCalls},
    jobs::{CountFigures, IndexForSearch},
    ports::{
        CapturedMail, Channel, ChannelSecrets, Clock, Entropy, Ids, PasswordHasher, Storage, atomically,
        consult,
    },
    routing::{AddTopic, NewTopic, PreviewRouting, TestChannel, TryMail},
    staff::{AddToken, AuthenticateAgent, FirstAdminLink, OfferFirstAdmin, SecondFactors},
};
use domain::{
    agent::{Role, Scope, StaffMember},
    audit::Author,
    bot::Bot,
    channel::ChannelKind,
    ids::AgentId,
    intake::IntakeRules,
    language::Language,
    topic::Slug,
};
use jiff::{SignedDuration, Timestamp};
use port_contracts::{
    FixedEntropy, FrozenClock, InMemoryQueue, InMemoryStorage, PlainPasswordHasher, PlainVault,
    RecordingChannel, SequentialIds,
};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use crate::client::Request;

const AGENT: &str = "tokens@example.com";

/// Everybody signs in with it.
pub(crate) const PASSWORD: &str = "a long password";

/// Shared by all servers of a process, so that its log tells their requests apart.
static IDS: LazyLock<Arc<SequentialIds>> = LazyLock::new(Arc::default);

/// A running server with a bot named `web`.
pub(crate) struct Desk {
    pub(crate) storage: Arc<InMemoryStorage>,
    pub(crate) clock: Arc<FrozenClock>,
    pub(crate) readiness: Arc<SetReadiness>,
    pub(crate) server_clock: Arc<BreakableClock>,
    pub(crate) key: String,
    /// What every kind of channel is delivered by.
    pub(crate) channel: Arc<RecordingChannel>,
    ids: Arc<SequentialIds>,
    entropy: Arc<FixedEntropy>,
    first_admin: FirstAdminLink,
    runtime: Runtime,
    address: SocketAddr,
    server: Option<ServerHandle>,
}

/// No variable that a channel may name is set.
struct NoSecrets;

impl ChannelSecrets for NoSecrets {
    fn is_set(&self, _name: &str) -> bool {
        false
    }
}

/// What a test wants otherwise.
pub(crate) struct Wishes {
    pub(crate) rate_limit: u32,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) is_https: bool,
    pub(crate) metrics: fn() -> String,
}

impl Default for Wishes {
    fn default() -> Self {
        let metrics = || "# nothing\n".to_owned();
        Self { rate_limit: 0, trusted_proxies: Vec::new(), is_https: false, metrics }
    }
}

/// The clock of the use cases, which panics when the test wants it.
pub(crate) struct BreakableClock {
    clock: Arc<FrozenClock>,
    pub(crate) broken: AtomicBool,
}

impl Clock for BreakableClock {
    fn now(&self) -> Timestamp {
        assert!(!self.broken.load(Ordering::Relaxed), "the clock holds a secret");
        self.clock.now()
    }
}

/// With this reason a process says that it is draining.
pub(crate) const DRAINING: &str = "draining";

/// Says what the test set.
pub(crate) struct SetReadiness(Mutex<ReadinessStatus>);

impl SetReadiness {
    pub(crate) fn set(&self, level: ReadinessLevel, reasons: &[&str]) {
        let reasons = reasons.iter().map(|&reason| reason.to_owned()).collect();
        *self.0.lock().expect("not poisoned") = ReadinessStatus { level, reasons };
    }
}

impl Readiness for SetReadiness {
    fn status(&self) -> ReadinessStatus {
        self.0.lock().expect("not poisoned").clone()
    }

    fn is_draining(&self) -> bool {
        self.status().reasons.iter().any(|reason| reason == DRAINING)
    }
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::with(&Wishes::default())
    }

    pub(crate) fn with(wishes: &Wishes) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let clock = Arc::new(FrozenClock::default());
        let ready = ReadinessStatus { level: ReadinessLevel::Ready, reasons: Vec::new() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let mut desk = Self {
            storage: Arc::new(InMemoryStorage::new(Arc::clone(&clock) as Arc<dyn Clock>)),
            readiness: Arc::new(SetReadiness(Mutex::new(ready))),
            server_clock: Arc::new(BreakableClock {
                clock: Arc::clone(&clock),
                broken: AtomicBool::new(false),
            }),
            key: String::new(),
            channel: Arc::default(),
            ids: Arc::clone(&IDS),
            entropy: Arc::new(FixedEntropy::new()),
            first_admin: FirstAdminLink::default(),
            address: listener.local_addr().expect("an address"),
            clock,
            runtime,
            server: None,
        };
        desk.key = desk.add_bot("web", Language::ENGLISH);
        desk.add_topic();
        let server = {
            let _guard = desk.runtime.enter();
            serve(listener, desk.state(wishes), Surface::Everything, 1).expect("a server")
        };
        desk.server = Some(server.handle());
        desk.runtime.spawn(server);
        desk
    }

    /// Begins to stop the server as `SIGTERM` does.
    pub(crate) fn stop(&self) -> JoinHandle<()> {
        let server = self.server.as_ref().expect("a running server");
        self.runtime.spawn(server.stop(true))
    }

    pub(crate) fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(self.address)
    }

    fn state(&self, wishes: &Wishes) -> HttpState {
        let storage: Arc<dyn Storage> = self.storage.clone();
        let clock: Arc<dyn Clock> = self.server_clock.clone();
        let ids: Arc<dyn Ids> = self.ids.clone();
        let take_calls = TakeCalls {
            storage: storage.clone(),
            queue: Arc::new(InMemoryQueue::new()),
            clock: clock.clone(),
            ids: ids.clone(),
            rules: IntakeRules { welcome_delay: SignedDuration::from_secs(60) },
        };
        let (lane, runner) = IntakeLane::new(take_calls.clone());
        self.runtime.spawn(runner.run());
        HttpState {
            authenticate_bot: Arc::new(AuthenticateBot::new(storage.clone(), clock.clone())),
            submit: SubmitCall { lane, clock: clock.clone(), replay_window: SignedDuration::from_secs(60) },
            find_user: FindUser { storage: storage.clone() },
            show_ticket: ShowTicketStatus { storage: storage.clone() },
            list_topics: ListTopics { storage: storage.clone() },
            admit_delivery: AdmitDelivery { storage: storage.clone() },
            hear_messages: HearMessages::new(storage.clone(), clock.clone(), ids.clone()),
            reply_to_ticket: ReplyToTicket {
                storage: storage.clone(),
                queue: take_calls.queue.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
                is_connected: true,
            },
            authenticate_agent: AuthenticateAgent { storage: storage.clone() },
            preview_routing: PreviewRouting {
                storage: storage.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
                rules: take_calls.rules,
                channels: self.channels(),
                secrets: Arc::new(NoSecrets),
            },
            try_mail: TryMail {
                storage: storage.clone(),
                channels: self.channels(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            test_channel: TestChannel {
                storage: storage.clone(),
                channels: self.channels(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            take_calls,
            first_admin: self.first_admin.clone(),
            second_factors: SecondFactors {
                storage: storage.clone(),
                clock: clock.clone(),
                entropy: self.entropy.clone(),
                hasher: Arc::new(PlainPasswordHasher),
                vault: Some(Arc::new(PlainVault)),
            },
            entropy: self.entropy.clone(),
            hasher: Arc::new(PlainPasswordHasher),
            storage,
            clock,
            ids,
            readiness: self.readiness.clone(),
            metrics: Arc::new(wishes.metrics),
            recipe: Arc::new(|bot, medium| (medium == "web").then(|| format!("blocks of {}", bot.name))),
            rate_limit: wishes.rate_limit,
            allowed_hosts: AllowedHosts::new(["localhost", "127.0.0.1", "[::1]"]),
            trusted_proxies: wishes.trusted_proxies.clone(),
            is_https: wishes.is_https,
            live_every: Duration::from_millis(5),
            runtime: self.runtime.handle().clone(),
        }
    }

    fn audit(&self) -> Audit {
        Audit::of(Author::AT_THE_MACHINE, self.ids.clone(), self.clock.clone())
    }

    fn channels(&self) -> HashMap<ChannelKind, Arc<dyn Channel>> {
        let channel = || Arc::clone(&self.channel) as Arc<dyn Channel>;
        ChannelKind::ALL.iter().map(|&kind| (kind, channel())).collect()
    }

    /// Answers its key.
    pub(crate) fn add_bot(&self, name: &str, language: Language) -> String {
        let add = AddBot {
            audit: self.audit(),
            storage: self.storage.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            entropy: self.entropy.clone(),
        };
        let new = NewBot {
            name: name.to_owned(),
            default_origin: None,
            default_language: language,
            default_country: None,
        };
        self.runtime.block_on(add.execute(new)).expect("a new bot").reveal().to_owned()
    }

    /// The path at which a bot's conversations are delivered.
    pub(crate) fn hook(&self, bot: &str) -> String {
        let found = consult(&*self.storage, async |snapshot| snapshot.bots().by_name(bot).await);
        let bot = self.runtime.block_on(found).expect("storage works").expect("a bot of this name");
        format!("/bot/v1/messages/{}", bot.hook.secret.reveal())
    }

    /// Changes the bot `web` past every use case.
    pub(crate) fn change_bot(&self, change: impl FnOnce(&mut Bot)) {
        let changed = atomically(&*self.storage, async |tx| {
            let mut bot = tx.bots().by_name("web").await?.expect("the bot is there");
            change(&mut bot);
            tx.bots().update(&bot).await
        });
        self.runtime.block_on(changed).expect("storage works");
    }

    pub(crate) fn revoke_keys(&self, bot: &str) {
        let revoke = RevokeBotKeys { audit: self.audit(), storage: self.storage.clone() };
        self.runtime.block_on(revoke.execute(bot, WhichKeys::All)).expect("keys to revoke");
    }

    /// Beside the shipped topics one that two channels are told about.
    fn add_topic(&self) {
        let add = AddTopic { audit: self.audit(), storage: self.storage.clone(), clock: self.clock.clone() };
        let new = NewTopic {
            slug: Slug::parse("vip").expect("a slug"),
            title: "VIP sales".to_owned(),
            aliases: Vec::new(),
            is_default: false,
            channels: ["sales-slack", "team-email"].map(str::to_owned).to_vec(),
        };
        self.runtime.block_on(add.execute(new)).expect("a new topic");
    }

    /// Answers API tokens of a new member of staff: one that may read, one that may work, one that may do everything.
    pub(crate) fn tokens(&self) -> [String; 3] {
        self.add_agent(AGENT, Role::Admin);
        let add = AddToken {
            audit: self.audit(),
            storage: self.storage.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            entropy: self.entropy.clone() as Arc<dyn Entropy>,
        };
        [Scope::Read, Scope::Write, Scope::Admin].map(|scope| {
            let added = self.runtime.block_on(add.execute(AGENT, "for tests", scope));
            added.expect("a new token").reveal().to_owned()
        })
    }

    /// Makes a member of staff whose password is [`PASSWORD`].
    pub(crate) fn add_agent(&self, email: &str, role: Role) {
        let member = StaffMember {
            id: AgentId::from_uuid(self.ids.next()),
            email: email.to_owned(),
            password_hash: PlainPasswordHasher.hash(PASSWORD).expect("a hash"),
            role,
            created_at: self.clock.now(),
            deactivated_at: None,
        };
        let added = atomically(&*self.storage, async |tx| tx.agents().insert(&member).await);
        self.runtime.block_on(added).expect("a new member of staff");
    }

    /// Where the first admin is made.
    pub(crate) fn first_admin_path(&self) -> String {
        let (storage, clock) = (self.storage.clone(), self.clock.clone());
        let (entropy, link) = (self.entropy.clone(), self.first_admin.clone());
        let offer = OfferFirstAdmin { storage, clock, entropy, link };
        let secret = self.wait(offer.execute()).expect("storage works").expect("nobody is there yet");
        format!("/admin/first/{}", secret.reveal())
    }

    /// Writes what lists are searched by.
    pub(crate) fn index(&self) {
        let index = IndexForSearch { storage: self.storage.clone() };
        self.runtime.block_on(index.execute()).expect("it can be indexed");
    }

    /// Counts what the last days brought.
    pub(crate) fn count_figures(&self) {
        let count = CountFigures { storage: self.storage.clone(), clock: self.clock.clone() };
        self.runtime.block_on(count.execute()).expect("it can be counted");
    }

    pub(crate) fn capture(&self, mail: &CapturedMail) {
        let captured = atomically(&*self.storage, async |tx| tx.captured_mails().capture(mail).await);
        self.runtime.block_on(captured).expect("a captured mail");
    }

    /// Runs what a test needs to know of the storage.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A request without a key.
    pub(crate) fn request(&self, method: &'static str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    /// A call of the bot `web`.
    pub(crate) fn get(&self, target: &str) -> Request {
        self.request("GET", target).bearer(&self.key)
    }

    /// A call of the bot `web`, without a content type, as Landbot makes it.
    pub(crate) fn post(&self, target: &str, body: impl Into<Vec<u8>>) -> Request {
        self.request("POST", target).bearer(&self.key).body(body)
    }
}
