//! Users are registered and edited.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    users::{EditUser, EditUserError, ImportMode, ImportOutcome, ImportUsers, UserEdit},
};
use domain::{
    agent::Role,
    bot::Bot,
    bot_call::{Fields, ReadingContext, read_users_call},
    language::Language,
    user::User,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{UserResponse, user_id};
use crate::api::{
    call::{Call, answer, json},
    error::ApiError,
    idempotency::About,
    reading::body,
    routing::bot_named,
};

/// A person to register.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewUser)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUserRequest {
    /// The name of the bot that counts as the one that registers it.
    bot: String,
    name: Option<String>,
    email: Option<String>,
    /// International, or as in the bot's country.
    phone: Option<String>,
    /// Where it comes from.
    origin: Option<String>,
    language: Option<String>,
}

/// What changes of a user: what is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = UserPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    name: Option<String>,
    /// The tag of a language.
    language: Option<String>,
}

pub(crate) async fn create(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let asked: NewUserRequest = body(&request, payload).await?;
        let bot = bot_named(call, asked.bot.clone()).await?;
        let fields = fields(asked);
        let ids = Arc::clone(&call.state().ids);
        let import = ImportUsers { storage: call.storage(), clock: call.clock(), ids };
        let (by, row) = (bot.clone(), fields.clone());
        let taken = call.run(async move { import.execute(&by, &[row], ImportMode::Write).await }).await??;
        let status = match taken.first() {
            Some(ImportOutcome::Registered) => StatusCode::CREATED,
            Some(ImportOutcome::Rejected(refused)) => {
                let field = refused.field.map_or("body", |field| field.as_str());
                return Err(ApiError::invalid(field, refused.code.as_str(), refused.to_string()));
            }
            _ => StatusCode::OK,
        };
        let user = known(call, &bot, &fields).await?.ok_or(ApiError::NotFound("user"))?;
        let mut response = json(status, &UserResponse::from(&user));
        response.extensions_mut().insert(About(user.id));
        Ok(response)
    })
    .await
}

fn fields(asked: NewUserRequest) -> Fields {
    let NewUserRequest { name, email, phone, origin, language, .. } = asked;
    let given =
        [("name", name), ("email", email), ("phone", phone), ("origin", origin), ("language", language)];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Fields::default().corrected(&given.collect::<Vec<_>>())
}

/// The user whom the fields name.
async fn known(call: &Call<'_>, bot: &Bot, fields: &Fields) -> Result<Option<User>, ApiError> {
    let context = ReadingContext { bot: bot.id, country: bot.default_country };
    let read = read_users_call(fields, &context);
    let identities = read.map(|read| read.person.identities(bot.id)).unwrap_or_default();
    let storage = call.storage();
    let look =
        async move { consult(&*storage, async |tx| tx.users().by_identities(&identities).await).await };
    let known = call.run(look).await??;
    let owner = known.identities.iter().min_by(|a, b| a.0.cmp(&b.0)).map(|(_, owner)| *owner);
    Ok(known.users.into_iter().find(|user| Some(user.id) == owner))
}

pub(crate) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let id = user_id(call)?;
        let UserPatch { name, language } = body(&request, payload).await?;
        let unknown = || ApiError::invalid("language", "invalid", "this is no tag of a language");
        let language = language.map(|text| Language::parse(&text).ok_or_else(unknown)).transpose()?;
        let edit = EditUser { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        let user = call.run(async move { edit.execute(id, UserEdit { name, language }).await }).await??;
        Ok(json(StatusCode::OK, &UserResponse::from(&user)))
    })
    .await
}

impl From<EditUserError> for ApiError {
    fn from(error: EditUserError) -> Self {
        match error {
            EditUserError::Name => Self::invalid("name", "invalid", error.to_string()),
            EditUserError::Unknown(_) => Self::NotFound("user"),
            EditUserError::Storage(error) => error.into(),
        }
    }
}
