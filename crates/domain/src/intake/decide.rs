//! The decision itself.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    AnswerSlot, BoundAnswer, Decisions, IntakeOutcome, IntakeRow, PendingCall, QuarantineReason, Quarantined,
    person::Persons, writes::Writes,
};
use crate::{
    answer::{Answer, Sentence, Verdict},
    bot_call::{BotCall, Field, RefusalCode, Refused, TicketFields},
    channel::{CHAT_CHANNEL_ID, PERSON_CHANNEL_ID},
    identity::Identity,
    ids::{ChannelId, IdSource, NotificationId, TicketId, UserId},
    notification::{NewNotification, Purpose},
    ticket::{Chat, Reference, Ticket, TicketStatus},
    topic::{Routing, Topic},
    user::User,
};

/// The settings that decisions depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeRules {
    /// From the call that first leaves an address to the welcome mail.
    pub welcome_delay: SignedDuration,
}

/// All that storage knows of what a batch names.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// The users behind the identities that the batch names.
    pub users: Vec<User>,
    /// Whose those identities are.
    pub identities: Vec<(Identity, UserId)>,
    /// Answers kept for equal calls, not expired.
    pub answers: Vec<BoundAnswer>,
    /// Topics and their routes.
    pub routing: Routing,
    /// The first of as many numbers as the batch has calls for tickets, taken for it alone.
    pub first_ticket_number: u64,
}

/// Decides a batch of calls, in their order.
pub fn decide(
    calls: &[PendingCall],
    known: Knowledge,
    rules: IntakeRules,
    now: Timestamp,
    ids: &mut dyn IdSource,
) -> Decisions {
    let mut decider = Decider {
        persons: Persons::new(known.users, known.identities),
        kept: known.answers.into_iter().map(|bound| (bound.replay.slot, bound)).collect(),
        routing: &known.routing,
        next_ticket_number: known.first_ticket_number,
        rules,
        now,
        ids,
        writes: Writes::default(),
    };
    let answers = calls.iter().map(|call| decider.decide(call)).collect();
    let mut writes = decider.writes;
    decider.persons.into_writes(&mut writes);
    Decisions { answers, writes }
}

struct Decider<'a> {
    persons: Persons,
    kept: HashMap<AnswerSlot, BoundAnswer>,
    routing: &'a Routing,
    next_ticket_number: u64,
    rules: IntakeRules,
    now: Timestamp,
    ids: &'a mut dyn IdSource,
    writes: Writes,
}

/// The person of a call, as it was found or made.
struct Found {
    user_id: UserId,
    created: bool,
}

