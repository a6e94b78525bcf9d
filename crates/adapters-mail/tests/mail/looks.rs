//! What people read.

use adapters_mail::MailSettings;
use domain::{
    language::Language,
    message::{Person, TicketFacts},
    ticket::Chat,
};
use insta::assert_snapshot;

use crate::desk::{Desk, Mail, ana, in_spanish, opened, settings, ticket, welcome};

async fn greeting(person: Person) -> String {
    Desk::open(settings()).captured(&welcome(person)).await.source
}

async fn announcement(ticket: TicketFacts, person: Option<Person>) -> String {
    Desk::open(settings()).captured(&opened(ticket, person)).await.source
}

#[tokio::test]
async fn a_person_is_greeted_in_english() {
    assert_snapshot!(greeting(ana()).await);
}

#[tokio::test]
async fn a_person_is_greeted_in_spanish() {
    assert_snapshot!(greeting(Person { language: in_spanish(), ..ana() }).await);
}

#[tokio::test]
async fn a_team_is_told_about_a_ticket_in_english() {
    assert_snapshot!(announcement(ticket(), Some(ana())).await);
}

#[tokio::test]
async fn a_team_is_told_about_a_ticket_in_spanish() {
    assert_snapshot!(
        announcement(TicketFacts { team_language: in_spanish(), ..ticket() }, Some(ana())).await
    );
}

#[tokio::test]
async fn a_nameless_person_is_greeted_without_a_name() {
    let desk = Desk::open(settings());
    for (language, subject, greeting) in
        [(ana().language, "Welcome!", "Hello,"), (in_spanish(), "¡Te damos la bienvenida!", "¡Hola!")]
    {
        let mail = desk.captured(&welcome(Person { name: None, language, ..ana() })).await;
        assert_eq!(mail.subject, subject);
        assert!(mail.text.starts_with(&format!("{greeting}\n\n")), "{}", mail.text);
        assert!(mail.html.contains(&format!("{greeting}</p>")), "{}", mail.html);
    }
}

#[tokio::test]
async fn a_name_with_a_link_is_not_greeted() {
    let desk = Desk::open(settings());
    for name in ["You won! https://evil.example", "see WWW.evil.example"] {
        let mail = desk.captured(&welcome(Person { name: Some(name.to_owned()), ..ana() })).await;
        assert!(!mail.source.contains("evil"), "{}", mail.source);
        assert!(mail.text.starts_with("Hello,\n"));
    }
}

#[tokio::test]
async fn a_language_without_templates_is_english() {
    let german = Language::parse("de").expect("a language");
    let desk = Desk::open(settings());
    let english = desk.captured(&welcome(ana())).await;
    assert_eq!(desk.captured(&welcome(Person { language: german, ..ana() })).await, english);
}

#[tokio::test]
async fn a_mail_about_a_ticket_is_in_the_language_of_the_team() {
    let person = Person { language: in_spanish(), ..ana() };
    assert_eq!(announcement(ticket(), Some(person)).await, announcement(ticket(), Some(ana())).await);
}

#[tokio::test]
async fn a_mail_about_nobodys_ticket_has_no_empty_lines_of_facts() {
    let bare = TicketFacts { topic_asked: None, chat: Chat::default(), ..ticket() };
    let mail = Desk::open(MailSettings { public_url: None, ..settings() });
    let mail = mail.captured(&opened(bare, None)).await;
    assert_eq!(mail.subject, "[T-000042] Sales: new ticket");
    assert_snapshot!(mail.text);
}

#[tokio::test]
async fn a_link_is_made_only_of_what_looks_like_a_chat() {
    for (uuid, link) in [
        ("8f0e7c3a-91b6-4c36-9e3c-0c4a4c9f3d11", true),
        ("../../evil", false),
        ("8f0e7c3a-91b6-4c36-9e3c-0c4a4c9f3d11\"><script>", false),
    ] {
        let chat = Chat { customer: None, uuid: Some(uuid.to_owned()) };
        let mail = Desk::open(settings()).captured(&opened(TicketFacts { chat, ..ticket() }, None)).await;
        let expected = format!("https://app.landbot.io/gui/chats_v4/{uuid}");
        assert_eq!((mail.text.contains(&expected), mail.html.contains(&expected)), (link, link), "{uuid}");
        assert_eq!(mail.text.contains("chats_v4"), link);
    }
}

#[tokio::test]
async fn what_people_write_cannot_become_markup() {
    let hostile =
        "<script>alert('x')</script><img src=\"https://evil.example/\" onerror=alert(1)> & \"quotes\"";
    let person = Person { name: Some(hostile.to_owned()), ..ana() };
    let ticket = TicketFacts {
        topic: hostile.to_owned(),
        topic_asked: Some(hostile.to_owned()),
        description: hostile.to_owned(),
        bot: hostile.to_owned(),
        ..ticket()
    };
    let desk = Desk::open(settings());
    let mail = desk.captured(&opened(ticket, Some(person.clone()))).await;
    assert!(!mail.html.contains("<script") && !mail.html.contains("<img"), "{}", mail.html);
    assert_eq!(mail.html.matches("&lt;script&gt;").count(), 5);
    assert!(mail.text.contains(hostile), "the text part shows it as it was written");
    let greeting = desk.captured(&welcome(Person { name: Some("<b>Ana</b>".to_owned()), ..person })).await;
    assert!(greeting.html.contains("&lt;b&gt;Ana&lt;/b&gt;"), "{}", greeting.html);
    assert!(greeting.text.starts_with("Hello <b>Ana</b>,"));
}

#[tokio::test]
async fn nothing_is_loaded_from_elsewhere() {
    for source in [greeting(ana()).await, announcement(ticket(), Some(ana())).await] {
        let html = Mail::read(source).html;
        for loading in ["<img", "<link", "<script", "url(", "@import", "src="] {
            assert!(!html.contains(loading), "{loading}");
        }
    }
}

#[tokio::test]
async fn names_of_every_script_arrive_whole() {
    let desk = Desk::open(settings());
    for name in ["محمد علي", "נועה", "👩‍👩‍👧 Zoë", "Łukasz O'Brien, Jr.", "李小龍", "\"Q\" \\ <x>"]
    {
        let mail = desk.captured(&welcome(Person { name: Some(name.to_owned()), ..ana() })).await;
        assert_eq!(mail.subject, format!("Welcome, {name}!"));
        assert!(mail.text.starts_with(&format!("Hello {name},")), "{}", mail.text);
    }
}
