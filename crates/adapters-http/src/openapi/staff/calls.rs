//! The calls, one by one.

use domain::agent::Role;
use serde_json::json;
use utoipa::openapi::HttpMethod::{Delete, Get, Patch, Post};

use super::{call::Call, samples};
use crate::api::filters;

pub(super) fn all() -> impl Iterator<Item = Call> {
    people().into_iter().chain(messages()).chain(settings()).chain(staff())
}

fn people() -> Vec<Call> {
    vec![
        Call::new(Get, "/users", "listUsers", "List users").lists(filters::USERS, "User", &samples::user()),
        Call::new(Post, "/users", "addUser", "Register a user")
            .needs(Role::Agent)
            .says(
                "As if a bot had registered it, but nobody is written to. Who is known is answered with 200.",
            )
            .takes("NewUser", json!({ "bot": "web", "name": "Ana García", "email": "ana@example.com" }))
            .gives("201", "User", samples::user()),
        Call::new(Patch, "/users/{id}", "changeUser", "Change name or language of a user")
            .needs(Role::Agent)
            .takes("UserPatch", json!({ "name": "Ana García", "language": "es" }))
            .gives("200", "User", samples::user()),
        Call::new(Get, "/users/{id}", "getUser", "Get a user").gives("200", "User", samples::user()),
        Call::new(Delete, "/users/{id}", "eraseUser", "Erase a user")
            .needs(Role::Admin)
            .says(
                "Deletes everything personal about the user, and answers with a receipt. Bare tickets stay.",
            )
            .gives("200", "ErasureReceipt", samples::receipt()),
        Call::new(Post, "/users/{id}/merge", "mergeUsers", "Merge a user into this one")
            .needs(Role::Admin)
            .says(
                "Two users turned out to be one person: the one of the path has all that the other had, which is gone. \
                 With `dry_run` nothing changes. It cannot be undone.",
            )
            .takes("MergeRequest", json!({ "user_id": samples::OTHER_USER }))
            .gives("200", "Merger", samples::merger()),
        Call::new(Get, "/users/{id}/timeline", "getUserTimeline", "What happened to a user").gives(
            "200",
            "Timeline",
            samples::timeline(),
        ),
        Call::new(Get, "/users/{id}/export", "exportUser", "Everything that is stored about a user").gives(
            "200",
            "UserExport",
            samples::export(),
        ),
        Call::new(Get, "/tickets", "listTickets", "List tickets").lists(
            filters::TICKETS,
            "WorkedTicket",
            &samples::ticket(),
        ),
        Call::new(Get, "/tickets/{id}", "getTicket", "Get a ticket")
            .says("By its id or its reference.")
            .gives("200", "WorkedTicket", samples::ticket()),
        Call::new(Patch, "/tickets/{id}", "changeTicket", "Change where a ticket stands and who works on it")
            .needs(Role::Agent)
            .says("With `If-Match` and the `ETag` that was seen, a ticket that somebody else changed stays: 412.")
            .takes("TicketPatch", json!({ "status": "pending", "priority": "high", "assignee": "me" }))
            .gives("200", "WorkedTicket", samples::ticket()),
        Call::new(Post, "/tickets/{id}/notes", "addNote", "Write a private note on a ticket")
            .needs(Role::Agent)
            .takes("NoteRequest", json!({ "text": "She called, too." }))
            .gives("201", "Note", samples::note()),
        Call::new(Post, "/tickets/{id}/reply", "replyToTicket", "Answer the person of a ticket")
            .needs(Role::Agent)
            .says("In the chat that the ticket was opened from, else by mail. With an `Idempotency-Key` it is sent once.")
            .takes("ReplyRequest", json!({ "text": "Yes: it is called Team." }))
            .gives("201", "Reply", samples::reply()),
        Call::new(Get, "/tickets/{id}/timeline", "getTicketTimeline", "What happened to a ticket").gives(
            "200",
            "Timeline",
            samples::timeline(),
        ),
    ]
}

