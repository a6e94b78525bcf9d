//! What PostgreSQL promises: the contract of the ports, and beyond it. `TEST_DATABASE_URL` names a database to test with,
//! whose user may make schemas and roles and whose server asks for passwords.

mod contract;
mod list_plans;
mod opening;
mod outages;
mod plans;
mod replicas;
mod support;
