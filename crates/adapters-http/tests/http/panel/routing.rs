//! The pages of topics and channels, and what would become of a call.

use super::browser::Browser;
use crate::desk::Desk;

const TOPIC: &str = "/admin/routing/topics/vip";

/// The address of the page of a channel.
fn channel(list: &str, name: &str) -> String {
    let end = format!("\">{name}</a>");
    let before = list.split(&end).next().expect("a channel of this name");
    before.rsplit("href=\"").next().expect("an address").to_owned()
}

#[test]
fn a_topic_is_changed_as_a_whole() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let fields = [
        ("title", "Very <i>important"),
        ("aliases", "gold, best"),
        ("channel", "team-email"),
        ("digest_at", "08:30"),
        ("escalate_after", "45"),
        ("reference_field", "@ticket_ref"),
        ("resume_at", "1010178/Nkqgn6xkf"),
    ];
    let filled = admin.fill(TOPIC, TOPIC, &fields);
    admin.guards(&agent, TOPIC, &filled);
    assert_eq!(admin.post(TOPIC, &filled).status, 303);
    let page = admin.read(TOPIC);
    for text in [
        "Very &#60;i&#62;important",
        "gold, best",
        "value=\"08:30\"",
        "value=\"45\"",
        "value=\"ticket_ref\"",
        "value=\"1010178/Nkqgn6xkf\"",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains("value=\"team-email\" checked") && !page.contains("value=\"sales-slack\" checked"));
    assert!(agent.read(TOPIC).contains("<fieldset class=\"bare\" disabled>"), "others read it");
}

#[test]
fn what_cannot_be_taken_of_a_topic_comes_back_as_it_was_typed() {
    let desk = Desk::open();
    let admin = Browser::of_admin(&desk);
    let wrong = [("title", "Typed title"), ("channel", "team-email"), ("digest_at", "noon")];
    let refused = admin.submit(TOPIC, TOPIC, &wrong);
    assert_eq!(refused.status, 422);
    let no_place = [("title", "Typed title"), ("channel", "team-email"), ("resume_at", "the end")];
    let text = admin.submit(TOPIC, TOPIC, &no_place).text().to_owned();
    assert!(text.contains("number of the Landbot bot") && text.contains("value=\"the end\""), "{text}");
    assert!(refused.text().contains("digest_at") && refused.text().contains("value=\"Typed title\""));
    let nobody_told = admin.submit(TOPIC, TOPIC, &[("title", "Typed title")]);
    assert_eq!(nobody_told.status, 409);
    assert!(nobody_told.text().contains("at least one channel"), "{}", nobody_told.text());
}

#[test]
fn of_two_admins_who_change_a_topic_the_later_sees_both_and_decides() {
    let desk = Desk::open();
    let admin = Browser::of_admin(&desk);
    let first = admin.fill(TOPIC, TOPIC, &[("title", "First"), ("channel", "team-email")]);
    let second = admin.fill(TOPIC, TOPIC, &[("title", "Second"), ("channel", "team-email")]);
    assert_eq!(admin.post(TOPIC, &first).status, 303);
    let told = admin.post(TOPIC, &second);
    assert_eq!(told.status, 409);
    assert!(
        told.text().contains("It is now: First") && told.text().contains("value=\"Second\""),
        "{}",
        told.text()
    );
    let mut again = Browser::fields_of(told.text(), TOPIC);
    again.extend([("title", "Second"), ("channel", "team-email")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert_eq!(admin.post(TOPIC, &again).status, 303);
    assert!(admin.read("/admin/routing").contains(">Second</a>"));
}

#[test]
fn a_topic_is_removed_but_not_the_default() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let remove = format!("{TOPIC}/remove");
    admin.guards(&agent, &remove, &admin.fill(TOPIC, &remove, &[]));
    assert_eq!(admin.submit(TOPIC, &remove, &[]).status, 303);
    assert_eq!(admin.open(TOPIC).status, 404);
    assert!(!admin.read("/admin/routing/topics/support").contains("Remove this topic"), "it is the default");
}

#[test]
fn a_channel_gets_a_target_a_fallback_and_quiet_hours_and_is_put_away() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let path = channel(&admin.read("/admin/routing"), "sales-slack");
    let fields = [
        ("target", "env:OTHER_WEBHOOK_URL"),
        ("fallback", "team-email"),
        ("quiet_hours", "mon-fri 20:00-08:00 Europe/Madrid"),
    ];
    let filled = admin.fill(&path, &path, &fields);
    admin.guards(&agent, &path, &filled);
    assert_eq!(admin.post(&path, &filled).status, 303);
    let page = admin.read(&path);
    for text in [
        "env:OTHER_WEBHOOK_URL",
        "<option value=\"team-email\" selected>",
        "mon-fri 20:00-08:00 Europe/Madrid",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let wrong = admin.submit(&path, &path, &[("target", "env:NEW_URL"), ("quiet_hours", "at night")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("env:NEW_URL") && wrong.text().contains("value=\"at night\""));
    assert_eq!(admin.post(&path, &filled).status, 409, "it is not as it was when this was filled in");
    let archive = format!("{path}/archive");
    let in_use = admin.submit(&path, &archive, &[]);
    assert_eq!(in_use.status, 409, "topics lead to it");
    assert!(in_use.text().contains("leads to the channel"), "{}", in_use.text());
}

#[test]
fn what_would_become_of_a_call_is_shown_and_nothing_is_kept() {
    let desk = Desk::open();
    let viewer = Browser::of_viewer(&desk);
    let body = r#"{"email":"ana@example.com","topic":"vip","description":"Two seats","colour":"blue"}"#;
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("bot", "web"), ("path", "tickets"), ("body", body)])
        .finish();
    let page = viewer.read(&format!("/admin/routing/preview?{query}"));
    for text in ["Answer: ok", "VIP sales", "somebody new", "sales-slack", "team-email", "colour"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(viewer.read("/admin/tickets").contains("No tickets here."));
}

#[test]
fn what_mails_say_is_shown_about_a_real_ticket_and_sent_to_oneself() {
    let desk = Desk::open();
    let [_, agent, viewer] = Browser::of_everybody(&desk);
    assert!(agent.read("/admin/routing/mails").contains("There is no ticket yet"));
    desk.post("/bot/v1/tickets", r#"{"email":"ana@example.com","topic":"sales","description":"<b>Seats"}"#)
        .send();
    let page = agent.read("/admin/routing/mails?purpose=ticket_opened");
    assert!(page.contains("&#60;b&#62;Seats") && page.contains("value=\"T-000001\""), "{page}");
    assert_eq!(agent.open("/admin/routing/mails?ticket=T-000099").status, 404);
    assert_eq!(agent.open("/admin/routing/mails?purpose=poem").status, 422);
    assert!(agent.read("/admin/routing/mails?purpose=reply").contains("nothing to say"));

    let form = Browser::fields_of(&page, "/admin/routing/mails");
    agent.guards(&viewer, "/admin/routing/mails", &form);
    let tried = agent.post("/admin/routing/mails", &form);
    assert!(tried.status == 200 && tried.text().contains("What came of trying"), "{}", tried.text());
}
