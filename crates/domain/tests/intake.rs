//! The intake's decision: what follows from calls, given what is known.

use domain::{
    answer::{Answer, Sentence, Verdict},
    bot_call::{Field, Fields, ReadingContext, read_tickets_call, read_users_call},
    channel::{CHAT_CHANNEL_ID, ChannelKind, PERSON_CHANNEL_ID},
    chat_rules::ChatRules,
    identity::Identity,
    ids::{BotId, ChannelId, RequestId},
    intake::{
        CallPath, CallingBot, Decisions, IntakeOutcome, IntakeRules, Knowledge, PendingCall, RawCall, Replay,
        decide,
    },
    language::Language,
    notification::Purpose,
    reminder::Reminders,
    topic::{Route, Routing, Slug, Topic},
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn bot() -> CallingBot {
    CallingBot {
        id: BotId::from_uuid(Uuid::from_u128(1)),
        default_origin: Some("web".to_owned()),
        default_language: Language::ENGLISH,
    }
}

fn routing() -> Routing {
    let route = |id, kind| Route { channel_id: ChannelId::from_uuid(Uuid::from_u128(id)), kind };
    let topic = |slug: &str, is_default, routes| Topic {
        slug: Slug::parse(slug).expect("a slug"),
        title: slug.to_owned(),
        aliases: Vec::new(),
        is_default,
        routes,
        reminders: Reminders::default(),
        chat_rules: ChatRules::default(),
    };
    Routing::new(vec![
        topic("sales", false, vec![route(8, ChannelKind::Slack), route(9, ChannelKind::Email)]),
        topic("support", true, vec![route(9, ChannelKind::Email)]),
    ])
}

fn nothing_known() -> Knowledge {
    Knowledge {
        users: vec![],
        identities: vec![],
        answers: vec![],
        routing: routing(),
        first_ticket_number: 7,
    }
}

/// What storage would know after a batch was committed.
fn known_after(decisions: &Decisions) -> Knowledge {
    let writes = &decisions.writes;
    Knowledge {
        users: writes.new_users.iter().chain(&writes.changed_users).cloned().collect(),
        identities: writes.identities.iter().map(|new| (new.identity.clone(), new.user_id)).collect(),
        answers: writes.answers.clone(),
        first_ticket_number: 100,
        ..nothing_known()
    }
}

fn call(path: CallPath, body: &Value, key: Option<&str>) -> PendingCall {
    let context = ReadingContext { bot: bot().id, country: None };
    let fields = Fields::read("", body.to_string().as_bytes()).expect("a JSON object");
    let read = match path {
        CallPath::Users => read_users_call(&fields, &context),
        CallPath::Tickets => read_tickets_call(&fields, &context),
        CallPath::Messages => panic!("it is no call"),
    };
    let replay = read.as_ref().ok().and_then(|call| Replay::of(call, path, bot().id, key, MINUTE, NOW));
    PendingCall {
        request_id: RequestId::from_uuid(Uuid::from_u128(500)),
        bot: bot(),
        path,
        read,
        replay,
        raw: RawCall { query: String::new(), body: body.to_string().into_bytes() },
        received_at: NOW,
    }
}

fn user(body: &Value) -> PendingCall {
    call(CallPath::Users, body, None)
}

fn ticket(body: &Value) -> PendingCall {
    call(CallPath::Tickets, body, None)
}

fn decided(calls: &[PendingCall], known: Knowledge) -> Decisions {
    let mut next = 1_000_u128;
    let mut ids = || {
        next += 1;
        Uuid::from_u128(next)
    };
    decide(calls, known, IntakeRules { welcome_delay: MINUTE }, NOW, &mut ids)
}

fn outcomes(decisions: &Decisions) -> Vec<IntakeOutcome> {
    decisions.writes.intake.iter().map(|row| row.outcome).collect()
}

fn only(decisions: &Decisions) -> &Answer {
    assert_eq!(decisions.answers.len(), 1);
    &decisions.answers[0]
}

#[test]
fn a_new_person_is_registered_and_owed_a_welcome_after_the_delay() {
    let decisions = decided(&[user(&json!({"name": "Ana", "email": "ana@example.com"}))], nothing_known());
    let answer = only(&decisions);
    assert_eq!((answer.result, answer.created, answer.replayed), (Verdict::Ok, Some(true), Some(false)));
    assert_eq!((answer.name.as_deref(), answer.sentence), (Some("Ana"), Sentence::Registered));

    let writes = &decisions.writes;
    assert_eq!((writes.new_users.len(), writes.identities.len(), writes.notifications.len()), (1, 1, 1));
    let welcome = &writes.notifications[0];
    assert_eq!(
        (welcome.purpose, welcome.channel_id, welcome.due_at),
        (Purpose::Welcome, PERSON_CHANNEL_ID, NOW + MINUTE)
    );
    assert_eq!(welcome.user_id, Some(writes.new_users[0].id));
    assert!(writes.new_users[0].welcomed);
    let row = &writes.intake[0];
    assert_eq!(
        (row.outcome, row.users_made, row.tickets_made, row.notifications_made),
        (IntakeOutcome::Registered, 1, 0, 1)
    );
}

#[test]
fn without_an_email_no_welcome_is_owed_until_one_is_given() {
    let first = decided(&[user(&json!({"phone": "+34600111222"}))], nothing_known());
    assert!(first.writes.notifications.is_empty());
    let email = user(&json!({"phone": "+34600111222", "email": "ana@example.com"}));
    let second = decided(std::slice::from_ref(&email), known_after(&first));
    assert_eq!(second.writes.notifications.len(), 1);
    let changed = &second.writes.changed_users[0];
    assert_eq!(changed.email.as_ref().map(ToString::to_string).as_deref(), Some("ana@example.com"));
}

#[test]
fn a_second_registration_fills_what_was_empty_and_moves_the_last_origin_only() {
    let first = decided(&[user(&json!({"email": "ana@example.com", "origin": "landing"}))], nothing_known());
    let again =
        user(&json!({"email": "ANA@example.com", "name": "Ana", "phone": "+34600111222", "origin": "fair"}));
    let second = decided(&[again], known_after(&first));
    assert_eq!(only(&second).created, Some(false));
    assert_eq!(outcomes(&second), [IntakeOutcome::Recognised]);
    let changed = &second.writes.changed_users[0];
    assert_eq!(changed.first_origin.source.as_deref(), Some("landing"));
    assert_eq!(changed.last_origin.source.as_deref(), Some("fair"));
    assert_eq!(changed.name.as_deref(), Some("Ana"));
    assert_eq!(second.writes.identities.len(), 1, "the phone is a new way to know Ana");
    assert!(second.writes.notifications.is_empty(), "no second welcome mail");

    let third = decided(&[user(&json!({"phone": "+34600111222", "name": "Anna"}))], known_after(&second));
    assert_eq!(only(&third).name.as_deref(), Some("Ana"), "what is there is kept");
}

#[test]
fn a_bots_default_origin_is_first_and_last_until_a_call_gives_one() {
    let first = decided(&[user(&json!({"email": "ana@example.com"}))], nothing_known());
    assert_eq!(first.writes.new_users[0].first_origin.source.as_deref(), Some("web"));
}

#[test]
fn equal_calls_in_one_batch_make_one_user_and_are_counted_as_replays() {
    let calls = vec![user(&json!({"email": "ana@example.com", "name": "Ana"})); 100];
    let decisions = decided(&calls, nothing_known());
    assert_eq!(decisions.writes.new_users.len(), 1);
    assert_eq!(decisions.writes.notifications.len(), 1);
    assert_eq!(
        outcomes(&decisions).iter().filter(|&&outcome| outcome == IntakeOutcome::Replayed).count(),
        99
    );
    assert!(
        decisions.answers[1..]
            .iter()
            .all(|answer| answer.replayed == Some(true) && answer.created == Some(true))
    );
}

#[test]
fn a_ticket_goes_to_every_channel_of_its_topic_at_once() {
    let asked = ticket(&json!({"topic": " SALES ", "description": "A quote", "email": "ana@example.com"}));
    let decisions = decided(&[asked], nothing_known());
    let answer = only(&decisions);
    assert_eq!((answer.reference.as_deref(), answer.topic.as_deref()), (Some("T-000007"), Some("sales")));
    assert_eq!(answer.channels, [ChannelKind::Slack, ChannelKind::Email]);
    let told: Vec<_> =
        decisions.writes.notifications.iter().filter(|n| n.purpose == Purpose::TicketOpened).collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|n| n.due_at == NOW && n.ticket_id == Some(decisions.writes.tickets[0].id)));
    let row = &decisions.writes.intake[0];
    assert_eq!(
        (row.outcome, row.users_made, row.tickets_made, row.notifications_made),
        (IntakeOutcome::Ticketed, 1, 1, 3)
    );
}

