//! `PreviewRouting`: what is shown, and that nothing is stored or sent.

use std::{collections::HashMap, sync::Arc};

use application::{
    ports::{Channel as ChannelPort, ChannelSecrets, Page},
    routing::{PlannedNotification, PreviewRouting, RoutingPreview},
};
use domain::{
    answer::Verdict,
    bot_call::{Fate, Field, RefusalCode},
    channel::{Channel, ChannelKind},
    identity::IdentityKind,
    intake::{CallPath, IntakeRules, RawCall},
    notification::Purpose,
    topic::TopicMatch,
};
use port_contracts::RecordingChannel;
use serde_json::{Value, json};

use crate::desk::{BEGIN, Desk, WELCOME_DELAY, seconds};

/// Of all variables only this one is set.
struct OnlySlack;

impl ChannelSecrets for OnlySlack {
    fn is_set(&self, name: &str) -> bool {
        name == "SLACK_SALES_WEBHOOK_URL"
    }
}

/// Shows a call, and asserts that nobody was told and nothing was written.
async fn preview(desk: &Desk, path: CallPath, body: &str) -> RoutingPreview {
    let channel = Arc::new(RecordingChannel::new());
    let adapter = |kind| (kind, Arc::clone(&channel) as Arc<dyn ChannelPort>);
    let use_case = PreviewRouting {
        storage: desk.storage(),
        clock: desk.clock(),
        ids: Arc::clone(&desk.ids) as _,
        rules: IntakeRules { welcome_delay: WELCOME_DELAY },
        channels: [ChannelKind::Email, ChannelKind::Slack]
            .map(adapter)
            .into_iter()
            .collect::<HashMap<_, _>>(),
        secrets: Arc::new(OnlySlack),
    };
    let before = (desk.storage.commits(), rows(desk).await);
    let raw = RawCall { query: String::new(), body: body.as_bytes().to_vec() };
    let shown = use_case.execute(&desk.bot, path, raw).await.expect("storage works");
    assert_eq!((desk.storage.commits(), rows(desk).await), before, "nothing is stored");
    assert_eq!(channel.messages(), [], "nothing is sent");
    shown
}

async fn ticket(desk: &Desk, body: Value) -> RoutingPreview {
    preview(desk, CallPath::Tickets, &body.to_string()).await
}

async fn rows(desk: &Desk) -> (usize, usize, usize) {
    let everything = application::ports::QuarantineFilter { bot_id: None, with_closed: true };
    let page = Page::first(u16::MAX);
    let held = desk.look(async |snapshot| snapshot.quarantine().page(everything, page).await).await;
    (desk.users().await.len(), desk.notifications().await.len(), held.len())
}

fn over<'a>(shown: &'a RoutingPreview, channel: &str) -> &'a PlannedNotification {
    shown.notifications.iter().find(|planned| planned.channel == channel).expect("it is told")
}

#[tokio::test]
async fn a_call_for_help_shows_who_is_told_what_and_when() {
    let desk = Desk::open().await;
    let body =
        json!({ "topic": " VENTAS ", "question": "How much?", "name": "Ana", "email": "Ana@Example.com" });
    let shown = ticket(&desk, body).await;
    assert_eq!((shown.result, shown.refused), (Verdict::Ok, None));
    let person = shown.person.clone().expect("a person is named");
    assert_eq!((person.user_id, person.matched_by, person.name.as_deref()), (None, None, Some("Ana")));
    let topic = shown.topic.clone().expect("a ticket would be opened");
    assert_eq!((topic.slug.as_str(), topic.matched_by), ("sales", TopicMatch::Alias));

    let news = over(&shown, "sales-slack");
    assert_eq!(
        (news.purpose, news.kind, news.is_secret_set),
        (Purpose::TicketOpened, ChannelKind::Slack, Some(true))
    );
    assert_eq!(news.wording.as_ref().map(|wording| wording.text.as_str()), Some("Sales: How much?"));
    assert_eq!((news.due_at, news.goes_out_at), (BEGIN, BEGIN));
    let welcome = over(&shown, "person");
    assert_eq!((welcome.purpose, welcome.is_secret_set), (Purpose::Welcome, None));
    assert_eq!(welcome.wording.as_ref().map(|wording| wording.text.as_str()), Some("Welcome Ana"));
    assert_eq!(welcome.goes_out_at, BEGIN + WELCOME_DELAY);
}

