//! Members of staff: signing in and out, the own account, and who there is.

mod account;
mod agents;
mod first_admin;
mod onward;
mod second_factor;
mod sign_in;

use actix_web::web::{ServiceConfig, get, post};
use application::staff::StaffError;
use domain::agent::Role;

pub(super) use onward::{Interrupted, is_own};
pub(super) use sign_in::ask;

use super::error::PanelError;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/admin/sign-in", get().to(sign_in::show))
        .route("/admin/sign-in", post().to(sign_in::submit))
        .route("/admin/sign-in/code", post().to(sign_in::finish))
        .route("/admin/first/{token}", get().to(first_admin::show))
        .route("/admin/first/{token}", post().to(first_admin::submit))
        .route("/admin/sign-out", post().to(sign_in::sign_out))
        .route("/admin/account", get().to(account::show))
        .route("/admin/account/password", post().to(account::change_password))
        .route("/admin/account/second-factor", post().to(second_factor::begin))
        .route("/admin/account/second-factor/confirm", post().to(second_factor::confirm))
        .route("/admin/account/second-factor/off", post().to(second_factor::turn_off))
        .route("/admin/account/sessions/{id}/end", post().to(account::end_session))
        .route("/admin/account/tokens", post().to(account::add_token))
        .route("/admin/account/tokens/{id}/revoke", post().to(account::revoke_token))
        .route("/admin/agents", get().to(agents::list))
        .route("/admin/agents", post().to(agents::add))
        .route("/admin/agents/{id}", post().to(agents::change))
        .route("/admin/agents/{id}/second-factor", post().to(second_factor::remove));
}

impl From<StaffError> for PanelError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Email => Self::field("email", error),
            StaffError::Password => Self::field("password", error),
            StaffError::WrongPassword => Self::field("present", error),
            StaffError::WrongCode => Self::field("code", error),
            StaffError::EmailTaken
            | StaffError::LastAdmin
            | StaffError::SecondFactorIsOn
            | StaffError::NoSecondFactor
            | StaffError::NoVault => Self::refused(error),
            StaffError::Unknown | StaffError::UnknownToken(_) => Self::NotFound,
            StaffError::NotAllowed => Self::Forbidden(Role::Admin),
            StaffError::Hash(error) => Self::refused(error),
            StaffError::Storage(error) => error.into(),
        }
    }
}
