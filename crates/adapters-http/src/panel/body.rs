//! The body of an answer that is made while it is sent.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use application::ports::StorageError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

type Portion = Result<Bytes, StorageError>;

/// Where portions are put.
pub(super) struct Sink(Sender<Portion>);

/// Portions as they come. One waits at most, while another one is sent.
pub(super) struct Portions {
    first: Option<Portion>,
    others: Receiver<Portion>,
}

impl Sink {
    /// Says whether somebody still wants more. What is empty would end the body.
    pub(super) async fn send(&self, bytes: Vec<u8>) -> bool {
        bytes.is_empty() || self.0.send(Ok(bytes.into())).await.is_ok()
    }

    /// Whether nobody takes anything any more.
    pub(super) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Waits until nobody takes anything any more.
    pub(super) async fn closed(&self) {
        self.0.closed().await;
    }

    /// Breaks the answer off, so that nobody takes it for whole.
    pub(super) async fn fail(&self, error: StorageError) {
        // Whoever hung up needs no error.
        let _ = self.0.send(Err(error)).await;
    }
}

impl Portions {
    pub(super) fn channel() -> (Sink, Self) {
        let (sender, others) = channel(1);
        (Sink(sender), Self { first: None, others })
    }

    /// Waits for the first portion.
    pub(super) async fn begun(mut self) -> Result<Self, StorageError> {
        self.first = self.others.recv().await.transpose()?.map(Ok);
        Ok(self)
    }
}

impl MessageBody for Portions {
    type Error = StorageError;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Portion>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => self.others.poll_recv(context),
        }
    }
}
