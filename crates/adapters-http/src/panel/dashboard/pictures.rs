//! What the last days brought, as pictures.

use std::collections::BTreeMap;

use domain::{
    figures::{DayFigures, Figures, Waits},
    ticket::TicketStatus,
};
use jiff::civil::Date;

use crate::panel::{
    charts::{COLOURS, Chart, Numbers},
    frame::Frame,
};

/// So many topics have a column; the others share one.
const TOPICS: usize = 9;

/// The pictures of the dashboard.
pub(super) struct Pictures {
    pub(super) leads: Chart,
    pub(super) tickets: Chart,
    pub(super) topics: Chart,
    pub(super) told: Chart,
    pub(super) answered: Chart,
}

impl Pictures {
    pub(super) fn of(frame: &Frame, days: &[DayFigures]) -> Self {
        Self {
            leads: leads(frame, days),
            tickets: tickets(frame, days),
            topics: topics(frame, days),
            told: waits(frame, days, |figures| figures.told),
            answered: waits(frame, days, |figures| figures.answered),
        }
    }
}

/// By day, and by the origins that brought most in all these days.
fn leads(frame: &Frame, days: &[DayFigures]) -> Chart {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for (origin, count) in days.iter().flat_map(|day| &day.figures.leads) {
        *totals.entry(origin).or_default() += count;
    }
    let mut origins: Vec<_> = totals.into_iter().map(|(origin, total)| (u64::MAX - total, origin)).collect();
    origins.sort_unstable();
    origins.truncate(COLOURS - 1);
    let named = |figures: &Figures| -> Vec<u64> {
        origins.iter().map(|(_, origin)| figures.leads.get(*origin).copied().unwrap_or_default()).collect()
    };
    let numbers = |day: &DayFigures| {
        let mut values = named(&day.figures);
        let all: u64 = day.figures.leads.values().sum::<u64>() + day.figures.other_leads;
        values.push(all - values.iter().sum::<u64>());
        Numbers { name: name(day.day), values }
    };
    let mut sorts: Vec<String> = origins.iter().map(|(_, origin)| (*origin).to_owned()).collect();
    sorts.push(frame.t("Others").to_owned());
    Chart::of(sorts, days.iter().map(numbers).collect())
}

/// By the day on which they were opened, and by where they stand now.
fn tickets(frame: &Frame, days: &[DayFigures]) -> Chart {
    let numbers =
        |day: &DayFigures| Numbers { name: name(day.day), values: standing(day.figures.tickets.values()) };
    Chart::of(statuses(frame), days.iter().map(numbers).collect())
}

/// By topic, and by where they stand now.
fn topics(frame: &Frame, days: &[DayFigures]) -> Chart {
    let mut by_topic: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (topic, counts) in days.iter().flat_map(|day| &day.figures.tickets) {
        let totals = by_topic.entry(topic).or_insert_with(|| vec![0; TicketStatus::ALL.len()]);
        add(totals, &standing([counts]));
    }
    let mut topics: Vec<_> =
        by_topic.into_iter().map(|(topic, values)| Numbers { name: topic.to_owned(), values }).collect();
    topics.sort_by_key(|topic| u64::MAX - topic.values.iter().sum::<u64>());
    if topics.len() > TOPICS + 1 {
        let mut others = vec![0; TicketStatus::ALL.len()];
        topics.split_off(TOPICS).iter().for_each(|topic| add(&mut others, &topic.values));
        topics.push(Numbers { name: frame.t("Others").to_owned(), values: others });
    }
    Chart::of(statuses(frame), topics)
}

fn statuses(frame: &Frame) -> Vec<String> {
    TicketStatus::ALL.iter().map(|status| frame.label(status.as_str()).to_owned()).collect()
}

fn standing<'a>(counts: impl IntoIterator<Item = &'a BTreeMap<TicketStatus, u64>>) -> Vec<u64> {
    let mut values = vec![0; TicketStatus::ALL.len()];
    for counts in counts {
        let of = TicketStatus::ALL.iter().map(|status| counts.get(status).copied().unwrap_or_default());
        add(&mut values, &of.collect::<Vec<_>>());
    }
    values
}

fn add(values: &mut [u64], more: &[u64]) {
    values.iter_mut().zip(more).for_each(|(value, more)| *value += more);
}

/// How long it took for the tickets of all these days.
fn waits(frame: &Frame, days: &[DayFigures], of: fn(&Figures) -> Waits) -> Chart {
    let mut totals = vec![0; Waits::CLASSES];
    for day in days {
        add(&mut totals, &of(&day.figures).0);
    }
    // The classes of `Waits`.
    let names: [&str; Waits::CLASSES] = [
        frame.t("within 1 s"),
        frame.t("within 1 min"),
        frame.t("within 1 h"),
        frame.t("within 1 day"),
        frame.t("later"),
        frame.t("not yet"),
    ];
    let column = |(name, value): (&str, u64)| Numbers { name: name.to_owned(), values: vec![value] };
    Chart::of(vec![frame.t("Tickets").to_owned()], names.into_iter().zip(totals).map(column).collect())
}

fn name(day: Date) -> String {
    day.strftime("%d.%m.").to_string()
}
