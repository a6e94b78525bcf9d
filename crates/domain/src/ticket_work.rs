//! What members of staff do about tickets.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    ids::{AgentId, TicketEventId, TicketId},
    names::named,
    ticket::{Ticket, TicketStatus},
    topic::Slug,
};

named! {
    /// How much a ticket matters.
    Priority {
        /// It can wait.
        Low = "low",
        /// As most do.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    }
}

named! {
    /// What was done about a ticket.
    Deed {
        /// Its status changed.
        Status = "status",
        /// Its topic changed.
        Topic = "topic",
        /// Its priority changed.
        Priority = "priority",
        /// Somebody else works on it; before and after are ids of agents.
        Assignee = "assignee",
        /// A private note was written; it stands in `after`.
        Note = "note",
    }
}

/// Who works on a ticket, and how much it matters. One that nobody worked on is as the default says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketWork {
    /// Who works on it.
    pub assignee: Option<AgentId>,
    /// How much it matters.
    pub priority: Priority,
    /// How often the ticket was changed, by members of staff or by what the person wrote; two who change it at once are
    /// told apart by it.
    pub version: u32,
}

impl Default for TicketWork {
    fn default() -> Self {
        Self { assignee: None, priority: Priority::Normal, version: 0 }
    }
}

/// What is to change. What is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketChange {
    /// Where it is to stand.
    pub status: Option<TicketStatus>,
    /// What it is about.
    pub topic: Option<Slug>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// Who is to work on it, or that nobody is.
    pub assignee: Option<Option<AgentId>>,
}

/// Whom somebody names who works on tickets: `me`, `nobody`, or the id of a member of staff.
pub fn assignee(name: &str, me: AgentId) -> Result<Option<AgentId>, <AgentId as FromStr>::Err> {
    match name {
        "nobody" => Ok(None),
        "me" => Ok(Some(me)),
        id => id.parse().map(Some),
    }
}

/// Something that was done about a ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketEvent {
    /// Its id, which sorts by time.
    pub id: TicketEventId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who did it; none if nobody of the staff did.
    pub agent_id: Option<AgentId>,
    /// What was done.
    pub deed: Deed,
    /// What stood there before.
    pub before: Option<String>,
    /// What stands there now, or the note.
    pub after: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for TicketEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TicketEvent");
        shown.field("id", &self.id).field("ticket_id", &self.ticket_id).field("deed", &self.deed);
        shown.finish_non_exhaustive()
    }
}

/// A ticket cannot go from where it stands to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket that is {from} cannot become {to}")]
pub struct StatusError {
    /// Where it stands.
    pub from: TicketStatus,
    /// Where it was to go.
    pub to: TicketStatus,
}

impl TicketStatus {
    /// Where a member of staff may move it: open and pending to and fro, then resolved, then closed. What is resolved can
    /// be opened again; what is closed stays closed, and a new matter is a new ticket.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Open => &[Self::Pending, Self::Resolved],
            Self::Pending => &[Self::Open, Self::Resolved],
            Self::Resolved => &[Self::Open, Self::Closed],
            Self::Closed => &[],
        }
    }
}

/// What follows from a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Where the ticket stands then.
    pub status: TicketStatus,
    /// What it is about then.
    pub topic: Slug,
    /// Who works on it then, and how much it matters.
    pub work: TicketWork,
    /// What was done, with what stood there before and what stands there then.
    pub deeds: Vec<(Deed, Option<String>, Option<String>)>,
}

impl Changed {
    /// What the history of the ticket then tells: an event for each deed, with ids from `next_id`.
    pub fn events(
        &self,
        ticket_id: TicketId,
        agent_id: Option<AgentId>,
        at: Timestamp,
        mut next_id: impl FnMut() -> Uuid,
    ) -> Vec<TicketEvent> {
        let event = |(deed, before, after): &(Deed, Option<String>, Option<String>)| TicketEvent {
            id: TicketEventId::from_uuid(next_id()),
            ticket_id,
            agent_id,
            deed: *deed,
            before: before.clone(),
            after: after.clone(),
            at,
        };
        self.deeds.iter().map(event).collect()
    }
}

/// Decides what follows from a change. What stays as it is is no deed; without any the version stays too.
pub fn change(ticket: &Ticket, work: TicketWork, wanted: &TicketChange) -> Result<Changed, StatusError> {
    let status = wanted.status.unwrap_or(ticket.status);
    if status != ticket.status && !ticket.status.next().contains(&status) {
        return Err(StatusError { from: ticket.status, to: status });
    }
    Ok(follow(ticket, work, status, wanted))
}

/// Decides what follows when the person of a ticket writes: what was pending or resolved is open again.
pub fn heard(ticket: &Ticket, work: TicketWork) -> Changed {
    let status = match ticket.status {
        TicketStatus::Pending | TicketStatus::Resolved => TicketStatus::Open,
        stays => stays,
    };
    follow(ticket, work, status, &TicketChange::default())
}

