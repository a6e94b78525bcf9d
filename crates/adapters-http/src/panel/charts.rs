//! A picture of numbers: columns side by side, each of parts upon each other, drawn on the server.

/// The size of the picture, in its own units.
const WIDTH: u64 = 560;
const HEIGHT: u64 = 150;

/// The room below the columns for their names, and above them for their numbers.
const MARGIN: u64 = 20;

/// So many columns have room for a name each.
const NAMES: usize = 10;

/// So many colours there are; a picture has no more sorts of parts.
pub(super) const COLOURS: usize = 7;

/// What one column is made of: a name, and a number for each sort of parts.
pub(super) struct Numbers {
    pub(super) name: String,
    pub(super) values: Vec<u64>,
}

/// A part of a column.
pub(super) struct Part {
    /// Which sort, for its colour.
    pub(super) sort: usize,
    pub(super) y: u64,
    pub(super) height: u64,
}

/// A column, where it stands.
pub(super) struct Column {
    pub(super) numbers: Numbers,
    pub(super) parts: Vec<Part>,
    pub(super) total: u64,
    pub(super) x: u64,
    /// Where its number stands.
    pub(super) top: u64,
    /// Where its name and its number stand.
    pub(super) middle: u64,
    /// Whether its name has room.
    pub(super) is_named: bool,
}

/// Columns of which the highest fills the picture.
pub(super) struct Chart {
    /// What the parts are, from below; not more than [`COLOURS`].
    pub(super) sorts: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) width: u64,
}

impl Chart {
    /// A column for each of `all`, with a number for each of `sorts`.
    pub(super) fn of(sorts: Vec<String>, all: Vec<Numbers>) -> Self {
        let highest =
            all.iter().map(|column| column.values.iter().sum::<u64>()).max().unwrap_or_default().max(1);
        let (step, every) = (WIDTH / (all.len() as u64).max(1), all.len().div_ceil(NAMES).max(1));
        let last = all.len().saturating_sub(1);
        let columns = all.into_iter().enumerate().map(|(position, numbers)| {
            let left = position as u64 * step;
            let mut column = Column {
                total: numbers.values.iter().sum(),
                parts: Vec::new(),
                x: left + step / 8,
                top: HEIGHT - MARGIN,
                middle: left + step / 2,
                is_named: (last - position).is_multiple_of(every),
                numbers,
            };
            column.pile(highest);
            column
        });
        Self { sorts, columns: columns.collect(), width: step * 3 / 4 }
    }

    /// The part of the plane that the picture shows.
    pub(super) fn view_box(&self) -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }

    /// Where names stand.
    pub(super) const fn names_y(&self) -> u64 {
        HEIGHT - 5
    }

    /// The line on which the columns stand, from one end to the other.
    pub(super) const fn ground(&self) -> (u64, u64) {
        (WIDTH, HEIGHT - MARGIN)
    }

    /// Whether the numbers above the columns have room.
    pub(super) const fn has_room_for_numbers(&self) -> bool {
        self.columns.len() <= NAMES
    }
}

impl Column {
    fn pile(&mut self, highest: u64) {
        let room = HEIGHT - 2 * MARGIN;
        for (sort, value) in self.numbers.values.iter().enumerate().filter(|(_, value)| **value > 0) {
            let height = (value * room / highest).max(1);
            self.top = self.top.saturating_sub(height);
            self.parts.push(Part { sort, y: self.top, height });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[&[u64]]) -> Chart {
        let numbers = |values: &&[u64]| Numbers { name: String::new(), values: values.to_vec() };
        Chart::of(vec!["a".to_owned(), "b".to_owned()], values.iter().map(numbers).collect())
    }

    fn heights(column: &Column) -> Vec<u64> {
        column.parts.iter().map(|part| part.height).collect()
    }

    #[test]
    fn the_highest_column_fills_the_picture_and_something_is_never_nothing() {
        let columns = chart(&[&[0, 0], &[1, 0], &[600, 400]]).columns;
        let room = HEIGHT - 2 * MARGIN;
        assert_eq!(
            columns.iter().map(heights).collect::<Vec<_>>(),
            [vec![], vec![1], vec![room * 6 / 10, room * 4 / 10]]
        );
        assert_eq!((columns[2].top, columns[2].total), (MARGIN, 1_000));
        assert_eq!(columns[2].parts[1].y, MARGIN, "parts stand upon each other");
    }

    #[test]
    fn nothing_at_all_is_a_picture_without_height() {
        assert!(chart(&[&[0, 0]]).columns[0].parts.is_empty());
        assert!(chart(&[]).columns.is_empty());
    }

    #[test]
    fn of_many_columns_some_are_named_the_last_among_them() {
        let many: Vec<&[u64]> = vec![&[1, 0]; 30];
        let chart = chart(&many);
        assert!(!chart.has_room_for_numbers());
        let named: Vec<_> = (0..30).filter(|&at| chart.columns[at].is_named).collect();
        assert_eq!(named, (0..10).map(|at| 2 + 3 * at).collect::<Vec<_>>());
    }
}
