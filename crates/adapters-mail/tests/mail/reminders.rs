//! What teams are told again.

use adapters_mail::MailSettings;
use domain::{
    language::Language,
    message::{Content, TicketFacts},
};
use insta::assert_snapshot;

use crate::desk::{Desk, ana, digest, in_spanish, overdue, settings, ticket};

#[tokio::test]
async fn a_team_is_told_once_more_in_english() {
    assert_snapshot!(Desk::open(settings()).captured(&overdue(ticket(), Some(ana()))).await.source);
}

#[tokio::test]
async fn a_team_is_told_once_more_in_spanish() {
    let ticket = TicketFacts { team_language: in_spanish(), ..ticket() };
    assert_snapshot!(Desk::open(settings()).captured(&overdue(ticket, Some(ana()))).await.source);
}

#[tokio::test]
async fn an_answer_to_an_escalation_reaches_the_person() {
    let mail = Desk::open(settings()).captured(&overdue(ticket(), Some(ana()))).await;
    assert!(mail.header("Reply-To").is_some_and(|to| to.contains("ana@example.com")));
    let nobodys = Desk::open(settings()).captured(&overdue(ticket(), None)).await;
    assert_eq!(nobodys.header("Reply-To"), None);
}

#[tokio::test]
async fn a_team_reads_what_waits_in_english() {
    assert_snapshot!(Desk::open(settings()).captured(&digest(Language::ENGLISH)).await.source);
}

#[tokio::test]
async fn a_team_reads_what_waits_in_spanish() {
    assert_snapshot!(Desk::open(settings()).captured(&digest(in_spanish())).await.source);
}

#[tokio::test]
async fn without_a_public_url_a_digest_has_no_links() {
    let desk = Desk::open(MailSettings { public_url: None, ..settings() });
    let mail = desk.captured(&digest(Language::ENGLISH)).await;
    assert!(!mail.text.contains("http") && !mail.html.contains("href"), "{}", mail.text);
    assert!(mail.text.contains("T-000042: for 3 d 3 h\n"), "{}", mail.text);
}

#[tokio::test]
async fn one_ticket_is_no_plural() {
    for (language, subject) in [
        (Language::ENGLISH, "Sales & more: 1 ticket waits for an answer"),
        (in_spanish(), "Sales & more: 1 consulta espera respuesta"),
    ] {
        let mut message = digest(language);
        let Content::Digest { digest } = &mut message.content else { panic!("it is a digest") };
        digest.backlog.open = 1;
        assert_eq!(Desk::open(settings()).captured(&message).await.subject, subject);
    }
}
