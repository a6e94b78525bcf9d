//! `/admin/language`: choosing the language of the panel.

use actix_web::{
    HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    web::Form,
};
use serde::Deserialize;

use super::{
    staff::is_own,
    visit::go,
    words::{COOKIE, Words},
};

/// A browser keeps the choice for a year.
const KEPT: Duration = Duration::days(365);

#[derive(Deserialize)]
pub(super) struct Choice {
    language: String,
    /// The page on which it was chosen.
    back: String,
}

/// Keeps the choice in the browser, and goes back.
pub(super) async fn choose(choice: Form<Choice>) -> HttpResponse {
    let mut response = go(if is_own(&choice.back) { &choice.back } else { super::PATH });
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
