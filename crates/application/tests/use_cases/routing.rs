//! `AddChannel`, `PauseChannel`, `AddTopic`, routes by `SetTopic`.

use std::sync::Arc;

use application::routing::{
    AddChannel, AddTopic, NewTopic, PauseChannel, RoutingError, SetTopic, TopicChange,
};
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL, Target},
    topic::{Slug, Topic},
};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, seconds};

async fn add_channel(desk: &Desk, name: &str, kind: ChannelKind) -> Result<(), RoutingError> {
    let add = AddChannel {
        audit: desk.audit(),
        storage: desk.storage(),
        clock: desk.clock(),
        ids: Arc::clone(&desk.ids) as _,
    };
    add.execute(name, kind, Target::Address("help@example.com".to_owned())).await
}

async fn pause(desk: &Desk, name: &str, paused: bool) -> Result<(), RoutingError> {
    PauseChannel { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() }
        .execute(name, paused)
        .await
}

async fn add_topic(desk: &Desk, new: NewTopic) -> Result<(), RoutingError> {
    AddTopic { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() }.execute(new).await
}

async fn route(desk: &Desk, topic: &str, channels: &[&str]) -> Result<(), RoutingError> {
    let change = TopicChange { channels: Some(names(channels)), ..TopicChange::default() };
    SetTopic { audit: desk.audit(), storage: desk.storage() }
        .execute(&slug(topic), change, None)
        .await
        .map(drop)
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn refunds(channels: &[&str]) -> NewTopic {
    NewTopic {
        slug: slug("refunds"),
        title: " Refunds ".to_owned(),
        aliases: names(&["devoluciones"]),
        is_default: false,
        channels: names(channels),
    }
}

async fn topics(desk: &Desk) -> Vec<Topic> {
    desk.look(async |snapshot| snapshot.topics().routing().await).await.topics().to_vec()
}

/// The kinds that a ticket on a topic tells.
async fn told(desk: &Desk, topic: &str) -> Vec<ChannelKind> {
    desk.ask(topic, "ana@example.com").await.channels
}

#[tokio::test]
async fn a_new_channel_is_stored_with_the_pace_of_its_kind() {
    let desk = Desk::open().await;
    add_channel(&desk, "  help ", ChannelKind::Email).await.expect("it is new");
    add_channel(&desk, "alerts", ChannelKind::Slack).await.expect("it is new");
    let (help, alerts) = (desk.channel("help").await, desk.channel("alerts").await);
    assert_eq!((help.kind, help.interval, help.paused_at), (ChannelKind::Email, None, None));
    assert_eq!((help.target, help.created_at), (Target::Address("help@example.com".to_owned()), BEGIN));
    assert_eq!((alerts.kind, alerts.interval), (ChannelKind::Slack, Some(seconds(1))));
}

#[tokio::test]
async fn a_channel_needs_a_name_of_its_own() {
    let desk = Desk::open().await;
    for name in ["", "  ", &"n".repeat(101)] {
        assert!(matches!(add_channel(&desk, name, ChannelKind::Email).await, Err(RoutingError::Name)));
    }
    let taken = add_channel(&desk, "team-email", ChannelKind::Slack).await;
    assert!(matches!(taken, Err(RoutingError::NameTaken("channel", name)) if name == "team-email"));
    assert_eq!(desk.channel("team-email").await.kind, ChannelKind::Email);
}

#[tokio::test]
async fn a_channel_is_paused_and_goes_on() {
    let desk = Desk::open().await;
    pause(&desk, "team-email", true).await.expect("it is known");
    assert_eq!(desk.channel("team-email").await.paused_at, Some(BEGIN));
    pause(&desk, "team-email", false).await.expect("it is known");
    assert_eq!(desk.channel("team-email").await.paused_at, None);
    let unknown = pause(&desk, "nowhere", true).await;
    assert!(matches!(unknown, Err(RoutingError::Unknown("channel", name)) if name == "nowhere"));
}

#[tokio::test]
async fn tickets_on_a_new_topic_tell_its_channels_in_order() {
    let desk = Desk::open().await;
    add_topic(&desk, refunds(&["team-email", "sales-slack"])).await.expect("it is new");
    assert_eq!(told(&desk, "devoluciones").await, [ChannelKind::Email, ChannelKind::Slack]);
    let topics = topics(&desk).await;
    assert_eq!(
        topics.iter().map(|topic| topic.title.as_str()).collect::<Vec<_>>(),
        ["Sales", "Pricing", "Support", "Refunds"]
    );
    assert_eq!(topics.iter().filter(|topic| topic.is_default).count(), 1);
}

#[tokio::test]
async fn a_new_default_topic_takes_the_place_of_the_one_before() {
    let desk = Desk::open().await;
    let new = NewTopic { is_default: true, ..refunds(&["sales-slack"]) };
    add_topic(&desk, new).await.expect("it is new");
    let defaults: Vec<_> = topics(&desk).await.into_iter().filter(|topic| topic.is_default).collect();
    assert_eq!(defaults.iter().map(|topic| topic.slug.as_str()).collect::<Vec<_>>(), ["refunds"]);
    assert_eq!(told(&desk, "something else").await, [ChannelKind::Slack]);
}

#[tokio::test]
async fn a_topic_that_cannot_be_added_is_refused_with_its_reason() {
    let desk = Desk::open().await;
    let before = topics(&desk).await;
    let unnamed = add_topic(&desk, NewTopic { title: "  ".to_owned(), ..refunds(&["team-email"]) }).await;
    assert!(matches!(unnamed, Err(RoutingError::Name)));
    assert!(matches!(add_topic(&desk, refunds(&[])).await, Err(RoutingError::NoChannel)));
    let nowhere = add_topic(&desk, refunds(&["team-email", "nowhere"])).await;
    assert!(matches!(nowhere, Err(RoutingError::Unknown("channel", name)) if name == "nowhere"));
    let personal = add_topic(&desk, refunds(&[PERSON_CHANNEL])).await;
    assert!(matches!(personal, Err(RoutingError::PersonChannel)));
    let taken = add_topic(&desk, NewTopic { slug: slug("sales"), ..refunds(&["team-email"]) }).await;
    assert!(matches!(taken, Err(RoutingError::NameTaken("topic", name)) if name == "sales"));
    assert_eq!(topics(&desk).await, before);
}

#[tokio::test]
async fn new_routes_take_the_place_of_the_old() {
    let desk = Desk::open().await;
    route(&desk, "sales", &["team-email"]).await.expect("both are known");
    assert_eq!(told(&desk, "sales").await, [ChannelKind::Email]);
    assert_eq!(told(&desk, "pricing").await, [ChannelKind::Email], "other topics are as they were");
}

#[tokio::test]
async fn a_ticket_that_is_open_keeps_its_routes() {
    let desk = Desk::open().await;
    desk.ask("sales", "ana@example.com").await;
    let before = desk.notifications().await;
    route(&desk, "sales", &["team-email"]).await.expect("both are known");
    assert_eq!(desk.notifications().await, before);
}

#[tokio::test]
async fn a_channel_that_is_named_twice_is_told_once() {
    let desk = Desk::open().await;
    route(&desk, "sales", &["team-email", "sales-slack", "team-email"]).await.expect("they are known");
    add_topic(&desk, refunds(&["team-email", "team-email"])).await.expect("it is new");
    assert_eq!(told(&desk, "sales").await, [ChannelKind::Email, ChannelKind::Slack]);
    assert_eq!(told(&desk, "refunds").await, [ChannelKind::Email]);
}

#[tokio::test]
async fn routes_that_cannot_be_set_are_refused_with_their_reason() {
    let desk = Desk::open().await;
    let before = topics(&desk).await;
    assert!(matches!(route(&desk, "sales", &[]).await, Err(RoutingError::NoChannel)));
    assert!(matches!(route(&desk, "sales", &[PERSON_CHANNEL]).await, Err(RoutingError::PersonChannel)));
    let channel = route(&desk, "sales", &["nowhere"]).await;
    assert!(matches!(channel, Err(RoutingError::Unknown("channel", name)) if name == "nowhere"));
    let topic = route(&desk, "refunds", &["team-email"]).await;
    assert!(matches!(topic, Err(RoutingError::Unknown("topic", name)) if name == "refunds"));
    assert_eq!(topics(&desk).await, before);
}

#[tokio::test]
async fn what_cannot_be_written_is_told_as_such() {
    let desk = Desk::open().await;
    for _ in 0..4 {
        desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    }
    let outcomes = [
        add_channel(&desk, "help", ChannelKind::Email).await,
        pause(&desk, "team-email", true).await,
        add_topic(&desk, refunds(&["team-email"])).await,
        route(&desk, "sales", &["team-email"]).await,
    ];
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(RoutingError::Storage(_)))), "{outcomes:?}");
    assert_eq!((topics(&desk).await.len(), desk.channel("team-email").await.paused_at), (3, None));
}