#[tokio::test]
async fn every_value_shows_what_became_of_it() {
    let desk = Desk::open().await;
    let long = "x".repeat(201);
    let body = json!({
        "E-Mail": " Ana@Example.com ", "phone": "12", "first_name": "Ana", "last_name": "Gil", "plan": "gold",
        "topic": "@topic", "question": "How?", "text": "Where?", "utm_source": long,
    });
    let shown = ticket(&desk, body).await;
    let fates: Vec<_> = shown
        .readings
        .iter()
        .map(|reading| (reading.name.as_str(), reading.field, reading.fate, reading.read_as.as_deref()))
        .collect();
    let cut = "x".repeat(200);
    let expected = [
        ("E-Mail", Some(Field::Email), Fate::Taken, Some("ana@example.com")),
        ("phone", Some(Field::Phone), Fate::Unreadable, None),
        ("first_name", Some(Field::FirstName), Fate::Taken, Some("Ana Gil")),
        ("last_name", Some(Field::LastName), Fate::Taken, Some("Ana Gil")),
        ("plan", None, Fate::Kept, None),
        ("topic", Some(Field::Topic), Fate::NotGiven, None),
        ("question", Some(Field::Description), Fate::Taken, Some("How?")),
        ("text", Some(Field::Description), Fate::Kept, None),
        ("utm_source", Some(Field::UtmSource), Fate::Cut, Some(cut.as_str())),
    ];
    assert_eq!(fates, expected);
    let kept: Vec<_> = shown.extra.keys().map(String::as_str).collect();
    assert_eq!(kept, ["plan", "text", "utm_source", "phone"], "what is kept is what the readings say");
    assert_eq!(shown.topic.map(|topic| topic.matched_by), Some(TopicMatch::Default));
}

#[tokio::test]
async fn a_person_who_is_known_is_shown_with_the_identity_that_says_so() {
    let desk = Desk::open().await;
    let known = desk.register("Ana", "ana@example.com").await.user_id;
    desk.take(desk.users_call(&json!({ "name": "Bo", "phone": "+34600111222" }))).await;
    let body = json!({ "question": "How?", "email": "ana@example.com", "phone": "+34600111222" });
    let person = ticket(&desk, body).await.person.expect("a person is named");
    assert_eq!((person.user_id, person.name.as_deref()), (known, Some("Ana")));
    assert_eq!((person.matched_by, person.clashes), (Some(IdentityKind::Email), vec![IdentityKind::Phone]));
}

#[tokio::test]
async fn pauses_quiet_hours_and_fallbacks_are_shown() {
    let desk = Desk::open().await;
    let [slack, team] = [desk.channel("sales-slack").await, desk.channel("team-email").await];
    let quiet_hours = "22:00-08:00 UTC".parse().ok();
    let changed = Channel { fallback: Some(team.id), quiet_hours, ..slack };
    desk.change(async |tx| {
        tx.channels().update(&changed).await?;
        tx.channels().set_paused(changed.id, Some(BEGIN)).await
    })
    .await;
    let shown = ticket(&desk, json!({ "topic": "sales", "question": "How?" })).await;
    let news = over(&shown, "sales-slack");
    assert_eq!((news.paused_at, news.fallback.as_deref()), (Some(BEGIN), Some("team-email")));
    assert_eq!((news.due_at, news.goes_out_at), (BEGIN, BEGIN + seconds(8 * 3_600)));
    assert_eq!(news.quiet_hours.as_deref(), Some("22:00-08:00 UTC"));
    assert!(shown.person.is_none());
}

#[tokio::test]
async fn a_call_that_would_not_be_taken_shows_why() {
    let desk = Desk::open().await;
    let shown = preview(&desk, CallPath::Users, r#"{"email": "nonsense", "name": "Ana"}"#).await;
    assert_eq!(shown.result, Verdict::Invalid);
    let refused = shown.refused.expect("it is refused");
    assert_eq!((refused.field, refused.code), (Some(Field::Email), RefusalCode::EmailUnreadable));
    assert_eq!(
        shown.readings.iter().map(|reading| reading.fate).collect::<Vec<_>>(),
        [Fate::Unreadable, Fate::Taken]
    );
    assert!(shown.person.is_none() && shown.notifications.is_empty());

    let shown = preview(&desk, CallPath::Tickets, "how much?").await;
    assert_eq!(shown.refused.map(|refused| refused.code), Some(RefusalCode::BodyUnreadable));
    assert_eq!(shown.readings, []);
}

#[tokio::test]
async fn a_call_about_a_person_keeps_what_it_says_about_tickets() {
    let desk = Desk::open().await;
    let shown = preview(&desk, CallPath::Users, r#"{"email": "ana@example.com", "topic": "sales"}"#).await;
    assert!(shown.topic.is_none());
    assert_eq!(shown.readings[1].fate, Fate::Kept);
    assert_eq!(shown.notifications.len(), 1, "the welcome mail");
}