impl Decider<'_> {
    fn decide(&mut self, call: &PendingCall) -> Answer {
        match &call.read {
            Err(refused) => self.refuse(call, *refused),
            Ok(read) => match self.kept_for(call) {
                Some(Ok(answer)) => self.replay(call, answer),
                Some(Err(refused)) => self.refuse(call, refused),
                None => self.take(call, read),
            },
        }
    }

    /// The answer that is kept for an equal call, or why this call may not have it.
    fn kept_for(&self, call: &PendingCall) -> Option<Result<Answer, Refused>> {
        let replay = call.replay?;
        let bound = self.kept.get(&replay.slot)?;
        Some(if bound.replay.body == replay.body {
            Ok(bound.answer.clone())
        } else {
            Err(Refused { field: Some(Field::IdempotencyKey), code: RefusalCode::IdempotencyKeyReused })
        })
    }

    fn refuse(&mut self, call: &PendingCall, refused: Refused) -> Answer {
        self.writes.intake.push(intake_row(call, IntakeOutcome::Invalid));
        self.writes.quarantined.push(Quarantined {
            request_id: call.request_id,
            bot_id: call.bot.id,
            path: call.path,
            reason: QuarantineReason { code: refused.code, field: refused.field },
            raw: call.raw.clone(),
            received_at: call.received_at,
        });
        Answer::refused(refused, call.bot.default_language.clone(), call.request_id)
    }

    fn replay(&mut self, call: &PendingCall, kept: Answer) -> Answer {
        let row = intake_row(call, IntakeOutcome::Replayed);
        self.writes.intake.push(IntakeRow { user_id: kept.user_id, ..row });
        kept.replayed(call.request_id)
    }

    fn take(&mut self, call: &PendingCall, read: &BotCall) -> Answer {
        let routing = self.routing;
        let asked = read.ticket.as_ref().map(|fields| (fields, routing.topic_for(fields.topic.as_deref())));
        match asked {
            None => self.carry_out(call, read, None),
            Some((fields, Some(topic))) => self.carry_out(call, read, Some((fields, topic))),
            // Topics are shipped, and the last one cannot be removed; but nothing is lost if it ever were.
            Some((_, None)) => {
                let language = call.bot.default_language.clone();
                Answer::new(Verdict::Retry, Sentence::TryAgain, language, call.request_id)
            }
        }
    }

    fn carry_out(
        &mut self,
        call: &PendingCall,
        read: &BotCall,
        asked: Option<(&TicketFields, &Topic)>,
    ) -> Answer {
        let notifications_before = self.writes.notifications.len();
        let found = self.find_or_register(call, read);
        if let Some(found) = &found {
            self.plan_welcome(call, found.user_id);
        }
        let (answer, ticket_id) = match asked {
            Some(asked) => self.open_ticket(call, read, asked, found.as_ref()),
            None => (self.answer_for_user(call, found.as_ref()), None),
        };
        let made = self.writes.notifications.len() - notifications_before;
        self.record(call, found.as_ref(), ticket_id, made);
        self.bind(call, &answer);
        answer
    }

    fn find_or_register(&mut self, call: &PendingCall, read: &BotCall) -> Option<Found> {
        let identities = read.person.identities(call.bot.id);
        if identities.is_empty() {
            return None;
        }
        let owner = self.persons.owner(&identities);
        let created = owner.is_none();
        let user_id = owner.unwrap_or_else(|| {
            let id = UserId::from_uuid(self.ids.next_id());
            self.persons.register(id, &call.bot, &read.person, call.received_at);
            id
        });
        let clashes = self.persons.attach(user_id, &identities, self.now);
        self.writes.clashes.extend(clashes.into_iter().map(|clash| clash.seen_in(call.request_id, self.now)));
        // What else came with a question is about the question.
        let extra = read.ticket.is_none().then_some(&read.extra);
        self.persons.learn(user_id, &read.person, extra, self.now);
        Some(Found { user_id, created })
    }

    /// Exactly one welcome mail per user, ever: planned by the call that first leaves it with an address.
    fn plan_welcome(&mut self, call: &PendingCall, user_id: UserId) {
        if self.persons.owes_welcome(user_id) {
            self.persons.mark_welcomed(user_id);
            let due_at = self.now.checked_add(self.rules.welcome_delay).unwrap_or(Timestamp::MAX);
            let planned = self.plan(call, Purpose::Welcome, PERSON_CHANNEL_ID, due_at);
            self.writes.notifications.push(NewNotification { user_id: Some(user_id), ..planned });
        }
    }

    fn plan(
        &mut self,
        call: &PendingCall,
        purpose: Purpose,
        channel_id: ChannelId,
        due_at: Timestamp,
    ) -> NewNotification {
        NewNotification {
            id: NotificationId::from_uuid(self.ids.next_id()),
            purpose,
            channel_id,
            user_id: None,
            ticket_id: None,
            request_id: call.request_id,
            due_at,
            created_at: call.received_at,
        }
    }

    fn open_ticket(
        &mut self,
        call: &PendingCall,
        read: &BotCall,
        (fields, topic): (&TicketFields, &Topic),
        found: Option<&Found>,
    ) -> (Answer, Option<TicketId>) {
        let user_id = found.map(|found| found.user_id);
        let ticket = self.ticket(call, read, fields, topic, user_id);
        let answer = Answer {
            created: Some(true),
            reference: Some(ticket.reference.to_string()),
            topic: Some(topic.slug.to_string()),
            status: Some(ticket.status),
            channels: topic.routes.iter().map(|route| route.kind).collect(),
            ..self.answer(call, Sentence::TicketOpened, user_id)
        };
        let ticket_id = ticket.id;
        let told = topic.routes.iter().map(|route| (Purpose::TicketOpened, route.channel_id));
        let chat = topic.chat_rules.at_opening().filter(|_| ticket.chat.customer.is_some());
        for (purpose, channel_id) in told.chain(chat.map(|purpose| (purpose, CHAT_CHANNEL_ID))) {
            let planned = self.plan(call, purpose, channel_id, self.now);
            let about = NewNotification { user_id, ticket_id: Some(ticket_id), ..planned };
            self.writes.notifications.push(about);
        }
        self.writes.tickets.push(ticket);
        (answer, Some(ticket_id))
    }

    fn ticket(
        &mut self,
        call: &PendingCall,
        read: &BotCall,
        fields: &TicketFields,
        topic: &Topic,
        user_id: Option<UserId>,
    ) -> Ticket {
        let number = self.next_ticket_number;
        self.next_ticket_number += 1;
        let person = &read.person;
        Ticket {
            id: TicketId::from_uuid(self.ids.next_id()),
            reference: Reference::new(number),
            user_id,
            bot_id: call.bot.id,
            topic: topic.slug.clone(),
            topic_asked: fields.topic.clone(),
            description: fields.description.clone(),
            status: TicketStatus::Open,
            chat: Chat {
                customer: person.customer_id.as_ref().map(ToString::to_string),
                uuid: person.chat_uuid.clone(),
            },
            reply_to: person.email.clone(),
            language: person.language.clone().unwrap_or_else(|| self.language(call, user_id)),
            fields: read.extra.clone(),
            created_at: call.received_at,
        }
    }

    fn answer_for_user(&self, call: &PendingCall, found: Option<&Found>) -> Answer {
        let created = found.is_some_and(|found| found.created);
        let sentence = if created { Sentence::Registered } else { Sentence::Recognised };
        Answer { created: Some(created), ..self.answer(call, sentence, found.map(|found| found.user_id)) }
    }

    fn answer(&self, call: &PendingCall, sentence: Sentence, user_id: Option<UserId>) -> Answer {
        let language = self.language(call, user_id);
        let user = user_id.and_then(|id| self.persons.get(id));
        Answer {
            replayed: Some(false),
            user_id,
            name: user.and_then(|user| user.name.clone()),
            ..Answer::new(Verdict::Ok, sentence, language, call.request_id)
        }
    }

    fn language(&self, call: &PendingCall, user_id: Option<UserId>) -> crate::language::Language {
        let user = user_id.and_then(|id| self.persons.get(id));
        user.map_or_else(|| call.bot.default_language.clone(), |user| user.language.clone())
    }

    fn record(
        &mut self,
        call: &PendingCall,
        found: Option<&Found>,
        ticket_id: Option<TicketId>,
        notifications: usize,
    ) {
        let created = found.is_some_and(|found| found.created);
        let outcome = match (ticket_id, created) {
            (Some(_), _) => IntakeOutcome::Ticketed,
            (None, true) => IntakeOutcome::Registered,
            (None, false) => IntakeOutcome::Recognised,
        };
        self.writes.intake.push(IntakeRow {
            user_id: found.map(|found| found.user_id),
            ticket_id,
            users_made: u16::from(created),
            tickets_made: u16::from(ticket_id.is_some()),
            notifications_made: u16::try_from(notifications).unwrap_or(u16::MAX),
            ..intake_row(call, outcome)
        });
    }

    fn bind(&mut self, call: &PendingCall, answer: &Answer) {
        if let Some(replay) = call.replay {
            let bound = BoundAnswer { replay, answer: answer.clone() };
            self.kept.insert(replay.slot, bound.clone());
            self.writes.answers.push(bound);
        }
    }
}

const fn intake_row(call: &PendingCall, outcome: IntakeOutcome) -> IntakeRow {
    IntakeRow::bare(call.request_id, call.bot.id, call.path, outcome, call.received_at)
}
