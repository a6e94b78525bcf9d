//! What Landbot delivers.

use application::ports::{Page, QuarantineFilter, Whose, consult};
use domain::{answer::Verdict, bot::SecretDigest, conversation::ConversationMessage, ticket::Reference};
use serde_json::{Value, json};

use crate::{
    client::{Request, says},
    desk::Desk,
};

const CUSTOMER: u64 = 500_000_001;

fn said(sender: &str, text: &str, uuid: &str) -> Value {
    json!({ "messages": [{
        "type": "text",
        "timestamp": 1_767_225_600.5,
        "data": { "body": text },
        "sender": { "id": CUSTOMER, "type": sender },
        "customer": { "id": CUSTOMER, "name": "Ana" },
        "channel": { "type": "landbot" },
        "_raw": { "uuid": uuid }
    }] })
}

impl Desk {
    fn deliver(&self, body: &Value) -> Request {
        self.request("POST", &self.hook("web")).body(body.to_string())
    }

    /// The conversation of the first ticket, oldest first.
    fn conversation(&self) -> Vec<ConversationMessage> {
        let found = consult(&*self.storage, async |snapshot| {
            let ticket = snapshot.tickets().by_reference(Reference::new(1)).await?.expect("a ticket");
            snapshot.conversation().page(Whose::Ticket(ticket.id), Page::first(9)).await
        });
        let mut messages = self.wait(found).expect("storage works");
        messages.reverse();
        messages
    }

    fn open_ticket(&self) {
        let body = json!({ "topic": "sales", "description": "How much?", "customer_id": CUSTOMER });
        says(&self.post("/bot/v1/tickets", body.to_string()).send().answer(), &json!({ "result": "ok" }));
    }

    fn held(&self) -> Vec<Vec<u8>> {
        let held = consult(&*self.storage, async |snapshot| {
            snapshot.quarantine().page(QuarantineFilter::default(), Page::first(9)).await
        });
        self.wait(held).expect("storage works").into_iter().map(|held| held.call.raw.body).collect()
    }
}

#[test]
fn a_delivery_is_answered_once_its_message_is_stored() {
    let desk = Desk::open();
    desk.open_ticket();
    let response = desk.deliver(&said("customer", "I need a quote", "a")).send();
    assert_eq!(response.status, 200);
    says(&response.answer(), &json!({ "result": "ok", "created": true, "replayed": false }));
    let texts: Vec<_> = desk.conversation().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["I need a quote"]);
}

#[test]
fn a_delivery_that_comes_again_is_stored_once() {
    let desk = Desk::open();
    desk.open_ticket();
    for (created, replayed) in [(true, false), (false, true)] {
        let traced = desk.deliver(&said("customer", "Hello", "a")).header("sentry-trace", "one-1-0");
        says(&traced.send().answer(), &json!({ "created": created, "replayed": replayed }));
    }
    let next = desk.deliver(&said("customer", "Hello", "a")).header("sentry-trace", "two-1-0").send();
    says(&next.answer(), &json!({ "created": true }));
    assert_eq!(desk.conversation().len(), 2);
}

#[test]
fn a_hook_that_is_none_or_comes_without_its_token_is_denied_like_an_unknown_key() {
    let desk = Desk::open();
    desk.open_ticket();
    for target in
        ["/bot/v1/messages/fdh_wrong", "/bot/v1/messages/%00", &format!("/bot/v1/messages/{}", desk.key)]
    {
        let response = desk.request("POST", target).bearer(&desk.key).body("{").send();
        assert_eq!(response.status, 401, "{target}");
        says(&response.answer(), &json!({ "result": Verdict::Denied.as_str(), "created": null }));
    }
    desk.change_bot(|bot| bot.hook.token = Some(SecretDigest::of("a token")));
    let with = |token: Option<&str>| {
        let request = desk.deliver(&said("customer", "Hello", "a"));
        match token {
            Some(token) => request.header("Authorization", &format!("Token {token}")),
            None => request,
        }
    };
    for (token, status) in [(None, 401), (Some("another"), 401), (Some("a token"), 200)] {
        assert_eq!(with(token).send().status, status, "{token:?}");
    }
    assert_eq!(desk.conversation().len(), 1);
    assert!(desk.held().is_empty(), "nothing is kept of what was denied");
}

#[test]
fn what_cannot_be_understood_is_kept_as_it_came_and_taken() {
    let desk = Desk::open();
    let junk = desk.request("POST", &desk.hook("web")).body("{\"messages\": 7").send();
    assert_eq!(junk.status, 200);
    says(&junk.answer(), &json!({ "result": "ok", "created": false }));
    assert_eq!(desk.held(), [b"{\"messages\": 7"]);
    let by_bot = desk.deliver(&said("bot", "Hi!", "b")).send();
    says(&by_bot.answer(), &json!({ "result": "ok", "created": false }));
    assert_eq!(desk.held().len(), 1, "what bots say is understood, and left out");
    assert!(desk.storage.intake_rows().is_empty(), "a delivery is no call");
}

#[test]
fn while_the_database_is_away_landbot_is_asked_to_come_again() {
    let desk = Desk::open();
    desk.open_ticket();
    let hook = desk.hook("web");
    let deliver = || desk.request("POST", &hook).body(said("customer", "Hello", "a").to_string()).send();
    desk.storage.go_away();
    let response = deliver();
    assert_eq!((response.status, response.header("retry-after")), (503, Some("5")));
    says(&response.answer(), &json!({ "result": "retry" }));
    desk.storage.come_back();
    assert_eq!(deliver().status, 200);
    assert_eq!(desk.conversation().len(), 1);
}

#[test]
fn a_delivery_has_a_largest_size_and_one_method() {
    let desk = Desk::open();
    let large = desk.deliver(&said("customer", &"x".repeat(70_000), "a")).send();
    assert_eq!(large.status, 413);
    says(&large.answer(), &json!({ "result": "invalid" }));
    let got = desk.request("GET", &desk.hook("web")).send();
    assert_eq!((got.status, got.header("allow")), (405, Some("POST")));
}
