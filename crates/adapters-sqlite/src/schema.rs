//! The tables, as the migrations in `migrations/sqlite` leave them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    bots (position) {
        position -> BigInt,
        id -> Binary,
        name -> Text,
        default_origin -> Nullable<Text>,
        default_language -> Text,
        default_country -> Nullable<Text>,
        created_at -> BigInt,
        hook -> Text,
        hook_token -> Nullable<Binary>,
        archived_at -> Nullable<BigInt>,
    }
}

table! {
    bot_keys (digest) {
        digest -> Binary,
        bot_id -> Binary,
        standing -> Text,
        position -> BigInt,
    }
}

table! {
    agents (id) {
        id -> Binary,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> BigInt,
        deactivated_at -> Nullable<BigInt>,
    }
}

table! {
    audit_entries (id) {
        id -> Binary,
        at -> BigInt,
        agent_id -> Nullable<Binary>,
        via -> Text,
        action -> Text,
        object -> Text,
        before -> Text,
        after -> Text,
        reverts -> Nullable<Binary>,
    }
}

table! {
    second_factors (agent_id) {
        agent_id -> Binary,
        sealed -> Binary,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
        recovery -> Binary,
    }
}

table! {
    sessions (id) {
        id -> Binary,
        agent_id -> Binary,
        digest -> Binary,
        client -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
    }
}

