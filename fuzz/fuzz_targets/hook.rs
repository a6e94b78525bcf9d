//! Any bytes as what a message hook delivers.

#![no_main]

use domain::{conversation::Delivery, ids::BotId};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|input: (&[u8], Option<&str>)| {
    let (body, trace) = input;
    Delivery::read(BotId::from_uuid(Uuid::from_u128(1)), body, trace, Timestamp::UNIX_EPOCH);
});
