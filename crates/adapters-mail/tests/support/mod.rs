//! Helpers of the tests.

#![expect(unreachable_pub, reason = "written as a library, which tests of other crates use as well")]

pub mod smtp_server;
