//! One measured quantity, how it is written, and what it is to reach.

use serde_json::{Value, json};

/// What a figure is to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bar {
    /// This much or more.
    AtLeast(f64),
    /// This much or less.
    AtMost(f64),
}

impl Bar {
    fn passes(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(limit) => format!("≥ {}", number(limit)),
            Self::AtMost(limit) => format!("≤ {}", number(limit)),
        }
    }
}

/// One quantity, measured once or several times.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    name: &'static str,
    unit: &'static str,
    samples: Vec<f64>,
    bar: Option<Bar>,
}

impl Figure {
    /// A quantity of which the median counts. The unit may be empty when the name says it.
    pub(crate) fn new(
        name: &'static str,
        unit: &'static str,
        samples: impl IntoIterator<Item = f64>,
    ) -> Self {
        Self { name, unit, samples: samples.into_iter().collect(), bar: None }
    }

    /// The same figure, to be judged.
    pub(crate) fn bar(self, bar: Bar) -> Self {
        self.bar_if(true, bar)
    }

    /// The same figure, to be judged if this run is the one that the bar was set for.
    pub(crate) fn bar_if(mut self, applies: bool, bar: Bar) -> Self {
        self.bar = applies.then_some(bar);
        self
    }

    /// The same figure, to be judged if there is a bar.
    pub(crate) fn bar_of(mut self, bar: Option<Bar>) -> Self {
        self.bar = bar;
        self
    }

    /// Whether the median reaches the bar, if there is one.
    pub(crate) fn passes(&self) -> Option<bool> {
        self.bar.map(|bar| bar.passes(median(&self.samples)))
    }

    /// The bar in words, if there is one.
    pub(crate) fn target(&self) -> Option<String> {
        let target = format!("{} {} {}", self.name, self.bar?.text(), self.unit);
        Some(target.trim_end().to_owned())
    }

    /// The median, and where the samples lie.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{} **{}**", self.name, number(median(&self.samples)));
        if !self.unit.is_empty() {
            text = format!("{text} {}", self.unit);
        }
        let lowest = self.samples.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self.samples.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if lowest < highest {
            text = format!("{text} ({} to {})", number(lowest), number(highest));
        }
        text
    }

    /// Median and samples.
    pub(crate) fn json(&self) -> Value {
        let bar = self.bar.map(|bar| match bar {
            Bar::AtLeast(limit) => json!({ "at_least": limit }),
            Bar::AtMost(limit) => json!({ "at_most": limit }),
        });
        let (median, pass) = (median(&self.samples), self.passes());
        json!({
            "name": self.name, "unit": self.unit, "median": median, "samples": self.samples,
            "bar": bar, "pass": pass,
        })
    }
}

/// A number of things, as figures are kept.
#[expect(clippy::cast_precision_loss, reason = "nothing here is counted beyond 2^52")]
pub(crate) fn count(things: usize) -> f64 {
    things as f64
}

/// The middle of the samples, or the mean of the two in the middle; 0 of none.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => 0.0,
        (length, middle) if length % 2 == 1 => sorted[middle],
        (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// A number for people: three digits or all before the point, thousands apart.
pub(crate) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        whole if whole.fract() == 0.0 || whole >= 100.0 => 0,
        tens if tens >= 10.0 => 1,
        _ => 2,
    };
    let plain = format!("{value:.decimals$}");
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = sign.to_owned();
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_their_thousands_apart() {
        let cases = [(0.0, "0"), (0.123, "0.12"), (9.876, "9.88"), (12.34, "12.3"), (100.6, "101")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(-123_456.0), "-123,456");
    }
}
