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

# Measure the panel on a full database; `just bench-panel --help` says what can be chosen.
bench-panel *arguments:
    cargo build --release -p frontdesk -p bench
    target/release/panel {{arguments}}

# Injure a running system in every way, and count what was lost; `just faults --help` says what can be chosen.
faults *arguments:
    cargo build --release -p frontdesk -p bench
    target/release/faults {{arguments}}

# Make .env from .env.example, with a secret key of its own.
init:
    scripts/init

# Start everything in containers, and show a key and a call to paste.
up *arguments:
    scripts/up {{arguments}}

# End the containers; what they stored stays (`just down --volumes` deletes it).
down *arguments:
    docker compose --profile '*' down {{arguments}}

# Build and start again what takes calls and what delivers.
restart:
    docker compose up --build --detach --wait --force-recreate api worker

# Follow the logs, of all or of some: `just logs api worker`.
logs *services:
    docker compose logs --follow --tail 100 {{services}}

# Start everything but Frontdesk, which runs in your debugger with the settings that this prints.
run-debug: init
    docker compose up --detach --wait postgres rabbitmq mailpit
    @echo
    @echo 'export DATABASE_URL=postgres://frontdesk:frontdesk@localhost:5432/frontdesk'
    @echo 'export AMQP_URL=amqp://frontdesk:frontdesk@localhost:5672/%2f'
    @echo 'export SMTP_URL=smtp://localhost:1025'
    @echo 'cargo run'

# Start everything attached to this terminal, and let Frontdesk log much.
run-verbose: init
    FRONTDESK__LOG=debug docker compose up --build

# Give this machine the public address NGROK_EXTERNAL_URL (with NGROK_AUTHTOKEN; both in .env).
tunnel:
    docker compose --profile tunnel up --detach --wait
    @grep '^NGROK_EXTERNAL_URL=' .env

# Start the same as `up` from installed programs, where no Docker engine runs.
up-native:
    scripts/up-native

# End what `up-native` started, and delete its data.
down-native:
    scripts/up-native down

# Run a command of Frontdesk where Frontdesk runs: `just manage bot list`.
manage *arguments:
    scripts/manage {{arguments}}

# Make the first admin.
createsuperuser *arguments:
    scripts/manage createsuperuser {{arguments}}

# Show which migrations are applied.
showmigrations:
    scripts/manage migrate status

# Fill an empty database with people who do not exist, for a look at the panel; `just seed --users 5000` makes more.
seed *arguments:
    scripts/manage seed {{arguments}}

# Play visitors against a running server.
simulate *arguments:
    cargo run --release -- simulate {{arguments}}

# Check everything under deploy/, and what starts containers.
check-deploy:
    scripts/check-deploy

# Say how large the container image is.
image-size:
    scripts/image-size

# Pack what a machine without containers needs: the program, its service, the settings, the documents.
dist:
    scripts/dist
