//! How members of staff say who they are.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// An API token (`fds_...`) as the password of HTTP Basic authentication, whatever the name, or as a bearer token.
pub(crate) fn presented_token(request: &HttpRequest) -> Option<String> {
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
