//! What people call the names that the domain gives to states, kinds and roles.

use super::words::Words;

/// What people call a state, a kind or a role; as it is, if it has no other name.
pub(super) fn label<'t>(words: &'t Words, name: &'t str) -> &'t str {
    let t = |english: &'static str| words.of(english);
    match name {
        "status" => t("Status"),
        "topic" => t("Topic"),
        "priority" => t("Priority"),
        "assignee" => t("Assignee"),
        "forget_answers" => t("Forget kept answers"),
        "retention" => t("Delete what is too old"),
        "ledger_check" => t("Check the ledger"),
        "digests" => t("Summaries of open tickets"),
        "escalations" => t("Escalations of open tickets"),
        "search" => t("Search index"),
        "open" => t("Open"),
        "pending" => t("Pending"),
        "resolved" => t("Resolved"),
        "closed" => t("Closed"),
        "scheduled" => t("Scheduled"),
        "queued" => t("Queued"),
        "sending" => t("Sending"),
        "sent" => t("Sent"),
        "retrying" => t("Retrying"),
        "failed" => t("Failed"),
        "unknown" => t("Unknown"),
        "cancelled" => t("Cancelled"),
        "temporary" => t("Temporary error"),
        "permanent" => t("Permanent error"),
        "welcome" => t("Welcome mail"),
        "ticket_opened" => t("Ticket opened"),
        "escalation" => t("Escalation"),
        "digest" => t("Digest"),
        "reply" => t("Reply"),
        "email" => t("Email"),
        "phone" => t("Phone"),
        "customer" => t("Landbot customer"),
        "viewer" => t("Viewer"),
        "agent" => t("Agent"),
        "admin" => t("Admin"),
        "low" => t("Low"),
        "normal" => t("Normal"),
        "high" => t("High"),
        "urgent" => t("Urgent"),
        "person" => t("Person"),
        "held" => t("Held"),
        "released" => t("Released"),
        "discarded" => t("Discarded"),
        "active" => t("Active"),
        "revoked" => t("Revoked"),
        "paused" => t("Paused"),
        "done" => t("Done"),
        "alarm" => t("Alarm"),
        "interrupted" => t("Interrupted"),
        other => action(words, other),
    }
}

/// What the audit log calls an action, and over what somebody works.
fn action<'t>(words: &'t Words, name: &'t str) -> &'t str {
    let t = |english: &'static str| words.of(english);
    match name {
        "web" => t("Web"),
        "whatsapp" => "WhatsApp",
        "panel" => t("Panel"),
        "api" => t("API"),
        "command_line" => t("Command line"),
        "topic.added" => t("Topic added"),
        "topic.changed" => t("Topic changed"),
        "topic.removed" => t("Topic removed"),
        "channel.added" => t("Channel added"),
        "channel.changed" => t("Channel changed"),
        "channel.paused" => t("Channel paused"),
        "channel.resumed" => t("Channel resumed"),
        "channel.archived" => t("Channel put away"),
        "bot.added" => t("Bot added"),
        "bot.changed" => t("Bot changed"),
        "bot.archived" => t("Bot put away"),
        "bot.key_rotated" => t("Key of a bot rotated"),
        "bot.keys_revoked" => t("Keys of a bot revoked"),
        "bot.hook_changed" => t("Hook of a bot changed"),
        "agent.added" => t("Agent added"),
        "agent.changed" => t("Agent changed"),
        "agent.second_factor_removed" => t("Second factor removed"),
        "token.added" => t("API token made"),
        "token.revoked" => t("API token revoked"),
        "user.changed" => t("Person changed"),
        "user.erased" => t("Person erased"),
        "call.released" => t("Call released"),
        "call.discarded" => t("Call discarded"),
        "notification.cancelled" => t("Message cancelled"),
        "notification.retried" => t("Message retried"),
        "notifications.retried" => t("Messages retried"),
        other => other,
    }
}

/// What a page says after something was done.
pub(super) fn done(words: &'static Words, done: &str) -> Option<&'static str> {
    let t = |english: &'static str| words.of(english);
    Some(match done {
        "saved" => t("Saved."),
        "added" => t("Added."),
        "sent" => t("Sent."),
        "repeated" => t("This was sent before; it was not sent twice."),
        "cancelled" => t("Cancelled."),
        "retried" => t("It will be sent again."),
        "paused" => t("Paused. Nothing is lost: it waits."),
        "resumed" => t("Resumed."),
        "discarded" => t("Discarded."),
        "released" => t("Released: it was taken as if the bot had sent it so."),
        "requested" => t("It will run in a moment."),
        "revoked" => t("Revoked."),
        "removed" => t("Removed."),
        "reverted" => t("Undone."),
        "session_ended" => t("The session was ended."),
        "first_changed" => t("Done for the newest 10,000. There are more: do it again with a narrower list."),
        "some_stayed" => t("Done. Some could not be changed so and stayed as they were."),
        _ => return None,
    })
}
