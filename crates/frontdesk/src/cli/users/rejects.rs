//! The file of rows that an import did not take, ready to be mended and imported.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

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
    pub fn of(imported: &Path, names: &[&str], delimiter: u8) -> Self {
        let path = imported.with_extension("rejected.csv");
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Self { path, names, delimiter, writer: None, count: 0 }
    }

    /// Keeps a row.
    pub fn add(&mut self, cells: &[String]) -> io::Result<()> {
        self.count += 1;
        Ok(self.writer()?.write_record(cells)?)
    }

    fn writer(&mut self) -> io::Result<&mut csv::Writer<File>> {
        if self.writer.is_none() {
            let file = File::create(&self.path)?;
            let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(file);
            writer.write_record(&self.names)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_rows_lie_beside_what_was_imported() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut rejects = Rejects::of(&folder.path().join("people.csv"), &["name", "rejected_reason"], b';');
        rejects.add(&["Bo", "why"].map(str::to_owned)).expect("written");
        rejects.add(&["Eve", "because"].map(str::to_owned)).expect("written");
        let (count, path) = rejects.finish().expect("written");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert_eq!(count, 2);
        assert!(path.ends_with("people.rejected.csv"));
        assert_eq!(text, "name;rejected_reason\nBo;why\nEve;because\n");
    }

    #[test]
    fn without_rejected_rows_there_is_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let rejects = Rejects::of(&folder.path().join("people.csv"), &[], b',');
        let (count, path) = rejects.finish().expect("nothing to write");
        assert!(count == 0 && !path.exists());
    }
}
