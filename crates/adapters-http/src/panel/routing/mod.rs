//! `/admin/routing`: topics, the channels that their teams are told over, and what would become of a call.

mod channels;
mod list;
mod mails;
mod preview;
mod topics;

use actix_web::web::{ServiceConfig, get, post};
use application::routing::{RoutingError, TestChannelError};

use super::error::PanelError;

const PATH: &str = "/admin/routing";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/admin/routing", get().to(list::show))
        .route("/admin/routing/preview", get().to(preview::show))
        .route("/admin/routing/mails", get().to(mails::show))
        .route("/admin/routing/mails", post().to(mails::send))
        .route("/admin/routing/mails/document", get().to(mails::document))
        .route("/admin/routing/topics", post().to(topics::add))
        .route("/admin/routing/topics/{slug}", get().to(topics::show))
        .route("/admin/routing/topics/{slug}", post().to(topics::change))
        .route("/admin/routing/topics/{slug}/remove", post().to(topics::remove))
        .route("/admin/routing/channels", post().to(channels::add))
        .route("/admin/routing/channels/{id}", get().to(channels::show))
        .route("/admin/routing/channels/{id}", post().to(channels::change))
        .route("/admin/routing/channels/{id}/archive", post().to(channels::archive))
        .route("/admin/routing/channels/{id}/pause", post().to(channels::pause))
        .route("/admin/routing/channels/{id}/test", post().to(channels::test));
}

impl From<RoutingError> for PanelError {
    fn from(error: RoutingError) -> Self {
        match error {
            RoutingError::Name => Self::field("name", error),
            RoutingError::Unknown("topic", _) => Self::NotFound,
            RoutingError::Storage(error) => error.into(),
            other => Self::refused(other),
        }
    }
}

impl From<TestChannelError> for PanelError {
    fn from(error: TestChannelError) -> Self {
        match error {
            TestChannelError::Unknown(_) => Self::NotFound,
            TestChannelError::Person(_) => Self::refused(error),
            TestChannelError::Storage(error) => error.into(),
        }
    }
}
