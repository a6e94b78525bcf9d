//! What a crowd was answered.

use std::{fmt, time::Duration};

use serde_json::Value;

/// Counts of answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    calls: usize,
    ok: usize,
    users: usize,
    tickets: usize,
    replayed: usize,
    invalid: usize,
    put_off: usize,
}

impl Summary {
    /// Counts an answer.
    pub fn count(&mut self, answer: &Value) {
        self.calls += 1;
        match answer["result"].as_str() {
            Some("ok") => self.count_ok(answer),
            Some("invalid") => self.invalid += 1,
            _ => self.put_off += 1,
        }
    }

    fn count_ok(&mut self, answer: &Value) {
        self.ok += 1;
        let is_ticket = answer["reference"].is_string();
        match (answer["replayed"] == true, answer["created"] == true) {
            (true, _) => self.replayed += 1,
            (false, true) if is_ticket => self.tickets += 1,
            (false, true) => self.users += 1,
            (false, false) => {}
        }
    }

    /// The counts as sentences.
    pub fn after(self, elapsed: Duration) -> Told {
        Told { summary: self, elapsed }
    }
}

/// A summary, and how long it took.
pub struct Told {
    summary: Summary,
    elapsed: Duration,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { calls, ok, users, tickets, replayed, invalid, put_off } = self.summary;
        let recognised = ok - users - tickets - replayed;
        writeln!(f, "{calls} calls in {:.1} s", self.elapsed.as_secs_f64())?;
        writeln!(
            f,
            "  {ok:>6}  ok: {users} users and {tickets} tickets made, {recognised} users recognised, {replayed} replayed"
        )?;
        writeln!(
            f,
            "  {invalid:>6}  invalid: the visitor would be asked again; see `frontdesk quarantine list`"
        )?;
        write!(f, "  {put_off:>6}  put off by the server")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_answer_is_counted_once() {
        let mut summary = Summary::default();
        for answer in [
            json!({"result": "ok", "created": true, "replayed": false, "reference": null}),
            json!({"result": "ok", "created": true, "replayed": false, "reference": "T-000001"}),
            json!({"result": "ok", "created": false, "replayed": false}),
            json!({"result": "ok", "created": true, "replayed": true}),
            json!({"result": "invalid"}),
            json!({"result": "retry"}),
        ] {
            summary.count(&answer);
        }
        let told = summary.after(Duration::from_millis(1_500)).to_string();
        assert!(told.starts_with("6 calls in 1.5 s"), "{told}");
        assert!(told.contains("4  ok: 1 users and 1 tickets made, 1 users recognised, 1 replayed"), "{told}");
        assert!(told.contains("1  invalid") && told.contains("1  put off"), "{told}");
    }
}
