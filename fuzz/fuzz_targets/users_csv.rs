//! Any bytes as a CSV file of users: every row is read or left to be rejected, and reading ends.

#![no_main]

use std::io::Cursor;

use application::users::Rows;
use domain::{
    bot_call::{ReadingContext, read_users_call},
    ids::BotId,
};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|file: &[u8]| {
    let context = ReadingContext { bot: BotId::from_uuid(Uuid::from_u128(1)), country: None };
    let mut rows = Rows::of(Cursor::new(file)).expect("bytes can be read");
    while let Some(row) = rows.read().expect("bytes can be read") {
        if let Some(fields) = rows.fields(&row) {
            let _ = read_users_call(&fields, &context);
        }
    }
});
