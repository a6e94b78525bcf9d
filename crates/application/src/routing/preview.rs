//! What would become of a call, without that it does.

mod answer;

use std::{collections::HashMap, sync::Arc};

use domain::{
    bot::Bot,
    bot_call::{Fields, ReadingContext, explain},
    channel::{Channel as ChannelRecord, ChannelKind, Target},
    ids::{RequestId, UserId},
    intake::{CallPath, Decisions, IntakeRules, Knowledge, PendingCall, RawCall, Writes, decide},
    message::{ChatUpdateFacts, Content, Message, Person, TicketFacts},
    notification::{NewNotification, Purpose},
    topic::{Routing, Topic},
    user::User,
};
use jiff::{SignedDuration, Timestamp};

pub use self::answer::{MatchedPerson, MatchedTopic, PlannedNotification, RoutingPreview};
use crate::{
    intake::pending_call,
    ports::{Channel, ChannelSecrets, Clock, Ids, KnownPersons, Storage, StorageError, Transaction, consult},
};

/// Shows how the call of a bot is read, whom it is from, and who would be told what, when and where. Stores and sends
/// nothing, and takes no number: the reference of a ticket shows as `T-000000`.
#[derive(Clone)]
pub struct PreviewRouting {
    /// What is known.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids, which nobody keeps.
    pub ids: Arc<dyn Ids>,
    /// The settings that decisions depend on.
    pub rules: IntakeRules,
    /// How each kind of channel words what it sends.
    pub channels: HashMap<ChannelKind, Arc<dyn Channel>>,
    /// Which secrets are set.
    pub secrets: Arc<dyn ChannelSecrets>,
}

/// What is known of a call before it is decided.
struct Known {
    persons: KnownPersons,
    routing: Routing,
    channels: Vec<ChannelRecord>,
}

impl PreviewRouting {
    /// Looks at a call as `bot` would send it. No answer is kept for equal calls, so it never is a replay.
    pub async fn execute(
        &self,
        bot: &Bot,
        path: CallPath,
        raw: RawCall,
    ) -> Result<RoutingPreview, StorageError> {
        let now = self.clock.now();
        let request_id = RequestId::from_uuid(self.ids.next());
        let call = pending_call(bot, request_id, path, raw, None, SignedDuration::ZERO, now);
        let known = consult(&*self.storage, async |snapshot| load(snapshot, &call).await).await?;
        let decisions = self.decide(&call, &known, now);
        Ok(self.describe(bot, &call, &known, &decisions, now))
    }

    fn decide(&self, call: &PendingCall, known: &Known, now: Timestamp) -> Decisions {
        let knowledge = Knowledge {
            users: known.persons.users.clone(),
            identities: known.persons.identities.clone(),
            answers: Vec::new(),
            routing: known.routing.clone(),
            first_ticket_number: 0,
        };
        let mut next_id = || self.ids.next();
        decide(std::slice::from_ref(call), knowledge, self.rules, now, &mut next_id)
    }

    fn describe(
        &self,
        bot: &Bot,
        call: &PendingCall,
        known: &Known,
        decisions: &Decisions,
        now: Timestamp,
    ) -> RoutingPreview {
        let context = ReadingContext { bot: bot.id, country: bot.default_country };
        let fields = Fields::read(&call.raw.query, &call.raw.body);
        let is_about_ticket = call.path == CallPath::Tickets;
        let writes = &decisions.writes;
        RoutingPreview {
            readings: fields.map(|fields| explain(&fields, &context, is_about_ticket)).unwrap_or_default(),
            result: decisions.answers[0].result,
            refused: call.read.as_ref().err().copied(),
            person: matched_person(call, known, decisions),
            topic: matched_topic(call, &known.routing),
            extra: call.read.as_ref().map(|read| read.extra.clone()).unwrap_or_default(),
            notifications: writes
                .notifications
                .iter()
                .filter_map(|planned| self.planned(bot, planned, known, writes, now))
                .collect(),
        }
    }

