//! Where a webhook goes, and with which secrets it is signed.

use domain::channel::Target;
use reqwest::Url;
use secrecy::ExposeSecret as _;

use super::{guard, signature::SigningSecrets};
use crate::EnvironmentLookup;

/// What the name of the variable with the signing secrets has behind the name of the variable with the URL.
const SECRET_SUFFIX: &str = "_SECRET";

/// The variable with the signing secrets of endpoints that have none of their own.
const SHARED_SECRET: &str = "FRONTDESK__WEBHOOK__SECRET";

/// Where a webhook goes.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) url: Url,
    pub(super) secrets: SigningSecrets,
    /// Whether connections stay on the public internet: it was typed by people, not chosen by the operator.
    pub(super) is_guarded: bool,
}

/// A webhook can go nowhere.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoEndpoint {
    /// A variable is needed that is not set.
    #[error("{0} is not set")]
    Unset(String),
    /// What is set cannot be used.
    #[error("{0}")]
    Unusable(String),
}

/// Knows the environment.
pub(super) struct Endpoints {
    pub(super) environment: EnvironmentLookup,
    pub(super) shared_secrets: Option<SigningSecrets>,
    pub(super) allow_private: bool,
}

impl Endpoints {
    /// The endpoint that a target names.
    pub(super) fn of(&self, target: &Target) -> Result<Endpoint, NoEndpoint> {
        match target {
            Target::Env(name) => {
                Ok(Endpoint { url: self.named(name)?, secrets: self.secrets_for(name)?, is_guarded: false })
            }
            Target::Address(text) => Ok(Endpoint {
                url: self.typed(text)?,
                secrets: self.shared()?,
                is_guarded: !self.allow_private,
            }),
            Target::Team | Target::Person => Err(unusable("the target of a webhook is env:NAME or a URL")),
        }
    }

    fn named(&self, name: &str) -> Result<Url, NoEndpoint> {
        let value = self.value(name).ok_or_else(|| NoEndpoint::Unset(name.to_owned()))?;
        parse(&value).ok_or_else(|| unusable(format!("the value of {name} is no http:// or https:// URL")))
    }

    fn typed(&self, text: &str) -> Result<Url, NoEndpoint> {
        let url = parse(text).ok_or_else(|| unusable("the target of the channel is no https:// URL"))?;
        if !self.allow_private {
            guard::check_url(&url).map_err(|error| unusable(error.to_string()))?;
        }
        Ok(url)
    }

    /// Those in the variable beside the one with the URL, else the shared ones.
    fn secrets_for(&self, name: &str) -> Result<SigningSecrets, NoEndpoint> {
        let own = format!("{name}{SECRET_SUFFIX}");
        match self.value(&own) {
            Some(text) => text.parse().map_err(|error| unusable(format!("the value of {own}: {error}"))),
            None => self.shared(),
        }
    }

    fn shared(&self) -> Result<SigningSecrets, NoEndpoint> {
        self.shared_secrets.clone().ok_or_else(|| NoEndpoint::Unset(SHARED_SECRET.to_owned()))
    }

    fn value(&self, name: &str) -> Option<String> {
        let value = (self.environment)(name)?.expose_secret().trim().to_owned();
        (!value.is_empty()).then_some(value)
    }
}

fn parse(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn unusable(why: impl Into<String>) -> NoEndpoint {
    NoEndpoint::Unusable(why.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use secrecy::SecretString;

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA==";

    fn endpoints(variables: &'static [(&str, &str)]) -> Endpoints {
        let find = |name: &str| variables.iter().find(|(own, _)| *own == name);
        Endpoints {
            environment: Arc::new(move |name| find(name).map(|&(_, value)| SecretString::from(value))),
            shared_secrets: Some(SECRET.parse().expect("a secret")),
            allow_private: false,
        }
    }

    fn signature(endpoint: &Endpoint) -> String {
        endpoint.secrets.sign("id", 1, b"body")
    }

    fn signature_with(secret: &str) -> String {
        secret.parse::<SigningSecrets>().expect("a secret").sign("id", 1, b"body")
    }

    fn named(name: &str) -> Target {
        Target::Env(name.to_owned())
    }

    fn typed(url: &str) -> Target {
        Target::Address(url.to_owned())
    }

    #[test]
    fn a_named_url_is_trusted_and_has_its_own_secret_if_one_is_set() {
        let endpoints = endpoints(&[
            ("CRM_URL", "http://10.0.0.7/hook"),
            ("CRM_URL_SECRET", OTHER),
            ("ERP_URL", "https://erp.example.com/"),
            ("ERP_URL_SECRET", "  "),
        ]);
        let crm = endpoints.of(&named("CRM_URL")).expect("an endpoint");
        assert_eq!((crm.url.as_str(), crm.is_guarded), ("http://10.0.0.7/hook", false));
        assert_eq!(signature(&crm), signature_with(OTHER));
        let erp = endpoints.of(&named("ERP_URL")).expect("an endpoint");
        assert_eq!(signature(&erp), signature_with(SECRET), "the shared one");
    }

    #[test]
    fn a_typed_url_is_guarded_unless_the_operator_says_otherwise() {
        let mut endpoints = endpoints(&[]);
        let endpoint = endpoints.of(&typed("https://hooks.example.com/")).expect("an endpoint");
        assert!(endpoint.is_guarded);
        for url in ["https://127.0.0.1/", "http://hooks.example.com/", "ftp://example.com/", "sales"] {
            assert!(matches!(endpoints.of(&typed(url)), Err(NoEndpoint::Unusable(_))), "{url}");
        }
        endpoints.allow_private = true;
        assert!(!endpoints.of(&typed("http://127.0.0.1/")).expect("an endpoint").is_guarded);
        assert!(endpoints.of(&typed("ftp://127.0.0.1/")).is_err());
    }

    #[test]
    fn what_is_not_set_is_told_from_what_is_wrong() {
        let mut endpoints = endpoints(&[
            ("BAD_URL", "hunter2"),
            ("A_URL", "https://a.example/"),
            ("A_URL_SECRET", "hunter2"),
        ]);
        assert_eq!(endpoints.of(&named("CRM_URL")).err(), Some(NoEndpoint::Unset("CRM_URL".to_owned())));
        for target in [named("BAD_URL"), named("A_URL"), Target::Team, Target::Person] {
            let error = endpoints.of(&target).expect_err("unusable");
            assert!(matches!(&error, NoEndpoint::Unusable(why) if !why.contains("hunter2")), "{error:?}");
        }
        endpoints.shared_secrets = None;
        let unset = Some(NoEndpoint::Unset("FRONTDESK__WEBHOOK__SECRET".to_owned()));
        assert_eq!(endpoints.of(&typed("https://a.example/")).err(), unset, "nothing goes out unsigned");
    }
}
