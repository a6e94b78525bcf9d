//! Fakes of every port, and the suites that say in code what each port promises.
//!
//! Only tests depend on this crate; it may depend on `application` and `domain`.
//!
//! * Fakes: [`InMemoryStorage`], [`InMemoryQueue`], [`RecordingChannel`], [`FrozenClock`], [`RuntimeClock`],
//!   [`SequentialIds`], [`FixedEntropy`], [`PlainPasswordHasher`],
//!   [`PlainVault`].
//! * Suites: [`storage_contract!`] and [`queue_contract!`], which make one test of each promise. The fakes pass them in
//!   `tests/` of this crate, each adapter in `tests/` of its own.
//!
//! To add a promise: a function in the module of its subject under `contracts`, and its name in the one list of that
//! suite. A function whose name is not in the list is dead code, and the compiler says so.

mod chance;
mod channel;
mod clock;
#[expect(missing_docs, reason = "the name of a case is the promise that it tests")]
mod contracts;
mod queue;
mod storage;

pub use chance::{FixedEntropy, PlainPasswordHasher, PlainVault, SequentialIds};
pub use channel::RecordingChannel;
pub use clock::{FrozenClock, RuntimeClock, TEST_BEGINS};
pub use contracts::{
    queue::{QueueUnderTest, queue_cases},
    storage::{Desk, StorageUnderTest, storage_cases},
};
pub use queue::InMemoryQueue;
pub use storage::{Fault, InMemoryStorage, Operation};
