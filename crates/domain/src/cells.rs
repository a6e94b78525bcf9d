//! Cells of CSV files, which people open in spreadsheets.

/// What a cell begins with that a spreadsheet takes as a formula, and so as something to run (OWASP, "CSV Injection").
const BEGINS_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

const DEFUSE: char = '\'';

/// The cell, as text in every spreadsheet. A plus and digits stay: a phone number runs nothing.
pub fn defused(cell: &str) -> String {
    let is_phone = cell.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    if cell.starts_with(BEGINS_FORMULA) && !is_phone { format!("{DEFUSE}{cell}") } else { cell.to_owned() }
}

/// The cell without what [`defused`] put before it.
pub fn restored(cell: &str) -> &str {
    cell.strip_prefix(DEFUSE).filter(|rest| rest.starts_with(BEGINS_FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_come_back() {
        for cell in ["=1+1", "+1+1", "-2", "@SUM(A1)", "\tx", "\r=x", "=HYPERLINK(\"http://x\")"] {
            let safe = defused(cell);
            assert_eq!(safe, format!("'{cell}"));
            assert_eq!(restored(&safe), cell);
        }
    }

    #[test]
    fn texts_and_phone_numbers_stay_as_they_are() {
        for cell in ["", "Ana", "o'brien", "'tis", "+34600111222", "a=b", "ana@example.com"] {
            assert_eq!(defused(cell), cell);
            assert_eq!(restored(cell), cell);
        }
    }
}
