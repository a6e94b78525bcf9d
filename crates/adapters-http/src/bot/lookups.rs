//! Calls that ask for something.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};

use super::{body, respond::respond};

/// `GET /bot/v1/users`
pub(super) async fn users(request: HttpRequest) -> HttpResponse {
    respond(&request, async |call| {
        let query = body::query(&request)?;
        let (find, bot, request_id) =
            (call.shared.state.find_user.clone(), Arc::clone(&call.bot), call.request_id);
        let found = async move { find.execute(&bot, &query, request_id).await };
        let answer = call.shared.on_runtime(found).await??;
        Ok(call.tell(&answer))
    })
    .await
}

/// `GET /bot/v1/tickets/{reference}`
pub(super) async fn ticket(request: HttpRequest) -> HttpResponse {
    respond(&request, async |call| {
        let query = body::query(&request)?;
        let reference = request.match_info().get("reference").unwrap_or_default().to_owned();
        let (show, bot, request_id) =
            (call.shared.state.show_ticket.clone(), Arc::clone(&call.bot), call.request_id);
        let shown = async move { show.execute(&bot, &reference, &query, request_id).await };
        let answer = call.shared.on_runtime(shown).await??;
        Ok(call.tell(&answer))
    })
    .await
}
