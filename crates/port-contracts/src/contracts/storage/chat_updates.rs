//! What chats are told of their tickets.

use std::slice::from_ref;

use domain::{
    channel::CHAT_CHANNEL_ID,
    chat_rules::ChatRules,
    message::Content,
    notification::{NewNotification, NotificationStatus, Purpose},
    ticket::{Ticket, TicketStatus},
    topic::Slug,
};

use super::desk::Desk;

pub async fn a_chat_is_told_how_its_ticket_is_at_delivery(desk: &Desk<'_>) {
    let rules = ChatRules {
        reference_field: "ticket_ref".parse().ok(),
        status_field: "ticket_status".parse().ok(),
        resume_at: "1010178/Nkqgn6xkf".parse().ok(),
    };
    set(desk, &rules).await;
    for (status, resume_at) in [(TicketStatus::Resolved, rules.resume_at.clone()), (TicketStatus::Open, None)]
    {
        let (ticket, planned) = owed(desk, status, Purpose::ChatResumed).await;
        let opened = desk.open_one(desk.worker(), planned.id).await;
        let Content::ChatUpdate { update } = opened.message.content else { panic!("it is about the chat") };
        let written: Vec<_> = update.writes.iter().map(|(name, value)| (name.as_str(), &value[..])).collect();
        let reference = ticket.reference.to_string();
        assert_eq!(written, [("ticket_ref", &reference[..]), ("ticket_status", status.as_str())]);
        assert_eq!((&update.chat, &update.resume_at), (&ticket.chat, &resume_at));
        assert_eq!(update.team_language, desk.bot.default_language);
    }
}

pub async fn a_chat_is_told_nothing_once_its_topic_asks_for_nothing(desk: &Desk<'_>) {
    set(desk, &ChatRules { resume_at: "7".parse().ok(), ..ChatRules::default() }).await;
    for (status, purpose) in
        [(TicketStatus::Open, Purpose::ChatResumed), (TicketStatus::Resolved, Purpose::ChatFields)]
    {
        let (_, planned) = owed(desk, status, purpose).await;
        assert_eq!(desk.open(desk.worker(), &[planned.id]).await, []);
        assert_eq!(desk.status(planned.id).await, NotificationStatus::Cancelled);
    }
}

async fn set(desk: &Desk<'_>, rules: &ChatRules) {
    let sales = Slug::restore("sales".to_owned());
    desk.write(async |tx| tx.topics().set_chat_rules(&sales, rules).await).await;
}

/// A ticket on sales, and what its chat is owed now.
async fn owed(desk: &Desk<'_>, status: TicketStatus, purpose: Purpose) -> (Ticket, NewNotification) {
    let number = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    let ticket = Ticket { status, topic: Slug::restore("sales".to_owned()), ..desk.ticket(number, None) };
    desk.write(async |tx| tx.tickets().insert(from_ref(&ticket)).await).await;
    let planned = desk.alert(&ticket, CHAT_CHANNEL_ID, desk.now());
    let planned = NewNotification { purpose, ..planned };
    desk.plan(from_ref(&planned)).await;
    (ticket, planned)
}
