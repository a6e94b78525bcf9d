//! What was measured, beside what is to be reached, as Markdown and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::figure::Figure;

/// What belongs together: one line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    title: String,
    figures: Vec<Figure>,
}

impl Line {
    /// A line of the table.
    pub(crate) fn new(title: impl Into<String>, figures: Vec<Figure>) -> Self {
        Self { title: title.into(), figures }
    }

    fn cells(&self) -> [String; 4] {
        let measured: Vec<String> = self.figures.iter().map(Figure::text).collect();
        let targets: Vec<String> = self.figures.iter().filter_map(Figure::target).collect();
        let verdicts = self.figures.iter().filter_map(Figure::passes);
        let verdict = match verdicts.reduce(|all, one| all && one) {
            None => "",
            Some(true) => "pass",
            Some(false) => "**missed**",
        };
        [self.title.clone(), measured.join("; "), targets.join("; "), verdict.to_owned()]
    }
}

/// A whole run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Machine and settings.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// What was measured.
    pub(crate) lines: Vec<Line>,
    /// What could not be measured, and why.
    pub(crate) failures: Vec<(String, String)>,
}

impl Report {
    /// Whether any figure misses its bar.
    pub(crate) fn misses_a_bar(&self) -> bool {
        self.lines.iter().flat_map(|line| &line.figures).any(|figure| figure.passes() == Some(false))
    }

    /// The report for people.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from("| | |\n| --- | --- |\n");
        for (label, value) in &self.settings {
            row(&mut text, &[(*label).to_owned(), value.clone()]);
        }
        text.push_str("\n| scenario | median (lowest to highest) | to be reached | |\n");
        text.push_str("| --- | --- | --- | --- |\n");
        for line in &self.lines {
            row(&mut text, &line.cells());
        }
        for (scenario, reason) in &self.failures {
            write!(text, "\nFAILED: {scenario}: {reason}\n").expect("a String takes everything");
        }
        text
    }

    /// The report for programs, with every sample.
    pub(crate) fn json(&self) -> Value {
        let settings: serde_json::Map<String, Value> =
            self.settings.iter().map(|(label, value)| ((*label).to_owned(), json!(value))).collect();
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                let figures: Vec<Value> = line.figures.iter().map(Figure::json).collect();
                json!({ "scenario": line.title, "figures": figures })
            })
            .collect();
        let failures: Vec<Value> = self
            .failures
            .iter()
            .map(|(scenario, reason)| json!({ "scenario": scenario, "reason": reason }))
            .collect();
        json!({ "settings": settings, "lines": lines, "failures": failures })
    }
}

fn row(text: &mut String, cells: &[String]) {
    writeln!(text, "| {} |", cells.join(" | ")).expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Bar;

    #[test]
    fn the_median_is_judged_against_the_bar() {
        let rate = Figure::new("calls/s", "", [9_000.0, 12_000.0, 11_000.0]).bar(Bar::AtLeast(10_000.0));
        let slow = Figure::new("p99", "ms", [12.5]).bar(Bar::AtMost(10.0));
        let good = Line::new("users", vec![rate.clone(), Figure::new("p50", "ms", [1.5])]);
        let bad = Line::new("users", vec![rate, slow]);
        assert_eq!(
            good.cells(),
            ["users", "calls/s **11,000** (9,000 to 12,000); p50 **1.50** ms", "calls/s ≥ 10,000", "pass"]
        );
        assert_eq!(bad.cells()[2..], ["calls/s ≥ 10,000; p99 ≤ 10 ms", "**missed**"]);
        assert!(Report { lines: vec![bad], ..Report::default() }.misses_a_bar());
        assert!(!Report { lines: vec![good], ..Report::default() }.misses_a_bar());
    }

    #[test]
    fn a_failure_is_in_both_reports() {
        let failures = vec![("intake".to_owned(), "a call was answered 503".to_owned())];
        let report = Report { failures, ..Report::default() };
        assert!(report.markdown().contains("FAILED: intake: a call was answered 503"));
        assert_eq!(report.json()["failures"][0]["scenario"], "intake");
    }
}
