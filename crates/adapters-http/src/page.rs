//! Pages for people: plain HTML, one style sheet, no script, no file from another host.

use std::fmt;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
    },
    web::{self, ServiceConfig},
};

const STYLE_PATH: &str = "/assets/page.css";
const STYLE: &str = include_str!("../assets/page.css");

/// Only the style sheet is loaded, nothing runs, and no other page may frame this one.
pub(crate) const STRICT: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.route(STYLE_PATH, web::get().to(style));
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(STYLE)
}

/// A whole page. `main` is HTML; whatever in it came from outside went through [`Escaped`].
pub(crate) fn page(status: StatusCode, title: &str, main: &str, policy: &'static str) -> HttpResponse {
    let title = Escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · Frontdesk</title>\n<link rel=\"stylesheet\" href=\"{STYLE_PATH}\">\n</head>\n\
         <body>\n<main>\n{main}</main>\n</body>\n</html>\n"
    );
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .body(html)
}

/// Shows a text in HTML, also inside of quoted attributes, as nothing but text.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_only_text() {
        let shown = Escaped("<script>alert('1' & \"é\")</script>").to_string();
        assert_eq!(shown, "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;é&quot;)&lt;/script&gt;");
    }
}
