//! What every storage promises.

mod access;
mod audit;
mod batches;
mod captured_mails;
mod chat_updates;
mod claiming;
mod closing;
mod conversation;
mod crashes;
mod delivering;
mod desk;
mod erasing;
mod fallbacks;
mod figures;
mod intake;
mod jobs;
mod ledger;
mod lists;
mod loads;
mod merging;
mod notifications;
mod opening;
mod paging;
mod quarantine;
mod reminders;
mod responses;
mod retiring;
mod routing;
mod samples;
mod searching;
mod second_factors;
mod seeding;
mod sessions;
mod ticket_work;
mod tickets;
mod timeline;
mod traces;
mod units_of_work;
mod users;
mod watching;
mod workers;

use std::sync::Arc;

use application::ports::Storage;
pub use desk::Desk;

use crate::FrozenClock;

/// A storage of its own for one case, empty but for what is shipped.
pub trait StorageUnderTest: Send + Sync {
    /// The storage.
    fn storage(&self) -> Arc<dyn Storage>;

    /// What the database's clock goes by.
    fn clock(&self) -> &FrozenClock;
}

/// Calls a macro with the name of every case, module by module: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_storage_case {
    ([$macro:path] $($arguments:tt)*) => {
        $macro! {
            ($($arguments)*)
            units_of_work {
                what_is_committed_is_seen_by_later_units_of_work
                a_unit_of_work_sees_what_it_wrote_itself
                an_error_undoes_everything
                what_is_rolled_back_was_never_there
                what_is_dropped_without_an_end_was_never_there
                reading_waits_for_no_writer_and_sees_nothing_half_done
                a_snapshot_stays_as_it_was_at_its_first_look
                a_taken_key_does_not_break_the_unit_of_work
                of_equal_registrations_at_once_one_wins
                empty_sets_are_written_and_read_without_ado
                the_clock_of_the_database_goes_on
            }
            users {
                a_user_reads_back_as_it_was_written
                an_update_changes_everything_that_may_change
                a_person_is_known_by_each_identity
                of_several_persons_each_is_found_once
                a_customer_is_known_in_its_own_bot_only
                an_identity_belongs_to_one_user
                a_large_set_of_users_is_written_at_once
                an_unknown_user_is_not_found
                users_are_listed_newest_first
            }
            erasing {
                erasing_a_user_leaves_nothing_personal
                the_receipt_says_what_was_deleted
                erasing_takes_calls_from_quarantine_that_name_the_user
                erasing_one_user_leaves_the_others_alone
                an_erased_user_is_never_written_to
                an_erased_persons_identities_are_free_again
            }
            merging {
                who_is_merged_has_all_that_the_other_had
                merging_deletes_what_was_answered_about_the_two
                merging_settles_what_was_between_the_two
                merging_leaves_the_ledger_as_it_was
                who_was_given_up_is_found_as_the_one_that_was_kept
            }
            tickets {
                a_ticket_reads_back_as_it_was_written
                an_unknown_reference_is_no_ticket
                a_block_of_numbers_is_the_takers_alone
                numbers_never_repeat_when_many_take_them_at_once
                the_tickets_of_a_user_are_listed_newest_first
            }
            lists {
                users_are_listed_by_origin_bot_and_time
                tickets_are_listed_by_status_topic_user_and_time
                tickets_are_listed_by_the_origin_of_their_user
                notifications_are_listed_by_due_time
            }
            searching {
                a_user_is_found_by_any_part_of_name_address_and_phone
                who_is_found_is_listed_newest_first
                a_ticket_is_found_by_its_reference_and_its_description
                what_a_call_wrote_is_noted
                notes_are_taken_oldest_first_in_portions
                an_entry_follows_what_changed
                who_was_erased_is_not_found
            }
            seeding {
                a_past_notification_reads_back_with_its_attempt
                a_past_notification_is_never_due
                work_that_is_made_up_reads_back
            }
            chat_updates {
                a_chat_is_told_how_its_ticket_is_at_delivery
                a_chat_is_told_nothing_once_its_topic_asks_for_nothing
            }
            conversation {
                a_message_reads_back_as_it_was_written
                a_message_that_is_delivered_again_is_stored_once
                a_conversation_is_listed_by_when_its_messages_were_sent
                who_registers_later_has_the_conversation_of_its_chat
                a_conversation_has_replies_by_mail_too
                what_is_in_a_chat_and_on_a_ticket_is_listed_once
                replies_to_a_chat_are_found_the_oldest_first
                a_reply_that_was_heard_is_sent_whatever_was_thought_of_it
                a_reply_that_is_being_sent_or_was_cancelled_is_not_confirmed
                what_a_person_wrote_last_is_known
                tickets_of_a_chat_that_are_pending_or_resolved_wait_for_its_person
                a_ticket_is_held_by_its_reference
                a_reply_is_delivered_as_it_was_written
                a_reply_by_mail_goes_to_the_address_of_the_ticket_else_of_the_person
            }
            timeline {
                a_clash_is_shown_to_both_users_oldest_first
            }
            intake {
                a_kept_answer_is_given_until_it_expires
                an_answer_is_kept_in_its_own_slot_only
                a_slot_whose_answer_is_alive_is_not_taken_over
                a_slot_whose_answer_has_expired_is_taken_over
                a_slot_is_at_every_moment_either_answered_or_free
                expired_answers_are_forgotten_in_portions
                every_outcome_of_a_call_can_be_recorded
                a_call_is_recorded_once
            }
            responses {
                a_response_is_given_until_it_expires
                a_response_is_kept_for_its_agent_call_and_key_only
                a_slot_of_a_running_call_is_taken_until_it_expires
                a_slot_that_is_released_is_free
                expired_responses_are_forgotten_with_the_answers
                erasing_a_user_takes_the_responses_about_it
            }
            batches {
                a_batch_is_written_whole
                a_batch_is_told_all_that_it_asks_for
                a_batch_that_asks_for_nothing_is_told_nothing
                a_batch_that_meets_a_taken_key_leaves_nothing
            }
            quarantine {
                a_held_call_reads_back_as_it_arrived
                a_closed_call_stays_readable
                a_call_is_closed_once
                an_unknown_call_cannot_be_closed
                held_calls_are_listed_newest_first_by_bot_and_standing
            }
            notifications {
                a_planned_notification_reads_back_as_it_was_written
                a_notification_is_planned_once
                notifications_are_listed_by_where_they_stand
                notifications_are_listed_by_channel_ticket_and_user
                only_what_still_waits_can_be_cancelled
                what_was_cancelled_is_neither_handed_over_nor_opened
                what_was_sent_or_is_on_its_way_cannot_be_retried
                what_is_retried_is_due_at_once
            }
            loads {
                loads_tell_what_is_due_channel_by_channel
                due_is_counted_no_further_than_asked
                handed_over_counts_until_an_attempt_is_closed
                what_is_handed_over_takes_room_beside_what_is_due_elsewhere
                a_paused_channel_has_no_load_until_it_goes_on
                loads_tell_the_next_slot_of_a_paced_channel
                loads_tell_the_quiet_hours_of_a_channel
                failures_running_add_up_until_a_success
            }
            claiming {
                what_is_due_within_the_horizon_is_handed_over
                the_earliest_of_a_quota_are_handed_over_first
                each_quota_is_for_its_own_channel
                no_two_workers_are_given_the_same_one
                what_was_handed_over_in_vain_is_handed_over_again
                a_hand_over_is_given_time_to_arrive
                what_is_long_overdue_is_handed_over_once
                what_is_being_sent_is_not_handed_over_again
                postponing_moves_due_times
                what_is_postponed_is_given_time_from_its_new_due_time
                what_waits_is_deferred_from_one_moment_to_another
                what_is_on_its_way_is_not_deferred
                what_was_handed_over_in_vain_is_deferred
            }
            opening {
                a_welcome_mail_says_whom_it_greets
                the_news_of_a_ticket_say_everything_about_it
                the_news_of_a_ticket_from_nobody_name_nobody
                the_topic_asked_for_is_told_only_if_it_was_another
                a_message_is_made_of_what_is_known_when_it_is_sent
                nothing_is_opened_before_it_is_due
                what_is_being_sent_is_not_opened_again
                what_is_over_is_not_opened
                what_is_paused_is_not_opened_until_it_goes_on
                of_many_hints_those_that_may_be_sent_are_opened
                of_two_workers_one_opens
            }
            closing {
                a_closed_attempt_reads_back_as_it_was_written
                what_was_captured_of_an_erased_user_goes_when_the_attempt_is_closed
                an_attempt_that_nobody_measured_has_no_duration
                a_notification_moves_on_with_its_attempt
                a_failed_attempt_is_due_again_at_its_time
                only_the_worker_that_opened_an_attempt_closes_it
                an_attempt_is_closed_once
                attempts_of_unknown_fate_are_counted
                after_a_retry_tries_begin_anew_and_numbers_go_on
            }
            fallbacks {
                what_failed_for_good_is_undelivered
                a_fallback_reads_back_linked_to_what_failed
                the_place_of_a_notification_is_taken_once
                a_chain_tells_every_channel_that_was_tried
                a_digest_goes_over_to_its_fallback
                a_reply_goes_over_to_its_fallback
            }
            crashes {
                the_open_attempts_of_dead_workers_are_shown
                an_abandoned_attempt_is_closed_in_the_name_of_the_dead
                what_a_dead_worker_had_not_begun_is_taken_back
                what_is_taken_back_is_due_as_it_was
            }
            workers {
                a_heartbeat_answers_the_time_of_the_database
                a_worker_is_silent_from_its_last_heartbeat_on
                a_worker_is_known_until_it_is_forgotten
            }
            captured_mails {
                a_captured_mail_reads_back_byte_by_byte
                a_later_copy_takes_the_place_of_the_first
                captured_mails_are_listed_newest_first
            }
            routing {
                an_empty_storage_has_the_shipped_routing
                a_new_channel_reads_back_as_it_was_written
                the_name_of_a_channel_is_taken_once
                pausing_a_channel_is_written_and_undone
                the_rules_of_one_channel_are_changed
                a_new_topic_reads_back_with_aliases_and_routes_in_order
                the_slug_of_a_topic_is_taken_once
                a_new_default_topic_takes_the_place_of_the_old
                the_routes_of_one_topic_are_replaced
                an_unknown_topic_has_no_routes_to_replace
                the_reminders_of_one_topic_are_changed
                what_a_topic_does_in_chats_is_changed
                the_names_of_one_topic_are_changed
                the_default_moves_to_the_topic_that_is_made_it
                a_topic_that_was_removed_is_gone_and_its_tickets_keep_its_slug
                a_channel_that_was_put_away_is_in_no_list_and_its_name_is_free
            }
            access {
                bots_read_back_in_the_order_in_which_they_were_added
                the_name_of_a_bot_is_taken_once
                a_bot_is_found_by_every_key_it_ever_had
                a_bot_is_found_by_its_hook
                an_update_changes_one_bot
                a_member_of_staff_reads_back_as_it_was_written
                an_address_signs_in_one_member_of_staff
                an_update_changes_one_member_of_staff
                a_token_leads_to_its_agent
                a_token_is_revoked_once_and_stays_known
            }
            ticket_work {
                a_ticket_that_nobody_worked_on_has_no_work
                a_change_of_a_ticket_is_kept
                of_two_changes_of_one_ticket_the_later_is_stale
                what_was_done_about_a_ticket_is_listed_newest_first
                the_tickets_of_an_agent_are_listed
                the_tickets_that_nobody_works_on_are_listed
                tickets_are_listed_by_how_much_they_matter
                erasing_a_user_takes_the_notes_on_its_tickets
            }
            audit {
                an_entry_of_the_audit_log_reads_back_as_it_was_written
                the_audit_log_is_listed_newest_first_and_by_any_filter
                an_entry_of_the_audit_log_goes_with_the_change_that_failed
            }
            second_factors {
                a_second_factor_reads_back_as_it_was_written
                a_second_factor_takes_the_place_of_the_one_before
                a_second_factor_is_deleted_once
            }
            sessions {
                a_session_leads_to_its_agent
                that_a_session_was_used_is_noted
                a_session_is_ended_by_its_agent_alone
                all_sessions_of_an_agent_are_ended_but_one
                sessions_that_nobody_uses_are_forgotten
            }
            jobs {
                a_job_that_never_ran_is_given_to_whoever_asks_first
                a_job_runs_once_per_tick
                jobs_are_independent_of_each_other
                of_many_workers_one_runs_a_job
                the_turn_of_a_dead_worker_lapses
                a_turn_that_is_extended_does_not_lapse
                the_last_and_the_next_run_can_be_read
                an_interrupted_job_is_due_at_once
                a_job_that_was_asked_for_is_due_before_its_time
            }
            watching {
                what_is_due_is_seen_channel_by_channel
                what_is_handed_over_is_seen_until_it_is_delivered
                what_will_not_be_delivered_is_counted
                of_those_that_would_tell_of_an_alarm_one_does
                an_alarm_that_lasts_is_told_again_after_an_hour
                an_alarm_is_called_off_once_and_may_come_back_at_once
                an_alarm_is_no_job
            }
            figures {
                leads_of_a_day_are_counted_by_their_first_origin
                the_most_frequent_origins_of_a_day_are_named
                tickets_of_a_day_are_counted_by_topic_and_by_where_they_stand
                how_long_a_team_and_a_person_waited_is_counted
                figures_are_kept_by_day_until_they_are_forgotten
                erasing_a_user_forgets_the_figures_of_its_day
            }
            ledger {
                a_day_without_calls_is_empty_and_balanced
                a_day_counts_calls_by_outcome_and_what_they_made
                a_day_counts_notifications_where_they_stand
                a_day_ends_at_midnight
                what_no_call_made_counts_as_made
                erasing_leaves_the_ledger_as_it_was
            }
            retiring {
                old_notifications_go_with_all_that_hangs_on_them
                what_is_not_over_is_kept_however_old
                the_oldest_are_retired_first_in_portions
                retiring_leaves_the_ledger_as_it_was
                young_calls_are_kept
                quarantine_that_ended_long_ago_is_deleted
                old_messages_are_deleted_the_oldest_first
            }
            reminders {
                the_backlog_of_a_topic_has_what_is_not_done
                a_topic_has_one_digest_a_day
                a_digest_says_what_waits_when_it_is_sent
                a_digest_names_the_oldest_tickets_only
                a_digest_of_nothing_open_is_not_sent
                a_ticket_is_overdue_when_it_was_open_long_enough
                a_ticket_is_escalated_once
                an_escalation_says_what_the_news_said
                an_escalation_of_what_was_answered_is_not_sent
            }
        }
    };
}

macro_rules! export_cases {
    (() $($module:ident { $($case:ident)+ })+) => {
        /// The cases: one promise each.
        #[doc(hidden)]
        pub mod storage_cases {
            $(pub use super::$module::{$($case),+};)+
        }
    };
}

for_each_storage_case!([export_cases]);

/// Makes one test of each promise of the storage ports. The argument is an `async fn` without parameters that gives a
/// fresh [`StorageUnderTest`].
#[macro_export]
macro_rules! storage_contract {
    ($fixture:path) => {
        $crate::for_each_storage_case!([$crate::storage_contract_tests] $fixture);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! storage_contract_tests {
    (($fixture:path) $($module:ident { $($case:ident)+ })+) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let fixture = $fixture().await;
            $crate::storage_cases::$case(&$crate::Desk::set_up(&fixture).await).await;
        }
    )+)+};
}
