//! Answering the person of a ticket.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::conversation::ReplyError;
use domain::{agent::Role, ticket::Reference};

use super::show::{ReplyForm, find, page};
use crate::panel::{act::act, error::PanelError, visit::go};

pub(in crate::panel) async fn reply(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let reference: Reference = visit.path("ticket")?;
        let (agent, reply) = (visit.agent(), visit.state().reply_to_ticket.clone());
        let text = form.text("text").unwrap_or_default().to_owned();
        let key = form.needed("key")?.to_owned();
        let typed = ReplyForm { text: text.clone(), key: key.clone(), problem: None };
        let replied = visit
            .run(async move { Ok::<_, PanelError>(reply.execute(&agent, reference, &text, &key).await) });
        match replied.await? {
            Ok(replied) => {
                let done = if replied.is_repeated { "repeated" } else { "sent" };
                Ok(go(&format!("/admin/tickets/{reference}?done={done}")))
            }
            Err(ReplyError::NotAllowed) => Err(PanelError::Forbidden(Role::Agent)),
            Err(ReplyError::UnknownTicket(_)) => Err(PanelError::NotFound),
            Err(ReplyError::Storage(error)) => Err(error.into()),
            Err(error) => {
                let problem = Some(error.to_string());
                let known = find(visit).await?;
                Ok(page(visit, StatusCode::UNPROCESSABLE_ENTITY, known, ReplyForm { problem, ..typed }))
            }
        }
    })
    .await
}
