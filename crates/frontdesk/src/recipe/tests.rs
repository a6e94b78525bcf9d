//! The recipe itself: is it whole, can it be read, and does Frontdesk read what it sends?

use std::collections::BTreeSet;

use domain::{
    bot_call::{BotCall, Fields, ReadingContext, Refused, read_tickets_call, read_users_call},
    identity::Country,
    ids::BotId,
};
use uuid::Uuid;

use super::*;

const MEDIA: [Medium; 2] = [Medium::Web, Medium::Whatsapp];

/// The most characters of a printed line, unless an address of the reader's own is longer.
const WIDTH: usize = 100;

/// What Landbot knows of a visitor before the first block.
const KNOWN_BEFORE: &[&str] = &["id", "name", "email", "phone", "chat_uuid"];

/// What people type, and what breaks JSON that is put together by hand.
const HOSTILE: &[&str] = &[
    "It says \"no\",\nevery time.\r\n\nWhat now?",
    "C:\\new\\table\tis 100% empty & lost; a=b #1 @phone ${name}",
    "hello\", \"customer_id\": \"1",
    "a\", \"email\": \"eve@example.com\", \"phone\": \"+34600999999",
    "{\"customer_id\": {\"id\": 1}} ], 'x' <b>ñ 👩‍💻 \u{202e}محمد",
];

fn printed(medium: Medium, place: &Place) -> String {
    Printed { recipe: &Recipe::of(medium), place, bot: "shop" }.to_string()
}

fn here() -> Place {
    Place::at(Some("https://desk.example.com"), "fdh_SECRET")
}

fn nowhere() -> Place {
    Place::at(None, "YOUR-HOOK")
}

fn calls(recipe: &Recipe) -> impl Iterator<Item = &Call> {
    recipe.blocks.iter().filter_map(|block| match &block.kind {
        Kind::Webhook(call) => Some(call),
        _ => None,
    })
}

/// A visitor whose every answer is known.
fn fields() -> ChatFields {
    let mut fields = ChatFields::default();
    for (field, value) in [
        ("id", "42"),
        ("name", "Ana"),
        ("email", "ana@example.com"),
        ("phone", "+34600111222"),
        ("chat_uuid", "5b7f-x"),
        ("consent", "Yes"),
        ("topic", "Sales"),
        ("question", "Help"),
        ("ticket_ref", "T-000042"),
    ] {
        fields.set(field, value);
    }
    fields
}

fn read(call: &Call, fields: &ChatFields, quoting: Quoting) -> Result<BotCall, Refused> {
    let request = call.filled(fields, quoting);
    let read = Fields::read("", request.body.as_bytes())?;
    let context =
        ReadingContext { bot: BotId::from_uuid(Uuid::from_u128(1)), country: Country::parse("ES").ok() };
    if request.path.ends_with("/tickets") {
        read_tickets_call(&read, &context)
    } else {
        read_users_call(&read, &context)
    }
}

fn posts(medium: Medium) -> [Call; 2] {
    let recipe = Recipe::of(medium);
    let posts: Vec<_> = calls(&recipe).filter(|call| call.method == Method::Post).cloned().collect();
    posts.try_into().expect("one call registers, one opens a ticket")
}

#[test]
fn the_recipe_for_a_page_is_printed() {
    insta::assert_snapshot!(printed(Medium::Web, &here()));
}

#[test]
fn the_recipe_for_whatsapp_without_a_public_url_is_printed() {
    insta::assert_snapshot!(printed(Medium::Whatsapp, &nowhere()));
}

#[test]
fn no_printed_line_is_longer_than_a_terminal() {
    for medium in MEDIA {
        for place in [here(), nowhere()] {
            let printed = printed(medium, &place);
            let long: Vec<_> = printed.lines().filter(|line| line.chars().count() > WIDTH).collect();
            assert_eq!(long, [""; 0]);
        }
    }
}

#[test]
fn an_address_that_landbot_refuses_is_not_printed() {
    let place = Place::at(Some("http://desk.example.com"), "fdh_SECRET");
    assert!(!place.is_reachable && !printed(Medium::Web, &place).contains("desk.example.com"));
}

#[test]
fn every_way_leads_to_a_block_and_every_block_is_reached() {
    for medium in MEDIA {
        let recipe = Recipe::of(medium);
        let mut reached = BTreeSet::from([recipe.first().name]);
        for block in &recipe.blocks {
            for branch in &block.then {
                assert!(recipe.block(branch.to).is_some(), "{} leads to {}", block.name, branch.to);
                reached.insert(branch.to);
            }
            let last = block.then.last().map(|branch| branch.when);
            assert!(last.is_none_or(|when| when == When::Otherwise), "{} always goes on", block.name);
        }
        let named: Vec<_> = recipe.blocks.iter().map(|block| block.name).collect();
        assert_eq!(reached.len(), named.len(), "each once: {named:?}");
    }
}

#[test]
fn every_field_that_is_sent_or_said_is_known_or_saved() {
    for medium in MEDIA {
        let recipe = Recipe::of(medium);
        let mut known: ChatFields = ChatFields::default();
        let mut know = |field: &str| known.set(field, "known");
        KNOWN_BEFORE.iter().copied().for_each(&mut know);
        if medium == Medium::Web {
            HIDDEN_FIELDS.iter().copied().for_each(&mut know);
        }
        for block in &recipe.blocks {
            match &block.kind {
                Kind::Ask { saves, .. } | Kind::Buttons { saves, .. } => know(saves),
                Kind::SetFields(fields) => fields.iter().for_each(|(field, _)| know(field)),
                Kind::Webhook(call) => call.saves.iter().for_each(|save| know(save.field)),
                Kind::Say { .. } => {}
            }
        }
        for text in recipe.blocks.iter().flat_map(written) {
            let full = filled(&text, &known, Quoting::Raw);
            assert!(!full.contains(['@', '$']), "{full}");
        }
    }
}

