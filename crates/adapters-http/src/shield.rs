//! A panic in one request ends neither its connection nor the worker.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// The work panicked, and said this.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked(pub(crate) String);

/// Runs `work`; a panic is an error.
///
/// What the work shares with others must stay usable after a panic: here that is locks, which are taken over
/// when poisoned, and ports, whose adapters roll back.
pub(crate) async fn shielded<F: Future>(work: F) -> Result<F::Output, Panicked> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(Panicked(words(&*panic)))),
    })
    .await
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_with_its_words() {
        assert_eq!(shielded(async { 1 }).await, Ok(1));
        let one = "one";
        assert_eq!(
            shielded(async { panic!("panic number {one}") }).await,
            Err::<(), _>(Panicked("panic number one".into()))
        );
        assert_eq!(shielded(async { panic!("words") }).await, Err::<(), _>(Panicked("words".into())));
    }
}
