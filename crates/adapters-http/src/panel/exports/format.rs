//! How rows are written.

use std::{fmt, str::FromStr};

use domain::cells::defused;

use super::record::Record;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Comma-separated values (RFC 4180) in UTF-8, safe to open in a spreadsheet.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// There is no such format.
#[derive(Debug, thiserror::Error)]
#[error("must be csv or jsonl")]
pub(super) struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "csv" => Ok(Self::Csv),
            "jsonl" => Ok(Self::Jsonl),
            _ => Err(UnknownFormat),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        })
    }
}

impl Format {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }

    /// What stands before the first row.
    pub(super) fn begin(self, columns: &[&str]) -> Vec<u8> {
        match self {
            Self::Csv => lines([columns.iter().map(|&column| column.to_owned()).collect()]),
            Self::Jsonl => Vec::new(),
        }
    }

    /// Adds rows.
    pub(super) fn print<R: Record>(self, rows: &[R], bytes: &mut Vec<u8>) {
        match self {
            Self::Csv => {
                let cells = rows.iter().map(|row| row.cells().iter().map(|cell| defused(cell)).collect());
                bytes.append(&mut lines(cells));
            }
            Self::Jsonl => rows.iter().for_each(|row| {
                bytes.extend_from_slice(row.json().as_bytes());
                bytes.push(b'\n');
            }),
        }
    }
}

fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.into_iter().for_each(|row| writer.write_record(row).expect("rows of one list have the same cells"));
    writer.into_inner().expect("memory takes everything")
}
