//! What every bucket must do, on a real S3 endpoint and in a folder; and what a bad network and a bad store do to it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic; clippy sees only functions marked as tests"
)]

mod faults;
mod folder;
mod objects;
mod place;
#[path = "../../../tests/src/private_bucket.rs"]
#[allow(unreachable_pub, dead_code, reason = "the end-to-end tests have it as a library")]
mod private_bucket;
mod proxy;
mod ranged_reader;

/// Runs every case in every place, each as a test of its own.
macro_rules! bucket_suite {
    ($($module:ident: $($case:ident),+;)+) => {
        mod s3 {
            $(mod $module {
                $(#[test]
                fn $case() {
                    crate::$module::$case(&crate::place::Place::s3());
                })+
            })+
        }

        mod nas {
            $(mod $module {
                $(#[test]
                fn $case() {
                    crate::$module::$case(&crate::place::Place::folder());
                })+
            })+
        }
    };
}

bucket_suite!(
    objects: what_is_put_is_there_and_goes, large_files_arrive_whole, streams_give_every_range,
        other_bytes_than_recorded_are_refused, putting_again_changes_nothing, lists_are_in_order_and_bounded,
        what_is_no_key_is_refused, ranges_past_the_end_are_damage, secrets_are_not_shown;
    ranged_reader: a_reader_gives_what_a_file_gives, reading_on_costs_few_requests, a_look_costs_one_request,
        errors_keep_their_kind;
);
