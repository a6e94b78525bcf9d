//! Everything about a user is deleted.

use std::sync::Arc;

use application::ports::{Changed, ErasureReceipt};
use domain::{
    bot_call::{ReadingContext, names_any},
    identity::Identity,
    ids::{NotificationId, TicketId, UserId},
    ledger::day_of,
    response::KeptResponse,
    ticket::Chat,
    ticket_work::{Deed, TicketEvent},
};

use super::state::State;

impl State {
    pub(super) fn erase(&mut self, id: UserId) -> ErasureReceipt {
        let of_user = self.identities.values().filter(|known| known.user_id == id);
        let identities: Vec<_> = of_user.map(|known| known.identity.clone()).collect();
        let tickets = self.blank_tickets(id);
        let is_note = |event: &TicketEvent| event.deed == Deed::Note && tickets.contains(&event.ticket_id);
        self.ticket_events.remove_where(is_note);
        let messages = self.messages_of(&tickets, &identities);
        let notifications = self.notifications_about(id, &tickets);
        self.write_totals(id, &notifications);
        self.users.remove(&id);
        self.forget_entries(id, &tickets);
        self.forget_calls(id);
        Arc::make_mut(&mut self.clashes).retain(|clash| clash.user_id != id && clash.other_user_id != id);
        ErasureReceipt {
            identities: identities.iter().filter(|identity| self.identities.remove(identity)).count(),
            tickets: tickets.len(),
            captured_mails: notifications.iter().filter(|id| self.captured_mails.remove(id)).count(),
            notifications: notifications.iter().filter(|id| self.outbox.remove(id)).count(),
            answers: self.forget_answers(id),
            quarantined: self.discard_calls_naming(&identities),
            messages: messages.iter().filter(|id| self.messages.remove(id)).count(),
        }
    }

    /// The bare tickets are found by their references again.
    fn forget_entries(&mut self, user: UserId, tickets: &[TicketId]) {
        self.user_entries.remove(&user);
        self.ticket_entries.remove_where(|entry| tickets.contains(&entry.ticket_id));
        self.note(Changed { users: vec![user], tickets: tickets.to_vec() });
    }

    /// What the ledger has to know of rows that are gone.
    fn write_totals(&mut self, user: UserId, notifications: &[NotificationId]) {
        if let Some(made_at) = self.users.get(&user).map(|user| user.created_at) {
            self.total(made_at, |total| total.users += 1);
            self.figures.remove(&day_of(made_at));
        }
        let rows: Vec<_> = notifications
            .iter()
            .filter_map(|id| self.outbox.get(id))
            .map(|row| (row.planned.created_at, row.last_status()))
            .collect();
        for (made_at, status) in rows {
            self.total_notification(made_at, status);
        }
    }

    fn blank_tickets(&mut self, user: UserId) -> Vec<TicketId> {
        let of_user = self.tickets.values().filter(|ticket| ticket.user_id == Some(user));
        let ids: Vec<_> = of_user.map(|ticket| ticket.id).collect();
        for id in &ids {
            let Some(ticket) = self.tickets.get_mut(id) else { continue };
            ticket.user_id = None;
            ticket.topic_asked = None;
            ticket.description.clear();
            ticket.chat = Chat::default();
            ticket.reply_to = None;
            ticket.fields.clear();
        }
        ids
    }

    fn notifications_about(&self, user: UserId, tickets: &[TicketId]) -> Vec<NotificationId> {
        let planned = self.outbox.values().map(|row| &row.planned);
        let about = planned.filter(|planned| {
            planned.user_id == Some(user) || planned.ticket_id.is_some_and(|ticket| tickets.contains(&ticket))
        });
        about.map(|planned| planned.id).collect()
    }

    fn forget_calls(&mut self, user: UserId) {
        let calls = self.intake.values().filter(|call| call.user_id == Some(user));
        let ids: Vec<_> = calls.map(|call| call.request_id).collect();
        for id in ids {
            if let Some(call) = self.intake.get_mut(&id) {
                call.user_id = None;
            }
        }
    }

    /// Whatever anybody was answered about the user.
    pub(super) fn forget_answers(&mut self, user: UserId) -> usize {
        let names = |response: &KeptResponse| response.user_id == Some(user);
        self.answers.remove_where(|bound| bound.answer.user_id == Some(user))
            + self.responses.remove_where(|bound| bound.response.as_ref().is_some_and(names))
    }

    fn discard_calls_naming(&mut self, identities: &[Identity]) -> usize {
        let bots = &self.bots;
        self.quarantine.remove_where(|held| {
            let bot = bots.iter().find(|bot| bot.id == held.call.bot_id);
            bot.is_some_and(|bot| {
                let context = ReadingContext { bot: bot.id, country: bot.default_country };
                names_any(&held.call.raw.query, &held.call.raw.body, &context, identities)
            })
        })
    }
}
