//! What every store must do. The cases know only the public words of the index; a further database joins by
//! implementing `Backend` and one more line of `store_suite!`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic; clippy sees only functions marked as tests"
)]

mod accounts;
mod attachments;
mod audit;
mod budget;
mod cameras;
mod cases;
mod checks;
mod clips;
mod clocks;
mod copied_files;
mod copies;
mod copy_refusals;
mod disposals;
mod faults;
mod findings;
mod fixture;
mod holds;
mod kept_clips;
mod marks;
mod media;
mod moves;
mod nodes;
mod old_words;
mod paging;
mod pieces;
mod postgres;
#[path = "../../../tests/src/private_postgres.rs"]
#[allow(unreachable_pub, dead_code, reason = "the end-to-end tests have it as a library")]
mod private_postgres;
mod recordings;
mod records;
mod recovery;
mod runs;
mod same_footage;
mod search;
#[path = "../../examples/seeded_database.rs"]
#[allow(dead_code, reason = "the example has a main function too")]
mod seeded_database;
mod segment_moves;
mod single_faults;
mod sites;
mod updates;
mod upgrades;
mod verdicts;
mod viewers;

/// Cases of several nodes, for databases that several can share.
macro_rules! shared_suite {
    ($($module:ident: $($case:ident),+;)+) => {
        mod shared {
            $(mod $module {
                $(#[test]
                fn $case() {
                    crate::$module::$case(&crate::fixture::Store::open(std::sync::Arc::new(crate::fixture::Postgres)));
                })+
            })+
        }
    };
}

shared_suite!(
    nodes: a_killed_node_leaves_the_others_alone, a_camera_has_one_node, a_copy_of_a_node_is_noticed,
        changes_of_other_nodes_are_heard, what_lies_elsewhere_is_told;
);

/// Runs every case against every backend, each as a test of its own.
macro_rules! store_suite {
    ($($module:ident: $($case:ident),+;)+) => {
        mod sqlite {
            $(mod $module {
                $(#[test]
                fn $case() {
                    crate::$module::$case(&crate::fixture::Store::open(std::sync::Arc::new(crate::fixture::Sqlite)));
                })+
            })+
        }

        mod postgresql {
            $(mod $module {
                $(#[test]
                fn $case() {
                    crate::$module::$case(&crate::fixture::Store::open(std::sync::Arc::new(crate::fixture::Postgres)));
                })+
            })+
        }
    };
}

