//! `SetChannel`, `ArchiveChannel`, `TestChannel`, `SetTopic`, `RemoveTopic`.

use std::{collections::HashMap, sync::Arc};

use application::{
    ports::{Channel as ChannelPort, Receipt},
    routing::{
        ArchiveChannel, ChannelChange, RemoveTopic, RoutingError, SetChannel, SetTopic, TestChannel,
        TestChannelError, TopicChange,
    },
};
use domain::{
    channel::{Channel, ChannelKind, PERSON_CHANNEL, Target},
    message::Content,
    retry::Outcome,
    topic::{Slug, Topic},
};
use port_contracts::RecordingChannel;

use crate::desk::Desk;

async fn set(desk: &Desk, name: &str, change: ChannelChange) -> Result<Channel, RoutingError> {
    SetChannel { audit: desk.audit(), storage: desk.storage() }.execute(name, change, None).await
}

fn fallback(name: &str) -> ChannelChange {
    ChannelChange { fallback: Some(Some(name.to_owned())), ..ChannelChange::default() }
}

#[tokio::test]
async fn only_what_is_given_is_changed_of_a_channel() {
    let desk = Desk::open().await;
    let (before, team) = (desk.channel("sales-slack").await, desk.channel("team-email").await);
    let hours = "22:00-08:00 UTC".parse().ok();
    let quiet = ChannelChange { quiet_hours: Some(hours.clone()), ..ChannelChange::default() };
    set(&desk, "sales-slack", quiet).await.expect("it can be quiet");
    set(&desk, "sales-slack", fallback("team-email")).await.expect("it can fall back");
    let expected = Channel { quiet_hours: hours, fallback: Some(team.id), ..before.clone() };
    assert_eq!(desk.channel("sales-slack").await, expected);

    let target = Target::Env("OTHER_URL".to_owned());
    let back = ChannelChange { target: Some(target.clone()), fallback: Some(None), quiet_hours: Some(None) };
    let answered = set(&desk, "sales-slack", back).await.expect("both can be taken away");
    assert_eq!(answered, Channel { target, ..before });
    assert_eq!(desk.channel("sales-slack").await, answered);
}

#[tokio::test]
async fn a_fallback_that_cannot_stand_in_is_refused() {
    let desk = Desk::open().await;
    let before = desk.channel("team-email").await;
    for name in ["team-email", PERSON_CHANNEL] {
        let refused = set(&desk, "team-email", fallback(name)).await;
        assert!(matches!(refused, Err(RoutingError::Fallback(..))), "{name}");
    }
    let unknown = set(&desk, "team-email", fallback("nowhere")).await;
    assert!(matches!(unknown, Err(RoutingError::Unknown("channel", name)) if name == "nowhere"));
    assert_eq!(desk.channel("team-email").await, before);
}

async fn try_out(desk: &Desk, over: &Arc<RecordingChannel>, name: &str) -> Result<Receipt, TestChannelError> {
    let adapter = |kind| (kind, Arc::clone(over) as Arc<dyn ChannelPort>);
    let test = TestChannel {
        storage: desk.storage(),
        channels: [ChannelKind::Slack, ChannelKind::Email]
            .map(adapter)
            .into_iter()
            .collect::<HashMap<_, _>>(),
        clock: desk.clock(),
        ids: Arc::clone(&desk.ids) as _,
    };
    test.execute(name).await
}

#[tokio::test]
async fn a_test_sends_one_marked_message_and_answers_what_was_said() {
    let (desk, slack) = (Desk::open().await, Arc::new(RecordingChannel::new()));
    let said =
        Receipt { code: Some(404), answer: Some("no_team".to_owned()), ..Receipt::new(Outcome::Permanent) };
    slack.answer_next(said.clone());
    let before = desk.storage.commits();
    assert_eq!(try_out(&desk, &slack, "sales-slack").await.expect("it is known"), said);
    let [message] = &slack.messages()[..] else { panic!("one message") };
    assert_eq!((message.channel.as_str(), message.kind), ("sales-slack", ChannelKind::Slack));
    let Content::TicketOpened { ticket, person: None } = &message.content else { panic!("it is news") };
    assert!(ticket.description.contains("a test of the channel sales-slack"));
    assert_eq!((desk.storage.commits(), desk.notifications().await), (before, vec![]));
}

#[tokio::test]
async fn what_tells_persons_or_is_unknown_cannot_be_tested() {
    let (desk, mail) = (Desk::open().await, Arc::new(RecordingChannel::new()));
    assert!(matches!(try_out(&desk, &mail, PERSON_CHANNEL).await, Err(TestChannelError::Person(_))));
    assert!(matches!(try_out(&desk, &mail, "nowhere").await, Err(TestChannelError::Unknown(_))));
    assert_eq!(mail.messages(), []);
}

async fn change_topic(desk: &Desk, slug: &str, change: TopicChange) -> Result<Topic, RoutingError> {
    let slug = Slug::parse(slug).expect("a slug");
    SetTopic { audit: desk.audit(), storage: desk.storage() }.execute(&slug, change, None).await
}

