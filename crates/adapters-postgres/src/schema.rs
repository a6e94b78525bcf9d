//! The tables, as the migrations in `migrations/postgres` leave them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    bots (position) {
        position -> BigInt,
        id -> Uuid,
        name -> Text,
        default_origin -> Nullable<Text>,
        default_language -> Text,
        default_country -> Nullable<Text>,
        created_at -> Timestamptz,
        hook -> Text,
        hook_token -> Nullable<Bytea>,
        archived_at -> Nullable<Timestamptz>,
    }
}

table! {
    bot_keys (digest) {
        digest -> Binary,
        bot_id -> Uuid,
        standing -> Text,
        position -> BigInt,
    }
}

table! {
    agents (id) {
        id -> Uuid,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> Timestamptz,
        deactivated_at -> Nullable<Timestamptz>,
    }
}

table! {
    audit_entries (id) {
        id -> Uuid,
        at -> Timestamptz,
        agent_id -> Nullable<Uuid>,
        via -> Text,
        action -> Text,
        object -> Text,
        before -> Text,
        after -> Text,
        reverts -> Nullable<Uuid>,
    }
}

table! {
    second_factors (agent_id) {
        agent_id -> Uuid,
        sealed -> Binary,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> BigInt,
        recovery -> Binary,
    }
}

