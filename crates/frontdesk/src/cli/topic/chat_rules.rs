//! What is done in the chats of a topic's tickets, as people read it.

use domain::{chat_rules::ChatRules, topic::Slug};

/// What is in force for a topic, as a sentence.
pub fn said(topic: &Slug, rules: &ChatRules) -> String {
    let reference = rules.reference_field.as_ref().map(|field| format!("@{field} is given the reference"));
    let status = rules.status_field.as_ref().map(|field| format!("@{field} is given the status"));
    let resume =
        rules.resume_at.as_ref().map(|point| format!("once it is resolved the chat goes on at {point}"));
    let parts: Vec<_> = [reference, status, resume].into_iter().flatten().collect();
    if parts.is_empty() {
        return format!("{topic}: Landbot's fields and flows are left alone");
    }
    format!("{topic}: of a ticket opened in a chat, {}", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_force_is_said_whole() {
        let topic = Slug::parse("sales").expect("a slug");
        let rules = ChatRules {
            reference_field: "ticket_ref".parse().ok(),
            status_field: None,
            resume_at: "1010178/Nkqgn6xkf".parse().ok(),
        };
        assert_eq!(
            said(&topic, &rules),
            "sales: of a ticket opened in a chat, @ticket_ref is given the reference; once it is resolved the chat goes on \
             at 1010178/Nkqgn6xkf"
        );
        assert_eq!(said(&topic, &ChatRules::default()), "sales: Landbot's fields and flows are left alone");
    }
}
