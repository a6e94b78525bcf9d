//! What teams read.

use application::ports::WordingError;
use domain::{
    channel::ChannelKind::{self, Discord, Slack, Teams, Telegram},
    message::{Content, Message, Person, TicketFacts},
    ticket::Chat,
    user::Origin,
};
use insta::assert_snapshot;
use serde_json::Value;

use crate::desk::{Desk, SERVICES, ana, digest, in_spanish, message, news, opened, overdue, ticket, told};

async fn body(kind: ChannelKind, message: &Message) -> String {
    let body = told(kind, message).await;
    serde_json::to_string_pretty(&body).expect("JSON is text")
}

/// Everything that could mean something to one of the services.
const HOSTILE: &str = "<!channel> <@U123> @everyone @here <https://evil.example|click> https://evil.example \
                       [click](https://evil.example) **bold** _it_ ~~x~~ `code` ||s|| :tada: <at>Bo</at> \
                       <b>b</b> </pre></code> <script>x</script> & &amp; \" ' \\ # h\n> quote\n- list\n1. one\n\n@bot";

fn hostile() -> Message {
    let text = || Some(HOSTILE.replace('\n', " "));
    let origin = Origin {
        source: text(),
        page: text(),
        referrer: text(),
        utm_source: text(),
        utm_medium: text(),
        utm_campaign: text(),
    };
    let person = Person { name: text(), email: text(), phone: text(), origin, ..ana() };
    let ticket = TicketFacts {
        topic: "<!here> *S* @x".to_owned(),
        topic_asked: text(),
        description: HOSTILE.to_owned(),
        bot: "b<o>t".to_owned(),
        ..ticket()
    };
    opened(ticket, Some(person))
}

#[tokio::test]
async fn slack_is_told_about_a_ticket() {
    assert_snapshot!(body(Slack, &news()).await);
}

#[tokio::test]
async fn teams_is_told_about_a_ticket() {
    assert_snapshot!(body(Teams, &news()).await);
}

#[tokio::test]
async fn discord_is_told_about_a_ticket() {
    assert_snapshot!(body(Discord, &news()).await);
}

#[tokio::test]
async fn telegram_is_told_about_a_ticket() {
    assert_snapshot!(body(Telegram, &news()).await);
}

#[tokio::test]
async fn slack_is_told_hostile_words_as_words() {
    assert_snapshot!(body(Slack, &hostile()).await);
}

#[tokio::test]
async fn teams_is_told_hostile_words_as_words() {
    assert_snapshot!(body(Teams, &hostile()).await);
}

#[tokio::test]
async fn discord_is_told_hostile_words_as_words() {
    assert_snapshot!(body(Discord, &hostile()).await);
}

#[tokio::test]
async fn telegram_is_told_hostile_words_as_words() {
    assert_snapshot!(body(Telegram, &hostile()).await);
}

#[tokio::test]
async fn a_digest_says_what_waits_in_spanish() {
    assert_snapshot!(body(Slack, &digest(in_spanish())).await);
}

#[tokio::test]
async fn an_escalation_says_how_long_a_ticket_waited() {
    let ticket = TicketFacts { team_language: in_spanish(), ..ticket() };
    let said = body(Telegram, &overdue(ticket, None)).await;
    assert!(said.contains("La consulta T-000042 sigue esperando: Sales"), "{said}");
    assert!(said.contains("Nadie ha respondido a esta consulta desde hace 4 h 30 min."), "{said}");
    assert!(said.contains("No sabemos quién es"), "{said}");
}

#[tokio::test]
async fn every_service_is_told_the_whole_of_it() {
    for kind in SERVICES {
        let said = body(kind, &news()).await;
        for part in ["T-000042", "Sales", "big deals", "How much is it?", "Ana García", "landing", "lead bot"]
        {
            assert!(said.contains(part), "{kind} is not told {part}: {said}");
        }
        for link in [
            "https://app.landbot.io/gui/chats_v4/8f0e7c3a-91b6-4c36-9e3c-0c4a4c9f3d11",
            "https://desk.example.com/admin/tickets/T-000042",
        ] {
            assert!(said.contains(link), "{kind} has no link to {link}: {said}");
        }
    }
}

#[tokio::test]
async fn what_is_not_known_leaves_no_gap() {
    let bare = TicketFacts { topic_asked: None, chat: Chat::default(), ..ticket() };
    for kind in SERVICES {
        let said = body(kind, &opened(bare.clone(), None)).await;
        assert!(said.contains("The visitor did not say who they are."), "{kind}: {said}");
        for label in ["Name", "Email", "Asked for", "Landbot", "\"\""] {
            assert!(!said.contains(label), "{kind} is told of {label}: {said}");
        }
    }
}

#[tokio::test]
async fn a_link_is_made_only_of_what_looks_like_a_chat() {
    let chat = Chat { customer: None, uuid: Some("../../evil".to_owned()) };
    for kind in SERVICES {
        let said = body(kind, &opened(TicketFacts { chat: chat.clone(), ..ticket() }, None)).await;
        assert!(!said.contains("chats_v4"), "{kind}: {said}");
    }
}

#[test]
fn what_would_be_said_can_be_read_beforehand() {
    let desk = Desk::with("https://chat.invalid/", "https://chat.invalid/");
    let wording = desk.chats.slack().word(&news()).expect("news can be put into words");
    assert_snapshot!(wording.text);
    assert_eq!((wording.subject, wording.mimicked), (None, false));
    let greeting = message(Content::Welcome { person: ana() });
    assert!(matches!(desk.chats.slack().word(&greeting), Err(WordingError::Impossible(_))));
}

#[tokio::test]
async fn a_possible_copy_says_so() {
    for kind in SERVICES {
        let copy = Message { possible_duplicate: true, ..news() };
        assert!(body(kind, &copy).await.contains("may be a copy"), "{kind}");
        assert!(!body(kind, &news()).await.contains("may be a copy"), "{kind}");
    }
}

#[tokio::test]
async fn nobody_can_be_mentioned_on_discord() {
    assert_eq!(told(Discord, &hostile()).await["allowed_mentions"], serde_json::json!({"parse": []}));
}

#[tokio::test]
async fn slack_reads_only_our_own_links_as_markup() {
    let body = told(Slack, &hostile()).await;
    let blocks = body["blocks"].as_array().expect("blocks");
    let marked: Vec<&Value> = blocks.iter().filter(|block| block["text"]["type"] == "mrkdwn").collect();
    let [links] = marked[..] else { panic!("one block is marked up: {body:#}") };
    assert!(!links.to_string().contains("evil"), "{links}");
    assert!(!body.to_string().contains("<!"), "{body:#}");
}
