//! Any bytes as a bot's call: they are read or refused, and what was read is within its limits.

#![no_main]

use domain::{
    bot_call::{BotCall, Fields, ReadingContext, Refused, read_lookup, read_tickets_call, read_users_call},
    identity::Country,
    ids::BotId,
    text::{DESCRIPTION_MAX, EMAIL_MAX, ONE_LINE_MAX},
};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|input: (&str, &[u8], bool)| {
    let (query, body, has_country) = input;
    let country = has_country.then(|| Country::parse("ES").expect("a country"));
    let context = ReadingContext { bot: BotId::from_uuid(Uuid::from_u128(1)), country };
    let Ok(fields) = Fields::read(query, body) else { return };
    read_lookup(&fields, &context);
    for read in [read_users_call(&fields, &context), read_tickets_call(&fields, &context)] {
        check(read, &context);
    }
});

fn check(read: Result<BotCall, Refused>, context: &ReadingContext) {
    let Ok(call) = read else { return };
    call.digest();
    let identities = call.person.identities(context.bot);
    assert!(identities.iter().all(|identity| identity.value().len() <= EMAIL_MAX.max(ONE_LINE_MAX) * 4));
    let description = call.ticket.as_ref().map(|ticket| ticket.description.chars().count());
    assert!(description.unwrap_or_default() <= DESCRIPTION_MAX);
}
