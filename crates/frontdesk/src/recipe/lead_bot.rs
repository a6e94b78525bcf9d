//! The blocks of the lead bot: the one source of everything that is said about it.

use super::{
    Medium,
    block::{
        Answer::{self, Email, Phone, Text},
        Block, Branch, Kind, Options, When,
    },
    call::{Call, Method, Save},
};

/// The fields that a page fills before the chat begins; `Hidden fields` in Landbot.
pub const HIDDEN_FIELDS: &[&str] =
    &["origin", "origin_page", "origin_referrer", "utm_source", "utm_medium", "utm_campaign"];

/// What a person agrees to; it is asked and stored in these words.
const CONSENT: &str = "May we keep these details to answer you?";

const YES: &str = "Yes";
const NO: &str = "No";
const AGAIN: &[&str] = &["Try again"];
const ANOTHER: &str = "Another question";
const STATUS: &str = "How far is it?";

/// Where the answer of a call is saved. Fields begin with `fd_`, so that they meet no other field of the bot.
const RESULT: &str = "fd_result";
const FIELD: &str = "fd_field";
const MESSAGE: &str = "fd_message";
const VERDICT: [Save; 3] = [
    Save { key: "result", field: RESULT },
    Save { key: "field", field: FIELD },
    Save { key: "message", field: MESSAGE },
];

/// What a call must change, so that the verdict of the one before is not taken for its own.
const WAITING: &[(&str, &str)] = &[(RESULT, "waiting"), (FIELD, "none")];

/// The same, and the chat, for the link to Landbot's inbox.
const CHAT: &[(&str, &str)] = &[("chat_uuid", "${chat_uuid}"), WAITING[0], WAITING[1]];

/// What is said where a call brought no verdict: the server was away, or the answer got lost.
const NOT_SAVED: &str = "Sorry, we cannot save that right now.";

/// The blocks, in the order in which they are made.
pub fn blocks(medium: Medium) -> Vec<Block> {
    let mut blocks = match medium {
        Medium::Web => on_the_web(),
        Medium::Whatsapp => on_whatsapp(),
    };
    blocks.extend(registering(medium));
    blocks.extend(asking(medium));
    blocks.extend(status());
    blocks.push(say("closed", "Our team cannot be reached in this chat. Please try another way.", None));
    blocks
}

/// On a page nobody is known yet.
fn on_the_web() -> Vec<Block> {
    vec![
        ask("name", Text, "Hi! What is your name?", "name", "email"),
        ask("email", Email, "Thanks, @name! Which email reaches you?", "email", "phone"),
        ask("phone", Phone, "And your phone, with the country code?", "phone", "consent"),
    ]
}

/// `WhatsApp` says name and phone of who writes.
fn on_whatsapp() -> Vec<Block> {
    vec![ask("email", Email, "Hi @name! Which email reaches you?", "email", "consent")]
}

fn registering(medium: Medium) -> Vec<Block> {
    let agreed = vec![is("consent", YES, "chat"), otherwise("declined")];
    let declined = "All right, we keep nothing. Write again whenever you like.";
    let mut answered = vec![is(RESULT, "ok", "topics"), is(FIELD, "email", "email-again")];
    let mut blocks = vec![
        buttons("consent", CONSENT, Options::Fixed(&[YES, NO]), "consent", agreed),
        say("declined", declined, None),
        set("chat", CHAT, "register"),
    ];
    if medium == Medium::Web {
        answered.push(is(FIELD, "phone", "phone-again"));
    }
    answered.extend([
        is(RESULT, "invalid", "name-again"),
        is(RESULT, "denied", "closed"),
        otherwise("register-later"),
    ]);
    blocks.push(webhook("register", registration(medium), answered));
    blocks.push(ask("name-again", Text, "@fd_message", "name", "chat"));
    blocks.push(ask("email-again", Email, "@fd_message", "email", "chat"));
    if medium == Medium::Web {
        blocks.push(ask("phone-again", Phone, "@fd_message", "phone", "chat"));
    }
    blocks.push(try_again("register-later", "chat"));
    blocks
}

fn asking(medium: Medium) -> Vec<Block> {
    let opened = vec![
        is(RESULT, "ok", "reference"),
        is(RESULT, "invalid", "question-again"),
        is(RESULT, "denied", "closed"),
        otherwise("ticket-later"),
    ];
    let listed = vec![is("topics_result", "ok", "topic"), otherwise("question")];
    let on = vec![is("next_step", ANOTHER, "topics"), otherwise("status-wait")];
    vec![
        webhook("topics", TOPICS, listed),
        buttons(
            "topic",
            "What is it about?",
            Options::FromField("topic_titles"),
            "topic",
            vec![otherwise("question")],
        ),
        ask("question", Text, "How can we help?", "question", "ticket-wait"),
        set("ticket-wait", WAITING, "ticket"),
        webhook("ticket", opening(medium), opened),
        ask("question-again", Text, "@fd_message", "question", "ticket-wait"),
        try_again("ticket-later", "ticket-wait"),
        buttons("reference", "@fd_message", Options::Fixed(&[STATUS, ANOTHER]), "next_step", on),
    ]
}

