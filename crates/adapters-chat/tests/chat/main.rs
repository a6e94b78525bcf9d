//! Chat services as they are told and as they answer: each a real HTTP server in the test.

#[path = "../support/mod.rs"]
mod support;

mod alarm;
mod desk;
mod discord;
mod faults;
mod landbot;
mod limits;
mod looks;
mod slack;
mod standing_in;
mod teams;
mod telegram;
mod webhook;
