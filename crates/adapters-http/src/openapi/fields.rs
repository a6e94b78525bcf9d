//! What bots may send, field by field.

use domain::{
    bot_call::Field,
    text::{DESCRIPTION_MAX, ONE_LINE_MAX},
};
use serde_json::{Value, json};
use utoipa::openapi::{
    ObjectBuilder, Schema, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::AdditionalProperties,
};

/// What a field means, and a value that a bot could send. Its other names are in the text.
struct FieldDoc {
    text: &'static str,
    example: Value,
}

/// The fields about a person, in the order in which they are described.
const PERSON: &[Field] = &[
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::Email,
    Field::Phone,
    Field::CustomerId,
    Field::ChatUuid,
    Field::Language,
    Field::Origin,
    Field::OriginPage,
    Field::OriginReferrer,
    Field::UtmSource,
    Field::UtmMedium,
    Field::UtmCampaign,
    Field::Consent,
    Field::ConsentText,
];

/// The fields about a ticket.
const TICKET: &[Field] = &[Field::Description, Field::Topic];

/// What identifies a person.
const PROOF: &[Field] = &[Field::Email, Field::Phone, Field::CustomerId];

fn doc(field: Field) -> FieldDoc {
    let (text, example) = match field {
        Field::Name => ("What the person is called. Also `full_name`.", json!("Ana García")),
        Field::FirstName => {
            ("The first part of a name in two parts, where there is no `name`.", json!("Ana"))
        }
        Field::LastName => ("The second part of a name in two parts.", json!("García")),
        Field::Email => ("Mail address. Also `mail`.", json!("ana@example.com")),
        Field::Phone => (
            "Phone number, international or as in the bot's country. Also `phone_number`, `tel`, `mobile`.",
            json!("+34600111222"),
        ),
        Field::CustomerId => (
            "Landbot's id of the customer. Also `landbot_id`, `landbot_user_id`, `customer.id`.",
            json!("123456789"),
        ),
        Field::ChatUuid => {
            ("The chat's id in Landbot's inbox.", json!("0b2f3a5e-8a52-4d7c-9a57-2f6f1a0c8d11"))
        }
        Field::Language => ("The language to answer and write in. Also `locale`, `lang`.", json!("en")),
        Field::Origin => {
            ("Where the person comes from, in free text. Also `source`.", json!("landing-spring"))
        }
        Field::OriginPage => ("The page with the chat.", json!("https://www.example.com/pricing")),
        Field::OriginReferrer => ("The page before that.", json!("https://www.example.org/")),
        Field::UtmSource => ("The campaign's source.", json!("newsletter")),
        Field::UtmMedium => ("The campaign's medium.", json!("email")),
        Field::UtmCampaign => ("The campaign's name.", json!("spring")),
        Field::Consent => ("Whether the person agreed: a word for yes or no.", json!("yes")),
        Field::ConsentText => ("The words that the person agreed to.", json!("You may write to me.")),
        Field::Topic => (
            "What it is about: slug, title or alias of a topic. Unknown or missing: the default topic.",
            json!("sales"),
        ),
        Field::Description => (
            "What the person asks. Also `message`, `question`, `text`.",
            json!("Do you have a plan for small teams?"),
        ),
        Field::IdempotencyKey => ("The `Idempotency-Key` header; no field of a body.", Value::Null),
    };
    FieldDoc { text, example }
}

const fn max_length(field: Field) -> usize {
    match field {
        Field::Description => DESCRIPTION_MAX,
        Field::Email => domain::text::EMAIL_MAX,
        _ => ONE_LINE_MAX,
    }
}

pub(super) fn schemas() -> [(&'static str, Schema); 2] {
    let user =
        "What is known of a person: an email, a phone or a customer id is needed. Other fields are kept.";
    let ticket = "A request for help, and what is known of the person who asks. Other fields are kept.";
    let both = [TICKET, PERSON].concat();
    [
        ("UserRequest", object(user, PERSON, &[])),
        ("TicketRequest", object(ticket, &both, &[Field::Description])),
    ]
}

fn object(description: &str, fields: &[Field], required: &[Field]) -> Schema {
    let mut object = ObjectBuilder::new()
        .description(Some(description))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    for &field in fields {
        let property = text(field).description(Some(doc(field).text)).max_length(Some(max_length(field)));
        object = object.property(field.as_str(), property);
    }
    for field in required {
        object = object.required(field.as_str());
    }
    object.build().into()
}

fn text(field: Field) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).examples([doc(field).example])
}

/// The query parameters that name a person.
pub(super) fn proof() -> impl Iterator<Item = Parameter> {
    PROOF.iter().map(|&field| parameter(field))
}

pub(super) fn parameter(field: Field) -> Parameter {
    let FieldDoc { text, example } = doc(field);
    ParameterBuilder::new()
        .name(field.as_str())
        .parameter_in(ParameterIn::Query)
        .description(Some(text))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(example))
        .build()
}

/// A body that a bot could send.
pub(super) fn example(fields: &[Field]) -> Value {
    fields
        .iter()
        .map(|&field| (field.as_str().to_owned(), doc(field).example))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_body_is_described() {
        let described = |field: &Field| PERSON.contains(field) || TICKET.contains(field);
        let missing: Vec<_> = Field::ALL.iter().filter(|field| !described(field)).collect();
        assert_eq!(missing, [&Field::IdempotencyKey]);
    }
}
