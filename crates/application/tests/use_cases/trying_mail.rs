//! `TryMail`.

use std::{collections::HashMap, sync::Arc};

use application::{
    ports::WordingError,
    routing::{SampleMail, SetTopic, TopicChange, TryMail, TryMailError},
};
use domain::{
    channel::{ChannelKind, Target},
    language::Language,
    message::Content,
    notification::Purpose,
    retry::Outcome,
    ticket::Reference,
    topic::Slug,
};
use port_contracts::RecordingChannel;

use crate::desk::Desk;

fn trying(desk: &Desk, mail: &Arc<RecordingChannel>) -> TryMail {
    TryMail {
        storage: desk.storage(),
        channels: HashMap::from([(ChannelKind::Email, Arc::clone(mail) as _)]),
        clock: desk.clock(),
        ids: Arc::clone(&desk.ids) as _,
    }
}

fn sample(purpose: Purpose, about: Reference) -> SampleMail {
    let language = Language::parse("es").expect("a language");
    SampleMail { purpose, about, language, to: "agent@example.com".to_owned() }
}

async fn asked(desk: &Desk) -> Reference {
    desk.ask("sales", "ana@example.com").await.reference.expect("a ticket").parse().expect("a reference")
}

#[tokio::test]
async fn a_mail_is_worded_about_a_real_ticket_and_nothing_is_sent() {
    let (desk, mail) = (Desk::open().await, Arc::new(RecordingChannel::new()));
    let about = asked(&desk).await;
    let (commits, planned) = (desk.storage.commits(), desk.notifications().await);
    let wording = trying(&desk, &mail).preview(&sample(Purpose::TicketOpened, about)).await.expect("words");
    assert!(wording.text.starts_with("Sales: "), "{}", wording.text);
    assert!(mail.messages().is_empty());
    assert_eq!((desk.storage.commits(), desk.notifications().await), (commits, planned));
}

#[tokio::test]
async fn a_try_goes_to_whoever_tries_in_the_language_that_was_chosen() {
    let (desk, mail) = (Desk::open().await, Arc::new(RecordingChannel::new()));
    let about = asked(&desk).await;
    let receipt = trying(&desk, &mail).execute(&sample(Purpose::Welcome, about)).await.expect("it is tried");
    assert_eq!(receipt.outcome, Outcome::Sent);
    let [message] = &mail.messages()[..] else { panic!("one message") };
    assert_eq!(message.target, Target::Address("agent@example.com".to_owned()));
    let Content::Welcome { person } = &message.content else { panic!("it greets") };
    assert_eq!((person.email.as_deref(), person.language.as_str()), (Some("ana@example.com"), "es"));
}

#[tokio::test]
async fn what_the_ticket_has_nothing_of_is_said_so() {
    let (desk, mail) = (Desk::open().await, Arc::new(RecordingChannel::new()));
    let about = asked(&desk).await;
    let preview = async |purpose| trying(&desk, &mail).preview(&sample(purpose, about)).await;
    for purpose in [Purpose::Reply, Purpose::ChatFields, Purpose::ChatResumed] {
        assert!(matches!(preview(purpose).await, Err(TryMailError::Nothing)), "{purpose}");
    }
    let unknown = trying(&desk, &mail).preview(&sample(Purpose::Welcome, Reference::new(99))).await;
    assert!(matches!(unknown, Err(TryMailError::UnknownTicket(_))));

    let rules = TopicChange { status_field: Some("status".parse().ok()), ..TopicChange::default() };
    let set = SetTopic { storage: desk.storage(), audit: desk.audit() };
    set.execute(&Slug::parse("sales").expect("a slug"), rules, None).await.expect("it is set");
    assert!(preview(Purpose::ChatFields).await.expect("words").text.contains("status"));
    desk.reply(about, "It is 50 €.", "a").await.expect("it is taken");
    let reply = preview(Purpose::Reply).await;
    assert!(matches!(reply, Err(TryMailError::Wording(WordingError::Unsupported))), "there is an answer now");
}