table! {
    sessions (id) {
        id -> Uuid,
        agent_id -> Uuid,
        digest -> Binary,
        client -> Text,
        created_at -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

table! {
    api_tokens (id) {
        id -> Uuid,
        agent_id -> Uuid,
        name -> Text,
        digest -> Binary,
        scope -> Text,
        created_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

table! {
    channels (position) {
        position -> BigInt,
        id -> Uuid,
        name -> Text,
        kind -> Text,
        target -> Text,
        interval_us -> Nullable<BigInt>,
        paused_at -> Nullable<Timestamptz>,
        failures -> BigInt,
        next_slot_at -> Nullable<Timestamptz>,
        fallback_id -> Nullable<Uuid>,
        quiet_hours -> Nullable<Text>,
        created_at -> Timestamptz,
        archived_at -> Nullable<Timestamptz>,
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
        created_at -> Timestamptz,
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
        channel_id -> Uuid,
    }
}

table! {
    users (id) {
        id -> Uuid,
        bot_id -> Uuid,
        name -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        language -> Text,
        first_origin -> Nullable<Json>,
        last_origin -> Nullable<Json>,
        consent_given -> Nullable<Bool>,
        consent_text -> Nullable<Text>,
        consent_at -> Nullable<Timestamptz>,
        fields -> Json,
        welcomed -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    identities (kind, value) {
        kind -> Text,
        value -> Text,
        user_id -> Uuid,
        created_at -> Timestamptz,
    }
}

table! {
    identity_clashes (position) {
        position -> BigInt,
        request_id -> Uuid,
        user_id -> Uuid,
        other_user_id -> Uuid,
        kind -> Text,
        at -> Timestamptz,
    }
}

table! {
    tickets (id) {
        id -> Uuid,
        number -> BigInt,
        user_id -> Nullable<Uuid>,
        bot_id -> Uuid,
        topic -> Text,
        topic_asked -> Nullable<Text>,
        description -> Text,
        status -> Text,
        chat_customer -> Nullable<Text>,
        chat_uuid -> Nullable<Text>,
        reply_to -> Nullable<Text>,
        language -> Text,
        fields -> Json,
        created_at -> Timestamptz,
        escalated_at -> Nullable<Timestamptz>,
    }
}

table! {
    ticket_work (ticket_id) {
        ticket_id -> Uuid,
        assignee_id -> Nullable<Uuid>,
        priority -> Text,
        version -> BigInt,
    }
}

table! {
    ticket_events (id) {
        id -> Uuid,
        ticket_id -> Uuid,
        agent_id -> Nullable<Uuid>,
        kind -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        at -> Timestamptz,
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
        id -> Uuid,
        purpose -> Text,
        channel_id -> Uuid,
        user_id -> Nullable<Uuid>,
        ticket_id -> Nullable<Uuid>,
        request_id -> Uuid,
        status -> Text,
        due_at -> Timestamptz,
        next_at -> Nullable<Timestamptz>,
        attempts -> Integer,
        retried_after -> Integer,
        unknowns -> Integer,
        possible_duplicate -> Bool,
        instead_of -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

table! {
    claims (notification_id) {
        notification_id -> Uuid,
        channel_id -> Uuid,
        worker_id -> Uuid,
        lapses_at -> Timestamptz,
        attempt -> Nullable<Integer>,
    }
}

table! {
    attempts (notification_id, number) {
        notification_id -> Uuid,
        number -> Integer,
        worker_id -> Uuid,
        opened_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
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
        notification_id -> Uuid,
        recipient -> Text,
        subject -> Text,
        message -> Binary,
        captured_at -> Timestamptz,
    }
}

table! {
    digests (topic, day) {
        topic -> Text,
        day -> Date,
        notification_id -> Uuid,
    }
}

table! {
    messages (id) {
        id -> Uuid,
        key -> Bytea,
        chat -> Nullable<Text>,
        ticket_id -> Nullable<Uuid>,
        agent_id -> Nullable<Uuid>,
        notification_id -> Nullable<Uuid>,
        author -> Text,
        kind -> Text,
        text -> Text,
        channel -> Nullable<Text>,
        heard_as -> Nullable<Bytea>,
        sent_at -> Timestamptz,
    }
}

table! {
    workers (id) {
        id -> Uuid,
        beat_at -> Timestamptz,
    }
}

table! {
    jobs (name) {
        name -> Text,
        next_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        worker_id -> Nullable<Uuid>,
        began_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
    }
}

table! {
    intake (request_id) {
        request_id -> Uuid,
        bot_id -> Uuid,
        path -> Text,
        outcome -> Text,
        user_id -> Nullable<Uuid>,
        ticket_id -> Nullable<Uuid>,
        users_made -> Integer,
        tickets_made -> Integer,
        notifications_made -> Integer,
        received_at -> Timestamptz,
    }
}

table! {
    kept_answers (principal, scope, digest) {
        principal -> Uuid,
        scope -> Text,
        digest -> Binary,
        body -> Binary,
        user_id -> Nullable<Uuid>,
        answer -> Json,
        expires_at -> Timestamptz,
    }
}

table! {
    quarantine (request_id) {
        request_id -> Uuid,
        bot_id -> Uuid,
        path -> Text,
        code -> Text,
        field -> Nullable<Text>,
        query -> Text,
        body -> Binary,
        received_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        released_as -> Nullable<Uuid>,
    }
}

table! {
    daily_figures (day) {
        day -> Date,
        counted_at -> Timestamptz,
        figures -> Text,
    }
}

table! {
    ledger_totals (day, what) {
        day -> Date,
        what -> Text,
        total -> BigInt,
    }
}

table! {
    user_search (user_id) {
        user_id -> Uuid,
        bot_id -> Uuid,
        origin -> Nullable<Text>,
        text -> Text,
    }
}

table! {
    ticket_search (ticket_id) {
        ticket_id -> Uuid,
        origin -> Nullable<Text>,
        text -> Text,
    }
}

allow_tables_to_appear_in_same_query!(agents, api_tokens);
allow_tables_to_appear_in_same_query!(agents, sessions);
allow_tables_to_appear_in_same_query!(channels, claims, notifications);
allow_tables_to_appear_in_same_query!(claims, attempts);
allow_tables_to_appear_in_same_query!(attempts, notifications);
allow_tables_to_appear_in_same_query!(notifications, tickets);
allow_tables_to_appear_in_same_query!(bot_keys, bots);
allow_tables_to_appear_in_same_query!(bots, quarantine);
allow_tables_to_appear_in_same_query!(channels, topic_routes);
allow_tables_to_appear_in_same_query!(tickets, users);
