//! What Landbot delivers: the messages of conversations.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::conversation::{Hearing, HookDelivery};
use domain::{
    answer::{Answer, Sentence, Verdict},
    bot::{Bot, HookSecret},
    intake::RawCall,
};

use super::{
    access::presented_key,
    body,
    refusal::Refusal,
    respond::{refuse, say},
};
use crate::state::{Shared, request_id, shared};

/// `POST /bot/v1/messages/{hook}`
///
/// Deliveries have no rate limit: they come in turn, at the pace of a conversation, and take turns in the database.
pub(super) async fn deliver(request: HttpRequest, payload: Payload) -> HttpResponse {
    let (shared, request_id) = (shared(&request), request_id(&request));
    let bot = match admit(shared, &request).await {
        Ok(bot) => bot,
        Err(refusal) => return refuse(shared, &refusal, None, request_id),
    };
    match hear(shared, &request, payload, &bot).await {
        Ok(hearing) => {
            let Hearing { new, known, echoes, ignored, is_held } = hearing;
            tracing::debug!(bot = bot.name, new, known, echoes, ignored, is_held, "a delivery was taken");
            let answer = Answer {
                created: Some(new > 0),
                replayed: Some(known > 0),
                ..Answer::new(Verdict::Ok, Sentence::Delivered, bot.default_language, request_id)
            };
            say(shared, StatusCode::OK, &answer, None)
        }
        Err(refusal) => refuse(shared, &refusal, Some(&bot), request_id),
    }
}

/// The bot whose hook this is. The body of anybody else is not read.
async fn admit(shared: &Shared, request: &HttpRequest) -> Result<Bot, Refusal> {
    let secret = HookSecret::restore(request.match_info().get("hook").unwrap_or_default().to_owned());
    let token = presented_key(request).map(str::to_owned);
    let admit = shared.state.admit_delivery.clone();
    Ok(shared.on_runtime(async move { admit.execute(&secret, token.as_deref()).await }).await??)
}

async fn hear(
    shared: &Shared,
    request: &HttpRequest,
    payload: Payload,
    bot: &Bot,
) -> Result<Hearing, Refusal> {
    let trace = request.headers().get("sentry-trace");
    let delivered = HookDelivery {
        request_id: request_id(request),
        trace: trace.map(|trace| String::from_utf8_lossy(trace.as_bytes()).into_owned()),
        raw: RawCall { query: String::new(), body: body::read(request, payload).await? },
    };
    let (hear, bot) = (shared.state.hear_messages.clone(), bot.clone());
    Ok(shared.on_runtime(async move { hear.execute(&bot, &delivered).await }).await??)
}
