//! Tickets, as if bots had opened them and staff had worked on them.

use std::slice;

use domain::{
    channel::PERSON_CHANNEL_ID,
    conversation::{Author, ConversationMessage, MessageKey},
    ids::{AgentId, MessageId, NotificationId, RequestId, TicketId},
    intake::{CallPath, IntakeOutcome, IntakeRow},
    notification::{NewNotification, Purpose},
    random::Random,
    ticket::{Chat, Reference, Ticket, TicketStatus},
    ticket_work::{Priority, TicketChange, TicketWork, change},
    topic::Topic,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    plan::{About, Plan, id_at},
    portion::Portion,
    words::{DETAILS, OPENINGS, PRODUCTS, REPLIES},
};

/// Most tickets are closed after so long.
const YOUNG: SignedDuration = SignedDuration::from_hours(48);

/// People ask soon after they came, if at all: most tickets are from one of so many latest users.
const LATEST: usize = 200;

/// The way of a ticket that goes to its end.
const WAY: [TicketStatus; 3] = [TicketStatus::Pending, TicketStatus::Resolved, TicketStatus::Closed];

/// A ticket, and what it is about.
struct Opened<'p> {
    ticket: Ticket,
    topic: &'p Topic,
    call: RequestId,
    /// How many notifications there are to be about it.
    notifications: usize,
}

impl Plan {
    fn opened(&self, index: usize, reference: Reference, chance: &mut Random) -> Opened<'_> {
        let at = self.comes_at(index, self.sizes.tickets, chance);
        let topics = &self.cast.topics;
        let topic = &topics[chance.below(topics.len()).max(chance.below(topics.len()))];
        let from = self.asker(index, chance);
        let user = from.map(|user| self.user(user));
        let chat = from.map_or_else(Chat::default, |user| self.chat(user, chance));
        let bot = &self.cast.bots[0];
        let ticket = Ticket {
            id: TicketId::from_uuid(id_at(at, chance)),
            reference,
            user_id: user.as_ref().map(|user| user.id),
            bot_id: user.as_ref().map_or(bot.id, |user| user.bot_id),
            topic: topic.slug.clone(),
            topic_asked: None,
            description: description(chance),
            status: TicketStatus::Open,
            chat,
            reply_to: user.as_ref().and_then(|user| user.email.clone()),
            language: user
                .as_ref()
                .map_or_else(|| bot.default_language.clone(), |user| user.language.clone()),
            fields: serde_json::Map::new(),
            created_at: at,
        };
        let call = RequestId::from_uuid(id_at(at, chance));
        Opened { ticket, topic, call, notifications: self.notifications_of(index) }
    }

    /// Which user asks; a few tickets are from nobody.
    fn asker(&self, ticket: usize, chance: &mut Random) -> Option<usize> {
        let before = self.users_before(ticket);
        if before == 0 || chance.once_in(50) {
            return None;
        }
        let back = if chance.below(10) < 7 { before.min(LATEST) } else { before };
        Some(before - 1 - chance.below(back))
    }
}

fn description(chance: &mut Random) -> String {
    let (opening, product, detail) =
        (chance.one_of(OPENINGS), chance.one_of(PRODUCTS), chance.one_of(DETAILS));
    format!("{opening} {product}? {detail} {}", chance.below(900_000) + 100_000)
}

impl Portion {
    /// Adds a ticket, what was done about it, and what was told of it.
    pub(super) fn add_ticket(&mut self, plan: &Plan, index: usize, reference: Reference) {
        let mut chance = plan.chance(About::Ticket, index);
        let mut opened = plan.opened(index, reference, &mut chance);
        let news = self.tell_team(plan, &opened, &mut chance);
        let Opened { ticket, call, .. } = &opened;
        self.writes.intake.push(IntakeRow {
            tickets_made: 1,
            notifications_made: u16::try_from(news).unwrap_or(u16::MAX),
            user_id: ticket.user_id,
            ticket_id: Some(ticket.id),
            ..IntakeRow::bare(
                *call,
                ticket.bot_id,
                CallPath::Tickets,
                IntakeOutcome::Ticketed,
                ticket.created_at,
            )
        });
        let agent = chance.one_of(&plan.cast.agents);
        for _ in news..opened.notifications {
            self.follow_up(plan, &opened, agent, &mut chance);
        }
        self.work_on(plan, &mut opened.ticket, agent, &mut chance);
        self.writes.tickets.push(opened.ticket);
    }

