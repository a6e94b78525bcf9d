//! How a call is described.

use domain::agent::Role;
use serde_json::{Value, json};
use utoipa::openapi::{
    Array, Content, ContentBuilder, HttpMethod, ObjectBuilder, PathItem, Ref, RefOr, Required, Response,
    ResponseBuilder, Schema, Type,
    path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::RequestBodyBuilder,
    schema::SchemaType,
    security::SecurityRequirement,
};

use super::{SCHEME, samples};
use crate::api::{IDEMPOTENCY_KEY, PAGE_MAX};

/// One call.
pub(super) struct Call {
    pub(super) path: &'static str,
    method: HttpMethod,
    id: &'static str,
    summary: &'static str,
    text: &'static str,
    role: Role,
    filters: &'static [&'static str],
    body: Option<(&'static str, Value)>,
    status: &'static str,
    answer: Option<(&'static str, Value)>,
    is_page: bool,
}

impl Call {
    pub(super) fn new(
        method: HttpMethod,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            path,
            method,
            id,
            summary,
            text: "",
            role: Role::Viewer,
            filters: &[],
            body: None,
            status: "204",
            answer: None,
            is_page: false,
        }
    }

    pub(super) fn says(self, text: &'static str) -> Self {
        Self { text, ..self }
    }

    pub(super) fn needs(self, role: Role) -> Self {
        Self { role, ..self }
    }

    pub(super) fn takes(self, schema: &'static str, example: Value) -> Self {
        Self { body: Some((schema, example)), ..self }
    }

    pub(super) fn gives(self, status: &'static str, schema: &'static str, example: Value) -> Self {
        Self { status, answer: Some((schema, example)), ..self }
    }

    /// Gives a page of a list.
    pub(super) fn lists(self, filters: &'static [&'static str], schema: &'static str, item: &Value) -> Self {
        let page = json!({ "items": [item], "next_cursor": null });
        Self { filters, is_page: true, ..self }.gives("200", schema, page)
    }

    pub(super) fn add_to(self, item: &mut PathItem) {
        let place = match self.method {
            HttpMethod::Get => &mut item.get,
            HttpMethod::Post => &mut item.post,
            HttpMethod::Patch => &mut item.patch,
            _ => &mut item.delete,
        };
        *place = Some(self.operation());
    }

    fn operation(self) -> Operation {
        let needs = format!("Needs the scope `{}`. {}", scope(self.role), self.text);
        let mut operation = OperationBuilder::new()
            .tag("staff")
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .description(Some(needs.trim()))
            .securities(Some([SecurityRequirement::new(SCHEME, [] as [&str; 0])]))
            .parameters(Some(self.parameters()))
            .response(self.status, self.response());
        if let Some((schema, example)) = &self.body {
            let content = content(Ref::from_schema_name(*schema).into(), example.clone());
            let body =
                RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
            operation = operation.request_body(Some(body.build()));
        }
        operation
            .response("4XX", Ref::from_response_name("Refused"))
            .response("503", Ref::from_response_name("NotNow"))
            .build()
    }

    fn parameters(&self) -> Vec<Parameter> {
        let named = self.path.split(['{', '}']).skip(1).step_by(2);
        let mut all: Vec<_> = named.map(|name| parameter(name, ParameterIn::Path)).collect();
        let paging: &[&str] = if self.is_page { &["limit", "cursor"] } else { &[] };
        all.extend(self.filters.iter().chain(paging).map(|name| parameter(name, ParameterIn::Query)));
        if self.method == HttpMethod::Post {
            all.push(parameter(IDEMPOTENCY_KEY, ParameterIn::Header));
        }
        all
    }

    fn response(&self) -> Response {
        let Some((schema, example)) = &self.answer else {
            return ResponseBuilder::new().description("It was done.").build();
        };
        let item: RefOr<Schema> = Ref::from_schema_name(*schema).into();
        let schema = if self.is_page { page_of(item) } else { item };
        let description = if self.is_page { "A page, the newest first." } else { "It was done." };
        ResponseBuilder::new()
            .description(description)
            .content("application/json", content(schema, example.clone()))
            .build()
    }
}

const fn scope(role: Role) -> &'static str {
    match role {
        Role::Viewer => "read",
        Role::Agent => "write",
        Role::Admin => "admin",
    }
}

fn content(schema: RefOr<Schema>, example: Value) -> Content {
    ContentBuilder::new().schema(Some(schema)).example(Some(example)).build()
}

fn page_of(item: RefOr<Schema>) -> RefOr<Schema> {
    let cursor = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("What to ask for as `cursor` to go on; `null` when this is the last page."));
    let page = ObjectBuilder::new()
        .property("items", Array::new(item))
        .property("next_cursor", cursor)
        .required("items")
        .required("next_cursor");
    Schema::from(page.build()).into()
}

fn parameter(name: &str, place: ParameterIn) -> Parameter {
    let (text, example) = doc(name);
    let required = if place == ParameterIn::Path { Required::True } else { Required::False };
    let schema = match name {
        "limit" => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(PAGE_MAX)),
        "with_closed" => ObjectBuilder::new().schema_type(Type::Boolean),
        _ => ObjectBuilder::new().schema_type(Type::String),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(text))
        .schema(Some(schema))
        .example(Some(example))
        .build()
}

/// What a parameter means, and a value of it.
fn doc(name: &str) -> (&'static str, Value) {
    match name {
        "id" => ("Which one.", json!(samples::ID)),
        "slug" => ("Which topic.", json!("sales")),
        "day" => ("A UTC day.", json!("2026-01-01")),
        "q" => {
            let text = "A part of a name, an address, a number or a text: three characters or more are looked for \
                        anywhere, fewer at the beginning. New texts are found within seconds.";
            (text, json!("garcía"))
        }
        "origin" => ("Where the user came from at first.", json!("landing-spring")),
        "bot" => ("The bot that registered the user or called.", json!(samples::ID)),
        "status" => ("Where it stands.", json!("open")),
        "topic" => ("The slug of a topic.", json!("sales")),
        "channel" => ("The id of a channel.", json!(samples::ID)),
        "user" => ("The id of a user.", json!(samples::ID)),
        "ticket" => ("The id of a ticket.", json!(samples::ID)),
        "with_closed" => ("Whether released and discarded calls are listed, too.", json!(false)),
        IDEMPOTENCY_KEY => {
            let text = "A name for this call, of up to 255 characters. For 24 h an equal call with the same key is not done again \
                        but answered as before, with the header `Idempotency-Replayed: true`; 409 while it is running, 422 if its \
                        body is another. What was refused does not count. Secrets are not kept: they are `null` then.";
            (text, json!("7c0b6d2e-order-1042"))
        }
        "limit" => ("How many items: 1 to 200, 50 unless given.", json!(50)),
        "cursor" => ("`next_cursor` of the page before.", json!("AZmKPlwQe26PCi9NnBt6AQ")),
        "created_after" => ("The first moment of making (RFC 3339).", json!("2026-01-01T00:00:00Z")),
        "due_after" => ("The first due time (RFC 3339).", json!("2026-01-01T00:00:00Z")),
        _ => ("The first moment after.", json!("2026-02-01T00:00:00Z")),
    }
}
