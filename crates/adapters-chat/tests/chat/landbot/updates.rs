//! Chats are brought up to date on a platform with moods.

use std::sync::Arc;

use adapters_chat::{HttpTimeouts, LandbotChannel};
use application::ports::{Channel as _, Receipt};
use domain::{message::Message, retry::Outcome};
use port_contracts::RecordingChannel;
use serde_json::json;

use super::{ANA, PATIENT, SOON, client};
use crate::{
    desk::{chat_update, temporary},
    support::{
        landbot::{FakeLandbot, Resumed, TOKEN},
        service::{Reaction, Service},
    },
};

async fn deliver(url: &str, timeouts: HttpTimeouts, message: &Message) -> Receipt {
    let stand_in = Arc::new(RecordingChannel::new());
    LandbotChannel::new(Some(client(url, TOKEN, timeouts)), stand_in).deliver(message).await
}

#[tokio::test]
async fn fields_are_written_before_the_flow_goes_on() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    let fields = [("ticket_ref", "T-000042"), ("ticket_status", "resolved")];
    let update = chat_update(Some(&ANA.to_string()), &fields, Some("1010178/Nkqgn6xkf"));
    assert_eq!(deliver(&landbot.url(), PATIENT, &update).await, Receipt::new(Outcome::Sent));
    for (name, value) in fields {
        assert_eq!(landbot.field(ANA, name), Some(json!(value)));
    }
    let node = Some("Nkqgn6xkf".to_owned());
    assert_eq!(landbot.resumed(), [Resumed { customer: ANA, bot: 1_010_178, node }]);
    assert_eq!(landbot.calls().last().expect("calls"), "PUT /v1/customers/500000001/assign_bot/1010178/");
    assert_eq!(landbot.said(), [], "nobody is told anything");
}

#[tokio::test]
async fn whom_landbot_does_not_know_is_not_tried_again() {
    let landbot = FakeLandbot::with(&[]).await;
    for customer in [Some(ANA.to_string()), Some("tg:42".to_owned()), None] {
        let update = chat_update(customer.as_deref(), &[("ticket_ref", "T-000042")], None);
        assert_eq!(
            deliver(&landbot.url(), PATIENT, &update).await.outcome,
            Outcome::Permanent,
            "{customer:?}"
        );
    }
}

#[tokio::test]
async fn a_field_without_an_answer_is_written_again_and_a_flow_is_not() {
    let silent = Service::that_reacts(|_| Reaction::Hang).await;
    let customer = ANA.to_string();
    let field = chat_update(Some(&customer), &[("ticket_ref", "T-000042")], None);
    assert_eq!(deliver(&silent.url("/v1/"), SOON, &field).await.outcome, temporary(None));
    let flow = chat_update(Some(&customer), &[], Some("7"));
    assert_eq!(deliver(&silent.url("/v1/"), SOON, &flow).await.outcome, Outcome::Unknown);
}

#[tokio::test]
async fn without_a_token_mail_stands_in() {
    let stand_in = Arc::new(RecordingChannel::new());
    let channel = LandbotChannel::new(None, Arc::clone(&stand_in) as _);
    channel.deliver(&chat_update(Some(&ANA.to_string()), &[("ticket_ref", "T-000042")], None)).await;
    assert_eq!(stand_in.messages().len(), 1);
}
