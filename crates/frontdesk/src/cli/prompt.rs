//! Questions on a terminal.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    process::{Command, Stdio},
};

use super::WrongUsage;

/// Asks and reads a line, without its spaces.
pub async fn ask(question: &str) -> anyhow::Result<String> {
    write!(io::stderr(), "{question} ")?;
    Ok(line().await?.trim().to_owned())
}

/// Asks and reads a line that nobody sees.
pub async fn ask_hidden(question: &str) -> anyhow::Result<String> {
    write!(io::stderr(), "{question} ")?;
    let _hidden = HiddenEcho::begin();
    let answer = tokio::select! {
        answer = line() => answer?,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    };
    Ok(answer.trim_end_matches(['\r', '\n']).to_owned())
}

/// Refuses where nobody can be asked.
pub fn needs_terminal(otherwise: &str) -> Result<(), WrongUsage> {
    if io::stdin().is_terminal() { Ok(()) } else { Err(WrongUsage(otherwise.to_owned())) }
}

/// A line of the standard input.
pub async fn line() -> anyhow::Result<String> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|length| (length, line))
    });
    match read.await?? {
        (0, _) => anyhow::bail!("the input ended"),
        (_, line) => Ok(line),
    }
}

/// While it lives, the terminal does not show what is typed.
struct HiddenEcho;

impl HiddenEcho {
    fn begin() -> Self {
        stty("-echo");
        Self
    }
}

impl Drop for HiddenEcho {
    fn drop(&mut self) {
        stty("echo");
        // The line break that was typed was not shown either.
        let _ = writeln!(io::stderr());
    }
}

/// Without `stty` the answer is seen; that is no reason to refuse it.
fn stty(mode: &str) {
    let _ = Command::new("stty").arg(mode).stdin(Stdio::inherit()).stderr(Stdio::null()).status();
}
