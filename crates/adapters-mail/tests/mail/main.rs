//! Mail as its readers, its operator and other programs meet it.

#[path = "../support/mod.rs"]
mod support;

mod captured;
mod desk;
mod heads;
mod looks;
mod mimicry;
mod recipients;
mod sent;
mod templates;
