//! The calls, one by one.

use domain::{answer::Sentence, bot_call::Field, text::IDEMPOTENCY_KEY_MAX};
use serde_json::{Value, json};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, ObjectBuilder, PathItem, PathsBuilder, Ref, Required, Response,
    ResponseBuilder, Type,
    path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    security::SecurityRequirement,
};

use super::{
    answers::{content, decided},
    fields, samples,
};

pub(super) fn paths() -> PathsBuilder {
    let mut users = PathItem::new(HttpMethod::Post, register_user());
    users.get = Some(find_user());
    PathsBuilder::new()
        .path("/bot/v1/users", users)
        .path("/bot/v1/tickets", PathItem::new(HttpMethod::Post, open_ticket()))
        .path("/bot/v1/tickets/{reference}", PathItem::new(HttpMethod::Get, show_ticket()))
        .path("/bot/v1/messages/{hook}", PathItem::new(HttpMethod::Post, deliver_messages()))
        .path("/bot/v1/topics", PathItem::new(HttpMethod::Get, list_topics()))
        .path("/health/live", PathItem::new(HttpMethod::Get, live()))
        .path("/health/ready", PathItem::new(HttpMethod::Get, ready()))
}

fn register_user() -> Operation {
    let example = fields::example(&[Field::Name, Field::Email, Field::Phone, Field::Origin]);
    posted(bot_call("registerUser", "Register a person", REGISTER), "UserRequest", &example)
        .response(
            "200",
            decided([
                ("registered", samples::registered()),
                ("replayed", samples::replayed()),
                ("invalid", samples::refused(Sentence::EmailUnreadable, Some(Field::Email))),
            ]),
        )
        .build()
}

const REGISTER: &str = "\
Registers the person, or recognises them by customer id, email or phone: then `created` is `false`, what was \
empty is filled, and the last origin moves. The first call that leaves a person with an email plans its one \
welcome mail.";

fn open_ticket() -> Operation {
    let example = fields::example(&[Field::Topic, Field::Description, Field::Name, Field::Email]);
    posted(bot_call("openTicket", "Open a ticket", OPEN), "TicketRequest", &example)
        .response(
            "200",
            decided([
                ("opened", samples::ticket_opened()),
                ("invalid", samples::refused(Sentence::DescriptionNeeded, Some(Field::Description))),
            ]),
        )
        .build()
}

const OPEN: &str = "\
Opens a ticket and tells the channels of its topic. Any field of *Register a person* may come along, and \
registers or recognises that person. A ticket without a person is allowed.";

fn find_user() -> Operation {
    bot_call(
        "findUser",
        "Ask whether a person is known",
        "Changes nothing. Unknown: `ok`, and `user_id` is `null`.",
    )
    .parameters(Some(fields::proof()))
    .response(
        "200",
        decided([
            ("known", samples::known()),
            ("unknown", samples::plain(domain::answer::Verdict::Ok, Sentence::UserUnknown)),
        ]),
    )
    .build()
}

fn show_ticket() -> Operation {
    let reference = ParameterBuilder::new()
        .name("reference")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("What people call the ticket."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(json!(samples::REFERENCE.to_string())))
        .build();
    bot_call("showTicketStatus", "Ask where a ticket stands", SHOW)
        .parameters(Some([reference].into_iter().chain(fields::proof())))
        .response(
            "200",
            decided([
                ("found", samples::ticket_status()),
                ("not found", samples::refused(Sentence::TicketNotFound, None)),
            ]),
        )
        .build()
}

const SHOW: &str = "\
Needs the email, the phone or the customer id of the person as well. Without that, and for a reference that \
does not exist, the answer is the same.";

fn list_topics() -> Operation {
    let topics = ResponseBuilder::new()
        .description("The topics, in the order in which they are offered.")
        .content("application/json", content("Topics", [("topics", samples::topics())]))
        .build();
    bot_call("listTopics", "List the topics", "For the buttons of a bot: `titles` is the list to show.")
        .parameter(fields::parameter(Field::Language))
        .response("200", topics)
        .build()
}

