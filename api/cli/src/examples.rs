//! What a demonstration brings so that every outcome can be tried: review records of cameras, marked as examples.

use anjian_casework::grade::{Publication, Review};
use anjian_domain::{CameraId, Viewer, WallTime};
use anjian_indexer::Index;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::CameraConfig;

/// Every third camera has none: of what it sees, only reminders can be made.
const WITHOUT: usize = 3;
const REVIEWED_DAYS_AGO: i64 = 60;
/// Longer ago than a publication has to be.
const PUBLISHED_DAYS_AGO: i64 = 45;

/// Gives example records to cameras that have no record yet.
pub async fn review_cameras(index: &Index, cameras: &[CameraConfig], now: WallTime) -> anyhow::Result<()> {
    let local = Viewer::local();
    let known: Vec<CameraId> = index.reviews(&local).await?.into_iter().map(|row| row.camera).collect();
    let today = now.timestamp().to_zoned(TimeZone::UTC).date();
    for (number, camera) in (1..).zip(cameras) {
        if number % WITHOUT != 0 && !known.contains(&camera.id) {
            index.add_review(&local, &camera.id, &example(number, today), true).await?;
        }
    }
    Ok(())
}

fn example(number: usize, today: Date) -> Review {
    let ago = |days: i64| today.saturating_sub(days.days());
    Review {
        number: format!("示例-审-{number:03}"),
        reviewer: "示例审核人".to_owned(),
        reviewed_on: ago(REVIEWED_DAYS_AGO),
        has_sign_picture: true,
        publication: Some(Publication {
            on: ago(PUBLISHED_DAYS_AGO),
            place: "示例：监管部门网站".to_owned(),
        }),
    }
}
