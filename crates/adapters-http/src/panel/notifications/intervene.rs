//! One notification is tried again or withdrawn.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::delivery::{CancelNotification, InterveneError, RetryNotification};
use domain::{agent::Role, ids::NotificationId};

use super::PATH;
use crate::panel::{
    act::act,
    error::PanelError,
    visit::{Visit, go},
};

pub(super) fn retrying(visit: &Visit<'_>) -> RetryNotification {
    let queue = Arc::clone(&visit.state().take_calls.queue);
    RetryNotification { audit: visit.audit(), storage: visit.storage(), queue, clock: visit.clock() }
}

pub(in crate::panel) async fn retry(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, _| {
        let (id, retry) = (visit.path("id")?, retrying(visit));
        let run = async move { Ok::<_, PanelError>(retry.execute(id).await) };
        answer(visit, id, "retried", visit.run(run).await?)
    })
    .await
}

pub(in crate::panel) async fn cancel(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, _| {
        let (id, cancel) =
            (visit.path("id")?, CancelNotification { audit: visit.audit(), storage: visit.storage() });
        let run = async move { Ok::<_, PanelError>(cancel.execute(id).await) };
        answer(visit, id, "cancelled", visit.run(run).await?)
    })
    .await
}

fn answer(
    visit: &Visit<'_>,
    id: NotificationId,
    done: &str,
    result: Result<(), InterveneError>,
) -> Result<HttpResponse, PanelError> {
    match result {
        Ok(()) => Ok(go(&format!("{PATH}/{id}?done={done}"))),
        Err(InterveneError::Unknown(_)) => Err(PanelError::NotFound),
        Err(InterveneError::Standing(_)) => {
            Err(PanelError::refused(visit.t("It is under way or over, so this cannot be done any more.")))
        }
        Err(InterveneError::Storage(error)) => Err(error.into()),
    }
}
