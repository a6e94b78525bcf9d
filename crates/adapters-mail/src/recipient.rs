//! To whom a mail goes.

use domain::{
    channel::Target,
    message::{Content, Message},
};
use secrecy::ExposeSecret as _;

use crate::{
    facts::name_to_greet_by,
    mailbox::{Correspondent, MailboxError},
    settings::EnvironmentLookup,
};

/// To whom a mail goes.
pub(crate) struct Recipient {
    pub(crate) to: Correspondent,
    /// Whether somebody is there: the team may have no mailbox, and then its mail can only be captured.
    pub(crate) exists: bool,
    /// Whether the team is told instead of the target that was meant.
    pub(crate) stands_in: bool,
}

/// A mail can be written to nobody; no retry mends that.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRecipient {
    #[error("the notification is about nobody who has a mail address")]
    NoAddress,
    #[error("mail cannot be written to the address of the person: {0}")]
    Person(MailboxError),
    #[error("the target of the channel is no mailbox: {0}")]
    Target(MailboxError),
    #[error("the value of {name} is no mailbox: {source}")]
    Environment { name: String, source: MailboxError },
}

/// Knows the team's mailbox and the environment.
pub(crate) struct Recipients {
    pub(crate) team: Option<Correspondent>,
    pub(crate) environment: EnvironmentLookup,
}

impl Recipients {
    /// To whom the mail of a notification goes.
    pub(crate) fn of(&self, message: &Message) -> Result<Recipient, NoRecipient> {
        match &message.target {
            Target::Team => Ok(self.team()),
            Target::Person => person(&message.content).map(exists),
            Target::Address(text) => Correspondent::parse(text).map(exists).map_err(NoRecipient::Target),
            Target::Env(name) => self.named(name),
        }
    }

    /// The team in the place of a target that cannot be reached.
    pub(crate) fn stand_in(&self) -> Recipient {
        Recipient { stands_in: true, ..self.team() }
    }

    fn team(&self) -> Recipient {
        match &self.team {
            Some(team) => exists(team.clone()),
            None => Recipient { exists: false, ..exists(nobodys_team()) },
        }
    }

    fn named(&self, name: &str) -> Result<Recipient, NoRecipient> {
        match (self.environment)(name) {
            Some(value) if !value.expose_secret().trim().is_empty() => {
                Correspondent::parse(value.expose_secret())
                    .map(exists)
                    .map_err(|source| NoRecipient::Environment { name: name.to_owned(), source })
            }
            _ => Ok(self.stand_in()),
        }
    }
}

/// The person whom a message is about; a reply goes to the address that was given with its ticket.
fn person(content: &Content) -> Result<Correspondent, NoRecipient> {
    let person = content.person();
    let address = match content {
        Content::Reply { reply, .. } => reply.email.as_deref(),
        _ => person.and_then(|person| person.email.as_deref()),
    };
    let address = address.ok_or(NoRecipient::NoAddress)?;
    Correspondent::new(person.and_then(name_to_greet_by), address).map_err(NoRecipient::Person)
}

const fn exists(to: Correspondent) -> Recipient {
    Recipient { to, exists: true, stands_in: false }
}

/// Stands in the head of captured team mail; nothing can be sent there (RFC 2606, section 2).
fn nobodys_team() -> Correspondent {
    Correspondent::new(Some("Team"), "team@team.invalid").expect("a literal address is valid")
}
