//! Any bytes as a CSV file of users: every row is read or left to be rejected, and reading ends.

#![no_main]

#[path = "../../crates/frontdesk/src/cli/users/cells.rs"]
#[expect(dead_code, reason = "exports use the rest")]
mod cells;
#[path = "../../crates/frontdesk/src/cli/users/rejects.rs"]
#[expect(dead_code, reason = "only the names of its columns matter here")]
mod rejects;
#[path = "../../crates/frontdesk/src/cli/users/rows.rs"]
#[expect(dead_code, reason = "files are opened by the program")]
mod rows;

use domain::{
    bot_call::{ReadingContext, read_users_call},
    ids::BotId,
};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|file: &[u8]| {
    let context = ReadingContext { bot: BotId::from_uuid(Uuid::from_u128(1)), country: None };
    let first_line = file.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let mut rows = rows::Rows::new(file, first_line).expect("bytes can be read");
    while let Some(row) = rows.next().expect("bytes can be read") {
        if let Some(fields) = rows.fields(&row) {
            let _ = read_users_call(&fields, &context);
        }
    }
});
