//! Many notifications are tried again or withdrawn: those that were ticked, or all of a filter.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::{
    delivery::{CancelNotification, InterveneError, RetryNotifications},
    ports::StorageError,
};
use domain::{agent::Role, ids::NotificationId};

use super::{
    PATH,
    intervene::retrying,
    list::{FILTERS, filter, may_be_retried_whole},
};
use crate::panel::{act::act, error::PanelError, fields::Fields, visit::go};

/// What became of many.
#[derive(Default)]
struct Told {
    changed: usize,
    /// Those that stand where it cannot be done.
    left: usize,
}

impl Told {
    fn count(&mut self, done: Result<(), InterveneError>) -> Result<(), StorageError> {
        match done {
            Ok(()) => self.changed += 1,
            Err(InterveneError::Unknown(_) | InterveneError::Standing(_)) => self.left += 1,
            Err(InterveneError::Storage(error)) => return Err(error),
        }
        Ok(())
    }

    /// Back to the list, as it was filtered.
    fn back(&self, form: &Fields) -> HttpResponse {
        let query = form.only(FILTERS).with("changed", self.changed).with("left", self.left).query();
        go(&format!("{PATH}{query}"))
    }
}

fn ticked(form: &Fields) -> Result<Vec<NotificationId>, PanelError> {
    form.all("id").map(|id| id.parse().map_err(|error| PanelError::field("id", error))).collect()
}

pub(in crate::panel) async fn retry(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let (ids, retry) = (ticked(&form)?, retrying(visit));
        let run = async move {
            let mut told = Told::default();
            for id in ids {
                told.count(retry.execute(id).await)?;
            }
            Ok::<_, StorageError>(told)
        };
        Ok(visit.run(run).await?.back(&form))
    })
    .await
}

pub(in crate::panel) async fn cancel(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let (ids, cancel) =
            (ticked(&form)?, CancelNotification { audit: visit.audit(), storage: visit.storage() });
        let run = async move {
            let mut told = Told::default();
            for id in ids {
                told.count(cancel.execute(id).await)?;
            }
            Ok::<_, StorageError>(told)
        };
        Ok(visit.run(run).await?.back(&form))
    })
    .await
}

pub(in crate::panel) async fn retry_all(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let filter = filter(&form)?;
        if !filter.status.is_some_and(may_be_retried_whole) {
            let why =
                visit.t("All of a filter can be retried only if they failed, are unknown or were cancelled.");
            return Err(PanelError::refused(why));
        }
        let queue = Arc::clone(&visit.state().take_calls.queue);
        let retry = RetryNotifications {
            audit: visit.audit(),
            storage: visit.storage(),
            queue,
            clock: visit.clock(),
        };
        let changed = visit.run(async move { retry.execute(filter).await }).await?;
        Ok(Told { changed, left: 0 }.back(&form))
    })
    .await
}