    fn planned(
        &self,
        bot: &Bot,
        planned: &NewNotification,
        known: &Known,
        writes: &Writes,
        now: Timestamp,
    ) -> Option<PlannedNotification> {
        let named = |id| known.channels.iter().find(|channel| channel.id == id);
        let channel = named(planned.channel_id)?;
        let message = message(bot, planned, channel, known, writes)?;
        let worded = self.channels.get(&channel.kind).map(|adapter| adapter.word(&message));
        let (wording, problem) = match worded {
            Some(Ok(wording)) => (Some(wording), None),
            Some(Err(error)) => (None, Some(error.to_string())),
            None => (None, None),
        };
        let due_at = planned.due_at.max(now);
        Some(PlannedNotification {
            purpose: planned.purpose,
            channel: channel.name.clone(),
            kind: channel.kind,
            target: channel.target.to_string(),
            is_secret_set: is_secret_set(&channel.target, &*self.secrets),
            paused_at: channel.paused_at,
            quiet_hours: channel.quiet_hours.as_ref().map(ToString::to_string),
            fallback: channel.fallback.and_then(named).map(|fallback| fallback.name.clone()),
            due_at: planned.due_at,
            goes_out_at: channel.quiet_hours.as_ref().map_or(due_at, |hours| hours.after(due_at)),
            wording,
            problem,
        })
    }
}

async fn load(snapshot: &mut Transaction, call: &PendingCall) -> Result<Known, StorageError> {
    let identities = call.read.as_ref().map(|read| read.person.identities(call.bot.id)).unwrap_or_default();
    Ok(Known {
        persons: snapshot.users().by_identities(&identities).await?,
        routing: snapshot.topics().routing().await?,
        channels: snapshot.channels().all().await?,
    })
}

fn matched_person(call: &PendingCall, known: &Known, decisions: &Decisions) -> Option<MatchedPerson> {
    let answer = &decisions.answers[0];
    let id = answer.user_id?;
    let is_new = decisions.writes.new_users.iter().any(|user| user.id == id);
    let identities = call.read.as_ref().ok()?.person.identities(call.bot.id);
    let is_known = |identity: &&_| known.persons.identities.iter().any(|(known, _)| known == *identity);
    Some(MatchedPerson {
        user_id: (!is_new).then_some(id),
        name: answer.name.clone(),
        matched_by: identities.iter().find(is_known).map(domain::identity::Identity::kind),
        clashes: decisions.writes.clashes.iter().map(|clash| clash.kind).collect(),
    })
}

fn matched_topic(call: &PendingCall, routing: &Routing) -> Option<MatchedTopic> {
    let asked = call.read.as_ref().ok()?.ticket.as_ref()?.topic.clone();
    let (Topic { slug, title, .. }, matched_by) = routing.match_for(asked.as_deref())?;
    Some(MatchedTopic { slug: slug.to_string(), title: title.clone(), asked, matched_by })
}

/// What would be sent, as storage would make it of what would be stored.
fn message(
    bot: &Bot,
    planned: &NewNotification,
    channel: &ChannelRecord,
    known: &Known,
    writes: &Writes,
) -> Option<Message> {
    let person = planned.user_id.and_then(|id| user(id, known, writes)).map(Person::from);
    let content = match planned.purpose {
        Purpose::Welcome => Content::Welcome { person: person? },
        Purpose::TicketOpened => {
            let ticket = writes.tickets.iter().find(|ticket| Some(ticket.id) == planned.ticket_id)?;
            let topic = known.routing.topics().iter().find(|topic| topic.slug == ticket.topic)?;
            Content::TicketOpened { ticket: Box::new(TicketFacts::of(ticket, Some(topic), bot)), person }
        }
        Purpose::ChatFields => {
            let ticket = writes.tickets.iter().find(|ticket| Some(ticket.id) == planned.ticket_id)?;
            let topic = known.routing.topics().iter().find(|topic| topic.slug == ticket.topic)?;
            let language = bot.default_language.clone();
            let update = ChatUpdateFacts::of(planned.purpose, ticket, &topic.chat_rules, language)?;
            Content::ChatUpdate { update: Box::new(update) }
        }
        // A call plans nothing else.
        Purpose::ChatResumed | Purpose::Escalation | Purpose::Digest | Purpose::Reply => return None,
    };
    Some(Message {
        id: planned.id,
        request_id: planned.request_id,
        kind: channel.kind,
        channel: channel.name.clone(),
        target: channel.target.clone(),
        due_at: planned.due_at,
        possible_duplicate: false,
        content,
    })
}

fn user<'a>(id: UserId, known: &'a Known, writes: &'a Writes) -> Option<&'a User> {
    let written = writes.new_users.iter().chain(&writes.changed_users);
    written.chain(&known.persons.users).find(|user| user.id == id)
}

/// Whether the variable that a target names has a value; none where it names none.
pub fn is_secret_set(target: &Target, secrets: &dyn ChannelSecrets) -> Option<bool> {
    match target {
        Target::Env(name) => Some(secrets.is_set(name)),
        Target::Team | Target::Person | Target::Address(_) => None,
    }
}
