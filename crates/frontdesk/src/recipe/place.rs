//! Where a bot calls, and with what.

/// What stands for a public URL that is not known.
const UNKNOWN_URL: &str = "https://YOUR-PUBLIC-URL";

/// The server that a recipe is for, and the bot's secrets as far as they are shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The public URL, without a slash at its end.
    pub url: String,
    /// Whether Landbot can reach that URL: it wants `https://`.
    pub is_reachable: bool,
    /// The secret end of the hook's address.
    pub hook: String,
}

impl Place {
    /// What stands for a bot's key, which is shown only when it is made.
    pub const KEY: &str = "YOUR-KEY";

    /// The server at this public URL, if there is one and Landbot takes it, and a bot's hook.
    pub fn at(public_url: Option<&str>, hook: &str) -> Self {
        let url = public_url.filter(|url| url.starts_with("https://"));
        Self {
            url: url.unwrap_or(UNKNOWN_URL).trim_end_matches('/').to_owned(),
            is_reachable: url.is_some(),
            hook: hook.to_owned(),
        }
    }

    /// Where Landbot delivers the conversation.
    pub fn hook_address(&self) -> String {
        format!("{}/bot/v1/messages/{}", self.url, self.hook)
    }
}
