//! What the system says afterwards: the people, the tickets and the notifications that it knows.

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::task::JoinSet;

use super::load::Promise;
use crate::http::{Client, Target};
use crate::server::Home;

/// Connections that look for leads.
const SEEKERS: usize = 8;

/// Notifications in one page.
const PAGE: usize = 1_000;

/// How many leads are still known.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Persons.
    pub(super) users: usize,
    /// Tickets.
    pub(super) tickets: usize,
    /// Promises of which the person or the ticket is missing.
    pub(super) lost: usize,
}

/// Asks for every lead that was promised.
pub(super) async fn find(targets: &[Target], promises: &[Promise]) -> Result<Found> {
    let mut seekers = JoinSet::new();
    let share = promises.len().div_ceil(SEEKERS).max(1);
    for (number, promises) in promises.chunks(share).enumerate() {
        let (target, promises) = (targets[number % targets.len()].clone(), promises.to_vec());
        seekers.spawn(async move { seek(&target, &promises).await });
    }
    let mut found = Found::default();
    while let Some(part) = seekers.join_next().await {
        let part = part??;
        found.users += part.users;
        found.tickets += part.tickets;
        found.lost += part.lost;
    }
    Ok(found)
}

async fn seek(target: &Target, promises: &[Promise]) -> Result<Found> {
    let mut client = Client::connect(target).await?;
    let mut found = Found::default();
    for Promise { email, user, reference, .. } in promises {
        let known = ask(&mut client, &format!("/bot/v1/users?email={email}")).await?["user_id"] == **user;
        found.users += usize::from(known);
        let mut whole = known;
        if let Some(reference) = reference {
            let path = format!("/bot/v1/tickets/{reference}?email={email}");
            let known = ask(&mut client, &path).await?["reference"] == **reference;
            found.tickets += usize::from(known);
            whole &= known;
        }
        found.lost += usize::from(!whole);
    }
    Ok(found)
}

async fn ask(client: &mut Client, path: &str) -> Result<Value> {
    let answer = client.get(path).await?;
    serde_json::from_slice(answer.body).with_context(|| format!("reading the answer of GET {path}"))
}

/// A notification as the system lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Its id, by which ids of later ones sort behind it.
    pub(super) id: String,
    /// The call that made it.
    pub(super) request: String,
    /// Where it stands.
    pub(super) status: String,
    /// Whether the system knows that it may have been delivered more than once.
    pub(super) possible_duplicate: bool,
}

impl Record {
    fn read(listed: &Value) -> Option<Self> {
        let text = |key: &str| listed[key].as_str().map(str::to_owned);
        Some(Self {
            id: text("id")?,
            request: text("request_id")?,
            status: text("status")?,
            possible_duplicate: listed["possible_duplicate"].as_bool()?,
        })
    }
}

/// Every notification that is newer than this one, the newest first.
pub(super) async fn notifications_after(home: &Home, last: &str) -> Result<Vec<Record>> {
    let mut records: Vec<Record> = Vec::new();
    loop {
        let limit = PAGE.to_string();
        let mut arguments = vec!["notifications", "list", "--json", "--limit", &limit];
        if let Some(oldest) = records.last() {
            arguments.extend(["--before", &oldest.id]);
        }
        let page: Vec<Value> = serde_json::from_str(&home.told(&arguments).await?)?;
        let read: Option<Vec<Record>> = page.iter().map(Record::read).collect();
        let newer = read.context("reading the list of notifications")?.into_iter();
        let before = records.len();
        records.extend(newer.take_while(|record| record.id.as_str() > last));
        if records.len() < before + PAGE {
            return Ok(records);
        }
    }
}