/// Everything in a block in which fields are replaced.
fn written(block: &Block) -> Vec<String> {
    match &block.kind {
        Kind::Ask { text, .. } | Kind::Buttons { text, .. } | Kind::Say { text } => vec![(*text).to_owned()],
        Kind::SetFields(fields) => fields.iter().map(|(_, value)| (*value).to_owned()).collect(),
        Kind::Webhook(call) => {
            let params = call.params.iter().map(|(_, value)| (*value).to_owned());
            params.chain([call.path.to_owned(), call.body_text()]).collect()
        }
    }
}

#[test]
fn the_page_fills_every_hidden_field() {
    assert!(HIDDEN_FIELDS.iter().all(|field| snippet().contains(&format!("{field}: "))));
}

#[test]
fn what_visitors_type_is_read_into_the_field_that_it_is_meant_for() {
    for medium in MEDIA {
        let [register, open] = posts(medium);
        for hostile in HOSTILE {
            let mut fields = fields();
            fields.set("name", *hostile);
            fields.set("question", *hostile);
            fields.set("topic", *hostile);
            let call = read(&open, &fields, Quoting::Json).expect("a ticket");
            let one_line = domain::text::one_line(hostile, usize::MAX).text;
            let ticket = call.ticket.as_ref().expect("a ticket");
            assert_eq!(ticket.description, domain::text::multi_line(hostile, usize::MAX).text);
            assert_eq!(ticket.topic.as_ref(), Some(&one_line));
            assert_is_ana(&call, &one_line);
            assert_is_ana(&read(&register, &fields, Quoting::Json).expect("a person"), &one_line);
        }
    }
}

fn assert_is_ana(call: &BotCall, name: &str) {
    let person = &call.person;
    assert_eq!(person.name.as_deref(), Some(name));
    assert_eq!(person.email.as_ref().map(ToString::to_string).as_deref(), Some("ana@example.com"));
    assert_eq!(person.phone.as_ref().map(ToString::to_string).as_deref(), Some("+34600111222"));
    assert_eq!(person.customer_id.as_ref().map(ToString::to_string).as_deref(), Some("42"));
    assert_eq!(person.consent, Some(true));
    assert!(call.extra.is_empty(), "nothing is left over: {:?}", call.extra);
}

#[test]
fn where_the_builder_escapes_nothing_nobody_passes_for_somebody_else() {
    for medium in MEDIA {
        for call in posts(medium) {
            for hostile in HOSTILE {
                let mut fields = fields();
                fields.set("name", *hostile);
                fields.set("question", *hostile);
                // Either it is taken as the person it is, or the visitor is asked again.
                if let Ok(read) = read(&call, &fields, Quoting::Raw) {
                    let person = read.person;
                    assert_eq!(person.customer_id.map(|id| id.to_string()).as_deref(), Some("42"));
                    assert_eq!(
                        person.email.map(|email| email.to_string()).as_deref(),
                        Some("ana@example.com")
                    );
                    assert_eq!(person.phone.map(|phone| phone.to_string()).as_deref(), Some("+34600111222"));
                }
            }
        }
    }
}

#[test]
fn unset_fields_are_not_given() {
    let mut fields = ChatFields::default();
    fields.set("id", "42");
    for medium in MEDIA {
        let [register, open] = posts(medium);
        let call = read(&register, &fields, Quoting::Json).expect("a customer");
        let person = &call.person;
        assert!(person.name.is_none() && person.email.is_none() && person.phone.is_none());
        assert!(person.chat_uuid.is_none() && person.consent.is_none() && call.extra.is_empty());
        let refused = read(&open, &fields, Quoting::Json).expect_err("nothing was asked");
        assert_eq!(refused.field.map(|field| field.to_string()).as_deref(), Some("description"));
    }
}

#[test]
fn the_status_of_a_ticket_is_asked_for_with_proof_of_who_asks() {
    let recipe = Recipe::of(Medium::Web);
    let status = calls(&recipe).last().expect("a call");
    assert_eq!(
        status.filled(&fields(), Quoting::Json).path,
        "/bot/v1/tickets/T-000042?customer_id=42&email=ana%40example.com"
    );
}

#[test]
fn a_verdict_of_the_call_before_is_not_taken_for_the_next_one() {
    for medium in MEDIA {
        let recipe = Recipe::of(medium);
        let waits = |block: &Block| match &block.kind {
            Kind::SetFields(fields) => fields.contains(&("fd_result", "waiting")),
            _ => false,
        };
        for block in &recipe.blocks {
            let Kind::Webhook(call) = &block.kind else { continue };
            let before = |other: &&Block| other.then.iter().any(|branch| branch.to == block.name);
            let judges = call.saves.iter().any(|save| save.field == "fd_result");
            assert!(!judges || recipe.blocks.iter().filter(before).all(waits), "{}", block.name);
        }
    }
}

#[test]
fn answers_are_saved_flat_and_null_leaves_nothing() {
    let recipe = Recipe::of(Medium::Web);
    let topics = calls(&recipe).find(|call| call.path.ends_with("topics")).expect("a call");
    let [register, _] = posts(Medium::Web);
    let mut fields = fields();
    fields.set("fd_field", "email");
    let answer = serde_json::json!({"result": "ok", "field": null, "message": "Hi", "titles": ["A", "B"]});
    register.save(&answer, &mut fields);
    topics.save(&answer, &mut fields);
    assert_eq!((fields.get("fd_result"), fields.get("fd_field")), (Some("ok"), None));
    assert_eq!(Options::FromField("topic_titles").titles(&fields), ["A", "B"]);
}
