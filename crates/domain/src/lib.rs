//! Words and rules of Frontdesk.
//!
//! This crate never waits, never logs and never reads a clock: it turns what is known into what is to be done.
//! It depends on no other crate of the workspace.
//!
//! Where to look:
//!
//! * what a bot sends: [`bot_call`] reads it, [`intake`] decides what follows, [`answer`] is what it is told;
//! * what a program is answered when it calls again: [`response`];
//! * who people are: [`identity`], [`user`], [`agent`];
//! * what people and teams write to each other: [`conversation`];
//! * where a ticket goes: [`ticket`], [`topic`], [`channel`], and what its chat is told of it: [`chat_rules`];
//! * when a notification goes out: [`notification`], [`dispatch`], [`quiet_hours`], [`retry`], [`fallback`], [`message`];
//! * what is done from time to time: [`job`], [`ledger`], [`figures`], [`reminder`], [`retention`];
//! * when somebody has to look: [`watchdog`];
//! * how a notification is traced back to its call: [`trace`];
//! * what is kept of other servers' words: [`redaction`];
//! * what spreadsheets make of files: [`cells`].

pub mod agent;
pub mod answer;
pub mod audit;
pub mod bot;
pub mod bot_call;
pub mod cells;
pub mod channel;
pub mod chat_rules;
pub mod conversation;
pub mod dispatch;
pub mod fallback;
pub mod figures;
pub mod identity;
pub mod ids;
pub mod intake;
pub mod job;
pub mod label;
pub mod language;
pub mod ledger;
pub mod message;
mod names;
pub mod notification;
pub mod quiet_hours;
pub mod random;
pub mod rate_limit;
pub mod redaction;
pub mod reminder;
pub mod response;
pub mod retention;
pub mod retry;
pub mod search;
pub mod second_factor;
pub mod session;
pub mod text;
pub mod throttle;
pub mod ticket;
pub mod ticket_work;
pub mod topic;
pub mod trace;
pub mod user;
pub mod watchdog;

pub use names::UnknownName;
