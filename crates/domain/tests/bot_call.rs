//! What bots send and how it is read: the dialects of chatbot builders, the rules for who is who, and what is
//! kept.

use domain::{
    bot_call::{
        BotCall, CUT, Field, Fields, ReadingContext, RefusalCode, Refused, Unreadable, read_lookup,
        read_tickets_call, read_users_call,
    },
    identity::Country,
    ids::BotId,
    text::{FIELDS_MAX_BYTES, ONE_LINE_MAX},
};
use serde_json::{Value, json};
use uuid::Uuid;

fn spanish_bot() -> ReadingContext {
    ReadingContext { bot: BotId::from_uuid(Uuid::from_u128(1)), country: Country::parse("ES").ok() }
}

fn fields(query: &str, body: &str) -> Fields {
    Fields::read(query, body.as_bytes()).expect("a readable body")
}

fn users_call(body: &Value) -> Result<BotCall, Refused> {
    read_users_call(&fields("", &body.to_string()), &spanish_bot())
}

fn tickets_call(body: &Value) -> Result<BotCall, Refused> {
    read_tickets_call(&fields("", &body.to_string()), &spanish_bot())
}

fn registered(body: &Value) -> BotCall {
    users_call(body).expect("a call that is taken")
}

fn opened(body: &Value) -> BotCall {
    tickets_call(body).expect("a call that is taken")
}

fn name(body: &Value) -> Option<String> {
    registered(&merged(&json!({"customer_id": 1}), body)).person.name
}

fn merged(one: &Value, other: &Value) -> Value {
    let both = [one, other].into_iter().filter_map(Value::as_object).flatten();
    both.map(|(name, value)| (name.clone(), value.clone())).collect()
}

mod dialects {
    use super::*;

    #[test]
    fn every_field_of_a_call_is_read() {
        let call = opened(&json!({
            "name": " Ana ", "email": "Ana@Example.com", "phone": "600 111 222", "customer_id": 42,
            "chat_uuid": "5b7f-x", "language": "es-ES", "consent": "Sí", "consent_text": "v1",
            "origin": "landing", "origin_page": "https://a.example", "origin_referrer": "https://b.example",
            "utm_source": "s", "utm_medium": "m", "utm_campaign": "c",
            "topic": " Sales ", "description": "Help\nme",
        }));
        let person = &call.person;
        assert_eq!(person.name.as_deref(), Some("Ana"));
        assert_eq!(person.email.as_ref().map(ToString::to_string).as_deref(), Some("ana@example.com"));
        assert_eq!(person.phone.as_ref().map(ToString::to_string).as_deref(), Some("+34600111222"));
        assert_eq!(person.customer_id.as_ref().map(ToString::to_string).as_deref(), Some("42"));
        assert_eq!(person.chat_uuid.as_deref(), Some("5b7f-x"));
        assert_eq!(person.language.as_ref().map(ToString::to_string).as_deref(), Some("es"));
        assert_eq!((person.consent, person.consent_text.as_deref()), (Some(true), Some("v1")));
        let origin = &person.origin;
        assert_eq!(origin.source.as_deref(), Some("landing"));
        assert_eq!(origin.page.as_deref(), Some("https://a.example"));
        assert_eq!(origin.referrer.as_deref(), Some("https://b.example"));
        assert_eq!(origin.utm_source.as_deref(), Some("s"));
        assert_eq!(origin.utm_medium.as_deref(), Some("m"));
        assert_eq!(origin.utm_campaign.as_deref(), Some("c"));
        let ticket = call.ticket.expect("a ticket");
        assert_eq!((ticket.topic.as_deref(), ticket.description.as_str()), (Some("Sales"), "Help\nme"));
        assert!(call.extra.is_empty());
    }

