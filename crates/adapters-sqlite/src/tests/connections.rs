//! What connections are set to.

use diesel::{
    QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::{Integer, Text},
};

use super::Folder;
use crate::connection::{Role, absolute, establish};

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A setting that has no table to be read from.
#[derive(QueryableByName)]
struct Checkpoints {
    #[diesel(sql_type = Integer)]
    wal_autocheckpoint: i32,
}

fn setting(connection: &mut SqliteConnection, name: &str) -> String {
    let read: Setting = sql_query(format!("SELECT CAST({name} AS TEXT) AS value FROM pragma_{name}"))
        .get_result(connection)
        .expect("a setting that can be read");
    read.value
}

fn connect(folder: &Folder, role: Role) -> SqliteConnection {
    establish(&absolute(&folder.database()).expect("a path"), role).expect("it connects")
}

#[test]
fn a_commit_survives_a_power_cut_on_every_connection() {
    let folder = Folder::new();
    for role in [Role::Writer, Role::Reader, Role::Checkpointer, Role::Maintenance] {
        let mut connection = connect(&folder, role);
        assert_eq!(setting(&mut connection, "journal_mode"), "wal", "{role:?}");
        assert_eq!(setting(&mut connection, "synchronous"), "2", "{role:?}");
        assert_eq!(setting(&mut connection, "foreign_keys"), "1", "{role:?}");
    }
}

#[test]
fn no_commit_makes_a_checkpoint() {
    let folder = Folder::new();
    for role in [Role::Writer, Role::Maintenance] {
        let mut connection = connect(&folder, role);
        let setting: Checkpoints =
            sql_query("PRAGMA wal_autocheckpoint").get_result(&mut connection).expect("it is set");
        assert_eq!(setting.wal_autocheckpoint, 0, "{role:?}");
    }
}

#[test]
fn other_processes_are_waited_for_but_not_by_checkpoints() {
    let folder = Folder::new();
    let waits = |role| {
        let timeout = sql_query("SELECT CAST(timeout AS TEXT) AS value FROM pragma_busy_timeout");
        timeout.get_result::<Setting>(&mut connect(&folder, role)).expect("it is set").value
    };
    assert_eq!(waits(Role::Writer), "5000");
    assert_eq!(waits(Role::Reader), "5000");
    assert_eq!(waits(Role::Checkpointer), "20");
}

#[test]
fn readers_cannot_write() {
    let folder = Folder::new();
    drop(connect(&folder, Role::Writer));
    let refused = sql_query("CREATE TABLE t (a)").execute(&mut connect(&folder, Role::Reader));
    assert!(refused.is_err());
}
