//! What was promised, held against what the system knows and what the mail server got.

use std::collections::HashMap;
use std::time::Duration;

use super::load::{Answers, Promise};
use super::register::{Found, Record};
use crate::load::Call;

/// From the end of a fault until everything works again, at most.
const RECOVERY: Duration = Duration::from_secs(10);

/// One fault and what came of it.
#[derive(Debug)]
pub(super) struct Tally {
    fault: String,
    answered: usize,
    refused: usize,
    found: Found,
    notifications: Notifications,
    recovery: Result<Duration, String>,
}

/// What became of the notifications.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notifications {
    sent: usize,
    lost: usize,
    duplicates: usize,
    marked: usize,
}

impl Notifications {
    /// Counts. `arrived` holds the `Message-ID` of every mail.
    pub(super) fn count(promises: &[Promise], records: &[Record], arrived: &[String]) -> Self {
        let mut copies: HashMap<&str, usize> = HashMap::new();
        for id in arrived {
            *copies.entry(notification(id)).or_default() += 1;
        }
        let mut counted = Self { lost: never_planned(promises, records), ..Self::default() };
        for record in records {
            let came = copies.remove(record.id.as_str()).unwrap_or(0);
            let again = came.saturating_sub(1);
            counted.sent += usize::from(record.status == "sent");
            counted.lost += usize::from(came == 0);
            counted.duplicates += again;
            counted.marked += if record.possible_duplicate { again } else { 0 };
        }
        // Mails of notifications that were over before this fault.
        counted.duplicates += copies.values().sum::<usize>();
        counted
    }
}

/// Whether nothing more will happen: everything that was promised is there, and has been sent.
pub(super) fn is_settled(promises: &[Promise], records: &[Record]) -> bool {
    records.iter().all(|record| record.status == "sent") && never_planned(promises, records) == 0
}

/// Notifications that follow from a promise and do not exist.
fn never_planned(promises: &[Promise], records: &[Record]) -> usize {
    let mut planned: HashMap<&str, usize> = HashMap::new();
    for record in records {
        *planned.entry(record.request.as_str()).or_default() += 1;
    }
    let missing = |promise: &Promise| {
        let planned = planned.get(promise.request.as_str()).copied().unwrap_or(0);
        expected(promise.call).saturating_sub(planned)
    };
    promises.iter().map(missing).sum()
}

/// A welcome mail, and for a ticket a mail to the team.
fn expected(call: Call) -> usize {
    match call {
        Call::Users => 1,
        Call::Tickets => 2,
    }
}

/// The notification of a `Message-ID`, which is `<id@domain>`.
fn notification(message_id: &str) -> &str {
    let id = message_id.trim_start_matches('<');
    id.split_once('@').map_or(id, |(id, _)| id)
}

/// The head of the table.
pub(super) const HEAD: &str = "\
| fault | answered ok | not ok | users found | tickets found | notifications sent | leads_lost | notifications_lost \
| duplicates | marked unknown | recovered after s | |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

impl Tally {
    /// Puts together what is known of a fault.
    pub(super) fn new(
        fault: String,
        answers: &Answers,
        found: Found,
        notifications: Notifications,
        recovery: Result<Duration, String>,
    ) -> Self {
        let (answered, refused) = (answers.promises.len(), answers.refused);
        Self { fault, answered, refused, found, notifications, recovery }
    }

    /// What was promised and not kept, in words; nothing if all was.
    pub(super) fn broken(&self) -> Vec<String> {
        let Notifications { lost, duplicates, marked, .. } = self.notifications;
        let mut broken = Vec::new();
        if self.answered == 0 {
            broken.push("no call was answered ok".to_owned());
        }
        if self.found.lost > 0 {
            broken.push(format!("leads_lost={}", self.found.lost));
        }
        if lost > 0 {
            broken.push(format!("notifications_lost={lost}"));
        }
        if duplicates > marked {
            broken.push(format!("{} duplicates are not marked", duplicates - marked));
        }
        match &self.recovery {
            Ok(time) if *time <= RECOVERY => {}
            Ok(time) => broken.push(format!("recovery took {:.1} s", time.as_secs_f64())),
            Err(reason) => broken.push(reason.clone()),
        }
        broken
    }

    /// The line of the table.
    pub(super) fn row(&self) -> String {
        let Notifications { sent, lost, duplicates, marked } = self.notifications;
        let recovery = match &self.recovery {
            Ok(time) => format!("{:.1}", time.as_secs_f64()),
            Err(_) => "never".to_owned(),
        };
        let broken = self.broken();
        let verdict =
            if broken.is_empty() { "kept".to_owned() } else { format!("**{}**", broken.join("; ")) };
        let (Found { users, tickets, lost: leads }, fault) = (self.found, &self.fault);
        format!(
            "| {fault} | {} | {} | {users} | {tickets} | {sent} | {leads} | {lost} | {duplicates} | {marked} \
             | {recovery} | {verdict} |",
            self.answered, self.refused
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(request: &str, call: Call) -> Promise {
        let text = request.to_owned();
        Promise { call, request: text.clone(), email: text.clone(), user: text, reference: None }
    }

    fn record(id: &str, request: &str, status: &str, possible_duplicate: bool) -> Record {
        Record {
            id: id.to_owned(),
            request: request.to_owned(),
            status: status.to_owned(),
            possible_duplicate,
        }
    }

    fn arrived(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| format!("<{id}@localhost>")).collect()
    }

    #[test]
    fn what_was_sent_but_never_arrived_is_lost_and_so_is_what_was_never_planned() {
        let promises = [promise("a", Call::Users), promise("b", Call::Tickets)];
        let records = [record("1", "a", "sent", false), record("2", "b", "sent", false)];
        let counted = Notifications::count(&promises, &records, &arrived(&["1"]));
        assert_eq!(counted, Notifications { sent: 2, lost: 2, duplicates: 0, marked: 0 });
        assert!(!is_settled(&promises, &records));
    }

    #[test]
    fn a_copy_is_explained_only_by_its_mark() {
        let promises = [promise("a", Call::Users), promise("b", Call::Users)];
        let records = [record("1", "a", "sent", true), record("2", "b", "sent", false)];
        let counted = Notifications::count(&promises, &records, &arrived(&["1", "1", "1", "2", "2", "0"]));
        assert_eq!(counted, Notifications { sent: 2, lost: 0, duplicates: 4, marked: 2 });
        assert!(is_settled(&promises, &records));
    }

    #[test]
    fn every_broken_promise_is_named() {
        let answers = Answers { promises: vec![promise("a", Call::Users)], refused: 3 };
        let found = Found { users: 1, ..Found::default() };
        let kept = Tally::new("x".to_owned(), &answers, found, Notifications::default(), Ok(RECOVERY));
        assert!(kept.broken().is_empty());
        assert_eq!(kept.row(), "| x | 1 | 3 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 10.0 | kept |");

        let notifications = Notifications { sent: 1, lost: 2, duplicates: 3, marked: 1 };
        let found = Found { lost: 1, ..found };
        let late = Ok(RECOVERY + Duration::from_secs(1));
        let broken = Tally::new("x".to_owned(), &answers, found, notifications, late).broken();
        assert_eq!(
            broken,
            ["leads_lost=1", "notifications_lost=2", "2 duplicates are not marked", "recovery took 11.0 s"]
        );
    }
}
