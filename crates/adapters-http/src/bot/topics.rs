//! The topics, for a bot's buttons.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use domain::{answer::Verdict, topic::Routing};
use serde::Serialize;

use super::{answer_body::json, respond::respond};

/// All topics, and their titles alone: dynamic buttons of Landbot take a list of texts.
#[derive(Debug, Serialize)]
pub(crate) struct TopicsResponse<'a> {
    result: &'static str,
    topics: Vec<TopicResponse<'a>>,
    titles: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct TopicResponse<'a> {
    slug: &'a str,
    title: &'a str,
}

impl<'a> TopicsResponse<'a> {
    pub(crate) fn of(routing: &'a Routing) -> Self {
        let topics = routing.topics();
        Self {
            result: Verdict::Ok.as_str(),
            topics: topics
                .iter()
                .map(|topic| TopicResponse { slug: topic.slug.as_str(), title: &topic.title })
                .collect(),
            titles: topics.iter().map(|topic| topic.title.as_str()).collect(),
        }
    }
}

/// `GET /bot/v1/topics`. Titles are data and have one language; `language` is accepted for bots that send it.
pub(super) async fn topics(request: HttpRequest) -> HttpResponse {
    respond(&request, async |call| {
        let list = call.shared.state.list_topics.clone();
        let routing = call.shared.on_runtime(async move { list.execute().await }).await??;
        Ok(json(StatusCode::OK, &TopicsResponse::of(&routing)))
    })
    .await
}
