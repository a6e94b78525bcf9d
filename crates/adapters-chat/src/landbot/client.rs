//! Landbot's platform API (<https://dev.landbot.io/api-reference/introduction>).

use std::time::Duration;

use domain::chat_rules::{FieldName, ResumePoint};
use reqwest::{
    Method, Url,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::{
    refusal::Refusal,
    values::{CustomerNumber, LandbotToken},
};
use crate::{
    http::{Answer, HttpClient, HttpTimeouts},
    team::Secrets,
};

/// Calls the platform API with the token of one agent; every call is that agent's.
pub struct LandbotClient {
    http: HttpClient,
    base: Url,
    token: LandbotToken,
    secrets: Secrets,
}

impl LandbotClient {
    /// How long a call may take: a reply takes several, and all of them together two minutes at most.
    pub const TIMEOUTS: HttpTimeouts =
        HttpTimeouts { connect: Duration::from_secs(5), total: Duration::from_secs(15) };

    /// Connects to nothing yet. Whether `base` ends with a slash does not matter.
    pub fn new(base: &Url, token: LandbotToken, timeouts: HttpTimeouts) -> Self {
        let mut base = base.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        // A kept connection may be closed just when a reply is written to it, which leaves its fate unknown; and a reply whose
        // fate is unknown is not repeated.
        let http = HttpClient::with(timeouts, |common| common.pool_max_idle_per_host(0));
        Self { http, base, secrets: token.secrets(), token }
    }

    /// Says something to a customer, at most 3,500 characters. From then on the bot is silent, until
    /// [`assign_bot`](Self::assign_bot). Refused with 412 while the chat is not the agent's.
    pub async fn send_text(&self, customer: CustomerNumber, text: &str) -> Result<(), Refusal> {
        self.act(Method::POST, customer, "send_text", Some(json!({ "message": text }))).await
    }

    /// Gives the chat to the agent of the token.
    pub async fn assign(&self, customer: CustomerNumber) -> Result<(), Refusal> {
        self.act(Method::PUT, customer, "assign", None).await
    }

    /// Takes the chat from whoever has it.
    pub async fn unassign(&self, customer: CustomerNumber) -> Result<(), Refusal> {
        self.act(Method::PUT, customer, "unassign", None).await
    }

    /// Writes a field of a customer as text, whether or not the customer had it before.
    pub async fn write_field(
        &self,
        customer: CustomerNumber,
        field: &FieldName,
        value: &str,
    ) -> Result<(), Refusal> {
        let action = format!("fields/{}", field.as_str());
        let body = || Some(json!({ "type": "string", "extra": {}, "value": value }));
        match self.act(Method::PUT, customer, &action, body()).await {
            Err(refusal) if refusal.status() == Some(404) => {
                self.act(Method::POST, customer, &action, body()).await
            }
            outcome => outcome,
        }
    }

    /// Gives the chat to a bot, which goes on at a block, or begins.
    pub async fn assign_bot(&self, customer: CustomerNumber, point: &ResumePoint) -> Result<(), Refusal> {
        let body = match &point.block {
            Some(block) => json!({ "launch": true, "node": block }),
            None => json!({ "launch": true }),
        };
        self.act(Method::PUT, customer, &format!("assign_bot/{}", point.bot), Some(body)).await
    }

    /// Looks whether the token is good for anything. Changes nothing, and reads nothing about anybody.
    pub async fn check(&self) -> Result<(), Refusal> {
        self.call(Method::GET, "channels/?limit=1", None).await
    }

    async fn act(
        &self,
        method: Method,
        customer: CustomerNumber,
        action: &str,
        body: Option<Value>,
    ) -> Result<(), Refusal> {
        self.call(method, &format!("customers/{}/{action}/", customer.number()), body).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<(), Refusal> {
        let url = self.base.join(path).expect("a path of plain letters can be joined");
        let mut request = self.http.request(method, url).header(AUTHORIZATION, self.token.authorization());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let request = request.build().expect("a URL that was parsed makes a request");
        match self.http.send(request).await {
            Ok(answer) if is_agreement(&answer) => Ok(()),
            Ok(answer) => Err(Refusal::of(&answer, &self.secrets)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a call did what it should. The text may say `false` where the status says 200, and in other types than
/// documented; a text that says nothing of the kind is not asked for more.
fn is_agreement(answer: &Answer) -> bool {
    let is_denied = match &answer.json()["success"] {
        Value::Bool(success) => !success,
        Value::String(text) => text.eq_ignore_ascii_case("false"),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    };
    answer.is_success() && !is_denied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_denies_success_in_any_type_is_a_refusal() {
        let agreed =
            |status, body: &str| is_agreement(&Answer { status, retry_after: None, body: body.to_owned() });
        for body in
            ["", "<html>", "[]", r#"{"success": true}"#, r#"{"success": "True"}"#, r#"{"success": 1}"#]
        {
            assert!(agreed(200, body) && agreed(204, body) && !agreed(500, body), "{body}");
        }
        for body in [r#"{"success": false}"#, r#"{"success": "False"}"#, r#"{"success": 0}"#] {
            assert!(!agreed(200, body), "{body}");
        }
    }
}
