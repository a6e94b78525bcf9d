//! `frontdesk healthcheck`

use super::{
    http_client::{HttpClient, Request},
    output::say,
};
use crate::settings::Settings;

/// Fails unless the server on this machine says that it is ready.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut client = HttpClient::new(&settings.http.local_url())?;
    let response = client.call(Request { method: "GET", path: "/health/ready", key: None, body: "" }).await?;
    if response.status != 200 {
        anyhow::bail!("the server is not ready: {}", response.body);
    }
    say(response.body)
}
