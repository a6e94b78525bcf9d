//! Calls that change something.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use domain::intake::{CallPath, RawCall};

use super::{body, respond::respond};

/// `POST /bot/v1/users`
pub(super) async fn users(request: HttpRequest, payload: Payload) -> HttpResponse {
    submit(CallPath::Users, &request, payload).await
}

/// `POST /bot/v1/tickets`
pub(super) async fn tickets(request: HttpRequest, payload: Payload) -> HttpResponse {
    submit(CallPath::Tickets, &request, payload).await
}

/// Reading the call and waiting for its commit touch no storage on this thread: the lane's task does.
async fn submit(path: CallPath, request: &HttpRequest, payload: Payload) -> HttpResponse {
    respond(request, async |call| {
        let raw =
            RawCall { query: request.query_string().to_owned(), body: body::read(request, payload).await? };
        let key = body::idempotency_key(request);
        let submit = &call.shared.state.submit;
        let answer = submit.execute(&call.bot, call.request_id, path, raw, key.as_deref()).await;
        Ok(call.tell(&answer))
    })
    .await
}
