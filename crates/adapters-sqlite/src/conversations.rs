//! Which messages belong together.

use std::cmp::Reverse;

use application::ports::{Page, Whose};
use diesel::prelude::*;
use domain::{
    conversation::{ChatId, ConversationMessage},
    identity::{Identity, IdentityKind},
    ticket::Ticket,
};

use crate::{
    columns::{Id, Named},
    error::Failure,
    rows::{MessageRow, TicketRow},
    schema::{identities, messages, tickets},
};

/// Where the messages of a conversation are.
struct Places {
    chats: Vec<String>,
    tickets: Vec<Id>,
}

/// The newest messages of each place, merged: what is in a chat and on a ticket is one message.
pub(crate) fn page(
    connection: &mut SqliteConnection,
    whose: Whose,
    page: Page,
) -> Result<Vec<ConversationMessage>, Failure> {
    let Places { chats, tickets } = places(connection, whose)?;
    let newest = || {
        let before = messages::table.filter(messages::id.lt(Id::before(page.before)));
        before.order(messages::id.desc()).limit(page.limit.into()).select(MessageRow::as_select())
    };
    let mut rows: Vec<MessageRow> = Vec::new();
    for chat in chats {
        rows.extend(newest().filter(messages::chat.eq(chat)).load(connection)?);
    }
    for ticket in tickets {
        rows.extend(newest().filter(messages::ticket_id.eq(ticket)).load(connection)?);
    }
    rows.sort_unstable_by_key(|row| Reverse(row.id));
    rows.dedup_by_key(|row| row.id);
    rows.truncate(page.limit.into());
    rows.into_iter().map(ConversationMessage::try_from).collect()
}

fn places(connection: &mut SqliteConnection, whose: Whose) -> Result<Places, Failure> {
    match whose {
        Whose::Ticket(id) => {
            let ticket = tickets::table.find(Id::from(id)).select(TicketRow::as_select());
            let ticket = ticket.get_result(connection).optional()?.map(Ticket::try_from).transpose()?;
            let chat = ticket.as_ref().and_then(ChatId::of);
            Ok(Places { chats: chat.iter().map(ChatId::value).collect(), tickets: vec![id.into()] })
        }
        Whose::User(id) => {
            let known = identities::table.filter(identities::user_id.eq(Id::from(id)));
            let chats = known.filter(identities::kind.eq(Named(IdentityKind::Customer)));
            let tickets = tickets::table.filter(tickets::user_id.eq(Id::from(id))).select(tickets::id);
            Ok(Places {
                chats: chats.select(identities::value).load(connection)?,
                tickets: tickets.load(connection)?,
            })
        }
    }
}

/// Deletes the messages on these tickets and in the chats among these identities, and says how many.
pub(crate) fn erase(
    connection: &mut SqliteConnection,
    tickets: &[Id],
    known_as: &[Identity],
) -> QueryResult<usize> {
    let mut erased = 0;
    for ticket in tickets {
        let on_ticket = messages::table.filter(messages::ticket_id.eq(ticket));
        erased += diesel::delete(on_ticket).execute(connection)?;
    }
    for identity in known_as.iter().filter(|known| known.kind() == IdentityKind::Customer) {
        let in_chat = messages::table.filter(messages::chat.eq(identity.value()));
        erased += diesel::delete(in_chat).execute(connection)?;
    }
    Ok(erased)
}
