//! `FindUser`, `ShowTicketStatus`, `ListTopics`: what bots ask without changing anything.

use application::{
    intake::{FindUser, ListTopics, ShowTicketStatus},
    ports::StorageError,
};
use domain::{
    answer::{Answer, Sentence, Verdict},
    ticket::TicketStatus,
};
use serde_json::json;

use crate::desk::Desk;

async fn find(desk: &Desk, query: &str) -> Answer {
    let id = desk.request_id();
    FindUser { storage: desk.storage() }.execute(&desk.bot, query, id).await.expect("storage works")
}

async fn show(desk: &Desk, reference: &str, query: &str) -> Answer {
    let id = desk.request_id();
    ShowTicketStatus { storage: desk.storage() }
        .execute(&desk.bot, reference, query, id)
        .await
        .expect("it reads")
}

/// Ana, with a ticket, `T-000001`; and Bea.
async fn desk_with_ana_and_bea() -> (Desk, Answer) {
    let desk = Desk::open().await;
    let ana = json!({
        "name": "Ana", "email": "ana@example.com", "phone": "+34600111222", "customer_id": "77", "language": "es"
    });
    let ana = desk.take(desk.users_call(&ana)).await;
    desk.ask("pricing", "ana@example.com").await;
    desk.register("Bea", "bea@example.com").await;
    (desk, ana)
}

#[tokio::test]
async fn a_person_is_found_by_each_identity() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    for query in ["email=ANA%40example.com", "phone=%2B34600111222", "customer_id=77", "landbot-id=77"] {
        let answer = find(&desk, query).await;
        assert_eq!((answer.result, answer.created), (Verdict::Ok, Some(false)), "{query}");
        assert_eq!((answer.user_id, answer.name.as_deref()), (ana.user_id, Some("Ana")), "{query}");
        assert_eq!((answer.sentence, answer.language.as_str()), (Sentence::UserKnown, "es"), "{query}");
    }
}

#[tokio::test]
async fn of_several_persons_the_first_identity_in_the_order_of_matching_counts() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    let answer = find(&desk, "email=bea@example.com&customer_id=77").await;
    assert_eq!(answer.user_id, ana.user_id);
}

#[tokio::test]
async fn an_unknown_person_is_no_error() {
    let (desk, _) = desk_with_ana_and_bea().await;
    for query in ["email=eva@example.com", "email=not-an-address", "name=Ana", ""] {
        let answer = find(&desk, query).await;
        assert_eq!((answer.result, answer.sentence), (Verdict::Ok, Sentence::UserUnknown), "{query}");
        assert_eq!((answer.user_id, answer.name, answer.created), (None, None, None), "{query}");
    }
}

#[tokio::test]
async fn a_ticket_is_shown_to_whoever_names_its_user() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    for query in ["email=ana@example.com", "phone=+34600111222", "customer_id=77"] {
        let answer = show(&desk, "t-1", query).await;
        assert_eq!(
            (answer.result, answer.created, answer.user_id),
            (Verdict::Ok, Some(false), ana.user_id),
            "{query}"
        );
        assert_eq!(
            (answer.reference.as_deref(), answer.topic.as_deref()),
            (Some("T-000001"), Some("pricing"))
        );
        assert_eq!((answer.status, answer.sentence), (Some(TicketStatus::Open), Sentence::StatusOpen));
    }
}

#[tokio::test]
async fn without_proof_the_answer_tells_nothing_not_even_whether_there_is_such_a_ticket() {
    let (desk, _) = desk_with_ana_and_bea().await;
    let nobodys = desk.take(desk.tickets_call(&json!({"description": "How?"}))).await;
    let nobodys = nobodys.reference.expect("a ticket was opened");
    let refused = show(&desk, "T-000001", "").await;
    assert_eq!((refused.result, refused.reference.as_deref()), (Verdict::Invalid, None));
    let cases = [
        ("T-000001", "email=bea@example.com"),
        ("T-000001", "email=eva@example.com"),
        ("T-000001", "email=nonsense"),
        ("T-000001", "user_id=1"),
        ("T-000099", "email=ana@example.com"),
        ("nonsense", "email=ana@example.com"),
        ("", "email=ana@example.com"),
        (&nobodys, "email=ana@example.com"),
    ];
    for (reference, query) in cases {
        let answer = show(&desk, reference, query).await;
        assert_eq!(Answer { request_id: refused.request_id, ..answer }, refused, "{reference} {query}");
    }
}

#[tokio::test]
async fn topics_are_listed_in_their_order() {
    let desk = Desk::open().await;
    let routing = ListTopics { storage: desk.storage() }.execute().await.expect("storage works");
    let titles: Vec<_> = routing.topics().iter().map(|topic| topic.title.as_str()).collect();
    assert_eq!(titles, ["Sales", "Pricing", "Support"]);
}

#[tokio::test]
async fn questions_leave_no_trace() {
    let (desk, _) = desk_with_ana_and_bea().await;
    let before = (desk.storage.commits(), desk.storage.intake_rows().len());
    find(&desk, "email=ana@example.com").await;
    show(&desk, "T-000001", "email=bea@example.com").await;
    ListTopics { storage: desk.storage() }.execute().await.expect("storage works");
    assert_eq!((desk.storage.commits(), desk.storage.intake_rows().len()), before);
    assert_eq!(desk.held().await, []);
}

#[tokio::test]
async fn while_the_database_is_away_questions_are_not_answered_wrongly() {
    let (desk, _) = desk_with_ana_and_bea().await;
    desk.storage.go_away();
    let id = desk.request_id();
    let (find, show) = (FindUser { storage: desk.storage() }, ShowTicketStatus { storage: desk.storage() });
    let found = find.execute(&desk.bot, "email=ana@example.com", id).await;
    assert!(matches!(found, Err(StorageError::Unavailable(_))));
    let shown = show.execute(&desk.bot, "T-000001", "email=ana@example.com", id).await;
    assert!(matches!(shown, Err(StorageError::Unavailable(_))));
}
