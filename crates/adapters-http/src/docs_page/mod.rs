//! The API documentation as a page to read, written from the `OpenAPI` document.

mod operation;
mod prose;

use std::{fmt::Write, sync::LazyLock};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, ServiceConfig},
};
use serde_json::Value;

use crate::{
    hosts::base_url,
    openapi,
    page::{Escaped, STRICT, page},
};
use prose::prose;

pub(crate) const PATH: &str = "/api/docs";

/// Stands where the URL of the server goes, which only the request knows.
const BASE_URL: &str = "%BASE_URL%";

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.route(PATH, web::get().to(docs));
}

async fn docs(request: HttpRequest) -> HttpResponse {
    let base_url = Escaped(&base_url(&request)).to_string();
    let main = MAIN.replace(BASE_URL, &base_url);
    page(StatusCode::OK, "API", &main, STRICT)
}

/// The page, but for the URL of the server; written for the first who asks.
static MAIN: LazyLock<String> = LazyLock::new(|| {
    let document = serde_json::from_str(&openapi::openapi()).expect("the document is JSON");
    Document(document).main()
});

/// An `OpenAPI` document, as far as ours go.
struct Document(Value);

/// One operation of a document.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    content: &'a Value,
}

impl Document {
    fn main(&self) -> String {
        let mut html = String::new();
        self.introduce(&mut html);
        for operation in self.operations() {
            operation.describe(self, &mut html);
        }
        self.describe_answers(&mut html);
        html
    }

    fn introduce(&self, html: &mut String) {
        let info = &self.0["info"];
        let (title, version) = (Escaped(text(&info["title"])), Escaped(text(&info["version"])));
        let json = openapi::PATH;
        let _ = write!(
            html,
            "<h1>{title} API</h1>\n<p class=\"soft\">Version {version}, at <code>{BASE_URL}</code>. \
             The same as <a href=\"{json}\">OpenAPI 3.1</a>.</p>\n{}<h3>Calls</h3>\n<ul class=\"plain\">\n",
            prose(text(&info["description"]))
        );
        for operation in self.operations() {
            operation.list(html);
        }
        html.push_str("</ul>\n<h2 id=\"key\">The key</h2>\n");
        for scheme in values(&self.0["components"]["securitySchemes"]) {
            html.push_str(&prose(text(&scheme["description"])));
        }
    }

    /// In their order; of one path, what changes something comes before what asks for it.
    fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        members(&self.0["paths"]).flat_map(|(path, item)| {
            let given =
                ["post", "patch", "get", "delete"].into_iter().filter(|method| !item[*method].is_null());
            given.map(move |method| Operation { method, path, content: &item[method] })
        })
    }

    /// What all calls of bots have in common.
    fn describe_answers(&self, html: &mut String) {
        let components = &self.0["components"];
        html.push_str("<h2 id=\"answer\">The answer</h2>\n");
        let answer = &components["schemas"]["BotAnswer"];
        html.push_str(&prose(text(&answer["description"])));
        html.push_str("<div class=\"scroll\"><table>\n");
        for (key, property) in members(&answer["properties"]) {
            prose::row(html, key, text(&property["description"]));
        }
        html.push_str("</table></div>\n<h2 id=\"refusals\">When a call is not taken</h2>\n");
        for (name, response) in members(&components["responses"]) {
            let _ = writeln!(html, "<h3>{}</h3>", Escaped(&self.headline(name)));
            operation::examples(response, html);
        }
    }

    /// The status of a shared response, and what it says.
    fn headline(&self, name: &str) -> String {
        let pointer = format!("#/components/responses/{name}");
        let mut given = self.operations().flat_map(|operation| members(&operation.content["responses"]));
        let status =
            given.find(|(_, response)| response["$ref"] == *pointer).map_or("", |(status, _)| status);
        format!("{status} {}", text(&self.0["components"]["responses"][name]["description"]))
    }

    /// What a reference leads to; anything else is itself.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target =
            value["$ref"].as_str().and_then(|reference| self.0.pointer(reference.strip_prefix('#')?));
        target.unwrap_or(value)
    }
}

/// A text, which may be missing.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn values(value: &Value) -> impl Iterator<Item = &Value> {
    members(value).map(|(_, value)| value)
}

/// The members of an array.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
