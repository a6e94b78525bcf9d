# What people do with Frontdesk. `just` lists it.

_default:
    @just --list --unsorted

# Run the server, with everything in one process.
run *arguments:
    cargo run --release -- {{arguments}}

# Run every test and a short form of the fault suite, with whatever they need.
test *arguments:
    scripts/test {{arguments}}

alias tests := test

# Start PostgreSQL and RabbitMQ for tests, and keep them: `eval "$(scripts/services env)"` names them.
services-up:
    scripts/services up

# End the PostgreSQL and RabbitMQ that were started for tests.
services-down:
    scripts/services down

# Check format, lints and documentation, warnings as errors, then run every test: what CI does.
ci:
    .ci/run

# Format the code.
fmt:
    cargo fmt --all

# Look for mistakes.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Hold dependencies against deny.toml: licences, banned crates, sources, and advisories where they can be reached.
deny *arguments:
    scripts/deny {{arguments}}

# Feed a reader with what nobody would write: bot_call, hook or users_csv. Needs `cargo install cargo-fuzz` and nightly Rust.
fuzz target *arguments:
    cargo +nightly fuzz run {{target}} {{arguments}}

# Open the documentation of the crates.
doc:
    cargo doc --workspace --no-deps --open

# Measure a release build; `just bench --help` says what can be chosen.
bench *arguments:
    cargo build --release -p frontdesk -p bench
    target/release/bench {{arguments}}

# Injure a running system in every way, and count what was lost; `just faults --help` says what can be chosen.
faults *arguments:
    cargo build --release -p frontdesk -p bench
    target/release/faults {{arguments}}

# Make the first admin.
createsuperuser *arguments:
    cargo run --release -- createsuperuser {{arguments}}

# Show which migrations are applied.
showmigrations:
    cargo run --release -- migrate status

# Play visitors against a running server.
simulate *arguments:
    cargo run --release -- simulate {{arguments}}