fn deliver_messages() -> Operation {
    let hook = ParameterBuilder::new()
        .name("hook")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The secret of the bot's hook, as `frontdesk bot hook` prints it."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(json!(samples::HOOK)))
        .build();
    let trace = ParameterBuilder::new()
        .name("sentry-trace")
        .parameter_in(ParameterIn::Header)
        .description(Some("Landbot's name for the message: the same when it is delivered again."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    let delivery = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("HookDelivery")))
        .example(Some(samples::delivery()))
        .build();
    OperationBuilder::new()
        .tag("bot")
        .operation_id(Some("deliverMessages"))
        .summary(Some("Deliver messages of a conversation"))
        .description(Some(DELIVER))
        .parameter(hook)
        .parameter(trace)
        .request_body(Some(RequestBodyBuilder::new().content("application/json", delivery).build()))
        .response("200", decided([("taken", samples::delivered())]))
        .response("401", Ref::from_response_name("KeyUnknown"))
        .response("413", Ref::from_response_name("TooLarge"))
        .response("503", Ref::from_response_name("TryAgain"))
        .build()
}

const DELIVER: &str = "\
For Landbot's message hooks and for `APIchat`; set up as an address there, not called by the flow of a bot. The \
secret at the end of the address takes the place of a key. If a token was set with `frontdesk bot hook NAME --token-stdin`, \
`Authorization: Token <token>` is needed as well.

`200` is answered once everything is stored for good, `503` when it cannot be: then Landbot delivers again. What was \
stored before is not stored another time: messages are told apart by `sentry-trace`, else by `_raw.uuid`, else by the \
body. What persons and agents write becomes the conversation of the person, in the order of `timestamp`; what bots and \
Landbot itself write is left out, and replies that Frontdesk sent are recognised when they come back. A message of the \
person opens its pending and resolved tickets again. What cannot be understood is kept as it is, for a human to look \
at, and answered `200` too.";

fn bot_call(id: &str, summary: &str, description: &str) -> OperationBuilder {
    let refused = |name| Ref::from_response_name(name);
    OperationBuilder::new()
        .tag("bot")
        .operation_id(Some(id))
        .summary(Some(summary))
        .description(Some(description))
        .securities(Some(
            ["bearer", "xApiKey"].map(|scheme| SecurityRequirement::new(scheme, [] as [&str; 0])),
        ))
        .response("401", refused("KeyUnknown"))
        .response("403", refused("KeyRevoked"))
        .response("429", refused("SlowDown"))
        .response("503", refused("TryAgain"))
}

fn posted(operation: OperationBuilder, schema: &str, example: &Value) -> OperationBuilder {
    operation
        .parameter(idempotency_key())
        .request_body(Some(body(schema, example)))
        .response("413", Ref::from_response_name("TooLarge"))
}

fn idempotency_key() -> Parameter {
    let text = "Names the call: the same key and body within 24 h are answered again with `replayed` `true`; \
                another body is `invalid`.";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(text))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(IDEMPOTENCY_KEY_MAX))))
        .build()
}

fn body(schema: &str, example: &Value) -> RequestBody {
    let json = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .example(Some(example.clone()))
        .build();
    let form = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    RequestBodyBuilder::new()
        .content("application/json", json)
        .content("application/x-www-form-urlencoded", form)
        .build()
}

fn live() -> Operation {
    let lives = json_response("The process lives.", "Liveness", json!({ "status": "live" }));
    health("live", "Does the process live?", "Depends on nothing else.").response("200", lives).build()
}

fn ready() -> Operation {
    let ready = json!({ "status": "ready", "reasons": [] });
    let unavailable = json!({ "status": "unavailable", "reasons": ["the database is not available"] });
    health(
        "ready",
        "Can the process do its job?",
        "`degraded` means that it can, but that something else is amiss.",
    )
    .response("200", json_response("It can.", "Readiness", ready))
    .response("503", json_response("It cannot now.", "Readiness", unavailable))
    .build()
}

fn health(id: &str, summary: &str, description: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag("health")
        .operation_id(Some(id))
        .summary(Some(summary))
        .description(Some(description))
}

fn json_response(description: &str, schema: &str, example: Value) -> Response {
    let content = content(schema, [("answer", example)]);
    ResponseBuilder::new().description(description).content("application/json", content).build()
}
