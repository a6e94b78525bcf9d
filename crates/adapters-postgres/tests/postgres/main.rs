//! What PostgreSQL promises: the contract of the ports, and beyond it. `TEST_DATABASE_URL` names a database to test with,
//! whose user may make schemas and roles and whose server asks for passwords.

#[path = "../../../adapters-mail/tests/support/smtp_server/authority.rs"]
#[expect(unreachable_pub, reason = "the tests of the mail adapter share it with others")]
mod authority;
mod contract;
mod erasing;
mod list_plans;
mod opening;
mod outages;
mod plans;
mod replicas;
mod support;
mod tls;
