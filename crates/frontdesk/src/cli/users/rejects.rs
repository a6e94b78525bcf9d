//! The file of rows that an import did not take, ready to be mended and imported.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use domain::bot_call::{RefusalCode, Refused};

use super::rows::Row;

/// The columns that are added to those of the imported file.
pub const COLUMNS: [&str; 2] = ["rejected_line", "rejected_reason"];

/// Rejected rows. The file is made by the first of them.
pub struct Rejects {
    path: PathBuf,
    names: Vec<String>,
    delimiter: u8,
    writer: Option<csv::Writer<File>>,
    count: usize,
}

impl Rejects {
    /// Rejects of a file lie beside it: `people.rejected.csv` for `people.csv`.
    pub fn of(imported: &Path, names: &[String], delimiter: u8) -> Self {
        let path = imported.with_extension("rejected.csv");
        let names = names.iter().filter(|name| !COLUMNS.contains(&name.as_str())).cloned().collect();
        Self { path, names, delimiter, writer: None, count: 0 }
    }

    /// Keeps a row, and why it was not taken.
    pub fn add(&mut self, row: &Row, reason: &str) -> io::Result<()> {
        self.count += 1;
        let columns = self.names.len();
        let cells = row.cells.iter().map(String::as_str).chain(std::iter::repeat("")).take(columns);
        let line = row.line.to_string();
        let record: Vec<_> = cells.chain([line.as_str(), reason]).collect();
        Ok(self.writer()?.write_record(record)?)
    }

    fn writer(&mut self) -> io::Result<&mut csv::Writer<File>> {
        if self.writer.is_none() {
            let file = File::create(&self.path)?;
            let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(file);
            writer.write_record(self.names.iter().map(String::as_str).chain(COLUMNS))?;
            self.writer = Some(writer);
        }
        Ok(self.writer.as_mut().expect("it was just made"))
    }

    /// How many rows there are, and where.
    pub fn finish(mut self) -> io::Result<(usize, PathBuf)> {
        self.writer.as_mut().map_or(Ok(()), csv::Writer::flush)?;
        Ok((self.count, self.path))
    }
}

/// Why a row was not taken, for whoever mends it.
pub const fn reason(refused: Refused) -> &'static str {
    match refused.code {
        RefusalCode::NothingIdentifies => "an email, a phone or a customer id is needed",
        RefusalCode::EmailUnreadable => "the email cannot be read, and nothing else identifies the person",
        RefusalCode::PhoneUnreadable => {
            "the phone cannot be read, and nothing else identifies the person; is the country code missing?"
        }
        RefusalCode::DescriptionMissing
        | RefusalCode::BodyUnreadable
        | RefusalCode::IdempotencyKeyReused
        | RefusalCode::IdempotencyKeyUnreadable => "the row cannot be read",
    }
}

/// Why a row was not taken that has more cells than there are columns.
pub const TOO_WIDE: &str = "the row has more cells than the heading; are quotes missing?";

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, cells: &[&str]) -> Row {
        Row { line, cells: cells.iter().map(|&cell| cell.to_owned()).collect() }
    }

    #[test]
    fn rejected_rows_keep_their_columns_and_say_why() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = ["name", "email", "rejected_line", "rejected_reason"].map(str::to_owned);
        let mut rejects = Rejects::of(&folder.path().join("people.csv"), &names, b';');
        rejects.add(&row(2, &["Bo", "no address", "9", "old"]), "why").expect("written");
        rejects.add(&row(5, &["Eve"]), "because").expect("written");
        let (count, path) = rejects.finish().expect("written");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert_eq!(count, 2);
        assert!(path.ends_with("people.rejected.csv"));
        assert_eq!(text, "name;email;rejected_line;rejected_reason\nBo;no address;2;why\nEve;;5;because\n");
    }

    #[test]
    fn without_rejected_rows_there_is_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let rejects = Rejects::of(&folder.path().join("people.csv"), &[], b',');
        let (count, path) = rejects.finish().expect("nothing to write");
        assert!(count == 0 && !path.exists());
    }
}
