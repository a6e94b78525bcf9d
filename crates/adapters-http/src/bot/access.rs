//! Who calls.

use std::sync::Arc;

use actix_web::{HttpRequest, http::header};
use application::intake::AccessDenied;
use domain::bot::Bot;

use super::refusal::Refusal;
use crate::state::{Shared, shared};

/// The bot whose key came with the request.
///
/// A key that was valid a moment ago needs no storage, and so no change of threads: the usual case, and the
/// hot path.
pub(super) async fn authenticate(request: &HttpRequest) -> Result<Arc<Bot>, Refusal> {
    let key = presented_key(request).ok_or(AccessDenied::UnknownKey)?;
    let shared = shared(request);
    match shared.state.authenticate_bot.known(key) {
        Some(bot) => Ok(bot),
        None => look_up(shared, key.to_owned()).await,
    }
}

async fn look_up(shared: &Shared, key: String) -> Result<Arc<Bot>, Refusal> {
    let authenticate = Arc::clone(&shared.state.authenticate_bot);
    Ok(shared.on_runtime(async move { authenticate.execute(&key).await }).await??)
}

/// The key in `Authorization: Bearer <key>`, `Authorization: Token <key>` or `X-Api-Key: <key>`. An
/// `Authorization` of another scheme may be a proxy's.
pub(super) fn presented_key(request: &HttpRequest) -> Option<&str> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok().map(str::trim);
    let authorization = header(header::AUTHORIZATION.as_str()).and_then(credentials);
    authorization.or_else(|| header("x-api-key")).filter(|key| !key.is_empty())
}

fn credentials(authorization: &str) -> Option<&str> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    let is_ours = ["bearer", "token"].iter().any(|ours| scheme.eq_ignore_ascii_case(ours));
    is_ours.then(|| credentials.trim())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn key(headers: &[(&'static str, &'static str)]) -> Option<String> {
        let request =
            headers.iter().fold(TestRequest::default(), |request, header| request.insert_header(*header));
        presented_key(&request.to_http_request()).map(str::to_owned)
    }

    #[test]
    fn a_key_comes_in_three_forms() {
        for headers in [
            ("Authorization", "Bearer fd_1"),
            ("Authorization", "bearer  fd_1 "),
            ("Authorization", "TOKEN fd_1"),
            ("X-Api-Key", "fd_1"),
        ] {
            assert_eq!(key(&[headers]).as_deref(), Some("fd_1"), "{headers:?}");
        }
    }

    #[test]
    fn an_authorization_of_another_scheme_hides_no_key() {
        assert_eq!(
            key(&[("Authorization", "Basic cHJveHk6"), ("X-Api-Key", "fd_1")]).as_deref(),
            Some("fd_1")
        );
    }

    #[test]
    fn without_a_key_there_is_none() {
        for headers in
            [("Authorization", "fd_1"), ("Authorization", "Bearer "), ("X-Api-Key", " "), ("X-Key", "fd_1")]
        {
            assert_eq!(key(&[headers]), None, "{headers:?}");
        }
    }
}
