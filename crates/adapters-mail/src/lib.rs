//! Mail: what it says, and how it gets to a server.
//!
//! [`MailChannel`] is the adapter behind the port [`Channel`](application::ports::Channel) for mail; [`MimickedChannel`]
//! lets mail stand in for every kind that has no adapter or no secret. Like every adapter, this crate may depend on
//! `application` and `domain` only.
//!
//! A notification is made into facts, rendered by templates, composed (RFC 5322), and handed to a server ([`smtp`]) or
//! captured in the database. To add a purpose: its facts and samples in `facts` or beside it, and its templates.
//!
//! # Templates
//!
//! One folder for each language, named like the language (`en`, `es`). Each mail has three files: `PURPOSE.subject.txt`,
//! `PURPOSE.txt` and `PURPOSE.html`; `layout.html`, beside the languages, is the frame of every HTML part. To add a
//! language: a folder with the same files. They are [MiniJinja](https://docs.rs/minijinja/latest/minijinja/syntax/), where
//! a tag on a line of its own leaves no line behind.
//!
//! | purpose | what its templates are given (`?`: may be `none`, which cannot be printed) |
//! | --- | --- |
//! | `welcome` | `name?`, `sender` |
//! | `ticket_opened` | `reference`, `topic`, `topic_asked?`, `description`, `bot`, `opened_at`, `chat_url?`, `ticket_url?`, `person?` (`name?`, `email?`, `phone?`, `source?`, `page?`, `referrer?`, `campaign?`), `reply_reaches_person`, `stands_in_for?` (`channel`, `kind`), `sender` |
//! | `escalation` | what `ticket_opened` is given, and `waited` |
//! | `reply` | `name?`, `reference`, `text`, `sender` |
//! | `chat_fields`, `chat_resumed` | `reference`, `fields` (`name`, `value`), `resume_at?`, `stands_in_for?` (`channel`, `kind`), `sender` |
//! | `digest` | `topic`, `open`, `pending`, `oldest` (`reference`, `waited`, `is_open`, `ticket_url?`), `tickets_url?`, `sender` |

mod alarm;
mod capture;
mod channel;
mod compose;
mod facts;
mod header_text;
mod mailbox;
mod mimic;
mod receipt;
mod recipient;
mod reminder_facts;
mod settings;
pub mod smtp;
mod templates;
mod writer;

pub use alarm::AlarmMail;
pub use channel::MailChannel;
pub use mailbox::{MailboxError, parse_mailbox};
pub use mimic::MimickedChannel;
pub use settings::{EnvironmentLookup, MailSettings, MailSetupError};
pub use templates::TemplateError;