fn status() -> Vec<Block> {
    let looked = vec![
        is(RESULT, "ok", "status-shown"),
        is(RESULT, "invalid", "status-shown"),
        is(RESULT, "denied", "closed"),
        otherwise("status-later"),
    ];
    vec![
        set("status-wait", WAITING, "status"),
        webhook("status", LOOKING, looked),
        say("status-shown", "@fd_message", None),
        try_again("status-later", "status-wait"),
    ]
}

const TOPICS: Call = Call {
    method: Method::Get,
    path: "/bot/v1/topics",
    params: &[],
    body: Vec::new(),
    saves: &[Save { key: "result", field: "topics_result" }, Save { key: "titles", field: "topic_titles" }],
};

const LOOKING: Call = Call {
    method: Method::Get,
    path: "/bot/v1/tickets/@{ticket_ref}",
    params: &[("customer_id", "@id"), ("email", "@email")],
    body: Vec::new(),
    saves: &[VERDICT[0], VERDICT[1], VERDICT[2], Save { key: "status", field: "ticket_status" }],
};

fn registration(medium: Medium) -> Call {
    Call { method: Method::Post, path: "/bot/v1/users", params: &[], body: person(medium), saves: &VERDICT }
}

fn opening(medium: Medium) -> Call {
    let mut body = vec![("description", "@question"), ("topic", "@topic")];
    body.extend(person(medium));
    let saves = &[VERDICT[0], VERDICT[1], VERDICT[2], Save { key: "reference", field: "ticket_ref" }];
    Call { method: Method::Post, path: "/bot/v1/tickets", params: &[], body, saves }
}

/// Who it is. What a visitor writes freely comes first and what tells people apart last: of equal names the last counts, so
/// that no text can pass for somebody else's id, even if the builder does not escape it.
fn person(medium: Medium) -> Vec<(&'static str, &'static str)> {
    let mut person = vec![("name", "@name")];
    match medium {
        Medium::Web => person.extend([
            ("origin", "@origin"),
            ("origin_page", "@origin_page"),
            ("origin_referrer", "@origin_referrer"),
            ("utm_source", "@utm_source"),
            ("utm_medium", "@utm_medium"),
            ("utm_campaign", "@utm_campaign"),
        ]),
        Medium::Whatsapp => person.push(("origin", "whatsapp")),
    }
    person.extend([
        ("consent", "@consent"),
        ("consent_text", CONSENT),
        ("email", "@email"),
        ("phone", "@phone"),
        ("chat_uuid", "@chat_uuid"),
        ("customer_id", "@id"),
    ]);
    person
}

fn ask(
    name: &'static str,
    answer: Answer,
    text: &'static str,
    saves: &'static str,
    to: &'static str,
) -> Block {
    Block { name, kind: Kind::Ask { answer, text, saves }, then: vec![otherwise(to)] }
}

fn buttons(
    name: &'static str,
    text: &'static str,
    options: Options,
    saves: &'static str,
    then: Vec<Branch>,
) -> Block {
    Block { name, kind: Kind::Buttons { text, options, saves }, then }
}

/// Waits for the visitor, so that no bot hammers a server that is busy.
fn try_again(name: &'static str, to: &'static str) -> Block {
    buttons(name, NOT_SAVED, Options::Fixed(AGAIN), "next_step", vec![otherwise(to)])
}

fn say(name: &'static str, text: &'static str, to: Option<&'static str>) -> Block {
    Block { name, kind: Kind::Say { text }, then: to.map(otherwise).into_iter().collect() }
}

fn set(name: &'static str, fields: &'static [(&'static str, &'static str)], to: &'static str) -> Block {
    Block { name, kind: Kind::SetFields(fields), then: vec![otherwise(to)] }
}

const fn webhook(name: &'static str, call: Call, then: Vec<Branch>) -> Block {
    Block { name, kind: Kind::Webhook(call), then }
}

const fn is(field: &'static str, value: &'static str, to: &'static str) -> Branch {
    Branch { when: When::Is(field, value), to }
}

const fn otherwise(to: &'static str) -> Branch {
    Branch { when: When::Otherwise, to }
}
