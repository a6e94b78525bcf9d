//! What holds for every call, whatever a bot sends.

use domain::{
    bot_call::{BotCall, Fields, ReadingContext, read_lookup, read_tickets_call, read_users_call},
    identity::{Country, EmailAddress, Identity, PhoneNumber},
    ids::BotId,
    text::{DESCRIPTION_MAX, EMAIL_MAX, FIELDS_MAX_BYTES, ONE_LINE_MAX},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value;
use uuid::Uuid;

fn context() -> ReadingContext {
    ReadingContext { bot: BotId::from_uuid(Uuid::from_u128(1)), country: Country::parse("ES").ok() }
}

const NAMES: &[&str] = &[
    "name",
    "First Name",
    "last_name",
    "email",
    "MAIL",
    "phone",
    "tel",
    "customer_id",
    "customer",
    "chat_uuid",
    "lang",
    "consent",
    "origin",
    "utm-source",
    "topic",
    "message",
    "text",
    "_cut",
];

/// Names that are known, nearly known and unknown.
fn names() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(NAMES).prop_map(str::to_owned), 1 => any::<String>()]
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z]{1,8}@[a-z]{1,8}\\.[a-z]{2,3}",
        "\\+?[0-9 ().-]{3,22}",
        "\\[('[a-z',\\\\ ]*',? ?){0,3}\\]",
        select(["@name", "null", "si", "Visitor #1", "\u{202e}\0\r\n", "👩‍👩‍👧", "محمد"].as_slice())
            .prop_map(str::to_owned),
        ("[ -~ñ\\n\"\0]{1,9}", 1..2_000_usize).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        4 => texts().prop_map(Value::from),
        1 => (-1_000_000..1_000_000_i32).prop_map(|cents| Value::from(f64::from(cents) / 100.0)),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    scalars.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((names(), inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn objects() -> impl Strategy<Value = Value> {
    vec((names(), values()), 0..12).prop_map(|members| members.into_iter().collect())
}

fn assert_within_limits(call: &BotCall) {
    let person = &call.person;
    let origin = &person.origin;
    let ticket = call.ticket.as_ref();
    let lines = [
        &person.name,
        &person.chat_uuid,
        &person.consent_text,
        &origin.source,
        &origin.page,
        &origin.referrer,
        &origin.utm_source,
        &origin.utm_medium,
        &origin.utm_campaign,
    ];
    for line in lines.into_iter().flatten().chain(ticket.and_then(|ticket| ticket.topic.as_ref())) {
        assert!((1..=ONE_LINE_MAX).contains(&line.chars().count()), "{line:?}");
        assert!(!line.contains(|c: char| c.is_control()) && line.trim() == line, "{line:?}");
    }
    if let Some(email) = &person.email {
        assert!(email.as_str().len() <= EMAIL_MAX);
    }
    if let Some(ticket) = ticket {
        let description = &ticket.description;
        assert!((1..=DESCRIPTION_MAX).contains(&description.chars().count()));
        assert!(!description.contains(|c: char| c.is_control() && c != '\n'), "{description:?}");
    }
    let extra = serde_json::to_string(&call.extra).expect("JSON");
    assert!(extra.len() <= FIELDS_MAX_BYTES, "{} bytes", extra.len());
    assert!(!extra.replace(r"\\", "").contains(r"\u0000"), "{extra}");
}

fn read_every_way(fields: &Fields) {
    for call in
        [read_users_call(fields, &context()), read_tickets_call(fields, &context())].into_iter().flatten()
    {
        assert_within_limits(&call);
    }
    read_lookup(fields, &context());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(query in any::<String>(), body in vec(any::<u8>(), 0..400)) {
        if let Ok(fields) = Fields::read(&query, &body) {
            read_every_way(&fields);
        }
    }

    #[test]
    fn any_form_is_read(pairs in vec((names(), texts()), 1..8)) {
        let pair = |(name, text): &(String, String)| format!("{}={text}", name.replace(' ', "+"));
        let form: Vec<_> = pairs.iter().map(pair).collect();
        if let Ok(fields) = Fields::read(&form.join("&"), form.join("&").as_bytes()) {
            read_every_way(&fields);
        }
    }

    #[test]
    fn any_json_object_is_read_within_the_limits(object in objects()) {
        let fields = Fields::read("", object.to_string().as_bytes()).expect("an object is readable");
        read_every_way(&fields);
    }

    #[test]
    fn fields_that_travelled_as_json_are_read_alike(query in objects(), object in objects()) {
        let pairs = query.as_object().into_iter().flatten();
        let texts = pairs.filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)));
        let query = texts.collect::<Vec<_>>().join("&");
        let fields = Fields::read(&query, object.to_string().as_bytes()).expect("an object is readable");
        let json = serde_json::to_string(&fields).expect("JSON");
        let travelled: Fields = serde_json::from_str(&json).expect("fields");
        prop_assert_eq!(read_tickets_call(&travelled, &context()), read_tickets_call(&fields, &context()));
    }

    #[test]
    fn the_order_and_case_of_names_do_not_change_the_digest(
        members in vec((names(), texts()), 0..8).prop_shuffle(),
    ) {
        let mut members: Vec<_> = members;
        members.push(("description".to_owned(), "x".to_owned()));
        members.sort_by_key(|(name, _)| name.to_lowercase().replace([' ', '-', '_', '.'], ""));
        members.dedup_by_key(|(name, _)| name.to_lowercase().replace([' ', '-', '_', '.'], ""));
        let digest = |members: &[(String, String)]| {
            let pair = |(name, text): &(String, String)| (name.clone(), Value::from(text.as_str()));
            let object: Value = members.iter().map(pair).collect();
            let fields = Fields::read("", object.to_string().as_bytes()).expect("an object is readable");
            read_tickets_call(&fields, &context()).map(|call| call.digest())
        };
        let plain = digest(&members);
        members.reverse();
        let spelled: Vec<_> =
            members.iter().map(|(name, text)| (name.to_ascii_uppercase(), format!(" {text}\n"))).collect();
        prop_assert_eq!(digest(&spelled), plain);
    }

    #[test]
    fn an_address_that_was_read_is_read_as_itself(text in "\\PC{0,20}@\\PC{1,20}\\.\\PC{2,8}") {
        if let Ok(email) = EmailAddress::parse(&text) {
            prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email.clone()));
            let is_harmful = |c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c);
            prop_assert!(!email.as_str().contains(is_harmful));
        }
    }

    #[test]
    fn a_number_that_was_read_is_read_as_itself(text in "(\\+|00)?[0-9]{4,17}", country in "[A-Z]{2}") {
        if let Ok(phone) = PhoneNumber::parse(&text, Country::parse(&country).ok()) {
            let (plus, digits) = phone.as_str().split_at(1);
            prop_assert!(plus == "+" && digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit()));
            prop_assert_eq!(PhoneNumber::parse(phone.as_str(), None), Ok(phone));
        }
    }

    #[test]
    fn identities_are_restored_as_they_were(object in objects()) {
        let fields = Fields::read("", object.to_string().as_bytes()).expect("an object is readable");
        for identity in read_lookup(&fields, &context()) {
            prop_assert_eq!(Identity::restore(identity.kind(), identity.value()), Ok(identity));
        }
    }
}
