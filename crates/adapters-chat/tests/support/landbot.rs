//! A Landbot in the test: the platform API as far as it is documented, with its moods.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Value, json};

use super::service::{Reaction, Received, Reply, Service};

/// The token that is right.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

/// The longest text that it takes: what `WhatsApp` does.
const LONGEST_TEXT: usize = 4_096;

/// A running platform with customers, whose chats belong to their bot at first. It ends when it is dropped.
pub(crate) struct FakeLandbot {
    service: Service,
    platform: Arc<Mutex<Platform>>,
}

/// What the platform knows.
#[derive(Default)]
struct Platform {
    customers: BTreeSet<u64>,
    /// Who has a chat; a bot has those that are missing.
    holders: BTreeMap<u64, Holder>,
    said: Vec<Said>,
    fields: BTreeMap<(u64, String), Value>,
    resumed: Vec<Resumed>,
    /// What becomes of the next texts, before anything is looked at.
    moods: VecDeque<Reaction>,
    takes_no_text: bool,
    mangles_types: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    TokensAgent,
    AnotherAgent,
}

/// A text in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) customer: u64,
    pub(crate) text: String,
}

/// A chat that was given to a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resumed {
    pub(crate) customer: u64,
    pub(crate) bot: u64,
    pub(crate) node: Option<String>,
}

impl FakeLandbot {
    /// A platform with these customers.
    pub(crate) async fn with(customers: &[u64]) -> Self {
        let customers = customers.iter().copied().collect();
        let platform = Arc::new(Mutex::new(Platform { customers, ..Platform::default() }));
        let own = Arc::clone(&platform);
        let service =
            Service::that_reacts(move |request| own.lock().expect("nothing panicked").react(request)).await;
        Self { service, platform }
    }

    /// What `LANDBOT_API_URL` is set to.
    pub(crate) fn url(&self) -> String {
        self.service.url("/v1/")
    }

    /// The next texts are met like this, whoever has the chat.
    pub(crate) fn meets_texts_with(&self, moods: impl IntoIterator<Item = Reaction>) {
        self.platform().moods.extend(moods);
    }

    /// Another agent takes a chat.
    pub(crate) fn lets_another_agent_take(&self, customer: u64) {
        self.platform().holders.insert(customer, Holder::AnotherAgent);
    }

    /// From now on no chat takes a text, as outside `WhatsApp`'s window.
    pub(crate) fn takes_no_text(&self) {
        self.platform().takes_no_text = true;
    }

    /// From now on values have other types than documented.
    pub(crate) fn mangles_types(&self) {
        self.platform().mangles_types = true;
    }

    /// All that was said, in order.
    pub(crate) fn said(&self) -> Vec<Said> {
        self.platform().said.clone()
    }

    /// The value of a customer's field.
    pub(crate) fn field(&self, customer: u64, name: &str) -> Option<Value> {
        self.platform().fields.get(&(customer, name.to_owned())).cloned()
    }

    /// All chats that were given to bots, in order.
    pub(crate) fn resumed(&self) -> Vec<Resumed> {
        self.platform().resumed.clone()
    }

    /// All calls so far, such as `PUT /v1/customers/1/assign/`.
    pub(crate) fn calls(&self) -> Vec<String> {
        let received = self.service.received();
        received.iter().map(|request| format!("{} {}", request.method, request.target)).collect()
    }

    fn platform(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().expect("nothing panicked")
    }
}

/// An answer that asks to wait, in whole seconds.
pub(crate) fn too_many_requests(retry_after: u32) -> Reaction {
    Reply::json(429, &json!({"errors": {"detail": ["Request was throttled."]}}))
        .with("Retry-After", retry_after.to_string())
        .into()
}

/// An error as the platform words it.
pub(crate) fn refusal(status: u16, field: &str, text: &str) -> Reaction {
    Reply::json(status, &json!({"errors": {field: [text]}})).into()
}

impl Platform {
    fn react(&mut self, request: &Received) -> Reaction {
        if request.header("authorization") != Some(&format!("Token {TOKEN}")) {
            return refusal(401, "detail", "Invalid token.");
        }
        let path = request.target.split('?').next().unwrap_or_default();
        let Some(path) = path.strip_prefix("/v1/").and_then(|path| path.strip_suffix('/')) else {
            return Reply::new(404, "<html>Not Found</html>").into();
        };
        let parts: Vec<_> = path.split('/').collect();
        match (request.method.as_str(), &parts[..]) {
            ("GET", ["channels"]) => self.agreed(json!({"total": 0, "channels": []})),
            (method, ["customers", customer, action @ ..]) => match customer.parse() {
                Ok(customer) if self.customers.contains(&customer) => {
                    self.act(method, customer, action, request)
                }
                _ => refusal(404, "detail", "Not found."),
            },
            _ => refusal(404, "detail", "Not found."),
        }
    }

    fn act(&mut self, method: &str, customer: u64, action: &[&str], request: &Received) -> Reaction {
        match (method, action) {
            ("POST", ["send_text"]) => self.send_text(customer, request),
            ("PUT", ["assign"]) => self.assign(customer),
            ("PUT", ["unassign"]) => {
                self.holders.remove(&customer);
                self.agreed(json!({}))
            }
            ("PUT", ["assign_bot", bot]) => self.assign_bot(customer, bot, request),
            (method @ ("POST" | "PUT"), ["fields", name]) => {
                self.write_field(method, customer, name, request)
            }
            _ => refusal(405, "detail", "Method not allowed."),
        }
    }

    fn send_text(&mut self, customer: u64, request: &Received) -> Reaction {
        if let Some(mood) = self.moods.pop_front() {
            return mood;
        }
        let Some(text) = text_of(request, "message") else {
            return refusal(422, "message", "This field is required.");
        };
        if text.chars().count() > LONGEST_TEXT {
            return refusal(422, "message", "The text is too long.");
        }
        if self.takes_no_text || self.holders.get(&customer) != Some(&Holder::TokensAgent) {
            return refusal(412, "customer", "The state of the customer forbids it.");
        }
        self.said.push(Said { customer, text });
        self.agreed(json!({}))
    }

    fn assign(&mut self, customer: u64) -> Reaction {
        if self.holders.get(&customer) == Some(&Holder::AnotherAgent) {
            return refusal(412, "customer", "The customer has another agent.");
        }
        self.holders.insert(customer, Holder::TokensAgent);
        self.agreed(json!({}))
    }

    fn assign_bot(&mut self, customer: u64, bot: &str, request: &Received) -> Reaction {
        let (Ok(bot), true) = (bot.parse(), body(request)["launch"] == true) else {
            return refusal(422, "launch", "A bot and a launch are required.");
        };
        self.holders.remove(&customer);
        self.resumed.push(Resumed { customer, bot, node: text_of(request, "node") });
        self.agreed(json!({}))
    }

    /// `POST` makes a field and `PUT` changes one.
    fn write_field(&mut self, method: &str, customer: u64, name: &str, request: &Received) -> Reaction {
        let field = (customer, name.to_owned());
        match (method, self.fields.contains_key(&field)) {
            ("PUT", false) => refusal(404, "detail", "Not found."),
            ("POST", true) => refusal(400, "field", "The field exists."),
            _ => {
                self.fields.insert(field, body(request)["value"].clone());
                self.agreed(json!({}))
            }
        }
    }

    fn agreed(&self, mut body: Value) -> Reaction {
        body["success"] = if self.mangles_types { json!("True") } else { json!(true) };
        Reply::json(200, &body).into()
    }
}

fn body(request: &Received) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

fn text_of(request: &Received, key: &str) -> Option<String> {
    body(request)[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
