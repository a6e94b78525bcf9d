//! `OfferFirstAdmin`, `CreateFirstAdmin`.

use std::sync::Arc;

use application::staff::{
    AddAgent, CreateFirstAdmin, CreateSuperuser, FIRST_ADMIN_LINK_LIFETIME, FirstAdminLink, OfferFirstAdmin,
    StaffError,
};
use domain::{agent::Role, bot::Secret, ids::AgentId};
use port_contracts::{Fault, Operation, PlainPasswordHasher};

use crate::desk::Desk;

const EMAIL: &str = "ana@example.com";
const PASSWORD: &str = "correct horse";

struct FirstStart {
    desk: Desk,
    offer: OfferFirstAdmin,
    create: CreateFirstAdmin,
}

impl FirstStart {
    async fn begin() -> Self {
        let desk = Desk::open().await;
        let link = FirstAdminLink::default();
        let add = AddAgent {
            audit: desk.audit(),
            storage: desk.storage(),
            clock: desk.clock(),
            ids: Arc::clone(&desk.ids) as _,
            hasher: Arc::new(PlainPasswordHasher),
        };
        let offer = OfferFirstAdmin {
            storage: desk.storage(),
            clock: desk.clock(),
            entropy: Arc::clone(&desk.entropy) as _,
            link: link.clone(),
        };
        Self { desk, offer, create: CreateFirstAdmin { add, link } }
    }

    async fn link(&self) -> Secret {
        self.offer.execute().await.expect("storage works").expect("nobody is there yet")
    }

    async fn make(&self, link: &Secret, password: &str) -> Result<AgentId, StaffError> {
        self.create.execute(link.reveal(), EMAIL, password.to_owned()).await
    }
}

#[tokio::test]
async fn a_link_makes_one_admin() {
    let start = FirstStart::begin().await;
    let link = start.link().await;
    let (one, other) = tokio::join!(start.make(&link, PASSWORD), start.make(&link, PASSWORD));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let members = start.desk.look(async |tx| tx.agents().all().await).await;
    assert_eq!(members.iter().map(|member| member.role).collect::<Vec<_>>(), [Role::Admin]);
    assert!(start.offer.execute().await.expect("storage works").is_none(), "there is staff now");
}

#[tokio::test]
async fn what_fails_leaves_the_link_in_force() {
    let start = FirstStart::begin().await;
    let link = start.link().await;
    assert!(matches!(start.make(&link, "short").await, Err(StaffError::Password)));
    start.desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    assert!(matches!(start.make(&link, PASSWORD).await, Err(StaffError::Storage(_))));
    start.make(&link, PASSWORD).await.expect("the link is in force");
}

#[tokio::test]
async fn a_link_ends_with_time_with_the_next_one_and_with_the_first_member_of_staff() {
    let start = FirstStart::begin().await;
    let first = start.link().await;
    let second = start.link().await;
    assert!(matches!(start.make(&first, PASSWORD).await, Err(StaffError::Unknown)));
    start.desk.clock.advance(FIRST_ADMIN_LINK_LIFETIME);
    assert!(matches!(start.make(&second, PASSWORD).await, Err(StaffError::Unknown)));
    let third = start.link().await;
    let by_command = CreateSuperuser(start.create.add.clone());
    by_command.execute("bea@example.com", PASSWORD.to_owned()).await.expect("a new admin");
    assert!(matches!(start.make(&third, PASSWORD).await, Err(StaffError::Unknown)));
    assert!(!start.create.link.admits(third.reveal(), start.create.add.clock.now()), "it is used up");
}
