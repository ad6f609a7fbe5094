//! When footage begins: by container, by name, and by neither.

use super::case::{FileCase, core, long};

const COPY: &[&str] = &["-c", "copy"];

fn created(at: &'static str) -> [&'static str; 4] {
    ["-c", "copy", "-metadata", at]
}

/// Names are of the site's zone, which the configuration says is Asia/Shanghai.
pub(super) fn cases() -> Vec<FileCase> {
    [containers(), names(), both()].into_iter().flatten().collect()
}

fn containers() -> Vec<FileCase> {
    vec![
        core("created.mp4", "a creation time", |m, n| {
            m.film(n, &created("creation_time=2026-02-01T00:00:00Z"))
        })
        .says(&["begins 2026-02-01T00:00:00Z, as the file says"]),
        long("created.mkv", "a creation time in Matroska", |m, n| {
            m.film(n, &created("creation_time=2026-02-01T00:00:00Z"))
        })
        .says(&["begins 2026-02-01T00:00:00Z, as the file says"]),
        core("created-1970.mp4", "a creation time of 1970", |m, n| {
            m.film(n, &created("creation_time=1970-01-02T00:00:00Z"))
        })
        .says(&["1970-01-02T00:00:00Z, which no recording was", "a guess: when the file was modified"]),
        long("created-1904.mov", "a creation time of 1904", |m, n| {
            m.film(n, &created("creation_time=1904-01-03T00:00:00Z"))
        })
        .says(&["which no recording was", "a guess: when the file was modified"]),
        core("created-2099.mkv", "a creation time that is still to come", |m, n| {
            m.film(n, &created("creation_time=2099-01-01T00:00:00Z"))
        })
        .says(&["2099-01-01T00:00:00Z, which no recording was", "a guess: when the file was modified"]),
        core("nothing.mp4", "nothing says when", |m, n| m.film(n, &created("comment=nothing")))
            .says(&["nothing says when it was recorded", "a guess: when the file was modified"]),
        core("android.mp4", "a phone that writes the end", |m, n| {
            m.film(
                n,
                &[
                    "-c",
                    "copy",
                    "-movflags",
                    "use_metadata_tags",
                    "-metadata",
                    "com.android.version=14",
                    "-metadata",
                    "creation_time=2026-02-01T00:00:04Z",
                ],
            )
        })
        .says(&["begins 2026-02-01T00:00:00Z, its length before the end that the file says"]),
    ]
}

fn names() -> Vec<FileCase> {
    const SAYS: &[&str] = &["begins 2026-03-01T00:00:00Z, as its name says"];
    vec![
        core("NVR_ch1_main_20260301080000_20260301080004.mp4", "Hikvision's and Dahua's clients", |m, n| {
            m.film(n, COPY)
        })
        .says(SAYS),
        long("192.168.1.64_01_20260301080000000.mp4", "Hikvision's cameras", |m, n| m.film(n, COPY))
            .says(SAYS),
        core(
            "2026-03-01/001/dav/08/08.00.00-08.30.00[R][0@0][0].mp4",
            "Dahua's cards, in folders",
            |m, n| m.film(n, COPY),
        )
        .says(SAYS),
        long("IPC_D1_S20260301080000_E20260301083000.ts", "Uniview", |m, n| m.film(n, COPY)).says(SAYS),
        core("VID_20260301_080000.mp4", "Android", |m, n| m.film(n, COPY)).says(SAYS),
        long("PXL_20260301_000000000.mp4", "Google's phones, in UTC", |m, n| m.film(n, COPY)).says(SAYS),
        long("2026-03-01 08-00-00.mkv", "OBS", |m, n| m.film(n, COPY)).says(SAYS),
        long("CH01_2026_03_01_08_00_00.avi", "Hanwha, Tiandy", |m, n| m.film(n, COPY)).says(SAYS),
        long("东门_2026-03-01_08-00-00.mp4", "a name in Chinese", |m, n| m.film(n, COPY)).says(SAYS),
        long("mmexport1772323200000.mp4", "the time of an export is no time of recording", |m, n| {
            m.film(n, &created("comment=mme"))
        })
        .says(&["a guess: when the file was modified"]),
        long("VID-20260301-WA0001.mp4", "a day without a time", |m, n| m.film(n, &created("comment=VID")))
            .says(&["a guess: when the file was modified"]),
    ]
}

fn both() -> Vec<FileCase> {
    vec![
        core("end_20260301080000.mp4", "the name says the begin, the container the end", |m, n| {
            m.film(n, &created("creation_time=2026-03-01T00:00:04Z"))
        })
        .says(&["begins 2026-03-01T00:00:00Z, its length before the end that the file says"]),
        core("converted_20260301080000.mp4", "converted a day later", |m, n| {
            m.film(n, &created("creation_time=2026-03-02T03:00:00Z"))
        })
        .says(&["the earlier is taken", "begins 2026-03-01T00:00:00Z, as its name says"]),
        long("local_20260301080000.mp4", "a container that holds local time for UTC", |m, n| {
            m.film(n, &created("creation_time=2026-03-01T08:00:00Z"))
        })
        .says(&["the earlier is taken", "begins 2026-03-01T00:00:00Z, as its name says"]),
    ]
}
