//! The head of a mail, which other programs read and strangers try to write.

use adapters_mail::{MailSettings, MailSetupError, parse_mailbox};
use domain::{
    channel::Target,
    message::{Message, Person, TicketFacts},
    text::{ONE_LINE_MAX, one_line},
};
use lettre::{Address, message::Mailbox};
use mail_parser::{Addr, MessageParser};
use proptest::prelude::*;
use tokio::runtime;

use crate::desk::{Desk, Mail, ana, opened, settings, ticket, welcome};

/// What stands in every head, in this order, but for those in brackets below.
const ALWAYS: [&str; 10] = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "X-Frontdesk-Notification",
    "X-Frontdesk-Due",
    "MIME-Version",
    "Content-Type",
];

fn names(mail: &Mail) -> Vec<String> {
    mail.head().into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn other_programs_find_what_they_need() {
    let mail = Desk::open(settings()).captured(&welcome(ana())).await;
    assert_eq!(names(&mail), ALWAYS);
    for (name, value) in [
        ("Date", "Thu, 01 Jan 2026 00:00:00 +0000"),
        ("From", "Frontdesk <frontdesk@example.com>"),
        ("Message-ID", "<01930000-0000-7000-8000-000000000007@example.com>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Frontdesk-Notification", "01930000-0000-7000-8000-000000000007"),
        ("X-Frontdesk-Due", "2026-01-01T00:00:00.000250Z"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value));
        if name != "From" {
            assert!(
                mail.source.contains(&format!("\r\n{name}: {value}\r\n")) || mail.source.starts_with(name)
            );
        }
    }
}

#[tokio::test]
async fn a_copy_has_the_same_id_and_says_that_it_may_be_one() {
    let desk = Desk::open(settings());
    let first = desk.captured(&welcome(ana())).await;
    desk.clock.advance(jiff::SignedDuration::from_mins(5));
    let second = desk.captured(&Message { possible_duplicate: true, ..welcome(ana()) }).await;
    assert_eq!(first.header("Message-ID"), second.header("Message-ID"));
    assert_ne!(first.header("Date"), second.header("Date"));
    assert_eq!(first.header("X-Frontdesk-Possible-Duplicate"), None);
    assert_eq!(second.header("X-Frontdesk-Possible-Duplicate").as_deref(), Some("yes"));
}

#[tokio::test]
async fn long_lines_of_our_own_are_not_folded() {
    let domain = format!("{}.example", "subdomain.".repeat(15) + "mail");
    let from = parse_mailbox(&format!("Desk <desk@{domain}>")).unwrap();
    let mail = Desk::open(MailSettings { from, ..settings() }).captured(&welcome(ana())).await;
    let id = format!("\r\nMessage-ID: <01930000-0000-7000-8000-000000000007@{domain}>\r\n");
    assert!(mail.source.contains(&id), "{}", mail.source);
}

async fn reply_to(settings: MailSettings, message: &Message) -> Option<String> {
    Desk::open(settings).captured(message).await.header("Reply-To")
}

#[tokio::test]
async fn a_team_answers_the_person_directly() {
    let about_ana = opened(ticket(), Some(Person { name: Some("Ana".to_owned()), ..ana() }));
    assert_eq!(reply_to(settings(), &about_ana).await.as_deref(), Some("Ana <ana@example.com>"));
    let desk = MailSettings { reply_to: Some(parse_mailbox("help@example.com").unwrap()), ..settings() };
    assert_eq!(reply_to(desk, &about_ana).await.as_deref(), Some("Ana <ana@example.com>"));
}

#[tokio::test]
async fn other_answers_go_where_the_settings_say() {
    let with_address =
        MailSettings { reply_to: Some(parse_mailbox("Help <help@example.com>").unwrap()), ..settings() };
    let beyond_ascii = Person { email: Some("josé@example.com".to_owned()), ..ana() };
    let to_the_person = Message { target: Target::Person, ..opened(ticket(), Some(ana())) };
    for message in
        [welcome(ana()), opened(ticket(), None), opened(ticket(), Some(beyond_ascii)), to_the_person]
    {
        assert_eq!(
            reply_to(with_address.clone(), &message).await.as_deref(),
            Some("Help <help@example.com>")
        );
        assert_eq!(reply_to(settings(), &message).await, None);
        let mail = Desk::open(with_address.clone()).captured(&message).await;
        assert!(!mail.text.contains("Reply to this mail to write"), "it would not reach the person");
    }
}

#[test]
fn a_sender_that_cannot_stand_in_a_head_is_named_at_the_start() {
    let strange = Mailbox::new(None, Address::new("\"a b\"", "example.com").unwrap());
    let international = parse_mailbox("desk@bücher.example").unwrap();
    for (settings, role) in [
        (MailSettings { from: strange.clone(), ..settings() }, "sender"),
        (MailSettings { from: international.clone(), ..settings() }, "sender"),
        (MailSettings { reply_to: Some(international), ..settings() }, "reply address"),
        (MailSettings { team_to: Some(strange), ..settings() }, "team"),
    ] {
        let error = Desk::try_open(settings).err().expect("it is refused");
        assert!(matches!(error, MailSetupError::Mailbox { role: named, .. } if named == role), "{error:?}");
    }
}

