//! What a crowd was answered.

use std::{collections::BTreeSet, fmt, time::Duration};

use serde_json::Value;

use crate::recipe::Method;

/// Counts of answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    calls: usize,
    asked: usize,
    ok: usize,
    users: usize,
    tickets: usize,
    replayed: usize,
    invalid: usize,
    put_off: usize,
    people: BTreeSet<usize>,
}

impl Summary {
    /// Counts an answer to a call with this method.
    pub fn count(&mut self, method: Method, answer: &Value) {
        self.calls += 1;
        match (answer["result"].as_str(), method) {
            (Some("ok"), Method::Get) => self.asked += 1,
            (Some("ok"), Method::Post) => self.count_ok(answer),
            (Some("invalid"), _) => self.invalid += 1,
            _ => self.put_off += 1,
        }
    }

    /// Counts a person whose details may be kept, once.
    pub fn person(&mut self, number: usize) {
        self.people.insert(number);
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
    pub const fn after(self, elapsed: Duration) -> Told {
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
        let Summary { calls, asked, ok, users, tickets, replayed, invalid, put_off, people } = &self.summary;
        let recognised = ok - users - tickets - replayed;
        writeln!(f, "{calls} calls in {:.1} s of {} people", self.elapsed.as_secs_f64(), people.len())?;
        writeln!(
            f,
            "  {ok:>6}  ok: {users} users and {tickets} tickets made, {recognised} users recognised, {replayed} replayed"
        )?;
        writeln!(f, "  {asked:>6}  looked up: topics, and how far a ticket is")?;
        writeln!(f, "  {invalid:>6}  invalid: the visitor was asked again; see `frontdesk quarantine list`")?;
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
            summary.count(Method::Post, &answer);
        }
        summary.count(Method::Get, &json!({"result": "ok", "titles": ["Sales"]}));
        summary.person(1);
        summary.person(1);
        let told = summary.after(Duration::from_millis(1_500)).to_string();
        assert!(told.starts_with("7 calls in 1.5 s of 1 people"), "{told}");
        assert!(told.contains("4  ok: 1 users and 1 tickets made, 1 users recognised, 1 replayed"), "{told}");
        assert!(told.contains("1  looked up"), "{told}");
        assert!(told.contains("1  invalid") && told.contains("1  put off"), "{told}");
    }
}
