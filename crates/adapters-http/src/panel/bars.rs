//! A picture of a few numbers: bars side by side, drawn on the server.

/// The size of the picture, in its own units.
const WIDTH: u64 = 420;
const HEIGHT: u64 = 120;

/// The room below the bars for their names, and above them for their numbers.
const MARGIN: u64 = 20;

/// One bar.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: u64,
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    /// Where its name and its number stand.
    pub(super) middle: u64,
}

/// Bars of which the highest fills the picture.
pub(super) struct Bars {
    pub(super) bars: Vec<Bar>,
}

impl Bars {
    /// A bar for each name and number.
    pub(super) fn of(values: impl IntoIterator<Item = (String, u64)>) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        let highest = values.iter().map(|(_, value)| *value).max().unwrap_or_default().max(1);
        let step = WIDTH / (values.len() as u64).max(1);
        let room = HEIGHT - 2 * MARGIN;
        let bars = (0..).zip(values).map(|(position, (name, value)): (u64, _)| {
            let height = (value * room).div_ceil(highest);
            let x = position * step + step / 8;
            let y = HEIGHT - MARGIN - height;
            Bar { name, value, x, y, width: step * 3 / 4, height, middle: position * step + step / 2 }
        });
        Self { bars: bars.collect() }
    }

    /// The part of the plane that the picture shows.
    pub(super) fn view_box(&self) -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }

    /// Where names stand.
    pub(super) const fn names_y(&self) -> u64 {
        HEIGHT - 5
    }

    /// The line on which the bars stand.
    pub(super) const fn ground(&self) -> u64 {
        HEIGHT - MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_picture_and_something_is_never_nothing() {
        let bars = Bars::of([("a".to_owned(), 0), ("b".to_owned(), 1), ("c".to_owned(), 1_000)]).bars;
        let heights: Vec<_> = bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [0, 1, HEIGHT - 2 * MARGIN]);
        assert_eq!(bars[2].y, MARGIN);
    }

    #[test]
    fn nothing_at_all_is_a_picture_without_height() {
        assert!(Bars::of([("a".to_owned(), 0)]).bars.iter().all(|bar| bar.height == 0));
        assert!(Bars::of([]).bars.is_empty());
    }
}
