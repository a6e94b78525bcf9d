//! `ImportRows`.

use std::{fmt::Write as _, io::Cursor, sync::Arc};

use application::{
    ports::StorageError,
    users::{ImportMode, ImportRows, ImportRowsError, ImportUsers, ImportedRows, Rows},
};
use port_contracts::{Fault, Operation};

use crate::desk::Desk;

fn import(desk: &Desk) -> ImportRows {
    let ids = Arc::clone(&desk.ids) as _;
    ImportRows { users: ImportUsers { storage: desk.storage(), clock: desk.clock(), ids } }
}

fn rows(file: &str) -> Rows<Cursor<String>> {
    Rows::of(Cursor::new(file.to_owned())).expect("a heading")
}

/// Portions of a file, until there are no more.
async fn portions(desk: &Desk, file: &str, mode: ImportMode) -> Vec<ImportedRows> {
    let (import, mut rows, mut portions) = (import(desk), rows(file), Vec::new());
    while let Some(portion) = import.execute(&desk.bot, &mut rows, mode).await.expect("storage works") {
        portions.push(portion);
    }
    portions
}

fn people(count: usize) -> String {
    (0..count).fold("name,email\n".to_owned(), |mut file, number| {
        writeln!(file, "P{number},p{number}@example.com").expect("written");
        file
    })
}

#[tokio::test]
async fn each_row_is_told_of_with_its_line_and_the_reason() {
    let desk = Desk::open().await;
    let file =
        "name,email,phone\nAna,ana@example.com\nBo,nowhere\nEve,,12\n,,,,wide\nnobody\nANA,ana@example.com";
    let [portion] = &portions(&desk, file, ImportMode::Write).await[..] else { panic!("one portion") };
    assert_eq!((portion.registered, portion.recognised), (1, 1));
    let told: Vec<_> = portion.rejected.iter().map(|row| (row.line, row.reason)).collect();
    let reasons = [
        (3, "the email cannot be read, and nothing else identifies the person"),
        (4, "the phone cannot be read, and nothing else identifies the person; is the country code missing?"),
        (5, "the row has more cells than the heading; are quotes missing?"),
        (6, "an email, a phone or a customer id is needed"),
    ];
    assert_eq!(told, reasons);
    assert_eq!(portion.rejected[0].cells, ["Bo", "nowhere", "", "3", reasons[0].1]);
}

#[tokio::test]
async fn a_large_file_is_taken_in_portions_and_its_end_is_told() {
    let desk = Desk::open().await;
    assert!(portions(&desk, "name,email\n", ImportMode::Write).await.is_empty());
    let tried = portions(&desk, &people(600), ImportMode::DryRun).await;
    assert!(desk.users().await.is_empty());
    let taken = portions(&desk, &people(600), ImportMode::Write).await;
    for portions in [tried, taken] {
        let registered: Vec<_> = portions.iter().map(|portion| portion.registered).collect();
        assert_eq!(registered, [256, 256, 88]);
    }
    assert_eq!(desk.users().await.len(), 600);
}

#[tokio::test]
async fn what_was_taken_before_a_fault_stays() {
    let desk = Desk::open().await;
    let (import, mut rows) = (import(&desk), rows(&people(600)));
    let mut next = async || import.execute(&desk.bot, &mut rows, ImportMode::Write).await;
    assert!(matches!(next().await, Ok(Some(_))));
    desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    let failed = next().await;
    assert!(matches!(failed, Err(ImportRowsError::Storage(StorageError::Unavailable(_)))), "{failed:?}");
    assert_eq!(desk.users().await.len(), 256);
}
