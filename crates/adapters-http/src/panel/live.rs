//! Open pages that are told when what they show has changed (HTML Living Standard, section 9.2, "Server-sent events").
//!
//! An open page keeps a connection, on which its handler looks again every now and then and compares the state of what it
//! sees with the state that the page shows. Only that something changed is told; the page then asks for itself anew. So
//! nothing is shown that the page itself would not show, whichever process made the change.

use std::{
    collections::HashMap,
    fmt::{self, Display},
    hash::{DefaultHasher, Hash, Hasher},
    num::ParseIntError,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{HttpRequest, HttpResponse, http::header::RETRY_AFTER, rt};
use domain::{agent::Role, ids::AgentId};
use tokio::time::{Instant, sleep};
use tracing::Instrument;

use super::{
    body::{Portions, Sink},
    error::PanelError,
    fields::Fields,
    visit::{Visit, visit},
};

/// How often an open page is looked at again: soon enough for whoever waits for the next ticket.
pub const LIVE_EVERY: Duration = Duration::from_secs(2);

/// A look is followed by a pause of so many times its length at least: open pages take a twentieth of one connection to the
/// database each, however slow it is.
const SPARE: u32 = 20;

/// What is sent when nothing changed: a server learns that a page is gone when it writes to it, and proxies take a silent
/// connection for dead (HTML, section 9.2.7).
const QUIET: &[u8] = b":\n\n";

/// What is sent first: a page whose connection broke comes back after so many milliseconds.
const GREETING: &[u8] = b"retry: 5000\n\n";

/// One member of staff may keep so many pages open.
const PAGES_OF_ONE: usize = 16;

/// And all of them together so many on one process.
const PAGES: usize = 512;

/// A page that finds no place asks again after so many seconds.
const COME_BACK: u32 = 30;

/// The state of what a page shows, as all processes of one version compute it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown(u64);

impl Shown {
    pub(super) fn of(what: impl Hash) -> Self {
        // Has the same keys everywhere.
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Shown {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

/// Who keeps how many pages open.
#[derive(Default)]
pub(crate) struct OpenPages(Mutex<HashMap<AgentId, usize>>);

/// The place of one open page.
struct Place {
    pages: Arc<OpenPages>,
    agent: AgentId,
}

impl OpenPages {
    fn admit(self: &Arc<Self>, agent: AgentId) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.get(&agent).copied().unwrap_or_default();
        if own >= PAGES_OF_ONE || open.values().sum::<usize>() >= PAGES {
            return None;
        }
        open.insert(agent, own + 1);
        Some(Place { pages: Arc::clone(self), agent })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.pages.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.agent) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.agent);
            }
        }
    }
}

/// Keeps telling a page when what `look` sees is not what it shows.
pub(super) async fn follow<L>(request: HttpRequest, look: L) -> HttpResponse
where
    L: AsyncFn(&Visit<'_>) -> Result<Shown, PanelError> + 'static,
{
    visit(&request, Role::Viewer, async |visit| {
        let Some(place) = visit.open_pages().admit(visit.agent().id()) else {
            return Ok(HttpResponse::ServiceUnavailable().insert_header((RETRY_AFTER, COME_BACK)).finish());
        };
        let seen = look(visit).await?;
        let (sink, portions) = Portions::channel();
        let page = OpenPage { request: request.clone(), shows: shows(&request), sink, _place: place };
        rt::spawn(page.keep_telling(seen, look).in_current_span());
        let mut answer = HttpResponse::Ok();
        // nginx would collect what is sent.
        Ok(answer.content_type("text/event-stream").insert_header(("X-Accel-Buffering", "no")).body(portions))
    })
    .await
}

/// The state that a page shows: as it was told last, or as it was made. None if it does not say so in our words.
fn shows(request: &HttpRequest) -> Option<Shown> {
    let told = request.headers().get("last-event-id").and_then(|id| id.to_str().ok());
    let asked = Fields::of_query(request);
    told.or_else(|| asked.text("state")).and_then(|state| state.parse().ok())
}

struct OpenPage {
    request: HttpRequest,
    shows: Option<Shown>,
    sink: Sink,
    _place: Place,
}

impl OpenPage {
    /// Ends with the page, the session, this process, or when looking fails; a page that is still there comes back.
    async fn keep_telling<L>(mut self, mut seen: Shown, look: L)
    where
        L: AsyncFn(&Visit<'_>) -> Result<Shown, PanelError>,
    {
        let mut greeting = GREETING.to_vec();
        loop {
            let is_told = self.shows.replace(seen) == Some(seen);
            let news =
                if is_told { QUIET.to_vec() } else { format!("id: {seen}\ndata: changed\n\n").into_bytes() };
            if !self.sink.send([std::mem::take(&mut greeting), news].concat()).await {
                return;
            }
            let Some(anew) = self.look_again(&look).await else { return };
            seen = anew;
        }
    }

    /// Looks after a pause. None if nobody is there any more who may be told.
    async fn look_again<L>(&self, look: &L) -> Option<Shown>
    where
        L: AsyncFn(&Visit<'_>) -> Result<Shown, PanelError>,
    {
        let state = &crate::state::shared(&self.request).state;
        sleep(state.live_every).await;
        if self.sink.is_closed() || state.readiness.is_draining() {
            return None;
        }
        let began = Instant::now();
        let visit = Visit::begin(&self.request, Role::Viewer).await.ok()?;
        let seen = look(&visit).await.ok()?;
        tokio::select! {
            () = self.sink.closed() => None,
            () = sleep((began.elapsed() * SPARE).saturating_sub(state.live_every)) => Some(seen),
        }
    }
}