#[test]
fn a_ticket_from_a_chat_owes_it_what_the_topic_asks_for() {
    let mut topics = routing().topics().to_vec();
    topics[1].chat_rules = ChatRules { reference_field: "ticket_ref".parse().ok(), ..ChatRules::default() };
    let known = Knowledge { routing: Routing::new(topics), ..nothing_known() };
    let in_chat = ticket(&json!({"topic": "support", "description": "Hello?", "customer_id": 42}));
    let by_form = ticket(&json!({"topic": "support", "description": "Hello?", "email": "ana@example.com"}));
    let decisions = decided(&[in_chat, by_form], known);
    let owed: Vec<_> =
        decisions.writes.notifications.iter().filter(|n| n.purpose == Purpose::ChatFields).collect();
    assert_eq!(owed.len(), 1);
    assert_eq!(
        (owed[0].ticket_id, owed[0].channel_id, owed[0].due_at),
        (Some(decisions.writes.tickets[0].id), CHAT_CHANNEL_ID, NOW)
    );
    assert_eq!(decisions.answers[0].channels, [ChannelKind::Email], "no team is told more");
    assert_eq!(decisions.writes.intake[0].notifications_made, 2);
}

#[test]
fn a_ticket_from_nobody_is_allowed_and_never_a_replay() {
    let nobody = ticket(&json!({"description": "Hello?"}));
    let decisions = decided(&[nobody.clone(), nobody], nothing_known());
    let tickets = &decisions.writes.tickets;
    assert_eq!(tickets.len(), 2);
    assert!(tickets.iter().all(|ticket| ticket.user_id.is_none() && ticket.topic.as_str() == "support"));
    assert_ne!(tickets[0].reference, tickets[1].reference);
}