table! {
    api_tokens (id) {
        id -> Binary,
        agent_id -> Binary,
        name -> Text,
        digest -> Binary,
        scope -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

table! {
    channels (position) {
        position -> BigInt,
        id -> Binary,
        name -> Text,
        kind -> Text,
        target -> Text,
        interval_us -> Nullable<BigInt>,
        paused_at -> Nullable<BigInt>,
        failures -> BigInt,
        next_slot_at -> Nullable<BigInt>,
        fallback_id -> Nullable<Binary>,
        quiet_hours -> Nullable<Text>,
        created_at -> BigInt,
        archived_at -> Nullable<BigInt>,
    }
}

table! {
    topics (position) {
        position -> BigInt,
        slug -> Text,
        title -> Text,
        is_default -> Bool,
        digest_minute -> Nullable<Integer>,
        escalate_after_us -> Nullable<BigInt>,
        created_at -> BigInt,
        reference_field -> Nullable<Text>,
        status_field -> Nullable<Text>,
        resume_at -> Nullable<Text>,
    }
}

table! {
    topic_aliases (topic, position) {
        topic -> Text,
        position -> BigInt,
        alias -> Text,
    }
}

table! {
    topic_routes (topic, position) {
        topic -> Text,
        position -> BigInt,
        channel_id -> Binary,
    }
}

table! {
    users (id) {
        id -> Binary,
        bot_id -> Binary,
        name -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        language -> Text,
        first_origin -> Nullable<Text>,
        last_origin -> Nullable<Text>,
        consent_given -> Nullable<Bool>,
        consent_text -> Nullable<Text>,
        consent_at -> Nullable<BigInt>,
        fields -> Text,
        welcomed -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    identities (kind, value) {
        kind -> Text,
        value -> Text,
        user_id -> Binary,
        created_at -> BigInt,
    }
}

table! {
    identity_clashes (position) {
        position -> BigInt,
        request_id -> Binary,
        user_id -> Binary,
        other_user_id -> Binary,
        kind -> Text,
        at -> BigInt,
    }
}

table! {
    tickets (id) {
        id -> Binary,
        number -> BigInt,
        user_id -> Nullable<Binary>,
        bot_id -> Binary,
        topic -> Text,
        topic_asked -> Nullable<Text>,
        description -> Text,
        status -> Text,
        chat_customer -> Nullable<Text>,
        chat_uuid -> Nullable<Text>,
        reply_to -> Nullable<Text>,
        language -> Text,
        fields -> Text,
        created_at -> BigInt,
        escalated_at -> Nullable<BigInt>,
    }
}

table! {
    ticket_work (ticket_id) {
        ticket_id -> Binary,
        assignee_id -> Nullable<Binary>,
        priority -> Text,
        version -> BigInt,
    }
}

table! {
    ticket_events (id) {
        id -> Binary,
        ticket_id -> Binary,
        agent_id -> Nullable<Binary>,
        kind -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        at -> BigInt,
    }
}

table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

table! {
    notifications (id) {
        id -> Binary,
        purpose -> Text,
        channel_id -> Binary,
        user_id -> Nullable<Binary>,
        ticket_id -> Nullable<Binary>,
        request_id -> Binary,
        status -> Text,
        due_at -> BigInt,
        next_at -> Nullable<BigInt>,
        claimed_by -> Nullable<Binary>,
        attempts -> Integer,
        retried_after -> Integer,
        unknowns -> Integer,
        possible_duplicate -> Bool,
        instead_of -> Nullable<Binary>,
        created_at -> BigInt,
    }
}

table! {
    attempts (notification_id, number) {
        notification_id -> Binary,
        number -> Integer,
        worker_id -> Binary,
        opened_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        outcome -> Nullable<Text>,
        code -> Nullable<Integer>,
        answer -> Nullable<Text>,
        provider_id -> Nullable<Text>,
        elapsed_us -> Nullable<BigInt>,
        mimicked -> Bool,
    }
}

table! {
    captured_mails (notification_id) {
        notification_id -> Binary,
        recipient -> Text,
        subject -> Text,
        message -> Binary,
        captured_at -> BigInt,
    }
}

table! {
    digests (topic, day) {
        topic -> Text,
        day -> BigInt,
        notification_id -> Binary,
    }
}

table! {
    messages (id) {
        id -> Binary,
        key -> Binary,
        chat -> Nullable<Text>,
        ticket_id -> Nullable<Binary>,
        agent_id -> Nullable<Binary>,
        notification_id -> Nullable<Binary>,
        author -> Text,
        kind -> Text,
        text -> Text,
        channel -> Nullable<Text>,
        heard_as -> Nullable<Binary>,
        sent_at -> BigInt,
    }
}

table! {
    workers (id) {
        id -> Binary,
        beat_at -> BigInt,
    }
}

table! {
    jobs (name) {
        name -> Text,
        next_at -> BigInt,
        leased_until -> Nullable<BigInt>,
        worker_id -> Nullable<Binary>,
        began_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        outcome -> Nullable<Text>,
    }
}

table! {
    intake (request_id) {
        request_id -> Binary,
        bot_id -> Binary,
        path -> Text,
        outcome -> Text,
        user_id -> Nullable<Binary>,
        ticket_id -> Nullable<Binary>,
        users_made -> Integer,
        tickets_made -> Integer,
        notifications_made -> Integer,
        received_at -> BigInt,
    }
}

table! {
    kept_answers (expires_at, principal, scope, digest) {
        expires_at -> BigInt,
        principal -> Binary,
        scope -> Text,
        digest -> Binary,
        body -> Binary,
        user_id -> Nullable<Binary>,
        answer -> Text,
    }
}

table! {
    quarantine (request_id) {
        request_id -> Binary,
        bot_id -> Binary,
        path -> Text,
        code -> Text,
        field -> Nullable<Text>,
        query -> Text,
        body -> Binary,
        received_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        released_as -> Nullable<Binary>,
    }
}

table! {
    daily_figures (day) {
        day -> BigInt,
        counted_at -> BigInt,
        figures -> Text,
    }
}

table! {
    ledger_totals (day, what) {
        day -> BigInt,
        what -> Text,
        total -> BigInt,
    }
}

table! {
    search_notes (position) {
        position -> BigInt,
        user_ids -> Binary,
        ticket_ids -> Binary,
    }
}

table! {
    user_search (position) {
        position -> BigInt,
        user_id -> Binary,
        bot_id -> Binary,
        origin -> Nullable<Text>,
    }
}

table! {
    ticket_search (position) {
        position -> BigInt,
        ticket_id -> Binary,
        origin -> Nullable<Text>,
    }
}

table! {
    user_texts (rowid) {
        rowid -> BigInt,
        text -> Text,
    }
}

table! {
    ticket_texts (rowid) {
        rowid -> BigInt,
        text -> Text,
    }
}

allow_tables_to_appear_in_same_query!(agents, api_tokens);
allow_tables_to_appear_in_same_query!(agents, sessions);
allow_tables_to_appear_in_same_query!(attempts, notifications);
allow_tables_to_appear_in_same_query!(messages, notifications);
allow_tables_to_appear_in_same_query!(notifications, tickets);
allow_tables_to_appear_in_same_query!(bot_keys, bots);
allow_tables_to_appear_in_same_query!(bots, quarantine);
allow_tables_to_appear_in_same_query!(channels, topic_routes);
