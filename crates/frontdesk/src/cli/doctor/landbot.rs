//! Landbot: whether its token is good.

use super::finding::Finding;
use crate::settings::Settings;

const LANDBOT: &str = "landbot";

/// Asks for something harmless.
pub async fn examine(settings: &Settings) -> Finding {
    let Some(client) = settings.landbot.client() else {
        return Finding::ok(LANDBOT, "is not called (LANDBOT_API_TOKEN is not set)");
    };
    match client.check().await {
        Ok(()) => Finding::ok(LANDBOT, "the platform API answers and takes the token"),
        Err(refusal) => Finding::fail(
            LANDBOT,
            format!("the platform API cannot be used: {refusal}"),
            "look at LANDBOT_API_TOKEN (Landbot shows it in the settings of the agent's account) and at LANDBOT_API_URL",
        ),
    }
}