#[test]
fn an_idempotency_key_answers_equal_bodies_and_refuses_others() {
    let body = json!({"description": "Hello?"});
    let calls = [
        call(CallPath::Tickets, &body, Some("k")),
        call(CallPath::Tickets, &body, Some("k")),
        call(CallPath::Tickets, &json!({"description": "Bye"}), Some("k")),
    ];
    let decisions = decided(&calls, nothing_known());
    assert_eq!(
        outcomes(&decisions),
        [IntakeOutcome::Ticketed, IntakeOutcome::Replayed, IntakeOutcome::Invalid]
    );
    assert_eq!(decisions.answers[2].field, Some(Field::IdempotencyKey));
    assert_eq!(decisions.writes.quarantined.len(), 1, "nothing is lost");
}

#[test]
fn what_is_invalid_changes_nothing_but_the_quarantine() {
    let decisions = decided(&[user(&json!({"name": "Ana", "email": "not an address"}))], nothing_known());
    let answer = only(&decisions);
    assert_eq!((answer.result, answer.field), (Verdict::Invalid, Some(Field::Email)));
    let writes = &decisions.writes;
    assert_eq!((writes.intake.len(), writes.quarantined.len()), (1, 1));
    assert_eq!((writes.new_users.len(), writes.answers.len()), (0, 0), "an invalid answer binds nothing");
}