store_suite!(
    attachments: an_attachment_is_received_taken_and_shown, an_attachment_is_taken_once_and_by_its_sender,
        what_is_not_what_it_is_called_is_refused, what_no_step_took_goes_after_a_day, a_kill_while_one_is_received_leaves_nothing,
        attachments_move_into_the_bucket, damaged_attachments_are_found;
    cases: a_reminder_is_read_and_closed, what_left_a_draft_is_not_shown_to_the_enterprise, a_violation_is_in_one_case_at_a_time, an_order_needs_what_the_law_asks_for,
        an_order_is_rectified_proven_and_closed, a_plea_that_is_upheld_dismisses_the_violation,
        a_case_follows_the_verdicts_of_its_violations, late_cases_escalate_and_reminders_end, a_recused_officer_does_not_act,
        the_enterprise_plays_clips_of_noticed_violations_only;
    disposals: an_ended_case_goes_after_its_term_when_two_signed, what_another_case_keeps_stays, a_finding_goes_with_its_case;
    findings: a_finding_is_recorded_once_with_its_pictures, what_is_no_finding_is_refused,
        a_case_takes_a_finding_like_a_violation, a_finding_is_rechecked_on_site;
    sites: the_record_of_a_site_is_written_and_audited, the_risk_of_a_site_adds_up;
    marks: reasons_and_signatures_are_found, words_are_found_in_names_and_notes, violations_are_found_by_their_case;
    records: what_was_recorded_is_found_again, files_lie_by_camera_and_day, recording_twice_is_recording_once,
        closing_keeps_the_first_end, a_verdict_outlives_the_end, an_undeclared_rule_loses_no_evidence,
        orders_are_kept;
    search: each_filter_narrows, ranges_take_the_start_and_leave_the_end, long_lists_are_refused,
        behaviours_are_counted, cameras_are_counted, hours_and_days_are_counted, counts_need_a_range;
    paging: equal_times_are_paged_without_loss, pages_give_everything_once, limits_are_kept;
    cameras: configuration_comes_and_goes, names_of_zones_follow_the_configuration,
        states_are_told_on_change_only, frames_are_written_once_a_second, an_unknown_camera_is_refused;
    updates: changes_are_told_after_commit, lost_updates_are_caught_up_with;
    runs: killed_live_runs_are_closed_at_their_last_moment, living_and_archive_runs_are_left_alone,
        archive_runs_say_what_they_judged_and_what_not,
        a_run_ends_once, each_run_keeps_its_rules_as_they_stood;
    same_footage: a_complete_run_takes_the_place_of_the_one_before, an_unfinished_run_hides_nothing,
        a_verdict_is_never_hidden, a_run_made_again_replaces_how_it_was_cut, starts_that_nobody_gave_give_way,
        runs_of_earlier_versions_are_known_by_name_and_start, a_run_says_what_it_analysed;
    checks: a_sound_index_is_clean, every_damage_is_found, young_files_are_spared_while_recording;
    recordings: segments_are_found_by_range, overlaps_are_refused, gaps_are_told_with_their_cause, ranges_are_bounded,
        a_year_is_reported_in_pieces, minutes_of_local_days_are_right, coverage_adds_up;
    clips: clips_can_be_had_when_the_recording_reaches_past_them, clips_show_what_there_is,
        what_was_not_recorded_is_remembered, the_open_file_is_cut_too, a_change_of_codec_keeps_the_side_of_the_opening,
        what_cannot_be_cut_is_remembered, the_digest_holds_while_the_file_grows;
    kept_clips: clips_are_cut_before_their_recording_goes, a_kill_at_any_step_loses_no_clip,
        what_a_kill_left_of_a_clip_is_replaced, policy_cuts_short_what_nobody_confirmed, without_a_short_clip_none_is_cut,
        a_segment_stays_while_its_clip_cannot_be_cut, a_clip_whose_recording_is_gone_is_found_and_noted_again;
    budget: age_takes_what_nobody_confirmed, size_takes_clips_first, a_kill_at_any_step_leaves_nothing_over,
        what_cannot_be_deleted_stops_nothing, the_forecast_counts_evidence;
    recovery: killed_recordings_are_mended, rows_without_files_become_gaps, the_live_system_is_left_alone,
        the_index_is_made_again_from_media, a_day_with_a_clock_that_went_back;
    pieces: pieces_are_kept_when_a_segment_ends_and_go_with_it, missing_pieces_are_kept_later,
        rebuilding_makes_pieces_anew;
    clocks: what_a_wrong_clock_dated_is_marked_and_nothing_else, steps_of_one_size_keep_their_own_marks,
        marks_move_when_a_clock_that_was_set_back_is_set_forward_again,
        what_was_on_its_way_when_the_clock_was_set_is_marked_when_it_arrives,
        a_clock_that_was_set_while_nobody_watched_is_noticed,
        new_segments_lie_at_their_time_before_what_lies_in_the_future,
        a_clip_is_cut_where_the_recording_holds_the_violation,
        a_finished_segment_is_not_begun_again, a_clip_whose_gap_is_filled_later_is_noted_again;
    moves: evidence_moves_into_the_bucket, a_kill_at_any_step_moves_nothing_twice,
        evidence_waits_while_the_bucket_is_away, damage_in_the_bucket_is_found;
    audit: a_change_and_its_entry_are_one, the_audit_is_searched, what_was_written_cannot_be_changed_unseen,
        a_chain_that_was_written_anew_is_found_against_a_checkpoint,
        envelopes_are_opened_by_the_keys_of_the_installation, a_checkpoint_is_taken_daily;
    segment_moves: segments_move_into_the_bucket_by_age, a_kill_at_any_step_leaves_each_segment_in_one_place,
        what_a_kill_left_of_a_move_goes, damage_of_segments_in_the_bucket_is_found,
        segments_in_the_bucket_expire_by_age_unless_held, a_database_that_was_restored_finds_what_moved_since,
        a_bucket_that_is_away_keeps_nothing_from_expiring_here;
    holds: holds_are_put_and_lifted, holds_need_a_reason, an_account_signs_its_holds;
    accounts: accounts_are_made_changed_and_reset, an_enterprise_sees_its_own_accounts, sessions_begin_and_end,
        a_change_of_rights_asks_for_a_new_token, a_step_of_a_second_factor_counts_once,
        tokens_end_and_are_bounded_by_their_owner, a_region_holds_the_sites_that_lie_in_it, logins_stand_in_the_audit;
    verdicts: a_verdict_counts_when_it_can_be_undone_no_longer, a_verdict_is_undone_and_replaced_with_a_reason,
        two_officers_at_once_lose_no_verdict, a_second_signature_is_awaited_where_it_is_asked;
    viewers: another_site_is_as_if_it_were_not_there, what_is_not_yours_is_not_there, an_enterprise_sees_what_was_confirmed,
        a_large_region_is_searched_like_a_small_one;
);
