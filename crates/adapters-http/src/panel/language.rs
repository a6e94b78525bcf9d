//! `/admin/language`: choosing the language of the panel.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::REFERER,
    web::Form,
};
use serde::Deserialize;

use super::{
    visit::go,
    words::{COOKIE, Words},
};

/// A browser keeps the choice for a year.
const KEPT: Duration = Duration::days(365);

#[derive(Deserialize)]
pub(super) struct Choice {
    language: String,
}

/// Keeps the choice in the browser, and goes back.
pub(super) async fn choose(request: HttpRequest, choice: Form<Choice>) -> HttpResponse {
    let came_from = request.headers().get(REFERER).and_then(|referrer| referrer.to_str().ok());
    let mut response = go(&came_from.and_then(own_path).unwrap_or_else(|| "/admin".to_owned()));
    if let Some(words) = Words::spoken(&choice.language) {
        let cookie = Cookie::build(COOKIE, words.language)
            .path("/admin")
            .max_age(KEPT)
            .same_site(SameSite::Lax)
            .http_only(true)
            .finish();
        response.add_cookie(&cookie).expect("two letters fit into a cookie");
    }
    response
}

/// The path of one of our pages, whatever host it is asked for under.
fn own_path(referrer: &str) -> Option<String> {
    let (_, after_scheme) = referrer.split_once("://")?;
    let path = &after_scheme[after_scheme.find('/')?..];
    path.starts_with("/admin").then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_panel_only() {
        assert_eq!(own_path("https://desk.example/admin/users?q=a").as_deref(), Some("/admin/users?q=a"));
        assert_eq!(own_path("https://desk.example/api/docs"), None);
        assert_eq!(own_path("//elsewhere.example"), None);
    }
}
