//! What days brought, in figures.

use std::{cmp::Reverse, collections::BTreeMap};

use application::ports::{FigureRepository, StorageError};
use async_trait::async_trait;
use domain::{
    figures::{DayFigures, Figures},
    ids::TicketId,
    ledger::day_of,
    notification::{OutcomeKind, Purpose},
};
use jiff::{Timestamp, civil::Date};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl FigureRepository for InMemoryUnitOfWork {
    async fn count(&mut self, day: Date) -> Result<Figures, StorageError> {
        let state = self.read(Operation::FiguresCount)?;
        let mut figures = Figures::default();
        state.count_leads(day, &mut figures);
        for ticket in state.tickets.values().filter(|ticket| day_of(ticket.created_at) == day) {
            let of_topic = figures.tickets.entry(ticket.topic.to_string()).or_default();
            *of_topic.entry(ticket.status).or_default() += 1;
            let took = |until: Option<Timestamp>| until.map(|at| at.duration_since(ticket.created_at));
            figures.told.add(took(state.told_at(ticket.id)), 1);
            figures.answered.add(took(state.answered_at(ticket.id)), 1);
        }
        Ok(figures)
    }

    async fn keep(&mut self, figures: &DayFigures) -> Result<(), StorageError> {
        self.write(Operation::FiguresKeep)?.figures.put(figures.day, figures.clone());
        Ok(())
    }

    async fn since(&mut self, first: Date) -> Result<Vec<DayFigures>, StorageError> {
        let state = self.read(Operation::FiguresSince)?;
        Ok(state.figures.values().filter(|kept| kept.day >= first).cloned().collect())
    }

    async fn forget_before(&mut self, first: Date) -> Result<(), StorageError> {
        self.write(Operation::FiguresForgetBefore)?.figures.remove_where(|kept| kept.day < first);
        Ok(())
    }
}

impl State {
    fn count_leads(&self, day: Date, figures: &mut Figures) {
        let mut origins: BTreeMap<Option<&String>, u64> = BTreeMap::new();
        for user in self.users.values().filter(|user| day_of(user.created_at) == day) {
            *origins.entry(user.first_origin.source.as_ref()).or_default() += 1;
        }
        let mut origins: Vec<_> = origins.into_iter().collect();
        origins.sort_by_key(|&(origin, leads)| (Reverse(leads), origin));
        for (origin, leads) in origins {
            figures.add_leads(origin.cloned(), leads);
        }
    }

    /// When a team was told first.
    fn told_at(&self, ticket: TicketId) -> Option<Timestamp> {
        let of_ticket = self.outbox.values().filter(|row| row.planned.ticket_id == Some(ticket));
        let news = of_ticket.filter(|row| row.planned.purpose == Purpose::TicketOpened);
        let attempts = news.flat_map(|row| row.attempts.iter());
        let arrived = attempts.filter(|row| row.attempt.outcome == Some(OutcomeKind::Sent));
        arrived.filter_map(|row| row.attempt.closed_at).min()
    }

    /// When the person was answered first.
    fn answered_at(&self, ticket: TicketId) -> Option<Timestamp> {
        let of_ticket = self.outbox.values().filter(|row| row.planned.ticket_id == Some(ticket));
        let replies = of_ticket.filter(|row| row.planned.purpose == Purpose::Reply);
        replies.map(|row| row.planned.created_at).min()
    }
}
