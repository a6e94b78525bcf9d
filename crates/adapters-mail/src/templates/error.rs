//! What is wrong with a template.

use std::{io, path::PathBuf};

/// A template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A file or folder cannot be read.
    #[error("reading the mail templates in {}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder is no language.
    #[error("the folder {} has mail templates of no language: a name such as en is needed", path.display())]
    Language {
        /// Which one.
        path: PathBuf,
    },
    /// A file is no template, most often for a misspelt name.
    #[error("the file {} is no mail template; a name such as {expected} is needed", path.display())]
    Unexpected {
        /// Which one.
        path: PathBuf,
        /// A name that would do there.
        expected: &'static str,
    },
    /// A mail lacks a part.
    #[error("the mail template {name} is missing: a mail has a subject, a text and an HTML part")]
    Missing {
        /// Language and file.
        name: String,
    },
    /// A file cannot be understood, or prints what it is not given. Its source says more; after the start it may quote
    /// what was to be printed.
    #[error("the mail template {file} cannot be used: line {line} is wrong")]
    Broken {
        /// Which one.
        file: String,
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        source: minijinja::Error,
    },
}
