//! What is left of an erased user.

use application::ports::{Storage, atomically};
use diesel::prelude::*;
use domain::{identity::EmailAddress, user::User};

use super::{
    Folder,
    samples::{People, Registration, register},
};
use crate::{schema::ledger_totals, unit_of_work::SqliteUnitOfWork};

async fn erase(storage: &dyn Storage, person: &Registration) {
    let at = person.user.created_at;
    let receipt = atomically(storage, async |tx| tx.users().erase(person.user.id, at).await).await;
    receipt.expect("it is erased").expect("it was known");
}

#[tokio::test]
async fn the_ledger_still_knows_how_many_rows_there_were() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    for _ in 0..2 {
        let person = people.next();
        register(&storage, &person).await.expect("it is written");
        erase(&storage, &person).await;
    }
    let reader = storage.readers.get().await.expect("a connection");
    let clock = std::sync::Arc::new(port_contracts::FrozenClock::default());
    let mut reader = SqliteUnitOfWork::reading(reader, clock);
    let totals: Vec<(i64, String, i64)> =
        reader.run(|connection| Ok(ledger_totals::table.load(connection)?)).await.expect("they are read");
    // 2026-01-01 is 20,454 days after the Unix epoch.
    assert_eq!(totals, [(20_454, "cancelled".to_owned(), 2), (20_454, "users".to_owned(), 2)]);
}

#[tokio::test]
async fn the_bytes_of_an_erased_user_are_overwritten() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    let mut person = people.next();
    let email = EmailAddress::restore("zzmarta@example.com".to_owned());
    person.user = User { name: Some("zzmarta".to_owned()), email: Some(email), ..person.user };
    person.answer.answer.name = Some("zzmarta".to_owned());
    register(&storage, &person).await.expect("it is written");
    erase(&storage, &person).await;
    storage.close().await.expect("it closes");
    drop(storage);
    let bytes = std::fs::read(folder.database()).expect("it is there");
    assert!(!bytes.windows(7).any(|window| window == b"zzmarta"));
}
