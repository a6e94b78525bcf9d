//! The whole program, from outside: its HTTP API, its command line, and a real SMTP server.

#[path = "../../../adapters-mail/tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests of the mail adapter use more of it")]
mod support;

#[path = "../../../adapters-chat/tests/support/service.rs"]
#[expect(dead_code, reason = "the tests of the chat adapters use more of it")]
mod service;

#[path = "../../../adapters-chat/tests/support/landbot.rs"]
#[expect(dead_code, reason = "the tests of the chat adapters use more of it")]
mod landbot;

mod api_page;
mod bad_input;
mod chats;
mod commands;
mod delivery;
mod eavesdropper;
mod faults;
mod frontdesk;
mod ground;
mod http;
mod leads;
mod life_cycle;
mod panel;
mod privacy;
mod replicas;
mod restore;
mod rolling;
mod routing;
mod scaling;
mod simulated;
mod talking;
mod telemetry;
mod webhooks;
