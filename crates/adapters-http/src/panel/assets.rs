//! The style sheet, the script and the icon of the panel. Their addresses change with what is in them, so browsers may keep them.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use actix_web::{
    HttpResponse,
    http::header::CACHE_CONTROL,
    web::{self, ServiceConfig},
};

const STYLE: &str = include_str!("../../assets/panel.css");
const SCRIPT: &str = include_str!("../../assets/panel.js");
const ICON: &str = include_str!("../../assets/icon.svg");

/// What the addresses end in.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    (STYLE, SCRIPT, ICON).hash(&mut hasher);
    format!("{:x}", hasher.finish())
});

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/assets/panel.css", web::get().to(async || asset("text/css; charset=utf-8", STYLE)))
        .route("/assets/panel.js", web::get().to(async || asset("text/javascript; charset=utf-8", SCRIPT)))
        .route("/assets/icon.svg", web::get().to(async || asset("image/svg+xml", ICON)));
}

fn asset(content_type: &str, body: &'static str) -> HttpResponse {
    let kept = "public, max-age=31536000, immutable";
    HttpResponse::Ok().content_type(content_type).insert_header((CACHE_CONTROL, kept)).body(body)
}
