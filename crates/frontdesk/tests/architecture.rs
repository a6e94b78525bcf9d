//! The arrows between crates, held against the one table that allows them.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Which crates of ours a crate may depend on (house rules; see docs/architecture.md).
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("application", &["domain"]),
    ("port-contracts", &["application", "domain"]),
    ("adapters-chat", &["application", "domain"]),
    ("adapters-http", &["application", "domain"]),
    ("adapters-mail", &["application", "domain"]),
    ("adapters-postgres", &["application", "domain"]),
    ("adapters-queue", &["application", "domain"]),
    ("adapters-sqlite", &["application", "domain"]),
    ("worker", &["application", "domain"]),
    (
        "frontdesk",
        &[
            "adapters-chat",
            "adapters-http",
            "adapters-mail",
            "adapters-postgres",
            "adapters-queue",
            "adapters-sqlite",
            "application",
            "domain",
            "worker",
        ],
    ),
    ("bench", &[]),
];

/// Only tests may use these.
const TEST_ONLY: &[&str] = &["port-contracts"];

#[test]
fn crates_depend_on_each_other_as_the_table_allows() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo describes the workspace");
    let ours: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    assert_eq!(ours, allowed.keys().map(ToString::to_string).collect(), "the table names every crate");

    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| ours.contains(&dependency.name)) {
            let name = dependency.name.as_str();
            let is_for_tests = dependency.kind == DependencyKind::Development && TEST_ONLY.contains(&name);
            let is_allowed = allowed[package.name.as_str()].contains(&name);
            assert!(is_allowed || is_for_tests, "{} must not depend on {name}", package.name);
        }
    }
}
