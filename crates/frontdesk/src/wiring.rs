//! The composition root: which adapter stands behind which port. The only place that knows them all.

use std::{collections::HashMap, net::TcpListener, sync::Arc};

use adapters_http::{AllowedHosts, HttpState};
use adapters_mail::{EnvironmentLookup, MailChannel, MailSettings, MimickedChannel};
use adapters_queue::InProcessQueue;
use adapters_sqlite::{Migrate, SqliteStorage};
use application::{
    delivery::{BeatHeart, DispatchNotifications, ReclaimNotifications, SettleAttempts, StopWorker},
    housekeeping::ForgetExpiredAnswers,
    intake::{
        AuthenticateBot, FindUser, IntakeLane, LaneRunner, ListTopics, ShowTicketStatus, SubmitCall,
        TakeCalls,
    },
    ports::{Channel, Clock, Entropy, Ids, NotificationQueue, PasswordHasher, Storage},
    staff::AuthenticateAgent,
};
use domain::{channel::ChannelKind, dispatch::HANDED_OVER_PER_SLOT, ids::WorkerId, intake::IntakeRules};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use worker::{Company, Pulse, Worker};

use crate::{
    environment::{Argon2Hasher, SystemClock, SystemEntropy, SystemIds},
    readiness::ServerReadiness,
    settings::Settings,
};

/// HTTP is answered by so many threads; parsing and answering costs tens of microseconds, so two go a long way.
const HTTP_THREADS: usize = 2;

/// The ports and their adapters, for commands and for the server alike.
#[derive(Clone)]
pub struct App {
    /// The database, as upkeep sees it.
    pub sqlite: Arc<SqliteStorage>,
    /// The database.
    pub storage: Arc<dyn Storage>,
    /// The way from dispatchers to deliverers.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// How bots' calls are taken.
    pub take_calls: TakeCalls,
}

/// What runs in a serving process.
pub struct Server {
    /// Answers requests.
    pub http: adapters_http::Server,
    /// Takes bots' calls.
    pub lane: LaneRunner,
    /// Delivers notifications.
    pub worker: Worker,
}

impl App {
    /// Opens the database that the settings name, and wires everything to it.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let migrate = if settings.database.migrate { Migrate::Apply } else { Migrate::Leave };
        let sqlite =
            Arc::new(SqliteStorage::open(&settings.database.path, migrate, Arc::clone(&clock)).await?);
        let storage: Arc<dyn Storage> = Arc::clone(&sqlite) as _;
        // Room for all that may be handed over at once, and for as much again that is handed over a second time.
        let queue_capacity = 2 * HANDED_OVER_PER_SLOT * settings.worker.concurrency;
        let queue: Arc<dyn NotificationQueue> = Arc::new(InProcessQueue::new(queue_capacity));
        let take_calls = TakeCalls {
            storage: Arc::clone(&storage),
            queue: Arc::clone(&queue),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            rules: IntakeRules { welcome_delay: settings.welcome.delay },
        };
        let (entropy, hasher) = (Arc::new(SystemEntropy), Arc::new(Argon2Hasher));
        Ok(Self { sqlite, storage, queue, clock, ids, entropy, hasher, take_calls })
    }

    /// Everything that serves.
    pub fn server(
        &self,
        settings: &Settings,
        listener: TcpListener,
        metrics: PrometheusHandle,
        stop: CancellationToken,
    ) -> anyhow::Result<Server> {
        let (lane, runner) = IntakeLane::new(self.take_calls.clone());
        let worker = self.worker(settings)?;
        let readiness = ServerReadiness::new(worker.pulse.clone(), stop);
        let state = HttpState {
            authenticate_bot: Arc::new(AuthenticateBot::new(
                Arc::clone(&self.storage),
                Arc::clone(&self.clock),
            )),
            submit: SubmitCall {
                lane,
                clock: Arc::clone(&self.clock),
                replay_window: settings.intake.replay_window,
            },
            find_user: FindUser { storage: Arc::clone(&self.storage) },
            show_ticket: ShowTicketStatus { storage: Arc::clone(&self.storage) },
            list_topics: ListTopics { storage: Arc::clone(&self.storage) },
            authenticate_agent: AuthenticateAgent { storage: Arc::clone(&self.storage) },
            storage: Arc::clone(&self.storage),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            readiness: Arc::new(readiness),
            metrics: Arc::new(move || metrics.render()),
            rate_limit: settings.intake.rate_limit,
            allowed_hosts: AllowedHosts::new(&settings.http.allowed_hosts),
            trusted_proxies: settings.http.trusted_proxies.clone(),
            runtime: tokio::runtime::Handle::current(),
        };
        Ok(Server { http: adapters_http::serve(listener, state, HTTP_THREADS)?, lane: runner, worker })
    }

    fn worker(&self, settings: &Settings) -> anyhow::Result<Worker> {
        let worker_id = WorkerId::from_uuid(self.ids.next());
        let policies = Arc::new(settings.retry.clone());
        let concurrency = settings.worker.concurrency;
        let (storage, queue, clock) = (&self.storage, &self.queue, &self.clock);
        Ok(Worker {
            beat_heart: BeatHeart { storage: Arc::clone(storage), worker_id },
            dispatch: DispatchNotifications {
                storage: Arc::clone(storage),
                queue: Arc::clone(queue),
                clock: Arc::clone(clock),
                worker_id,
                concurrency,
            },
            settle: SettleAttempts {
                storage: Arc::clone(storage),
                clock: Arc::clone(clock),
                entropy: Arc::clone(&self.entropy),
                policies: Arc::clone(&policies),
                worker_id,
            },
            reclaim: ReclaimNotifications {
                storage: Arc::clone(storage),
                queue: Arc::clone(queue),
                clock: Arc::clone(clock),
                policies,
            },
            stop: StopWorker { storage: Arc::clone(storage), worker_id },
            forget_answers: ForgetExpiredAnswers { storage: Arc::clone(storage), clock: Arc::clone(clock) },
            queue: Arc::clone(queue),
            channels: self.channels(settings)?,
            clock: Arc::clone(clock),
            concurrency,
            company: Company::Alone,
            pulse: Pulse::default(),
        })
    }

    /// How each kind of channel is delivered. Mail stands in for every kind that has no adapter.
    fn channels(&self, settings: &Settings) -> anyhow::Result<HashMap<ChannelKind, Arc<dyn Channel>>> {
        let mail = Arc::new(MailChannel::new(
            mail_settings(settings),
            Arc::clone(&self.storage),
            Arc::clone(&self.clock),
            environment(settings),
        )?);
        let mimicked: Arc<dyn Channel> = Arc::new(MimickedChannel::new(Arc::clone(&mail)));
        let adapter = |kind| match kind {
            ChannelKind::Email => Arc::clone(&mail) as Arc<dyn Channel>,
            _ => Arc::clone(&mimicked),
        };
        Ok(ChannelKind::ALL.iter().map(|&kind| (kind, adapter(kind))).collect())
    }
}

fn mail_settings(settings: &Settings) -> MailSettings {
    MailSettings {
        from: settings.mail.from.clone(),
        team_to: settings.mail.team_to.clone(),
        reply_to: settings.mail.reply_to.clone(),
        public_url: settings.http.public_url.as_ref().map(ToString::to_string),
        smtp: settings.mail.smtp.clone(),
        templates: settings.mail.templates.clone(),
        max_connections: settings.worker.concurrency,
    }
}

/// The environment variables that channels name.
fn environment(settings: &Settings) -> EnvironmentLookup {
    let settings = settings.clone();
    Arc::new(move |name| settings.secret(name))
}
