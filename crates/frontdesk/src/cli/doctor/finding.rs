//! What was found.

use std::fmt;

/// How good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All is well.
    Ok,
    /// It works, but perhaps not as it should.
    Warn,
    /// It does not work.
    Fail,
}

/// What was found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    level: Level,
    subject: &'static str,
    found: String,
    advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(subject: &'static str, found: impl Into<String>) -> Self {
        Self { level: Level::Ok, subject, found: found.into(), advice: None }
    }

    /// It works, but perhaps not as it should.
    pub fn warn(subject: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Warn, subject, found: found.into(), advice: Some(advice.into()) }
    }

    /// It does not work.
    pub fn fail(subject: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Fail, subject, found: found.into(), advice: Some(advice.into()) }
    }

    /// How good it is.
    pub const fn level(&self) -> Level {
        self.level
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        write!(f, "{level:<4}  {:<10}  {}", self.subject, self.found)?;
        self.advice.iter().try_for_each(|advice| write!(f, "\n{:18}→ {advice}", ""))
    }
}

/// The text of an error and all that led to it.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_to_do() {
        let finding = Finding::warn("mail", "is captured", "set SMTP_URL");
        assert_eq!(finding.to_string(), "warn  mail        is captured\n                  → set SMTP_URL");
        assert!(Level::Fail > Level::Warn && Level::Warn > Level::Ok);
    }
}
