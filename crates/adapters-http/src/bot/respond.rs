//! The way of every call: let it in, run its use case, answer, write one line of log.

use std::{error::Error, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderValue, RETRY_AFTER},
    },
};
use domain::{
    answer::{Answer, Sentence, Verdict},
    bot::Bot,
    ids::RequestId,
    language::Language,
    trace::TARGET,
};
use tracing::{Instrument as _, Span, field::Empty};

use super::{
    RETRY_AFTER_SECS,
    access::authenticate,
    answer_body::{BotAnswerResponse, json},
    refusal::{Refusal, Terms},
};
use crate::state::{Shared, request_id, shared};

/// A call that was let in.
pub(super) struct Call<'a> {
    pub(super) shared: &'a Shared,
    pub(super) bot: Arc<Bot>,
    pub(super) request_id: RequestId,
}

/// Answers a call: `run` is its use case, for a bot with a valid key that does not call too often.
pub(super) async fn respond<R>(request: &HttpRequest, run: R) -> HttpResponse
where
    R: AsyncFnOnce(&Call<'_>) -> Result<HttpResponse, Refusal>,
{
    let (shared, request_id) = (shared(request), request_id(request));
    let bot = match authenticate(request).await {
        Ok(bot) => bot,
        Err(refusal) => return refuse(shared, &refusal, None, request_id),
    };
    let call = Call { shared, bot, request_id };
    let span = tracing::info_span!(
        target: TARGET, "bot.call",
        %request_id, bot = call.bot.name.as_str(), path = request.match_pattern(), result = Empty
    );
    match limited(&call, run).instrument(span).await {
        Ok(response) => response,
        Err(refusal) => refuse(shared, &refusal, Some(&call.bot), request_id),
    }
}

async fn limited<R>(call: &Call<'_>, run: R) -> Result<HttpResponse, Refusal>
where
    R: AsyncFnOnce(&Call<'_>) -> Result<HttpResponse, Refusal>,
{
    let now = call.shared.state.clock.now();
    call.shared.limits.take(call.bot.id, now).map_err(Refusal::TooOften)?;
    run(call).await
}

impl Call<'_> {
    /// Tells the bot what its use case answered.
    pub(super) fn tell(&self, answer: &Answer) -> HttpResponse {
        let bot = self.bot.name.as_str();
        let Answer { result, sentence, .. } = answer;
        self.shared.traffic.record_call(Some(&self.bot), *result);
        Span::current().record("result", result.as_str());
        if *result == Verdict::Ok {
            tracing::debug!(bot, %sentence, "a call was answered");
        } else {
            // Whoever could not store it has said why.
            tracing::info!(bot, %result, %sentence, "a call was answered");
        }
        let (status, retry_after) = match result {
            Verdict::Retry => (StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_AFTER_SECS)),
            _ => (StatusCode::OK, None),
        };
        say(self.shared, status, answer, retry_after)
    }
}

pub(super) fn refuse(
    shared: &Shared,
    refusal: &Refusal,
    bot: Option<&Bot>,
    request_id: RequestId,
) -> HttpResponse {
    let Terms { status, result, sentence, retry_after } = refusal.terms();
    let name = bot.map(|bot| bot.name.as_str());
    let status_code = status.as_u16();
    shared.traffic.record_call(bot, result);
    if status.is_server_error() {
        tracing::error!(bot = name, error = refusal as &dyn Error, "a call could not be answered");
    } else {
        tracing::info!(bot = name, status = status_code, reason = %refusal, "a call was refused");
    }
    let language = bot.map_or(Language::ENGLISH, |bot| bot.default_language.clone());
    say(shared, status, &Answer::new(result, sentence, language, request_id), retry_after)
}

/// The answer to a call that made the server panic.
pub(crate) fn sorry(shared: &Shared, request_id: RequestId) -> HttpResponse {
    let answer = Answer::new(Verdict::Retry, Sentence::TryAgain, Language::ENGLISH, request_id);
    say(shared, StatusCode::SERVICE_UNAVAILABLE, &answer, Some(RETRY_AFTER_SECS))
}

pub(super) fn say(
    shared: &Shared,
    status: StatusCode,
    answer: &Answer,
    retry_after: Option<i64>,
) -> HttpResponse {
    let mut response = json(status, &BotAnswerResponse::of(answer, &shared.messages));
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