#[tokio::test]
async fn a_topic_is_found_by_its_new_names_and_by_none_of_the_old() {
    let desk = Desk::open().await;
    let change = TopicChange {
        title: Some(" Buying ".to_owned()),
        aliases: Some(vec!["comprar".to_owned()]),
        ..TopicChange::default()
    };
    let changed = change_topic(&desk, "sales", change).await.expect("it is known");
    assert_eq!((changed.title.as_str(), changed.is_default), ("Buying", false));
    for (asked, expected) in
        [("BUYING", "sales"), ("comprar", "sales"), ("sales", "sales"), ("ventas", "support")]
    {
        assert_eq!(desk.ask(asked, "ana@example.com").await.topic.as_deref(), Some(expected), "{asked}");
    }
}

#[tokio::test]
async fn what_is_not_given_stays_and_the_default_moves() {
    let desk = Desk::open().await;
    let change = TopicChange { make_default: true, ..TopicChange::default() };
    let changed = change_topic(&desk, "sales", change).await.expect("it is known");
    assert_eq!((changed.title.as_str(), changed.aliases), ("Sales", vec!["ventas".to_owned()]));
    assert_eq!(desk.ask("something", "ana@example.com").await.topic.as_deref(), Some("sales"));
}

#[tokio::test]
async fn a_topic_that_cannot_be_changed_is_refused_with_its_reason() {
    let desk = Desk::open().await;
    let unnamed = TopicChange { title: Some("  ".to_owned()), ..TopicChange::default() };
    assert!(matches!(change_topic(&desk, "sales", unnamed).await, Err(RoutingError::Name)));
    let unknown = change_topic(&desk, "nowhere", TopicChange::default()).await;
    assert!(matches!(unknown, Err(RoutingError::Unknown("topic", slug)) if slug == "nowhere"));
}

#[tokio::test]
async fn of_two_who_change_a_topic_the_later_is_told() {
    let desk = Desk::open().await;
    let slug = Slug::parse("sales").expect("a slug");
    let seen = change_topic(&desk, "sales", TopicChange::default()).await.expect("it is known");
    let retitle = |title: &str| TopicChange { title: Some(title.to_owned()), ..TopicChange::default() };
    let set = SetTopic { audit: desk.audit(), storage: desk.storage() };
    let first = set.execute(&slug, retitle("Buying"), Some(&seen)).await.expect("it is as it was seen");
    let late = set.execute(&slug, retitle("Shopping"), Some(&seen)).await;
    assert!(matches!(late, Err(RoutingError::Changed)));
    assert_eq!(set.execute(&slug, TopicChange::default(), Some(&first)).await.expect("it stayed"), first);
}

#[tokio::test]
async fn a_topic_is_changed_as_a_whole_or_not_at_all() {
    let desk = Desk::open().await;
    let change = TopicChange {
        title: Some("Buying".to_owned()),
        channels: Some(vec!["nowhere".to_owned()]),
        ..TopicChange::default()
    };
    assert!(change_topic(&desk, "sales", change).await.is_err());
    let stayed = change_topic(&desk, "sales", TopicChange::default()).await.expect("it is known");
    assert_eq!(stayed.title, "Sales");
}

#[tokio::test]
async fn a_topic_is_removed_unless_it_is_the_default() {
    let desk = Desk::open().await;
    let remove = RemoveTopic { audit: desk.audit(), storage: desk.storage() };
    let slug = |text| Slug::parse(text).expect("a slug");
    remove.execute(&slug("sales")).await.expect("it is not the default");
    assert_eq!(desk.ask("sales", "ana@example.com").await.topic.as_deref(), Some("support"));
    assert!(matches!(remove.execute(&slug("support")).await, Err(RoutingError::DefaultTopic(_))));
    assert!(matches!(remove.execute(&slug("sales")).await, Err(RoutingError::Unknown("topic", _))));
}

#[tokio::test]
async fn a_channel_is_put_away_once_nothing_leads_to_it() {
    let desk = Desk::open().await;
    let archive = ArchiveChannel { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() };
    let waiting = desk.ask("sales", "ana@example.com").await;
    let used = archive.execute("sales-slack").await.expect_err("a topic leads to it");
    assert_eq!(used.to_string(), "the topic sales leads to the channel sales-slack: change that first");
    set(&desk, "sales-slack", fallback("team-email")).await.expect("it may");
    let to_team = TopicChange { channels: Some(vec!["team-email".to_owned()]), ..TopicChange::default() };
    change_topic(&desk, "sales", to_team).await.expect("it is known");
    archive.execute("sales-slack").await.expect("nothing leads to it");
    assert!(waiting.reference.is_some(), "what waits is not withdrawn");
    let unknown = archive.execute("sales-slack").await;
    assert!(matches!(unknown, Err(RoutingError::Unknown("channel", _))));
    assert!(matches!(archive.execute(PERSON_CHANNEL).await, Err(RoutingError::OwnChannel(_))));
    assert!(matches!(archive.execute("team-email").await, Err(RoutingError::ChannelInUse(..))));
}
