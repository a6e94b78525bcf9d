//! The people whom the bots register: a different one for every call.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::timestamp;

const FIRST: [&str; 8] = ["Ana", "Luis", "Carmen", "Jorge", "Lucía", "Mateo", "Elena", "Pablo"];
const LAST: [&str; 7] = ["García", "Muñoz", "Soler", "Ibáñez", "Vidal", "Ortega", "Romero"];
const CAMPAIGNS: [&str; 3] = ["newsletter", "google", "instagram"];

/// Spanish mobile numbers are `+34 6` and eight digits, all of which may be in use.
const PHONES: u64 = 100_000_000;

/// An endless supply of people, none of them twice.
#[derive(Debug)]
pub(crate) struct People {
    run: i64,
    next: AtomicU64,
}

impl People {
    /// People who differ from those of earlier runs, because a running server remembers them.
    pub(crate) fn new() -> Self {
        let run = timestamp::now() / 1_000_000;
        Self { run, next: AtomicU64::new(run.unsigned_abs() * 1_000 % PHONES) }
    }

    /// Writes the body that registers somebody new.
    pub(crate) fn write_user(&self, body: &mut String) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (name, email) = (name(number), self.email(number));
        let phone = 600_000_000 + number % PHONES;
        let campaign = pick(&CAMPAIGNS, number);
        body.clear();
        write!(
            body,
            r#"{{"name":"{name}","email":"{email}","phone":"+34{phone}","origin":"pricing page","utm_source":"{campaign}"}}"#
        )
        .expect("a String takes everything");
    }

    /// Writes the body with which somebody new asks about prices.
    pub(crate) fn write_ticket(&self, body: &mut String) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (name, email) = (name(number), self.email(number));
        body.clear();
        write!(
            body,
            r#"{{"topic":"pricing","description":"What would {number} seats cost us a year?","name":"{name}","email":"{email}"}}"#
        )
        .expect("a String takes everything");
    }

    fn email(&self, number: u64) -> String {
        format!("visitor.{}.{number}@bench.example", self.run)
    }
}

fn name(number: u64) -> String {
    format!("{} {}", pick(&FIRST, number), pick(&LAST, number))
}

fn pick<const N: usize>(words: &[&'static str; N], number: u64) -> &'static str {
    let index = usize::try_from(number).unwrap_or(0) % N;
    words[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn two_people_share_neither_email_nor_phone() {
        let people = People::new();
        let [first, second] = [(); 2].map(|()| read(|body| people.write_user(body)));
        assert_ne!(first["email"], second["email"]);
        assert_ne!(first["phone"], second["phone"]);
        assert!(first["phone"].as_str().is_some_and(|phone| phone.len() == 12 && phone.starts_with("+346")));
    }

    #[test]
    fn a_ticket_names_its_topic_and_its_person() {
        let ticket = read(|body| People::new().write_ticket(body));
        assert_eq!(ticket["topic"], "pricing");
        for field in ["description", "name", "email"] {
            assert!(ticket[field].is_string(), "{field}");
        }
    }

    fn read(write: impl FnOnce(&mut String)) -> Value {
        let mut body = String::new();
        write(&mut body);
        serde_json::from_str(&body).expect("a body is JSON")
    }
}
