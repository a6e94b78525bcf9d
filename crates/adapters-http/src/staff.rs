//! Who reads pages that are not public.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::{
        StatusCode,
        header::{AUTHORIZATION, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use application::ports::StorageError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::agent::Agent;

use crate::{
    page::{STRICT, page},
    sign_in::{self, TooManyFailures},
    state::{UseCasePanicked, shared},
};

/// A member of staff, by an API token (`fds_...`) as the password of HTTP Basic authentication, whatever the
/// name, or as a bearer token. Only this extractor makes one: a handler that takes none shows nothing that is
/// not public.
pub(crate) struct AuthenticatedAgent(pub(crate) Agent);

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StaffDenied {
    #[error("no API token, or none in force")]
    Unknown,
    #[error("too many wrong tokens came from this address")]
    TooManyFailures(TooManyFailures),
    #[error("looking up an API token failed")]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Panicked(#[from] UseCasePanicked),
}

impl FromRequest for AuthenticatedAgent {
    type Error = StaffDenied;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = presented_token(request);
        let request = request.clone();
        Box::pin(async move {
            let token = token.ok_or(StaffDenied::Unknown)?;
            sign_in::admit(&request).map_err(StaffDenied::TooManyFailures)?;
            let shared = shared(&request);
            let authenticate = shared.state.authenticate_agent.clone();
            let agent = shared.on_runtime(async move { authenticate.execute(&token).await }).await??;
            agent.map(Self).ok_or_else(|| {
                sign_in::failed(&request);
                StaffDenied::Unknown
            })
        })
    }
}

impl ResponseError for StaffDenied {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::TooManyFailures(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Storage(_) | Self::Panicked(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if status.is_server_error() {
            tracing::error!(error = self as &dyn std::error::Error, "a page could not be shown");
            let main =
                "<h1>Not now</h1>\n<p>The database is not available. Please try again in a moment.</p>\n";
            return page(status, "Not now", main, STRICT);
        }
        if let Self::TooManyFailures(failures) = self {
            let main = "<h1>Not now</h1>\n<p>Too many wrong tokens came from your address. Please try again in a \
                        moment.</p>\n";
            let mut response = page(status, "Not now", main, STRICT);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(failures.whole_secs()));
            return response;
        }
        let main = "<h1>Sign in</h1>\n<p>Sign in with an API token as the password; the user name does not \
                    matter. <code>frontdesk token add</code> makes one.</p>\n";
        let mut response = page(status, "Sign in", main, STRICT);
        let challenge = "Basic realm=\"Frontdesk\", charset=\"UTF-8\"";
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge.parse().expect("a constant header"));
        response
    }
}

fn presented_token(request: &HttpRequest) -> Option<String> {
    let (scheme, credentials) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.to_owned());
    }
    let decoded =
        scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(credentials).ok()).flatten()?;
    // The password may contain colons, the name may not (RFC 7617, section 2).
    String::from_utf8(decoded).ok()?.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn token(authorization: &str) -> Option<String> {
        let request = TestRequest::default().insert_header((AUTHORIZATION, authorization));
        presented_token(&request.to_http_request())
    }

    #[test]
    fn a_token_is_a_password_or_a_bearer_token() {
        let basic = format!("Basic {}", STANDARD.encode("ana:fds_1:2"));
        assert_eq!(token(&basic).as_deref(), Some("fds_1:2"));
        assert_eq!(token("bearer fds_1").as_deref(), Some("fds_1"));
    }

    #[test]
    fn what_is_no_token_is_none() {
        for authorization in ["Basic", "Basic !!!", "Basic YW5h", "Digest fds_1", "fds_1"] {
            assert_eq!(token(authorization), None, "{authorization}");
        }
    }
}