    /// Says how many channels were told.
    fn tell_team(&mut self, plan: &Plan, opened: &Opened<'_>, chance: &mut Random) -> usize {
        let told = opened.topic.routes.len().min(opened.notifications);
        for route in &opened.topic.routes[..told] {
            let at = opened.ticket.created_at;
            let news = NewNotification {
                request_id: opened.call,
                ..planned(opened, Purpose::TicketOpened, at, chance)
            };
            self.send(plan, NewNotification { channel_id: route.channel_id, ..news }, chance);
        }
        told
    }

    /// An agent answers, or who cannot be answered is told of once more.
    fn follow_up(&mut self, plan: &Plan, opened: &Opened<'_>, agent: AgentId, chance: &mut Random) {
        let at = later(plan, opened.ticket.created_at, chance);
        let team = opened.topic.routes.first().map_or(PERSON_CHANNEL_ID, |route| route.channel_id);
        let can_be_answered = opened.ticket.reply_to.is_some();
        let (purpose, channel_id) = if can_be_answered && !chance.once_in(4) {
            (Purpose::Reply, PERSON_CHANNEL_ID)
        } else {
            (Purpose::Escalation, team)
        };
        let planned = NewNotification { channel_id, ..planned(opened, purpose, at, chance) };
        if purpose == Purpose::Reply {
            self.messages.push(reply(&opened.ticket, agent, &planned, chance));
        }
        self.made_without_call(at);
        self.send(plan, planned, chance);
    }

    /// By the rules of the domain, step by step.
    fn work_on(&mut self, plan: &Plan, ticket: &mut Ticket, agent: AgentId, chance: &mut Random) {
        let steps = steps(plan.until.duration_since(ticket.created_at) < YOUNG, chance);
        let first = TicketChange {
            assignee: (steps > 0 || chance.once_in(3)).then_some(Some(agent)),
            priority: Some(priority(chance)),
            ..TicketChange::default()
        };
        let statuses = WAY[..steps]
            .iter()
            .map(|&status| TicketChange { status: Some(status), ..TicketChange::default() });
        let (mut work, mut at) = (TicketWork::default(), ticket.created_at);
        for wanted in slice::from_ref(&first).iter().cloned().chain(statuses) {
            let Ok(changed) = change(ticket, work, &wanted) else { break };
            at = later(plan, at, chance);
            (work, ticket.status) = (changed.work, changed.status);
            let id = || id_at(at, chance);
            self.events.extend(changed.events(ticket.id, Some(agent), at, id));
        }
        if work.version > 0 {
            self.work.push((ticket.id, work));
        }
    }
}

/// How far a ticket has come on its way.
fn steps(is_young: bool, chance: &mut Random) -> usize {
    match (is_young, chance.below(100)) {
        (true, ..55) | (false, ..2) => 0,
        (true, ..75) | (false, ..4) => 1,
        (true, ..95) | (false, ..14) => 2,
        _ => 3,
    }
}

fn priority(chance: &mut Random) -> Priority {
    match chance.below(100) {
        0..2 => Priority::Urgent,
        2..10 => Priority::High,
        10..14 => Priority::Low,
        _ => Priority::Normal,
    }
}

/// Up to two days later.
fn later(plan: &Plan, at: Timestamp, chance: &mut Random) -> Timestamp {
    let minutes = i64::try_from(chance.below(48 * 60)).unwrap_or(0);
    (at + SignedDuration::from_mins(minutes)).min(plan.until)
}

fn planned(opened: &Opened<'_>, purpose: Purpose, at: Timestamp, chance: &mut Random) -> NewNotification {
    NewNotification {
        id: NotificationId::from_uuid(id_at(at, chance)),
        purpose,
        channel_id: PERSON_CHANNEL_ID,
        user_id: opened.ticket.user_id,
        ticket_id: Some(opened.ticket.id),
        request_id: RequestId::from_uuid(id_at(at, chance)),
        due_at: at,
        created_at: at,
    }
}

fn reply(
    ticket: &Ticket,
    agent: AgentId,
    planned: &NewNotification,
    chance: &mut Random,
) -> ConversationMessage {
    let id = id_at(planned.created_at, chance);
    ConversationMessage {
        id: MessageId::from_uuid(id),
        key: MessageKey::of_reply(agent, ticket.id, &id.to_string()),
        chat: None,
        ticket_id: Some(ticket.id),
        author: Author::Agent,
        agent_id: Some(agent),
        kind: "text".to_owned(),
        text: chance.one_of(REPLIES).to_owned(),
        channel: None,
        notification_id: Some(planned.id),
        sent_at: planned.created_at,
    }
}
