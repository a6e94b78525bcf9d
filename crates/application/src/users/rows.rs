//! Rows of a CSV file, as people's programs write them: separated by commas, semicolons or tabs, with or without a byte
//! order mark, in any encoding that is nearly UTF-8.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};

use csv::{ByteRecord, ReaderBuilder};
use domain::{bot_call::Fields, cells::restored};
use serde_json::Value;

/// The columns that an import adds to those of a file, for the rows that it rejects.
const REJECTED_COLUMNS: [&str; 2] = ["rejected_line", "rejected_reason"];

/// A row of the file.
pub struct Row {
    /// The line that it begins on.
    pub line: u64,
    /// Its cells, as they stand there.
    pub cells: Vec<String>,
}

/// Reads a file row by row.
pub struct Rows<R> {
    reader: csv::Reader<R>,
    names: Vec<String>,
    delimiter: u8,
}

impl<R: Read + Seek> Rows<R> {
    /// Reads the first row of a file, the names of the columns.
    pub fn of(mut file: R) -> io::Result<Self> {
        let mut first_line = Vec::new();
        BufReader::new(&mut file).read_until(b'\n', &mut first_line)?;
        file.seek(SeekFrom::Start(0))?;
        Self::new(file, &first_line)
    }
}

impl<R: Read> Rows<R> {
    /// Reads any source, whose first line is given as well: it shows what separates cells.
    pub fn new(source: R, first_line: &[u8]) -> io::Result<Self> {
        let delimiter = delimiter_of(first_line);
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(source);
        let names = texts(reader.byte_headers()?);
        Ok(Self { reader, names, delimiter })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What separates cells.
    pub const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// How many bytes of the file were read.
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The cells of a row that was rejected, under [the names](Self::rejected_names) of its columns and those that say why.
    pub(super) fn rejected(&self, row: &Row, reason: &str) -> Vec<String> {
        let own = self.names.iter().zip(row.cells.iter().map(String::as_str).chain(std::iter::repeat("")));
        let own = own.filter(|(name, _)| !REJECTED_COLUMNS.contains(&name.as_str())).map(|(_, cell)| cell);
        own.map(str::to_owned).chain([row.line.to_string(), reason.to_owned()]).collect()
    }

    /// The names of the columns of a file of rejected rows.
    pub fn rejected_names(&self) -> Vec<&str> {
        let own = self.names.iter().map(String::as_str).filter(|name| !REJECTED_COLUMNS.contains(name));
        own.chain(REJECTED_COLUMNS).collect()
    }

    /// The next row; none after the last. Empty rows are left out.
    pub fn read(&mut self) -> io::Result<Option<Row>> {
        let mut record = ByteRecord::new();
        while self.reader.read_byte_record(&mut record)? {
            let cells = texts(&record);
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                let line = record.position().map_or(0, csv::Position::line);
                return Ok(Some(Row { line, cells }));
            }
        }
        Ok(None)
    }

    /// What a row says, by the names of its columns. None if it has cells without a name.
    pub fn fields(&self, row: &Row) -> Option<Fields> {
        let is_wider = row.cells.iter().skip(self.names.len()).any(|cell| !cell.trim().is_empty());
        let named =
            self.names.iter().zip(&row.cells).filter(|(name, _)| !REJECTED_COLUMNS.contains(&name.as_str()));
        let pairs = named.map(|(name, cell)| (name.clone(), Value::from(restored(cell))));
        (!is_wider).then(|| pairs.collect())
    }
}

fn texts(record: &ByteRecord) -> Vec<String> {
    let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
    cells.map(|cell| cell.trim_start_matches('\u{FEFF}').to_owned()).collect()
}

