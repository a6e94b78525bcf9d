//! What runs in a serving process.

use std::{net::TcpListener, sync::Arc};

use adapters_http::{AllowedHosts, HttpState, LIVE_EVERY, Surface};
use application::{
    conversation::{AdmitDelivery, HearMessages},
    delivery::{BeatHeart, DispatchNotifications, ReclaimNotifications, SettleAttempts, StopWorker},
    intake::{AuthenticateBot, FindUser, IntakeLane, LaneRunner, ListTopics, ShowTicketStatus, SubmitCall},
    jobs::{RunJob, ShareJobs},
    ports::{Clock, Vault},
    staff::{AuthenticateAgent, SecondFactors},
    watchdog::Watch,
};
use domain::ids::WorkerId;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use worker::{Company, Pulse, Sight, Worker};

use super::{App, channels::Channels};
use crate::{
    readiness::ServerReadiness,
    recipe::printed,
    serve::Role,
    settings::{PublicUrl, Settings},
};

/// HTTP is answered by so many threads; parsing and answering costs tens of microseconds, so two go a long way.
const HTTP_THREADS: usize = 2;

/// What runs in a serving process.
pub struct Server {
    /// Answers requests.
    pub http: adapters_http::Server,
    /// Takes bots' calls.
    pub lane: LaneRunner,
    /// Delivers notifications; none if that is not this process's role.
    pub worker: Option<Worker>,
    /// Knows whether all this can do its job.
    pub readiness: Arc<ServerReadiness>,
    /// Tells people when something is wrong.
    pub watch: Watch,
    /// What it saw.
    pub sight: watch::Sender<Sight>,
}

impl App {
    /// Everything that serves.
    pub fn server(
        &self,
        settings: &Settings,
        role: Role,
        vault: Option<Arc<dyn Vault>>,
        listener: TcpListener,
        metrics: PrometheusHandle,
        draining: CancellationToken,
    ) -> anyhow::Result<Server> {
        let (lane, runner) = IntakeLane::new(self.take_calls.clone());
        let pulse = Pulse::default();
        let (sight, seen) = watch::channel(Sight::default());
        let readiness =
            Arc::new(ServerReadiness::new(role, pulse.clone(), self.broker.clone(), draining, seen));
        let channels = self.channels(settings)?;
        let second_factors = self.second_factors(vault);
        let state =
            self.http_state(settings, lane, &channels, second_factors, Arc::clone(&readiness), metrics);
        let surface = if role.takes_calls() { Surface::Everything } else { Surface::Health };
        let http = adapters_http::serve(listener, state, surface, HTTP_THREADS)?;
        let worker = role.delivers().then(|| self.worker(settings, channels, pulse));
        Ok(Server { http, lane: runner, worker, readiness, watch: self.watch(settings)?, sight })
    }

    fn http_state(
        &self,
        settings: &Settings,
        lane: IntakeLane,
        channels: &Channels,
        second_factors: SecondFactors,
        readiness: Arc<ServerReadiness>,
        metrics: PrometheusHandle,
    ) -> HttpState {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let storage = || Arc::clone(&self.storage);
        let public_url = settings.http.public_url.as_ref().map(ToString::to_string);
        HttpState {
            authenticate_bot: Arc::new(AuthenticateBot::new(storage(), Arc::clone(&clock))),
            submit: SubmitCall {
                lane,
                clock: Arc::clone(&clock),
                replay_window: settings.intake.replay_window,
            },
            find_user: FindUser { storage: storage() },
            show_ticket: ShowTicketStatus { storage: storage() },
            list_topics: ListTopics { storage: storage() },
            admit_delivery: AdmitDelivery { storage: storage() },
            hear_messages: HearMessages::new(storage(), Arc::clone(&clock), Arc::clone(&self.ids)),
            reply_to_ticket: self.reply_to_ticket(settings),
            authenticate_agent: AuthenticateAgent { storage: storage() },
            take_calls: self.take_calls.clone(),
            preview_routing: self.preview_routing(settings, channels.clone()),
            test_channel: self.test_channel(channels.clone()),
            try_mail: self.try_mail(channels.clone()),
            first_admin: self.first_admin.clone(),
            second_factors,
            entropy: Arc::clone(&self.entropy),
            hasher: Arc::clone(&self.hasher),
            storage: storage(),
            clock,
            ids: Arc::clone(&self.ids),
            readiness,
            metrics: Arc::new(move || metrics.render()),
            recipe: Arc::new(move |bot, medium| printed(public_url.as_deref(), bot, medium)),
            rate_limit: settings.intake.rate_limit,
            allowed_hosts: AllowedHosts::new(&settings.http.allowed_hosts),
            trusted_proxies: settings.http.trusted_proxies.clone(),
            is_https: settings.http.public_url.as_ref().is_some_and(PublicUrl::is_https),
            live_every: LIVE_EVERY,
            runtime: tokio::runtime::Handle::current(),
        }
    }

    fn worker(&self, settings: &Settings, channels: Channels, pulse: Pulse) -> Worker {
        let worker_id = WorkerId::from_uuid(self.ids.next());
        let policies = Arc::new(settings.retry.clone());
        let concurrency = settings.worker.concurrency;
        let (storage, queue) = (&self.storage, &self.queue);
        let clock: &Arc<dyn Clock> = &(Arc::clone(&self.clock) as _);
        Worker {
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
                ids: Arc::clone(&self.ids),
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
            share_jobs: ShareJobs { storage: Arc::clone(storage), worker_id },
            run_job: RunJob::new(storage, queue, clock, &self.ids, settings.retention),
            queue: Arc::clone(queue),
            channels,
            clock: Arc::clone(clock),
            concurrency,
            company: if self.database.is_embedded() { Company::Alone } else { Company::Others },
            pulse,
        }
    }
}
