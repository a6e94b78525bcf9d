//! Landbot's platform API (<https://dev.landbot.io/api-reference/introduction>).

use std::{fmt, str::FromStr, time::Duration};

use reqwest::{
    Method, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::{
    http::{Answer, HttpClient, HttpTimeouts},
    team::Secrets,
};

/// The number that Landbot gives a customer: the address of everything that is said to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CustomerNumber(u64);

/// A text is no number of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chat's customer id is not one of Landbot's, which are whole numbers")]
pub struct CustomerNumberError;

impl FromStr for CustomerNumber {
    type Err = CustomerNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            text.parse().map(Self).map_err(|_| CustomerNumberError)
        } else {
            Err(CustomerNumberError)
        }
    }
}

impl fmt::Debug for CustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerNumber(..)")
    }
}

/// The name of a field in Landbot, which flows read as `@name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

/// A text cannot be the name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a Landbot field has letters, digits and underscores, at most {MAX_FIELD_NAME}")]
pub struct FieldNameError;

/// More than any name that a person types into the builder.
const MAX_FIELD_NAME: usize = 100;

impl FromStr for FieldName {
    type Err = FieldNameError;

    /// Reads a name with or without the `@` before it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().trim_start_matches('@');
        let is_name = (1..=MAX_FIELD_NAME).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name { Ok(Self(name.to_owned())) } else { Err(FieldNameError) }
    }
}

/// A token cannot be one: it does not fit into a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Landbot token has visible ASCII characters only")]
pub struct LandbotTokenError;

/// Calls the platform API with the token of one agent; every call is that agent's.
pub struct LandbotClient {
    http: HttpClient,
    base: Url,
    secrets: Secrets,
    authorization: HeaderValue,
}

impl LandbotClient {
    /// How long a call may take: a reply takes several, and all of them together two minutes at most.
    pub const TIMEOUTS: HttpTimeouts =
        HttpTimeouts { connect: Duration::from_secs(5), total: Duration::from_secs(15) };

    /// Connects to nothing yet. Whether `base` ends with a slash does not matter.
    pub fn new(base: &Url, token: &SecretString, timeouts: HttpTimeouts) -> Result<Self, LandbotTokenError> {
        let mut base = base.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let authorization = format!("Token {}", token.expose_secret());
        let mut authorization = HeaderValue::try_from(authorization).map_err(|_| LandbotTokenError)?;
        authorization.set_sensitive(true);
        Ok(Self {
            http: HttpClient::new(timeouts),
            base,
            secrets: Secrets::of(token.expose_secret()),
            authorization,
        })
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
        let action = format!("fields/{}", field.0);
        let body = || Some(json!({ "type": "string", "extra": {}, "value": value }));
        match self.act(Method::PUT, customer, &action, body()).await {
            Err(refusal) if refusal.status() == Some(404) => {
                self.act(Method::POST, customer, &action, body()).await
            }
            outcome => outcome,
        }
    }

    /// Gives the chat to a bot, which goes on at the block `node`, or begins where there is none.
    pub async fn assign_bot(
        &self,
        customer: CustomerNumber,
        bot: u64,
        node: Option<&str>,
    ) -> Result<(), Refusal> {
        let body = match node {
            Some(node) => json!({ "launch": true, "node": node }),
            None => json!({ "launch": true }),
        };
        self.act(Method::PUT, customer, &format!("assign_bot/{bot}"), Some(body)).await
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
        self.call(method, &format!("customers/{}/{action}/", customer.0), body).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<(), Refusal> {
        let url = self.base.join(path).expect("a path of plain letters can be joined");
        let mut request = self.http.request(method, url).header(AUTHORIZATION, self.authorization.clone());
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
    fn only_whole_numbers_lead_to_a_customer() {
        assert!("500000001".parse::<CustomerNumber>().is_ok());
        for text in ["", "..", "tg-42", "1/2", "+1", "-1", "1.0", "99999999999999999999999"] {
            assert_eq!(text.parse::<CustomerNumber>(), Err(CustomerNumberError), "{text}");
        }
    }

    #[test]
    fn a_field_is_named_as_flows_name_it() {
        for text in ["ticket_ref", "@ticket_ref", " ticket_ref "] {
            assert_eq!(text.parse(), Ok(FieldName("ticket_ref".to_owned())), "{text}");
        }
        for text in ["", "@", "a b", "../x", "a/b", "é", &"x".repeat(101)] {
            assert_eq!(text.parse::<FieldName>(), Err(FieldNameError), "{text}");
        }
    }

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
