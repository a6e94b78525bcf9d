//! What handlers need.

use std::{future::Future, sync::Arc, time::Duration};

use actix_web::{HttpMessage, HttpRequest, web};
use application::{
    audit::Audit,
    conversation::{AdmitDelivery, HearMessages, ReplyToTicket},
    intake::{AuthenticateBot, FindUser, ListTopics, ShowTicketStatus, SubmitCall, TakeCalls},
    ports::{Clock, Entropy, Ids, PasswordHasher, Storage},
    routing::{PreviewRouting, TestChannel, TryMail},
    staff::{AddAgent, AuthenticateAgent, FirstAdminLink, SecondFactors, SignIn},
};
use domain::{audit::Author, bot::Bot, ids::RequestId};
use tokio::runtime::Handle;
use tracing::Instrument;

use crate::{
    bot::BotLimits,
    health::Readiness,
    hosts::{AllowedHosts, Network},
    messages::Messages,
    metrics::Traffic,
    panel::OpenPages,
    sign_in::SignIns,
};

/// Everything that the server is made of, as the composition root fills it in.
pub struct HttpState {
    /// Finds the bot behind a key.
    pub authenticate_bot: Arc<AuthenticateBot>,
    /// Takes bots' calls.
    pub submit: SubmitCall,
    /// Tells a bot whether it knows a person.
    pub find_user: FindUser,
    /// Tells a bot where a ticket stands.
    pub show_ticket: ShowTicketStatus,
    /// Lists topics for a bot's buttons.
    pub list_topics: ListTopics,
    /// Finds the bot behind a hook.
    pub admit_delivery: AdmitDelivery,
    /// Takes what hooks deliver.
    pub hear_messages: HearMessages,
    /// Answers people.
    pub reply_to_ticket: ReplyToTicket,
    /// Finds the agent behind an API token.
    pub authenticate_agent: AuthenticateAgent,
    /// The link that makes the first admin.
    pub first_admin: FirstAdminLink,
    /// How a call is taken out of quarantine, and what is rung when a person plans something.
    pub take_calls: TakeCalls,
    /// Shows what would become of a call.
    pub preview_routing: PreviewRouting,
    /// Tries channels.
    pub test_channel: TestChannel,
    /// Shows what mails say, and tries one.
    pub try_mail: TryMail,
    /// Second factors of members of staff.
    pub second_factors: SecondFactors,
    /// New keys of bots.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Where captured mail is read from, and what programs ask for.
    pub storage: Arc<dyn Storage>,
    /// The time, for rate limits.
    pub clock: Arc<dyn Clock>,
    /// New request ids.
    pub ids: Arc<dyn Ids>,
    /// What `/health/ready` says.
    pub readiness: Arc<dyn Readiness>,
    /// Renders `/metrics` in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Prints what is typed into a bot's builder.
    pub recipe: Arc<PrintRecipe>,
    /// Calls a second that each bot may make on average; 0 means no limit.
    pub rate_limit: u32,
    /// The names under which the server answers.
    pub allowed_hosts: AllowedHosts,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether the public address is encrypted: browsers are then told to never use it otherwise.
    pub is_https: bool,
    /// How often pages that are open look whether what they show has changed, at most; see [`LIVE_EVERY`](crate::LIVE_EVERY).
    pub live_every: Duration,
    /// The multi-threaded runtime on which use cases run.
    pub runtime: Handle,
}

/// Prints what is typed into the builder for a bot that talks to people on the `web` or on `whatsapp`; nothing for other
/// media.
pub type PrintRecipe = dyn Fn(&Bot, &str) -> Option<String> + Send + Sync;

/// The state, and what is made from it once.
pub(crate) struct Shared {
    pub(crate) state: HttpState,
    pub(crate) limits: BotLimits,
    pub(crate) sign_ins: SignIns,
    pub(crate) messages: Messages,
    pub(crate) traffic: Traffic,
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) open_pages: Arc<OpenPages>,
}

/// A use case panicked; its runtime lives on.
#[derive(Debug, thiserror::Error)]
#[error("running a use case failed")]
pub(crate) struct UseCasePanicked(#[from] tokio::task::JoinError);

impl HttpState {
    /// Writes down what somebody changes.
    pub(crate) fn audit(&self, author: Author) -> Audit {
        Audit::of(author, self.ids.clone(), self.clock.clone())
    }

    /// Makes members of staff.
    pub(crate) fn add_agent(&self, audit: Audit) -> AddAgent {
        AddAgent {
            audit,
            storage: self.storage.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            hasher: self.hasher.clone(),
        }
    }
}

impl Shared {
    pub(crate) fn new(state: HttpState) -> Self {
        Self {
            limits: BotLimits::per_second(state.rate_limit),
            sign_ins: SignIns::new(),
            messages: Messages::shipped(),
            traffic: Traffic::default(),
            sign_in: Arc::new(SignIn::new(
                state.storage.clone(),
                state.clock.clone(),
                state.ids.clone(),
                state.entropy.clone(),
                state.hasher.clone(),
                state.second_factors.vault.clone(),
            )),
            open_pages: Arc::default(),
            state,
        }
    }

    /// Runs a use case where storage may be waited for. It is completed even if the client hangs up.
    pub(crate) async fn on_runtime<T: Send + 'static>(
        &self,
        use_case: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, UseCasePanicked> {
        Ok(self.state.runtime.spawn(use_case.in_current_span()).await?)
    }
}

/// The state behind a request.
pub(crate) fn shared(request: &HttpRequest) -> &web::Data<Shared> {
    request.app_data().expect("every app is made with the state")
}

/// The id that `edge` gave the request.
pub(crate) fn request_id(request: &HttpRequest) -> RequestId {
    *request.extensions().get().expect("edge gives every request an id")
}
