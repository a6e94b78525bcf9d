//! Taking secrets out of other servers' words.

use domain::redaction::fit_to_keep;
use reqwest::Url;

/// Shorter parts of a secret are words such as `services`, and prove nothing.
const SHORTEST_SECRET: usize = 10;

/// The texts that must not be kept, and their parts: a URL's path and query are what is secret about it.
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// What is secret about the value of an environment variable: all of it, and whatever is long enough between its
    /// signs, also as a server reads it. The name of a server is none.
    pub(crate) fn of(value: &str) -> Self {
        let mut secrets = match Url::parse(value) {
            Ok(url) if url.has_host() => parts_of(&url),
            _ => value.split(['#', ':']).map(str::to_owned).collect(),
        };
        secrets.push(value.to_owned());
        secrets.retain(|secret| secret.len() >= SHORTEST_SECRET);
        // The longest first: a part must not be taken out of a whole.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    /// The part of an answer that may be kept.
    pub(crate) fn clean(&self, answer: &str) -> String {
        let masked =
            self.0.iter().fold(answer.to_owned(), |answer, secret| answer.replace(secret, "<masked>"));
        fit_to_keep(&masked)
    }
}

fn parts_of(url: &Url) -> Vec<String> {
    let login = [url.username(), url.password().unwrap_or_default()];
    let query = url.query().unwrap_or_default();
    let written = url.path().split('/').chain(query.split(['&', '='])).chain(login);
    let read = url.query_pairs().map(|(_, value)| value.into_owned());
    written.map(str::to_owned).chain(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_whole_and_in_parts() {
        let webhook = Secrets::of("https://hooks.slack.com/services/T0000/B0000/Zm9vYmFyYmF6");
        for (answer, kept) in [
            ("no_service", "no_service"),
            ("no Zm9vYmFyYmF6 here", "no <masked> here"),
            ("hooks.slack.com has no such service", "hooks.slack.com has no such service"),
            ("see https://hooks.slack.com/services/T0000/B0000/Zm9vYmFyYmF6.", "see <masked>."),
        ] {
            assert_eq!(webhook.clean(answer), kept);
        }
    }

    #[test]
    fn a_secret_is_masked_as_a_server_reads_it() {
        let flow = Secrets::of("https://flow.example/invoke?sig=abc%2Bdef%2Fghi");
        assert_eq!(flow.clean("sig abc+def/ghi and abc%2Bdef%2Fghi"), "sig <masked> and <masked>");
        let bot = Secrets::of("123456:AAF-token-of-a-bot#-1001234567890");
        assert_eq!(
            bot.clean("no bot123456:AAF-token-of-a-bot in -1001234567890"),
            "no bot123456:<masked> in <masked>"
        );
    }
}