/// The separator that the names of the columns have most of.
fn delimiter_of(first_line: &[u8]) -> u8 {
    let parts = |delimiter: u8| first_line.split(|&byte| byte == delimiter).count();
    // Of equals the last counts: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|&delimiter| parts(delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    fn rows(text: &'static [u8]) -> Rows<&'static [u8]> {
        Rows::new(text, text.split(|&byte| byte == b'\n').next().unwrap_or_default()).expect("a heading")
    }

    fn cells(text: &'static [u8]) -> Vec<Vec<String>> {
        let mut rows = rows(text);
        std::iter::from_fn(|| rows.read().expect("a row").map(|row| row.cells)).collect()
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(file in vec(any::<u8>(), 0..300), sane in "[a-z,;\"\r\n=']{0,200}") {
            for file in [&file[..], sane.as_bytes()] {
                let first_line = file.split(|&byte| byte == b'\n').next().unwrap_or_default();
                let mut rows = Rows::new(file, first_line).expect("bytes can be read");
                while let Some(row) = rows.read().expect("bytes can be read") {
                    prop_assert!(row.cells.iter().any(|cell| !cell.trim().is_empty()));
                    rows.fields(&row);
                }
                prop_assert_eq!(rows.position(), file.len() as u64);
            }
        }

        #[test]
        fn whatever_cells_hold_is_read_as_it_was_written(
            cells in vec(vec("[^\u{feff}]{0,20}", 2..3), 1..9),
            delimiter in select([b',', b';', b'\t'].as_slice()),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["name", "email"]).expect("written");
            for row in &cells {
                writer.write_record(row).expect("written");
            }
            let file = writer.into_inner().expect("written");
            let first_line = file.split(|&byte| byte == b'\n').next().unwrap_or_default().to_vec();
            let mut rows = Rows::new(&file[..], &first_line).expect("a heading");
            let read: Vec<_> = std::iter::from_fn(|| rows.read().expect("a row").map(|row| row.cells)).collect();
            let is_there = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
            let written: Vec<_> = cells.iter().filter(is_there).cloned().collect();
            prop_assert_eq!(read, written);
        }
    }

    #[test]
    fn the_separator_is_found_by_itself() {
        for text in [
            &b"name,email\nAna,a@x.io"[..],
            b"name;email\r\nAna;a@x.io\r\n",
            b"\xEF\xBB\xBFname\temail\nAna\ta@x.io",
        ] {
            assert_eq!(rows(text).names(), ["name", "email"]);
            assert_eq!(cells(text), [["Ana", "a@x.io"]]);
        }
    }

    #[test]
    fn quotes_line_breaks_and_other_encodings_are_read_and_empty_rows_left_out() {
        assert_eq!(
            cells(b"a,b\n\"x,\ny\",\"\"\"q\"\"\"\n,\n\nM\xFCller,\n"),
            [["x,\ny", "\"q\""], ["M\u{FFFD}ller", ""]]
        );
    }

    #[test]
    fn a_row_may_be_short_but_not_wider_than_the_heading() {
        let mut rows = rows(b"name,email,rejected_reason\nAna\nAna,a@x.io,,,\nAna,a@x.io,,more\n");
        let mut readable = || {
            let row = rows.read().expect("a row").expect("another row");
            rows.fields(&row).is_some()
        };
        assert_eq!([readable(), readable(), readable()], [true, true, false]);
    }

    #[test]
    fn a_rejected_row_keeps_its_columns_and_says_why() {
        let mut rows = rows(b"name,email,rejected_line,rejected_reason\nBo,no address,9,old\nEve\n");
        let mut next = || rows.read().expect("a row").expect("another row");
        let (bo, eve) = (next(), next());
        assert_eq!(rows.rejected_names(), ["name", "email", "rejected_line", "rejected_reason"]);
        assert_eq!(rows.rejected(&bo, "why"), ["Bo", "no address", "2", "why"]);
        assert_eq!(rows.rejected(&eve, "because"), ["Eve", "", "3", "because"]);
    }

    #[test]
    fn what_an_earlier_import_said_about_a_row_is_not_a_field_of_it() {
        let mut rows = rows(b"email,rejected_line,rejected_reason\na@x.io,7,why\n");
        let row = rows.read().expect("a row").expect("a row");
        let fields = serde_json::to_value(rows.fields(&row).expect("fields")).expect("JSON");
        assert_eq!(fields, serde_json::json!({"email": "a@x.io"}));
    }
}