    #[test]
    fn json_forms_and_query_strings_say_the_same() {
        let expected = registered(&json!({"name": "Ana Núñez", "phone": "+34600111222"}));
        for (query, body) in [
            ("", "\u{feff} {\"Name\": \"Ana Núñez\", \"PHONE_NUMBER\": 34600111222}\n"),
            ("", "name=Ana+N%C3%BA%C3%B1ez&tel=%2B34600111222"),
            ("name=Ana%20N%C3%BA%C3%B1ez&mobile=+34600111222", ""),
            ("full-name=Ana+N%C3%BA%C3%B1ez", r#"{"phone": "+34 600 111 222"}"#),
            ("", r#"{"first_name": "Ana", "lastName": "Núñez", "phone": ["+34600111222"]}"#),
            ("", r#"{"customer": {"name": "Ana Núñez", "phone": "['+34600111222']"}}"#),
            ("", r#"{"customer.name": "Ana Núñez", "customer.phone": "+34600111222"}"#),
        ] {
            let call = read_users_call(&fields(query, body), &spanish_bot());
            assert_eq!(call.as_ref(), Ok(&expected), "{query} {body}");
        }
    }

    #[test]
    fn the_body_of_landbots_guide_opens_a_ticket() {
        let call =
            opened(&json!({"customer": {"id": 1, "name": "Ana", "phone": "+34600111222"}, "message": "x"}));
        assert_eq!(call.person.customer_id.as_ref().map(ToString::to_string).as_deref(), Some("1"));
        assert_eq!(call.person.name.as_deref(), Some("Ana"));
        assert!(call.person.phone.is_some());
        assert_eq!(call.ticket.expect("a ticket").description, "x");
        assert!(call.extra.is_empty());
    }

    #[test]
    fn every_alias_is_read() {
        let person = json!({"customer_id": 1});
        for alias in ["name", "full_name", "FullName"] {
            assert_eq!(name(&json!({alias: "Ana"})).as_deref(), Some("Ana"), "{alias}");
        }
        for alias in ["description", "message", "question", "text"] {
            assert_eq!(opened(&json!({alias: "x"})).ticket.expect("a ticket").description, "x", "{alias}");
        }
        for alias in ["origin", "source"] {
            let call = registered(&merged(&person, &json!({alias: "x"})));
            assert_eq!(call.person.origin.source.as_deref(), Some("x"), "{alias}");
        }
        for alias in ["language", "locale", "lang"] {
            let call = registered(&merged(&person, &json!({alias: "es"})));
            assert!(call.person.language.is_some(), "{alias}");
        }
        for alias in ["customer_id", "landbot_id", "landbot_user_id", "customer.id", "phone", "tel", "mobile"]
        {
            assert!(registered(&json!({alias: "+34600111222"})).person.is_identified(), "{alias}");
        }
        for alias in ["email", "mail", "E-Mail"] {
            assert!(registered(&json!({alias: "ana@example.com"})).person.email.is_some(), "{alias}");
        }
    }

    #[test]
    fn broken_utf8_is_replaced_and_nul_is_removed() {
        let body =
            [b"{\"customer_id\":1,\"name\":\"A\xff\\u0000na\",\"pl\\u0000an\":\"g\\u0000old\"}".as_slice()]
                .concat();
        let call =
            read_users_call(&Fields::read("", &body).expect("readable"), &spanish_bot()).expect("taken");
        assert_eq!(call.person.name.as_deref(), Some("A\u{fffd}na"));
        assert_eq!(Value::Object(call.extra), json!({"plan": "gold"}));
    }

    #[test]
    fn what_is_neither_json_nor_a_form_cannot_be_read() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        for body in
            ["hello", "[1]", "\"a\"", "null", "{", "{\"id\": }", "{\"a\": \"b\nc\"}", "{} {}", "<a/>", &deep]
        {
            assert_eq!(Fields::read("name=Ana", body.as_bytes()), Err(Unreadable));
        }
        assert_eq!(Refused::from(Unreadable), Refused { field: None, code: RefusalCode::BodyUnreadable });
    }
}

mod precedence {
    use super::*;

    #[test]
    fn the_body_wins_over_the_query_string_where_it_says_something() {
        let call = read_users_call(
            &fields("full_name=Query&mail=query%40example.com", r#"{"name": "Body", "email": "@email"}"#),
            &spanish_bot(),
        );
        let person = call.expect("a call that is taken").person;
        assert_eq!(person.name.as_deref(), Some("Body"));
        assert_eq!(person.email.expect("an email").as_str(), "query@example.com");
    }

    #[test]
    fn outer_values_win_over_nested_ones_and_own_names_over_aliases() {
        assert_eq!(name(&json!({"customer": {"name": "in"}, "name": "out"})).as_deref(), Some("out"));
        assert_eq!(name(&json!({"customer": {"name": "in"}, "name": "@name"})).as_deref(), Some("in"));
        assert_eq!(
            name(&json!({"customer": {"name": "Ana"}, "agent": {"name": "Bob"}})).as_deref(),
            Some("Ana")
        );
        assert_eq!(name(&json!({"full_name": "alias", "name": "own"})).as_deref(), Some("own"));
        assert_eq!(name(&json!({"first_name": "Ana", "name": "own"})).as_deref(), Some("own"));
    }

    #[test]
    fn of_a_name_given_twice_the_last_counts() {
        let call = read_users_call(
            &fields("", r#"{"customer_id": 1, "name": "Ana", "Name": "Bea", "plan": 1, "plan": 2}"#),
            &spanish_bot(),
        )
        .expect("a call that is taken");
        assert_eq!(call.person.name.as_deref(), Some("Bea"));
        assert_eq!(Value::Object(call.extra), json!({"name": "Ana", "plan": 2}));
    }
}

mod nothing_given {
    use super::*;

    #[test]
    fn words_for_nothing_and_placeholders_are_no_values() {
        for nothing in
            [json!(null), json!(""), json!("None"), json!("undefined"), json!("@name"), json!("@{name}")]
        {
            let call =
                registered(&json!({"customer_id": 1, "name": nothing, "email": nothing, "plan": nothing}));
            assert_eq!(call, registered(&json!({"customer_id": 1})), "{nothing}");
        }
    }

    #[test]
    fn landbots_automatic_name_is_none() {
        assert_eq!(name(&json!({"name": "Visitor #123456"})), None);
        assert_eq!(name(&json!({"name": "visitor #9", "full_name": "Ana"})).as_deref(), Some("Ana"));
        assert_eq!(name(&json!({"name": "Visitor Ana"})).as_deref(), Some("Visitor Ana"));
        assert_eq!(name(&json!({"first_name": "Ana", "last_name": "@last_name"})).as_deref(), Some("Ana"));
    }
}

mod identifying {
    use super::*;

    const NOTHING: Refused = Refused::field(Field::Email, RefusalCode::NothingIdentifies);
    const EMAIL: Refused = Refused::field(Field::Email, RefusalCode::EmailUnreadable);
    const PHONE: Refused = Refused::field(Field::Phone, RefusalCode::PhoneUnreadable);

    #[test]
    fn a_user_needs_an_email_a_phone_or_a_customer_id() {
        assert_eq!(users_call(&json!({"name": "Ana", "chat_uuid": "c"})), Err(NOTHING));
        assert_eq!(users_call(&json!({"customer_id": "not an id"})), Err(NOTHING));
        for one in [json!({"email": "a@b.io"}), json!({"phone": "+34600111222"}), json!({"customer_id": 1})] {
            assert!(users_call(&one).is_ok(), "{one}");
        }
    }

    #[test]
    fn an_unreadable_contact_is_asked_again_when_nothing_else_identifies() {
        let ticket = json!({"description": "x"});
        for (body, refused) in [
            (json!({"email": "ana"}), EMAIL),
            (json!({"email": "ana@example.com\nBcc: all@example.com"}), EMAIL),
            (json!({"phone": "12"}), PHONE),
            (json!({"email": "ana", "phone": "12", "chat_uuid": "c"}), EMAIL),
        ] {
            assert_eq!(users_call(&body), Err(refused), "{body}");
            assert_eq!(tickets_call(&merged(&ticket, &body)), Err(refused), "{body}");
        }
    }

    #[test]
    fn an_unreadable_contact_is_kept_when_something_else_identifies() {
        let long = format!("{}@example.com", "a".repeat(300));
        let call = registered(&json!({"email": long, "phone": "12", "customer_id": 1, "consent": "perhaps"}));
        assert_eq!((&call.person.email, &call.person.phone, call.person.consent), (&None, &None, None));
        assert_eq!(Value::Object(call.extra), json!({"email": long, "phone": "12", "consent": "perhaps"}));
    }

    #[test]
    fn a_ticket_needs_a_description_and_no_person() {
        let missing = Refused::field(Field::Description, RefusalCode::DescriptionMissing);
        assert_eq!(tickets_call(&json!({"email": "a@b.io", "description": "@text"})), Err(missing));
        let call = opened(&json!({"description": "x"}));
        assert!(!call.names_a_person());
        assert!(opened(&json!({"description": "x", "chat_uuid": "c"})).names_a_person());
    }

    #[test]
    fn a_question_names_its_identities_in_the_order_of_matching() {
        let query = "phone=600111222&customer_id=tg-1&email=ana%40example.com";
        let identities = read_lookup(&fields(query, ""), &spanish_bot());
        let values: Vec<_> = identities.iter().map(domain::identity::Identity::value).collect();
        let customer = format!("{}:tg-1", spanish_bot().bot);
        assert_eq!(values, [customer.as_str(), "ana@example.com", "+34600111222"]);
        assert_eq!(
            identities,
            registered(&json!({
                "phone": "600111222", "customer_id": "tg-1", "email": "ana@example.com"
            }))
            .person
            .identities(spanish_bot().bot)
        );
        assert!(read_lookup(&fields("email=ana", ""), &spanish_bot()).is_empty());
    }

    #[test]
    fn consent_is_read_in_two_languages() {
        let consent = |word: Value| registered(&json!({"customer_id": 1, "consent": word})).person.consent;
        for word in
            [json!("yes"), json!("Sí"), json!("SI"), json!(true), json!(1), json!("True"), json!("acepto")]
        {
            assert_eq!(consent(word.clone()), Some(true), "{word}");
        }
        for word in [json!("no"), json!("N"), json!(false), json!(0), json!("off"), json!("rechazo")] {
            assert_eq!(consent(word.clone()), Some(false), "{word}");
        }
    }
}

mod kept {
    use super::*;

    #[test]
    fn unknown_fields_are_kept_as_they_were_given() {
        let call = registered(&json!({
            "customer": {"id": 1, "country": "ES", "url": null}, "seats": 3, "tags": ["a", ["b"]],
            "deep": {"a": {"b": {"c": 1}}},
        }));
        let expected = json!({
            "customer": {"country": "ES", "url": null}, "seats": 3, "tags": ["a", "[\"b\"]"],
            "deep": {"a": "{\"b\":{\"c\":1}}"},
        });
        assert_eq!(Value::Object(call.extra), expected);
    }

    #[test]
    fn a_users_call_keeps_what_belongs_to_a_ticket() {
        let call = registered(&json!({"customer_id": 1, "message": "Help", "topic": "sales"}));
        assert_eq!(call.ticket, None);
        assert_eq!(Value::Object(call.extra), json!({"message": "Help", "topic": "sales"}));
    }

    #[test]
    fn another_value_under_an_alias_is_not_lost() {
        let call = opened(&json!({"description": "one", "message": "two", "text": "one"}));
        assert_eq!(Value::Object(call.extra), json!({"message": "two"}));
    }

    #[test]
    fn of_a_long_name_the_whole_is_kept() {
        let long = "ñ".repeat(300);
        let call = registered(&json!({"customer_id": 1, "full_name": long}));
        assert_eq!(call.person.name.map(|name| name.chars().count()), Some(ONE_LINE_MAX));
        assert_eq!(Value::Object(call.extra), json!({"name": long}));
    }

    #[test]
    fn of_a_very_long_name_as_much_is_kept_as_fits_and_it_is_said() {
        let call = registered(&json!({"name": "x".repeat(10_000), "customer_id": 1, "plan": "gold"}));
        assert_eq!(call.person.name.map(|name| name.len()), Some(ONE_LINE_MAX));
        assert_eq!(call.extra["plan"], "gold");
        assert_eq!(call.extra[CUT], json!(["name"]));
        let bytes = Value::Object(call.extra).to_string().len();
        assert!((7_000..=FIELDS_MAX_BYTES).contains(&bytes), "{bytes}");
    }
}

mod corrections {
    use super::*;

    #[test]
    fn a_mended_call_is_taken() {
        let broken =
            fields("", r#"{"mail": "ana", "E-Mail": "@email", "customer": {"email": "x"}, "plan": "gold"}"#);
        assert!(read_users_call(&broken, &spanish_bot()).is_err());
        let mended = broken.corrected(&[
            ("email".to_owned(), "ana@example.com".to_owned()),
            ("Plan".to_owned(), String::new()),
        ]);
        let expected = registered(&json!({"email": "ana@example.com"}));
        assert_eq!(read_users_call(&mended, &spanish_bot()), Ok(expected));
    }

    #[test]
    fn fields_travel_as_json() {
        let read = fields("plan=gold&name=Query", r#"{"customer": {"id": 1, "age": 4}, "full_name": "Ana"}"#);
        let json = serde_json::to_value(&read).expect("JSON");
        let expected = json!({"plan": "gold", "customer.id": 1, "customer": {"age": 4}, "full_name": "Ana"});
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Fields>(json).expect("fields"), read);
    }
}

mod equality {
    use super::*;

    fn digest(body: &Value) -> [u8; 32] {
        opened(body).digest()
    }

    #[test]
    fn calls_that_say_the_same_have_one_digest() {
        let call =
            json!({"email": "ana@example.com", "name": "Ana", "phone": "+34600111222", "message": "Hi"});
        let same = [
            json!({"phone": "600 111 222", "Message": " Hi ", "NAME": "Ana", "E-mail": "ANA@example.com "}),
            json!({
                "customer": {"name": "Ana", "email": "ana@example.com"}, "tel": "34600111222", "text": "Hi",
            }),
            merged(&call, &json!({"seats": 4, "topic": "@topic"})),
        ];
        for other in same {
            assert_eq!(digest(&other), digest(&call), "{other}");
        }
    }

    #[test]
    fn every_field_counts() {
        let call = json!({"description": "x", "customer_id": 1});
        let mut digests = vec![digest(&call)];
        for name in [
            "name",
            "chat_uuid",
            "consent_text",
            "origin",
            "origin_page",
            "origin_referrer",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "topic",
        ] {
            digests.push(digest(&merged(&call, &json!({name: "v"}))));
        }
        digests.push(digest(&merged(&call, &json!({"email": "v@example.com"}))));
        digests.push(digest(&merged(&call, &json!({"phone": "+34600111222"}))));
        digests.push(digest(&merged(&call, &json!({"customer_id": 2}))));
        digests.push(digest(&merged(&call, &json!({"language": "es"}))));
        digests.push(digest(&merged(&call, &json!({"consent": "yes"}))));
        digests.push(digest(&merged(&call, &json!({"consent": "no"}))));
        digests.push(digest(&merged(&call, &json!({"description": "y"}))));
        digests.push(registered(&call).digest());
        let given = digests.len();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), given);
    }
}

#[test]
fn nothing_personal_is_shown_in_logs() {
    let body = json!({
        "name": "Anastasia", "email": "secret@example.com", "phone": "+34600111222", "customer_id": "tg-4242",
        "chat_uuid": "chat-77", "origin_page": "https://clinic.example", "description": "my illness",
        "plan": "gold",
    });
    let read = fields("", &body.to_string());
    let call = read_tickets_call(&read, &spanish_bot()).expect("a call that is taken");
    let shown = format!("{read:?} {call:?} {:?} {:?}", call.person, call.ticket);
    for personal in ["Anastasia", "secret", "600111", "4242", "chat-77", "clinic", "illness", "gold"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
}
