//! One call on the page.

use std::fmt::Write;

use serde_json::Value;

use super::{BASE_URL, Document, Operation, items, members, prose, text};
use crate::page::Escaped;

const JSON: &str = "application/json";

impl Operation<'_> {
    /// A line of the list of calls.
    pub(super) fn list(&self, html: &mut String) {
        let (id, path) = (Escaped(text(&self.content["operationId"])), Escaped(self.path));
        let summary = Escaped(text(&self.content["summary"]));
        let _ =
            writeln!(html, "<li>{}<a href=\"#{id}\"><code>{path}</code></a> {summary}</li>", self.badge());
    }

    pub(super) fn describe(&self, document: &Document, html: &mut String) {
        let (id, path) = (Escaped(text(&self.content["operationId"])), Escaped(self.path));
        let summary = Escaped(text(&self.content["summary"]));
        let _ = write!(
            html,
            "<h2 id=\"{id}\">{summary}</h2>\n<p>{}<code>{path}</code></p>\n{}",
            self.badge(),
            prose::prose(text(&self.content["description"]))
        );
        self.describe_fields(document, html);
        let _ = writeln!(html, "<pre class=\"copy\" tabindex=\"0\">{}</pre>", Escaped(&self.curl()));
        self.describe_answers(html);
    }

    fn badge(&self) -> String {
        format!("<span class=\"method {}\">{}</span>", Escaped(self.method), self.method.to_uppercase())
    }

    fn describe_fields(&self, document: &Document, html: &mut String) {
        let body = document.resolved(&self.content["requestBody"]["content"][JSON]["schema"]);
        let parameters =
            items(&self.content["parameters"]).map(|parameter| (text(&parameter["name"]), parameter));
        let mut fields = members(&body["properties"]).chain(parameters).peekable();
        if fields.peek().is_none() {
            return;
        }
        html.push_str("<div class=\"scroll\"><table>\n");
        for (name, field) in fields {
            prose::row(html, name, text(&field["description"]));
        }
        html.push_str("</table></div>\n");
    }

    fn describe_answers(&self, html: &mut String) {
        for (status, response) in
            members(&self.content["responses"]).filter(|(_, response)| response["$ref"].is_null())
        {
            let (status, description) = (Escaped(status), prose::inline(text(&response["description"])));
            let _ = writeln!(html, "<h3>{status} {description}</h3>");
            examples(response, html);
        }
    }

    /// The call as a line for a shell, with the key in a variable.
    fn curl(&self) -> String {
        let mut curl = format!("curl '{BASE_URL}{}'", self.example_url());
        let example = &self.content["requestBody"]["content"][JSON]["example"];
        if self.method != if example.is_null() { "get" } else { "post" } {
            let _ = write!(curl, " \\\n  -X {}", self.method.to_uppercase());
        }
        if let Some(key) = self.key() {
            let _ = write!(curl, " \\\n  -H \"Authorization: Bearer ${key}\"");
        }
        if !example.is_null() {
            let _ = write!(curl, " \\\n  -H 'Content-Type: application/json' \\\n  -d '{example}'");
        }
        curl
    }

    /// The variable with the key that the call needs.
    fn key(&self) -> Option<&'static str> {
        let first = items(&self.content["security"]).next()?;
        Some(if first["agent"].is_null() { "FRONTDESK_KEY" } else { "FRONTDESK_TOKEN" })
    }

    /// The path with its parameters and the first of the query's.
    fn example_url(&self) -> String {
        let mut url = self.path.to_owned();
        for parameter in items(&self.content["parameters"]) {
            let (name, example) = (text(&parameter["name"]), text(&parameter["example"]));
            match text(&parameter["in"]) {
                "path" => url = url.replace(&format!("{{{name}}}"), example),
                "query" if !url.contains('?') => {
                    let _ = write!(url, "?{name}={example}");
                }
                _ => {}
            }
        }
        url
    }
}

/// The examples of a response, each after its name. Those of success come first, and the first one is open.
pub(super) fn examples(response: &Value, html: &mut String) {
    let only = &response["content"][JSON]["example"];
    if !only.is_null() {
        let json = serde_json::to_string_pretty(only).unwrap_or_default();
        let _ = writeln!(html, "<pre tabindex=\"0\">{}</pre>", Escaped(&json));
    }
    let mut examples: Vec<_> = members(&response["content"][JSON]["examples"]).collect();
    examples.sort_by_key(|(_, example)| example["value"]["result"] == "invalid");
    for (position, (name, example)) in examples.into_iter().enumerate() {
        let json = serde_json::to_string_pretty(&example["value"]).unwrap_or_default();
        let (name, json) = (Escaped(name), Escaped(&json));
        let open = if position == 0 { " open" } else { "" };
        let _ = writeln!(
            html,
            "<details{open}><summary>{name}</summary><pre tabindex=\"0\">{json}</pre></details>"
        );
    }
}