/// Decides what follows when a ticket is answered: what was open waits for the person.
pub fn answered(ticket: &Ticket, work: TicketWork) -> Changed {
    let status = if ticket.status == TicketStatus::Open { TicketStatus::Pending } else { ticket.status };
    follow(ticket, work, status, &TicketChange::default())
}

fn follow(ticket: &Ticket, work: TicketWork, status: TicketStatus, wanted: &TicketChange) -> Changed {
    let topic = wanted.topic.clone().unwrap_or_else(|| ticket.topic.clone());
    let priority = wanted.priority.unwrap_or(work.priority);
    let assignee = wanted.assignee.unwrap_or(work.assignee);
    let id_text = |agent: Option<AgentId>| agent.map(|agent| agent.to_string());
    let deeds: Vec<_> = [
        (Deed::Status, Some(ticket.status.to_string()), Some(status.to_string())),
        (Deed::Topic, Some(ticket.topic.to_string()), Some(topic.to_string())),
        (Deed::Priority, Some(work.priority.to_string()), Some(priority.to_string())),
        (Deed::Assignee, id_text(work.assignee), id_text(assignee)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .collect();
    let version = work.version + u32::from(!deeds.is_empty());
    Changed { status, topic, work: TicketWork { assignee, priority, version }, deeds }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::{
        ids::BotId,
        language::Language,
        ticket::{Chat, Reference},
    };

    fn ticket(status: TicketStatus) -> Ticket {
        Ticket {
            id: TicketId::from_uuid(Uuid::from_u128(1)),
            reference: Reference::new(1),
            user_id: None,
            bot_id: BotId::from_uuid(Uuid::from_u128(2)),
            topic: Slug::restore("sales".to_owned()),
            topic_asked: None,
            description: "Seats".to_owned(),
            status,
            chat: Chat::default(),
            reply_to: None,
            language: Language::ENGLISH,
            fields: Map::new(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn moved(from: TicketStatus, to: TicketStatus) -> Result<Changed, StatusError> {
        let wanted = TicketChange { status: Some(to), ..TicketChange::default() };
        change(&ticket(from), TicketWork::default(), &wanted)
    }

    #[test]
    fn a_ticket_goes_from_open_to_closed_by_way_of_resolved() {
        use TicketStatus::{Closed, Open, Pending, Resolved};
        for (from, to) in
            [(Open, Pending), (Pending, Open), (Pending, Resolved), (Resolved, Closed), (Resolved, Open)]
        {
            assert_eq!(moved(from, to).expect("it may").status, to);
        }
        for (from, to) in
            [(Open, Closed), (Pending, Closed), (Closed, Open), (Closed, Resolved), (Resolved, Pending)]
        {
            assert_eq!(moved(from, to), Err(StatusError { from, to }));
        }
    }

    #[test]
    fn each_change_is_told_with_what_was_there_before() {
        let agent = AgentId::from_uuid(Uuid::from_u128(7));
        let wanted = TicketChange {
            status: Some(TicketStatus::Open),
            topic: Some(Slug::restore("support".to_owned())),
            priority: Some(Priority::Urgent),
            assignee: Some(Some(agent)),
        };
        let changed = change(&ticket(TicketStatus::Open), TicketWork::default(), &wanted).expect("it may");
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            changed.deeds,
            [
                (Deed::Topic, text("sales"), text("support")),
                (Deed::Priority, text("normal"), text("urgent")),
                (Deed::Assignee, None, Some(agent.to_string())),
            ]
        );
        assert_eq!(
            changed.work,
            TicketWork { assignee: Some(agent), priority: Priority::Urgent, version: 1 }
        );
    }

    #[test]
    fn what_the_person_writes_opens_what_waits_and_an_answer_makes_it_wait() {
        use TicketStatus::{Closed, Open, Pending, Resolved};
        let after = |decide: fn(&Ticket, TicketWork) -> Changed, from| {
            let changed = decide(&ticket(from), TicketWork::default());
            assert_eq!(changed.work.version, u32::from(changed.status != from));
            changed.status
        };
        assert_eq!(
            [Open, Pending, Resolved, Closed].map(|from| after(heard, from)),
            [Open, Open, Open, Closed]
        );
        assert_eq!(
            [Open, Pending, Resolved, Closed].map(|from| after(answered, from)),
            [Pending, Pending, Resolved, Closed]
        );
    }

    #[test]
    fn an_assignee_is_oneself_nobody_or_an_id() {
        let [me, bea] = [7, 8].map(|n| AgentId::from_uuid(Uuid::from_u128(n)));
        assert_eq!(assignee("me", me), Ok(Some(me)));
        assert_eq!(assignee("nobody", me), Ok(None));
        assert_eq!(assignee(&bea.to_string(), me), Ok(Some(bea)));
        assert!(assignee("somebody", me).is_err());
    }

    #[test]
    fn a_change_to_what_is_there_already_is_none() {
        let wanted = TicketChange { status: Some(TicketStatus::Closed), ..TicketChange::default() };
        let work = TicketWork { version: 3, ..TicketWork::default() };
        let changed = change(&ticket(TicketStatus::Closed), work, &wanted).expect("it stays");
        assert_eq!((changed.deeds.len(), changed.work), (0, work));
    }
}
