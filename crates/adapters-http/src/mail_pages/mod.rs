//! Mail that was captured instead of sent, for staff to read.

mod list;
mod show;

use actix_web::{
    HttpResponse, ResponseError,
    http::StatusCode,
    web::{self, ServiceConfig},
};
use application::ports::StorageError;

use crate::{
    page::{Escaped, STRICT, page},
    state::UseCasePanicked,
};

/// Where the pages are.
const PATH: &str = "/admin/mail";

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route(PATH, web::get().to(list::list))
        .route("/admin/mail/{notification_id}", web::get().to(show::show));
}

/// A page cannot be shown.
#[derive(Debug, thiserror::Error)]
enum MailPageError {
    #[error("reading captured mail failed")]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Panicked(#[from] UseCasePanicked),
    #[error("there is no captured mail for that notification")]
    NotFound,
}

impl ResponseError for MailPageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Storage(_) | Self::Panicked(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if status.is_server_error() {
            tracing::error!(error = self as &dyn std::error::Error, "a page could not be shown");
        }
        let reason = self.to_string();
        let main = format!("<h1>Nothing to show</h1>\n<p>{}.</p>\n", Escaped(&reason));
        page(status, "Nothing to show", &main, STRICT)
    }
}