fn messages() -> Vec<Call> {
    vec![
        Call::new(Get, "/notifications", "listNotifications", "List notifications")
            .says("`due_after` finds what was sent if it was planned at most 30 days before.")
            .lists(filters::NOTIFICATIONS, "Notification", &samples::notification()),
        Call::new(Post, "/notifications/retry", "retryNotifications", "Try many notifications again")
            .needs(Role::Agent)
            .says("What may not be tried again is left alone.")
            .takes("RetryRequest", json!({ "status": "failed" }))
            .gives("200", "RetryAnswer", json!({ "retried": 12 })),
        Call::new(Get, "/notifications/{id}", "getNotification", "Get a notification with its attempts")
            .gives("200", "NotificationWithAttempts", samples::notification_with_attempts()),
        Call::new(Post, "/notifications/{id}/retry", "retryNotification", "Try a notification again")
            .needs(Role::Agent)
            .says("It is due at once, with all its tries before it."),
        Call::new(Post, "/notifications/{id}/cancel", "cancelNotification", "Withdraw a notification")
            .needs(Role::Agent),
        Call::new(Get, "/quarantine", "listQuarantine", "List calls that could not be understood").lists(
            filters::QUARANTINE,
            "HeldCall",
            &samples::held_call(),
        ),
        Call::new(Get, "/quarantine/{id}", "getHeldCall", "Get a call that could not be understood").gives(
            "200",
            "HeldCall",
            samples::held_call(),
        ),
        Call::new(Post, "/quarantine/{id}/release", "releaseHeldCall", "Take a mended call")
            .needs(Role::Agent)
            .says("Answers what the bot would have been answered.")
            .takes("ReleaseRequest", json!({ "fields": { "email": "ana@example.com" } }))
            .gives("200", "BotAnswer", samples::taken()),
        Call::new(Post, "/quarantine/{id}/discard", "discardHeldCall", "Throw a call away")
            .needs(Role::Agent),
        Call::new(Get, "/audit", "listAudit", "List who changed what").needs(Role::Admin).lists(
            filters::AUDIT,
            "AuditEntry",
            &samples::audit_entry(),
        ),
        Call::new(Get, "/ledger/{day}", "getLedgerDay", "What calls of a day made, and what there is").gives(
            "200",
            "LedgerDay",
            samples::ledger(),
        ),
    ]
}

fn staff() -> Vec<Call> {
    let admin = |method, path, id, summary| Call::new(method, path, id, summary).needs(Role::Admin);
    let new = json!({ "email": "bea@example.com", "password": "correct horse battery", "role": "agent" });
    vec![
        admin(Get, "/agents", "listAgents", "List members of staff").lists(&[], "Agent", &samples::agent()),
        admin(Post, "/agents", "addAgent", "Add a member of staff").takes("AgentRequest", new).gives(
            "201",
            "Agent",
            samples::agent(),
        ),
        admin(Get, "/agents/{id}", "getAgent", "Get a member of staff").gives(
            "200",
            "Agent",
            samples::agent(),
        ),
        admin(Patch, "/agents/{id}", "changeAgent", "Change what a member of staff may do")
            .says("There is always an admin who can sign in: else 409.")
            .takes("AgentPatch", json!({ "role": "viewer" }))
            .gives("200", "Agent", samples::agent()),
        admin(Delete, "/agents/{id}", "deactivateAgent", "Let a member of staff sign in no more")
            .says("What it did stays in the history of tickets. With `active` it may sign in again."),
    ]
}

