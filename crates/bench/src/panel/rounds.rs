//! Addresses that belong together, and how long they took.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::figure::{Bar, Figure, count, number};
use crate::http::Client;
use crate::report::Line;

/// So many of the slowest addresses are named.
const NAMED: usize = 3;

/// Addresses that have to be as fast as each other.
#[derive(Debug)]
pub(super) struct Kind {
    title: String,
    door: Door,
    /// What the slowest address has to reach in 95 of 100 requests, in milliseconds.
    bar: f64,
    addresses: Vec<String>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// An agent with a browser.
    Panel,
    /// A program with a token.
    Api,
}

/// What one repetition took, in milliseconds.
#[derive(Debug, Default)]
struct Round {
    all: Vec<f64>,
    /// Of each address the 95th of 100.
    each: Vec<f64>,
}

impl Kind {
    pub(super) fn new(title: &str, door: Door, bar: f64, addresses: Vec<String>) -> Self {
        Self { title: title.to_owned(), door, bar, addresses }
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) const fn door(&self) -> Door {
        self.door
    }

    /// Asks for each address in turn, so often in each of the repetitions.
    pub(super) async fn measure(&self, client: &mut Client, repetitions: u8, requests: u8) -> Result<Line> {
        let mut rounds = Vec::new();
        for _ in 0..repetitions {
            rounds.push(self.round(client, requests).await?);
        }
        self.name_slowest(&rounds);
        let of_all =
            |part: f64| rounds.iter().map(move |round| percentile(&round.all, part)).collect::<Vec<_>>();
        let slowest = rounds.iter().map(|round| percentile(&round.each, 1.0));
        let title = format!("{}, {} addresses", self.title, number(count(self.addresses.len())));
        Ok(Line::new(
            title,
            vec![
                Figure::new("p50", "ms", of_all(0.5)),
                Figure::new("p95", "ms", of_all(0.95)),
                Figure::new("max", "ms", of_all(1.0)),
                Figure::new("p95 of the slowest", "ms", slowest).bar(Bar::AtMost(self.bar)),
            ],
        ))
    }

    async fn round(&self, client: &mut Client, requests: u8) -> Result<Round> {
        let mut round = Round::default();
        for address in &self.addresses {
            let mut own = Vec::new();
            for _ in 0..requests {
                let begun = Instant::now();
                let answer = client.get(address).await?;
                own.push(begun.elapsed().as_secs_f64() * 1e3);
                ensure!(answer.status == 200, "{address} was answered {}: {}", answer.status, answer.text());
            }
            round.each.push(percentile(&own, 0.95));
            round.all.extend(own);
        }
        Ok(round)
    }

    /// Tells which addresses were the slowest in all repetitions.
    fn name_slowest(&self, rounds: &[Round]) {
        let best = |index: usize| rounds.iter().map(|round| round.each[index]).fold(f64::INFINITY, f64::min);
        let mut slowest: Vec<_> =
            self.addresses.iter().enumerate().map(|(index, address)| (best(index), address)).collect();
        slowest.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        for (milliseconds, address) in slowest.into_iter().take(NAMED) {
            eprintln!("panel: {}: {} ms {address}", self.title, number(milliseconds));
        }
    }
}

/// The value that this part of all does not exceed.
fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a small whole number")]
    let rank = (part * count(sorted.len())).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let values: Vec<_> = (1..=20).rev().map(f64::from).collect();
        let of = |values: &[f64], part| number(percentile(values, part));
        assert_eq!([0.5, 0.95, 1.0].map(|part| of(&values, part)), ["10", "19", "20"]);
        assert_eq!((of(&[7.0], 0.95), of(&[], 0.95)), ("7".to_owned(), "0".to_owned()));
    }
}