#[test]
fn identities_of_two_users_are_taken_for_the_first_in_order_and_noted() {
    let first = decided(
        &[user(&json!({"email": "ana@example.com"})), user(&json!({"phone": "+34600111222", "name": "Bo"}))],
        nothing_known(),
    );
    let ids: Vec<_> = first.writes.new_users.iter().map(|user| user.id).collect();
    let both = user(&json!({"email": "ana@example.com", "phone": "+34600111222"}));
    let second = decided(&[both], known_after(&first));
    assert_eq!(only(&second).user_id, Some(ids[0]), "email comes before phone");
    let clash = &second.writes.clashes[0];
    assert_eq!((clash.user_id, clash.other_user_id), (ids[0], ids[1]));
    assert!(second.writes.changed_users.iter().all(|user| user.phone.is_none()), "Bo's phone stays Bo's");
}

#[test]
fn what_else_a_bot_sends_is_kept_with_what_it_is_about() {
    let calls = [
        user(&json!({"email": "ana@example.com", "plan": "pro"})),
        ticket(&json!({"email": "ana@example.com", "description": "Hi", "order": "A-1"})),
    ];
    let decisions = decided(&calls, nothing_known());
    assert_eq!(decisions.writes.new_users[0].fields, *json!({"plan": "pro"}).as_object().expect("an object"));
    assert_eq!(decisions.writes.tickets[0].fields, *json!({"order": "A-1"}).as_object().expect("an object"));
}

/// A few people who say who they are in changing ways.
fn arbitrary_call() -> impl Strategy<Value = PendingCall> {
    let email = prop::option::of(0..4_u8);
    let phone = prop::option::of(0..4_u8);
    (email, phone, any::<bool>(), prop::option::of(0..3_u8)).prop_map(|(email, phone, asks, key)| {
        let mut body = json!({"name": "Somebody"});
        if let Some(n) = email {
            body["email"] = json!(format!("p{n}@example.com"));
        }
        if let Some(n) = phone {
            body["phone"] = json!(format!("+3460011122{n}"));
        }
        if asks {
            body["description"] = json!("Help");
        }
        let key = key.map(|key| key.to_string());
        call(if asks { CallPath::Tickets } else { CallPath::Users }, &body, key.as_deref())
    })
}

proptest! {
    /// However calls are split into batches, the rows keep their promises.
    #[test]
    fn every_call_has_one_answer_one_row_and_every_address_one_owner_and_one_welcome(
        calls in prop::collection::vec(arbitrary_call(), 1..40)
    ) {
        let decisions = decided(&calls, nothing_known());
        let writes = &decisions.writes;
        prop_assert_eq!(decisions.answers.len(), calls.len());
        prop_assert_eq!(writes.intake.len(), calls.len());

        let mut identities: Vec<&Identity> = writes.identities.iter().map(|new| &new.identity).collect();
        identities.sort();
        let all = identities.len();
        identities.dedup();
        prop_assert_eq!(identities.len(), all, "an identity has one user");

        let mut welcomed: Vec<_> =
            writes.notifications.iter().filter(|n| n.purpose == Purpose::Welcome).map(|n| n.user_id).collect();
        welcomed.sort();
        let mails = welcomed.len();
        welcomed.dedup();
        prop_assert_eq!(welcomed.len(), mails, "one welcome mail per user");
        let with_email = writes.new_users.iter().filter(|user| user.email.is_some()).count();
        prop_assert_eq!(mails, with_email);

        let made = |count: fn(&domain::intake::IntakeRow) -> u16| writes.intake.iter().map(|row| usize::from(count(row))).sum::<usize>();
        prop_assert_eq!(made(|row| row.users_made), writes.new_users.len());
        prop_assert_eq!(made(|row| row.tickets_made), writes.tickets.len());
        prop_assert_eq!(made(|row| row.notifications_made), writes.notifications.len());
    }
}
