//! Forms that bring a file (RFC 7578).

use std::time::Duration;

use actix_multipart::form::{MultipartForm, MultipartFormConfig, bytes::Bytes, text::Text};
use actix_web::{
    FromRequest, HttpRequest,
    web::{Payload, ServiceConfig},
};
use tokio::time::timeout;

use super::{act::TOKEN, error::PanelError, fields::Fields};

/// A file may be so large, with the fields beside it: about 100,000 people.
const UPLOAD_MAX_BYTES: usize = 10 * 1024 * 1024;

/// A file that takes longer to arrive is not waited for.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(2);

/// A file of people, and what is to be done with it.
#[derive(MultipartForm)]
struct Upload {
    form_token: Option<Text<String>>,
    bot: Option<Text<String>>,
    dry_run: Option<Text<String>>,
    file: Option<Bytes>,
}

pub(super) fn limits(config: &mut ServiceConfig) {
    let limits = MultipartFormConfig::default();
    config.app_data(limits.total_limit(UPLOAD_MAX_BYTES).memory_limit(UPLOAD_MAX_BYTES));
}

/// The fields of a form, with what is in its file as text, in any encoding that is nearly UTF-8.
pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Fields, PanelError> {
    let mut payload = payload.into_inner();
    let read = MultipartForm::<Upload>::from_request(request, &mut payload);
    let Ok(Ok(upload)) = timeout(UPLOAD_TIMEOUT, read).await else { return Err(PanelError::Unread) };
    let Upload { form_token, bot, dry_run, file } = upload.into_inner();
    let texts = [(TOKEN, form_token), ("bot", bot), ("dry_run", dry_run)];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into_inner())));
    let file = file.map(|file| ("file".to_owned(), String::from_utf8_lossy(&file.data).into_owned()));
    Ok(Fields::of_pairs(texts.chain(file)))
}
