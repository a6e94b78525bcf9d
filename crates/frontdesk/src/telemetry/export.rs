//! The way of traces to a collector: OTLP over HTTP, as protobuf.

use std::{collections::HashMap, time::Duration};

use adapters_chat::{HttpClient, HttpTimeouts, Url};
use anyhow::Context as _;
use async_trait::async_trait;
use metrics::counter;
use opentelemetry_http::{Bytes, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{SpanData, SpanExporter as _},
};
use secrecy::ExposeSecret as _;
use tokio::{
    sync::mpsc::{self, Receiver},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::Traces;
use crate::settings::TraceSettings;

/// So many steps wait for the export.
const ROOM: usize = 4_096;

/// So many are exported at once.
const BATCH: usize = 512;

/// How often steps are exported.
const EXPORT_EVERY: Duration = Duration::from_secs(1);

/// How long a collector may take. Meanwhile steps wait.
const TIMEOUTS: HttpTimeouts =
    HttpTimeouts { connect: Duration::from_secs(2), total: Duration::from_secs(5) };

/// Exports what [`Traces`] keeps.
pub struct Export {
    ended: Receiver<SpanData>,
    exporter: SpanExporter,
    told: bool,
}

/// Both ends of the way to the collector; none if nothing is to be traced. Connects to nothing yet.
pub fn begin_traces(settings: Option<&TraceSettings>) -> anyhow::Result<Option<(Traces, Export)>> {
    let Some(settings) = settings else { return Ok(None) };
    let headers = settings.headers.as_ref().map(|headers| pairs(headers.expose_secret())).unwrap_or_default();
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client(HttpClient::new(TIMEOUTS)))
        .with_endpoint(format!("{}/v1/traces", settings.endpoint.expose_secret()))
        .with_headers(headers)
        .build()
        .context("setting up the export of traces failed")?;
    exporter.set_resource(&Resource::builder().with_service_name(settings.service_name.clone()).build());
    let (sender, ended) = mpsc::channel(ROOM);
    Ok(Some((Traces(sender), Export { ended, exporter, told: false })))
}

impl Export {
    /// Exports while `work` goes on, and then the rest.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        let stop = CancellationToken::new();
        let export = tokio::spawn(self.run(stop.clone()));
        let worked = work.await;
        stop.cancel();
        if let Err(error) = export.await {
            tracing::error!(%error, "the export of traces panicked");
        }
        worked
    }

    async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EXPORT_EVERY) => {}
            }
            self.pass_on().await;
        }
    }

    /// Exports what waits. What the collector does not take is dropped.
    async fn pass_on(&mut self) {
        loop {
            let batch: Vec<_> = std::iter::from_fn(|| self.ended.try_recv().ok()).take(BATCH).collect();
            if batch.is_empty() {
                return;
            }
            let count = batch.len() as u64;
            if let Err(error) = self.exporter.export(batch).await {
                counter!("frontdesk_traces_dropped_total").increment(count);
                self.tell(&error);
                return;
            }
            self.told = false;
        }
    }

    fn tell(&mut self, error: &(dyn std::error::Error + 'static)) {
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(error, "traces are not exported; look at OTEL_EXPORTER_OTLP_ENDPOINT");
        }
    }
}

/// Reads name=value, separated by commas.
fn pairs(text: &str) -> HashMap<String, String> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The program's own HTTP client, as the exporter wants one.
#[derive(Debug)]
struct Client(HttpClient);

#[async_trait]
impl opentelemetry_http::HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let url: Url = head.uri.to_string().parse()?;
        let status = self.0.post(url, head.headers, body.to_vec()).await?;
        Ok(Response::builder().status(status).body(Bytes::new())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_pairs_separated_by_commas() {
        let headers = pairs("api-key=hunter2, tenant = a=b,junk,");
        assert_eq!(headers.len(), 2);
        assert_eq!((headers["api-key"].as_str(), headers["tenant"].as_str()), ("hunter2", "a=b"));
    }
}
