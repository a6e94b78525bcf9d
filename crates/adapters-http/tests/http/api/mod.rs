//! What programs call.

mod again;
mod lists;
mod messages;
mod people;
mod settings;
mod walk;

use serde_json::{Value, json};

use crate::{client::Response, desk::Desk};

/// A server, and what a program with the tokens of a member of staff asks of it.
pub(crate) struct Api {
    pub(crate) desk: Desk,
    reader: String,
    worker: String,
    admin: String,
}

impl Api {
    pub(crate) fn open() -> Self {
        let desk = Desk::open();
        let [reader, worker, admin] = desk.tokens();
        Self { desk, reader, worker, admin }
    }

    /// Asks with the scope `read`.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.desk.request("GET", &format!("/api/v1{path}")).bearer(&self.reader).send()
    }

    /// What is answered, which must be a 200.
    pub(crate) fn read(&self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        response.json()
    }

    /// Asks with the scope `admin`.
    pub(crate) fn send(&self, method: &'static str, path: &str, body: &Value) -> Response {
        self.send_as(&self.admin, method, path, body)
    }

    /// Asks with the scope `write`.
    pub(crate) fn work(&self, method: &'static str, path: &str, body: &Value) -> Response {
        self.send_as(&self.worker, method, path, body)
    }

    /// A token with the scope `write`.
    pub(crate) fn worker_token(&self) -> String {
        self.worker.clone()
    }

    fn send_as(&self, token: &str, method: &'static str, path: &str, body: &Value) -> Response {
        let request = self.desk.request(method, &format!("/api/v1{path}")).bearer(token);
        let request = request.header("Content-Type", "application/json");
        if body.is_null() { request.send() } else { request.body(body.to_string()).send() }
    }

    /// Has a bot register a person; answers its id.
    pub(crate) fn register(&self, name: &str, email: &str, origin: &str) -> String {
        let body = json!({ "name": name, "email": email, "origin": origin });
        let answer = self.desk.post("/bot/v1/users", body.to_string()).send().answer();
        self.desk.index();
        answer["user_id"].as_str().expect("an id").to_owned()
    }

    /// Has a bot open a ticket; answers its reference.
    pub(crate) fn ask(&self, topic: &str, description: &str, email: &str) -> String {
        let body = json!({ "topic": topic, "description": description, "email": email });
        let answer = self.desk.post("/bot/v1/tickets", body.to_string()).send().answer();
        self.desk.index();
        answer["reference"].as_str().expect("a reference").to_owned()
    }

    /// Has a bot call so that nobody understands it; answers the id of the call.
    pub(crate) fn mumble(&self) -> String {
        let answer = self.desk.post("/bot/v1/users", r#"{"name":"Ana","email":"ana@"}"#).send().answer();
        assert_eq!(answer["result"], "invalid");
        answer["request_id"].as_str().expect("an id").to_owned()
    }
}

/// The values of a member of all items.
pub(crate) fn members<'a>(list: &'a Value, name: &str) -> Vec<&'a Value> {
    list["items"].as_array().expect("a list").iter().map(|item| &item[name]).collect()
}

/// Asserts that a call was not done, and that it is said as RFC 9457 has it.
pub(crate) fn refused(response: &Response, status: u16) -> Value {
    assert_eq!(response.status, status, "{}", response.text());
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let problem = response.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"].as_str(), response.header("x-request-id"));
    for text in ["type", "title", "detail"] {
        assert!(!problem[text].as_str().expect("a text").is_empty(), "{problem}");
    }
    problem
}
