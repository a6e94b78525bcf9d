//! Users from elsewhere, taken by the rules by which bots register them.

use std::sync::Arc;

use domain::{
    bot::Bot,
    bot_call::{Fields, ReadingContext, Refused, read_users_call},
    ids::{IdSource, RequestId},
    intake::{CallPath, CallingBot, Decisions, IntakeRules, Knowledge, PendingCall, RawCall, decide},
    ledger::Made,
    topic::Routing,
};
use jiff::{SignedDuration, Timestamp};

use crate::ports::{Changed, Clock, Ids, Storage, StorageError, Transaction, atomically, consult};

/// Whether an import changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Users are written.
    Write,
    /// It is only said what would become of each row.
    DryRun,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It made a user.
    Registered,
    /// Its user was known; what was empty was filled.
    Recognised,
    /// It cannot be understood.
    Rejected(Refused),
}

/// Imports users. They are decided on as if a bot had registered them, but count as no calls, and nobody is written
/// to: whoever was imported gets no welcome mail later either.
#[derive(Clone)]
pub struct ImportUsers {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl ImportUsers {
    /// Takes a batch of rows in one unit of work, with `bot` as the one that registers them; says what became of each,
    /// in their order. A dry run does not know what earlier batches would have made.
    pub async fn execute(
        &self,
        bot: &Bot,
        rows: &[Fields],
        mode: ImportMode,
    ) -> Result<Vec<ImportOutcome>, StorageError> {
        let now = self.clock.now();
        let context = ReadingContext { bot: bot.id, country: bot.default_country };
        let read: Vec<_> = rows.iter().map(|row| read_users_call(row, &context)).collect();
        let calls: Vec<_> = read
            .iter()
            .filter_map(|row| row.as_ref().ok())
            .map(|call| PendingCall {
                request_id: RequestId::from_uuid(self.ids.next()),
                bot: CallingBot::from(bot),
                path: CallPath::Users,
                read: Ok(call.clone()),
                replay: None,
                raw: RawCall::default(),
                received_at: now,
            })
            .collect();
        let mut created = self.take(&calls, mode, now).await?.into_iter();
        let outcome = |row: &Result<_, Refused>| match row {
            Err(refused) => ImportOutcome::Rejected(*refused),
            Ok(_) if created.next() == Some(true) => ImportOutcome::Registered,
            Ok(_) => ImportOutcome::Recognised,
        };
        Ok(read.iter().map(outcome).collect())
    }

    /// Whether each call made a user. A batch that meets a conflict runs again once: the second load sees the winner.
    async fn take(
        &self,
        calls: &[PendingCall],
        mode: ImportMode,
        now: Timestamp,
    ) -> Result<Vec<bool>, StorageError> {
        let decisions = match mode {
            ImportMode::DryRun => {
                consult(&*self.storage, async |tx| self.decide(tx, calls, now).await).await?
            }
            ImportMode::Write => match self.write(calls, now).await {
                Err(StorageError::Conflict(_)) => self.write(calls, now).await?,
                other => other?,
            },
        };
        Ok(decisions.answers.iter().map(|answer| answer.created == Some(true)).collect())
    }

    async fn write(&self, calls: &[PendingCall], now: Timestamp) -> Result<Decisions, StorageError> {
        atomically(&*self.storage, async |tx| {
            let decisions = self.decide(tx, calls, now).await?;
            let writes = &decisions.writes;
            tx.users().insert(&writes.new_users).await?;
            tx.users().update(&writes.changed_users).await?;
            tx.users().add_identities(&writes.identities).await?;
            tx.timeline().record_clashes(&writes.clashes).await?;
            let made = Made { users: writes.new_users.len() as u64, ..Made::default() };
            tx.ledger().made_without_call(now, made).await?;
            let written = writes.new_users.iter().chain(&writes.changed_users).map(|user| user.id);
            tx.search().note(&Changed { users: written.collect(), tickets: Vec::new() }).await?;
            Ok(decisions)
        })
        .await
    }

    /// Notifications and intake rows of the decision are left out: nobody called.
    async fn decide(
        &self,
        tx: &mut Transaction,
        calls: &[PendingCall],
        now: Timestamp,
    ) -> Result<Decisions, StorageError> {
        let read = calls.iter().filter_map(|call| call.read.as_ref().ok().map(|read| (read, call.bot.id)));
        let mut identities: Vec<_> = read.flat_map(|(read, bot)| read.person.identities(bot)).collect();
        identities.sort_unstable();
        identities.dedup();
        let persons = tx.users().by_identities(&identities).await?;
        let known = Knowledge {
            users: persons.users,
            identities: persons.identities,
            answers: Vec::new(),
            routing: Routing::default(),
            first_ticket_number: 0,
        };
        let rules = IntakeRules { welcome_delay: SignedDuration::ZERO };
        let mut next_id = || self.ids.next();
        let mut decisions = decide(calls, known, rules, now, &mut next_id as &mut (dyn IdSource + Send));
        decisions.writes.new_users.iter_mut().for_each(|user| user.welcomed = true);
        Ok(decisions)
    }
}