fn settings() -> Vec<Call> {
    let bot = json!({ "name": "lead bot", "default_language": "es", "default_country": "ES" });
    let topic =
        json!({ "slug": "returns", "title": "Returns", "aliases": ["refunds"], "channels": ["team-email"] });
    let channel = json!({ "name": "vip", "kind": "slack", "target": "env:SLACK_VIP_WEBHOOK_URL" });
    let asked = json!({ "topic": "ventas", "description": "Do you have a plan for small teams?" });
    let preview = json!({ "bot": "web", "path": "tickets", "body": asked });
    let admin = |method, path, id, summary| Call::new(method, path, id, summary).needs(Role::Admin);
    vec![
        Call::new(Get, "/bots", "listBots", "List bots").lists(&[], "Bot", &samples::bot()),
        admin(Post, "/bots", "addBot", "Add a bot")
            .says("The key is never shown again.")
            .takes("BotRequest", bot)
            .gives("201", "BotWithKey", samples::bot_with_key()),
        Call::new(Get, "/bots/{id}", "getBot", "Get a bot").gives("200", "Bot", samples::bot()),
        admin(Patch, "/bots/{id}", "changeBot", "Change a bot")
            .says("What is not given stays as it is.")
            .takes("BotPatch", json!({ "default_origin": "landing" }))
            .gives("200", "Bot", samples::bot()),
        admin(Delete, "/bots/{id}", "archiveBot", "Put a bot away")
            .says("Its keys are revoked. Whom it registered and what it opened stays."),
        admin(Post, "/bots/{id}/rotate", "rotateBotKey", "Make a new key for a bot")
            .says(
                "The key before it stays in force until the next rotation. The new one is never shown again.",
            )
            .gives("200", "BotWithKey", samples::bot_with_key()),
        admin(Post, "/bots/{id}/revoke", "revokeBotKeys", "Revoke keys of a bot")
            .says("Within 5 s no process lets them in.")
            .takes("RevokeRequest", json!({ "keys": "all" })),
        Call::new(Get, "/topics", "listStaffTopics", "List topics with their routes").lists(
            &[],
            "Topic",
            &samples::topic(),
        ),
        admin(Post, "/topics", "addTopic", "Add a topic").takes("TopicRequest", topic).gives(
            "201",
            "Topic",
            samples::topic(),
        ),
        Call::new(Get, "/topics/{slug}", "getTopic", "Get a topic").gives("200", "Topic", samples::topic()),
        admin(Patch, "/topics/{slug}", "changeTopic", "Change a topic, its routes and its reminders")
            .says(
                "What is not given stays as it is. Tickets that are open keep their routes. With `If-Match` and the \
                 `ETag` that was seen, a topic that somebody else changed stays: 412.",
            )
            .takes("TopicPatch", json!({ "channels": ["team-email"], "digest_at": "08:00" }))
            .gives("200", "Topic", samples::topic()),
        admin(Delete, "/topics/{slug}", "removeTopic", "Remove a topic")
            .says("Tickets about it keep its slug. The default topic stays: 409."),
        Call::new(Get, "/channels", "listChannels", "List channels").lists(
            &[],
            "Channel",
            &samples::channel(),
        ),
        admin(Post, "/channels", "addChannel", "Add a channel").takes("ChannelRequest", channel).gives(
            "201",
            "Channel",
            samples::channel(),
        ),
        Call::new(Get, "/channels/{id}", "getChannel", "Get a channel").gives(
            "200",
            "Channel",
            samples::channel(),
        ),
        admin(Patch, "/channels/{id}", "changeChannel", "Change a channel")
            .says("What is not given stays as it is.")
            .takes("ChannelPatch", json!({ "quiet_hours": "mon-fri 20:00-08:00 Europe/Madrid" }))
            .gives("200", "Channel", samples::channel()),
        admin(Delete, "/channels/{id}", "archiveChannel", "Put a channel away")
            .says("What waits over it is still sent. One that a topic or another channel leads to stays: 409."),
        admin(Post, "/channels/{id}/pause", "pauseChannel", "Stop sending over a channel")
            .says("What waits is kept.")
            .gives("200", "Channel", samples::channel()),
        admin(Post, "/channels/{id}/resume", "resumeChannel", "Send over a channel again").gives(
            "200",
            "Channel",
            samples::channel(),
        ),
        admin(Post, "/channels/{id}/test", "testChannel", "Send one message, marked as a test")
            .says(
                "At once, whatever pauses or quiet hours say. Answers what the receiving side said, also when that is \
                 no. Channels that tell persons cannot be tested: 409.",
            )
            .gives("200", "TestReceipt", samples::test_receipt()),
        Call::new(Post, "/routing/preview", "previewRouting", "Show what would become of a call of a bot")
            .says("Stores and sends nothing. The reference of a ticket shows as `T-000000`.")
            .takes("PreviewRequest", preview)
            .gives("200", "RoutingPreview", samples::preview()),
    ]
}
