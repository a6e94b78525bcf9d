//! To whom a mail goes.

use adapters_mail::MailSettings;
use application::ports::Channel as _;
use domain::{
    channel::Target,
    message::{Message, Person},
    retry::Outcome,
};

use crate::desk::{Desk, SET_VARIABLE, ana, ending, opened, settings, ticket, welcome};

fn to(target: Target) -> Message {
    Message { target, ..opened(ticket(), Some(ana())) }
}

#[tokio::test]
async fn every_kind_of_target_finds_its_mailbox() {
    let desk = Desk::open(settings());
    for (target, header, recipient) in [
        (Target::Team, "\"The team\" <team@example.com>", "team@example.com"),
        (Target::Person, "=?utf-8?b?QW5hIEdhcmPDrWE=?= <ana@example.com>", "ana@example.com"),
        (Target::Address("Boss <boss@localhost>".to_owned()), "Boss <boss@localhost>", "boss@localhost"),
        (Target::Env(SET_VARIABLE.to_owned()), "Sales <sales@example.com>", "sales@example.com"),
    ] {
        let mail = desk.captured(&to(target)).await;
        assert_eq!(mail.header("To").as_deref(), Some(header));
        assert_eq!(mail.recipient, recipient);
        assert!(!mail.text.contains("stands in"), "{}", mail.text);
    }
}

#[tokio::test]
async fn a_variable_that_is_not_set_means_the_team_and_says_so() {
    let desk = Desk::open(settings());
    for name in ["NO_MAILBOX", "EMPTY_MAILBOX"] {
        let message = to(Target::Env(name.to_owned()));
        assert_eq!(ending(&desk.mail.deliver(&message).await), (Outcome::Sent, true));
        let mail = desk.find(&message).await.expect("it was captured");
        assert_eq!(mail.recipient, "team@example.com");
        assert!(mail.text.contains("This mail stands in for the channel team-mail (email)"), "{}", mail.text);
    }
}

#[tokio::test]
async fn a_person_without_an_address_gets_no_mail_ever() {
    let desk = Desk::open(settings());
    let answer = desk.refused(&welcome(Person { email: None, ..ana() })).await;
    assert_eq!(answer, "the notification is about nobody who has a mail address");
    desk.refused(&Message { target: Target::Person, ..opened(ticket(), None) }).await;
}

#[tokio::test]
async fn what_cannot_be_written_to_is_permanent_and_not_repeated_in_the_answer() {
    let desk = Desk::open(settings());
    let address = "ana\r\nRCPT TO:<x@example.com>@example.com";
    for message in [
        welcome(Person { email: Some(address.to_owned()), ..ana() }),
        welcome(Person { email: Some("ana".to_owned()), ..ana() }),
        to(Target::Address("https://hooks.example/t0ken".to_owned())),
        to(Target::Address("a@example.com, b@example.com".to_owned())),
        to(Target::Env("BROKEN_MAILBOX".to_owned())),
    ] {
        let answer = desk.refused(&message).await;
        assert!(!answer.contains("example") && !answer.contains("t0ken"), "{answer}");
    }
    let answer = desk.refused(&to(Target::Env("BROKEN_MAILBOX".to_owned()))).await;
    assert!(answer.starts_with("the value of BROKEN_MAILBOX is no mailbox"), "{answer}");
}

#[tokio::test]
async fn a_team_without_a_mailbox_is_written_to_in_the_captured_one() {
    let desk = Desk::open(MailSettings { team_to: None, ..settings() });
    let mail = desk.captured(&to(Target::Team)).await;
    assert_eq!(mail.header("To").as_deref(), Some("Team <team@team.invalid>"));
}