#[tokio::test]
async fn a_line_break_in_a_name_begins_no_header() {
    let name = "Ana\r\nBcc: all@example.com\r\n\r\n<script>".to_owned();
    let desk = Desk::open(settings());
    let person = Person { name: Some(name), ..ana() };
    let greeting = desk.captured(&welcome(person.clone())).await;
    assert_eq!(names(&greeting), ALWAYS);
    assert_eq!(greeting.subject, "Welcome, Ana Bcc: all@example.com <script>!");
    let told = desk
        .captured(&opened(TicketFacts { topic: "a\nTo: b@example.com".to_owned(), ..ticket() }, Some(person)))
        .await;
    assert_eq!(
        told.subject,
        "[T-000042] a To: b@example.com: new ticket from Ana Bcc: all@example.com <script>"
    );
    assert_eq!(told.head().iter().filter(|(name, _)| name == "To").count(), 1);
    assert_eq!(told.header("Bcc"), None);
}

/// Texts that are likely to mean something in a head.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\r\n\t :;,<>@\"\\\\()=?_.a-z\u{0}é👍\u{2028}\u{202e}]{0,60}",
        "(=\\?utf-8\\?[qb]\\?[A-Za-z0-9=_]{0,12}\\?=[ ]?){1,3}",
        "( ?\r\n)?(Bcc|To|Subject|Content-Type): [ -~]{0,40}(\r\n)*",
        "[a-zé ]{150,300}",
    ]
}

/// What a text is in a head.
fn cleaned(text: &str) -> String {
    let line = one_line(text, usize::MAX).text;
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line(&words.replace("=?", "= ?"), ONE_LINE_MAX).text
}

fn one_address<'a>(address: Option<&'a mail_parser::Address<'a>>) -> (Option<&'a str>, Option<&'a str>) {
    match address.and_then(|address| address.as_list()) {
        Some([Addr { name, address }]) => (name.as_deref(), address.as_deref()),
        other => panic!("not exactly one address: {other:?}"),
    }
}

fn deliver(message: &Message, from: &str) -> Mail {
    let from = Mailbox::new(Some(from.to_owned()), Address::new("desk", "example.com").expect("an address"));
    let runtime = runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(Desk::open(MailSettings { from, ..settings() }).captured(message))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_are_called_a_head_says_that_and_nothing_else(
        from in hostile(), name in hostile(), topic in hostile(), asked in hostile(), description in hostile(),
    ) {
        let person = Person { name: Some(name.clone()), ..ana() };
        let facts = TicketFacts { topic: topic.clone(), topic_asked: Some(asked), description, ..ticket() };
        let mail = deliver(&opened(facts, Some(person)), &from);

        let mut expected = ALWAYS.map(str::to_owned).to_vec();
        expected.insert(3, "Reply-To".to_owned());
        prop_assert_eq!(names(&mail), expected);
        let parsed = MessageParser::default().parse(&mail.source).expect("it is a mail");
        let name_given = if name.is_empty() { String::new() } else { format!(" from {name}") };
        let subject = cleaned(&format!("[T-000042] {topic}: new ticket{name_given}"));
        prop_assert_eq!(parsed.subject(), Some(subject.as_str()));
        for (header, name, address) in [
            (parsed.from(), cleaned(&from), "desk@example.com"),
            (parsed.reply_to(), cleaned(&name), "ana@example.com"),
            (parsed.to(), "The team".to_owned(), "team@example.com"),
        ] {
            let name = Some(name.as_str()).filter(|name| !name.is_empty());
            prop_assert_eq!(one_address(header), (name, Some(address)));
        }
        prop_assert!(mail.source.lines().all(|line| line.len() <= 998), "RFC 5322, section 2.1.1");
        prop_assert!(mail.source.is_ascii());
    }

    #[test]
    fn a_greeting_is_for_the_person_alone(name in hostile()) {
        prop_assume!(!name.contains("://") && !name.to_lowercase().contains("www."), "that is not greeted");
        let mail = deliver(&welcome(Person { name: Some(name.clone()), ..ana() }), "Frontdesk");
        prop_assert_eq!(names(&mail), ALWAYS);
        let expected = if name.is_empty() { "Welcome!".to_owned() } else { format!("Welcome, {name}!") };
        prop_assert_eq!(&mail.subject, &cleaned(&expected));
        let parsed = MessageParser::default().parse(&mail.source).expect("it is a mail");
        let name = Some(cleaned(&name)).filter(|name| !name.is_empty());
        prop_assert_eq!(one_address(parsed.to()), (name.as_deref(), Some("ana@example.com")));
    }
}
