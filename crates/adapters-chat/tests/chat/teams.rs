//! How Microsoft Teams answers.

use domain::{channel::ChannelKind::Teams, retry::Outcome};
use serde_json::json;

use crate::{
    desk::{deliver, news, only, temporary},
    support::service::{Reply, Service},
};

#[tokio::test]
async fn a_workflow_begins() {
    let service = Service::that(Reply::new(202, "")).await;
    let receipt = deliver(Teams, &service, &news()).await;
    assert_eq!((receipt.outcome, receipt.code, receipt.answer), (Outcome::Sent, Some(202), None));
    let body = only(&service).json();
    assert_eq!(body["type"], "message");
    assert_eq!(body["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
}

#[tokio::test]
async fn a_workflow_says_what_is_wrong() {
    for (status, code, outcome) in [
        (400, "TriggerInputSchemaMismatch", Outcome::Permanent),
        (401, "DirectApiAuthorizationRequired", Outcome::Permanent),
        (404, "WorkflowNotFound", Outcome::Permanent),
        (500, "InternalServerError", temporary(None)),
        (502, "NoResponse", temporary(None)),
    ] {
        let error = json!({"error": {"code": code, "message": "Sorry."}});
        let service = Service::that(Reply::json(status, &error)).await;
        let receipt = deliver(Teams, &service, &news()).await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, Some(status)));
        assert_eq!(receipt.answer, Some(format!("{code}: Sorry.")));
    }
}

#[tokio::test]
async fn a_workflow_that_is_called_too_often_says_when_to_come_back() {
    let reply = Reply::new(429, "Rate limit is exceeded.")
        .with("Date", "Thu, 01 Jan 2026 09:00:00 GMT")
        .with("Retry-After", "Thu, 01 Jan 2026 09:02:00 GMT");
    let service = Service::that(reply).await;
    let receipt = deliver(Teams, &service, &news()).await;
    assert_eq!(receipt.outcome, temporary(Some(120_000)));
    assert_eq!(receipt.answer.as_deref(), Some("Rate limit is exceeded."));
}
