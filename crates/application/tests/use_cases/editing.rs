//! `EditUser`: a human knows better than a bot.

use application::users::{EditUser, EditUserError, UserEdit};
use domain::{ids::UserId, language::Language, user::User};
use port_contracts::{Fault, Operation};

use crate::desk::{Desk, seconds};

async fn edit(desk: &Desk, id: UserId, edit: UserEdit) -> Result<User, EditUserError> {
    EditUser { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() }.execute(id, edit).await
}

fn named(name: &str) -> UserEdit {
    UserEdit { name: Some(name.to_owned()), language: None }
}

#[tokio::test]
async fn a_user_is_called_otherwise_and_nothing_else_changes() {
    let desk = Desk::open().await;
    let id = desk.register("Ann", "ana@example.com").await.user_id.expect("a user");
    let before = desk.users().await.remove(0);
    desk.clock.advance(seconds(5));
    let after = edit(&desk, id, named(" Ana\n")).await.expect("a name");
    let expected = User { name: Some("Ana".to_owned()), updated_at: after.updated_at, ..before.clone() };
    assert_eq!(after, expected);
    assert!(after.updated_at > before.updated_at);
    let language = Language::parse("es");
    let spoken_to = edit(&desk, id, UserEdit { name: None, language }).await.expect("a language");
    assert_eq!((spoken_to.name, spoken_to.language.to_string()), (Some("Ana".to_owned()), "es".to_owned()));
}

#[tokio::test]
async fn what_is_no_name_or_nobody_is_refused() {
    let desk = Desk::open().await;
    let id = desk.register("Ana", "ana@example.com").await.user_id.expect("a user");
    for name in ["", " ", "null", &"x".repeat(201)] {
        assert!(matches!(edit(&desk, id, named(name)).await, Err(EditUserError::Name)), "{name}");
    }
    let nobody = edit(&desk, UserId::MAX, named("Ana")).await;
    assert!(matches!(nobody, Err(EditUserError::Unknown(UserId::MAX))));
    desk.storage.fail_next(Operation::SearchNote, Fault::Unavailable);
    assert!(matches!(edit(&desk, id, named("Bea")).await, Err(EditUserError::Storage(_))));
    assert_eq!(desk.users().await[0].name.as_deref(), Some("Ana"), "all or nothing");
}
