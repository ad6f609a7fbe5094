//! Recordings: lists, playlists, media by byte ranges, exports, stills, previews.

use std::time::Duration;

use anjian_domain::{RecordingState, Segment, VideoCodec, WallTime};
use anjian_indexer::{Bucket, BucketSettings, ClipSettings, RecordingSettings, Retention};
use axum::http::StatusCode;

use super::seed::footage::Film;
use super::{BEGAN, Server, at, request};

const MINUTE: Duration = Duration::from_mins(1);
const BASE: &str = "/api/v1/cameras/gate-1";

fn moment(seconds: u64) -> WallTime {
    at(BEGAN).plus(Duration::from_secs(seconds))
}

/// Two minutes of camera 0 with ten seconds between them that the camera was silent.
async fn recorded(server: &Server, codec: VideoCodec) -> [Segment; 2] {
    let film = Film::made_up(codec);
    let first = server.seed.film(0, moment(0), MINUTE, &film).await;
    server.seed.recorder_state(0, RecordingState::Waiting, moment(60), Some("no data for 5 s")).await;
    server.seed.recorder_state(0, RecordingState::Recording, moment(70), None).await;
    let second = server.seed.film(0, moment(70), MINUTE, &film).await;
    [first, second]
}

/// Recordings move at once into a bucket, for which a folder stands.
fn with_bucket(server: &Server) {
    let settings = RecordingSettings {
        folder: server.folder.path().join("recordings"),
        retention: Retention::default(),
        clips: ClipSettings::default(),
        reserve_bytes: 0,
        move_after: Some(Duration::ZERO),
    };
    server.seed.index.set_recording(settings).unwrap();
    let address = format!("file://{}", server.folder.path().join("bucket").display());
    std::fs::create_dir(server.folder.path().join("bucket")).unwrap();
    let settings = BucketSettings::of(address.parse().unwrap());
    server.seed.index.set_bucket(Bucket::open(&settings).unwrap()).unwrap();
}

fn media(segment: &Segment) -> String {
    format!("{BASE}/recordings/{}/media.mp4", segment.start.as_micros())
}

fn of_range(what: &str, from: u64, to: u64) -> String {
    format!("{BASE}/{what}?from={}&to={}", moment(from), moment(to))
}

#[tokio::test]
async fn segments_and_gaps_are_listed() {
    let server = Server::new().await;
    let [first, _] = recorded(&server, VideoCodec::H264).await;
    let list = server.get(&of_range("recordings", 30, 100)).await.json();
    let items = list["segments"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{list}");
    assert_eq!(items[0]["start"], BEGAN);
    assert_eq!(items[0]["sha256"], first.sha256.clone().unwrap());
    assert_eq!((&items[0]["video"], &items[0]["width"]), (&"h264".into(), &640.into()));
    assert_eq!(items[0]["url"], media(&first));
    let gap = &list["gaps"][0];
    assert_eq!((gap["cause"].as_str(), gap["duration_s"].as_f64()), (Some("waiting"), Some(10.0)), "{gap}");
    assert_eq!(gap["reason"], "no data for 5 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_in_the_bucket_are_served_like_those_on_the_disk() {
    let server = Server::new().await;
    with_bucket(&server);
    let [first, _] = recorded(&server, VideoCodec::H264).await;
    let paths = [media(&first), of_range("playlist.m3u8", 30, 100), of_range("export.mp4", 30, 100)];
    let mut before = Vec::new();
    for path in &paths {
        before.push(server.get(path).await);
    }
    let moved = server.seed.index.move_segments().await.unwrap();
    assert_eq!((moved.segments, moved.problem), (2, None));
    assert!(!server.seed.index.recordings_folder().join(&first.path).exists());
    for (path, before) in paths.iter().zip(before) {
        let after = server.get(path).await;
        assert_eq!((after.status, before.status), (StatusCode::OK, StatusCode::OK), "{path}");
        assert!(after.body == before.body, "{path}");
    }
    let part = server.ask(request("GET", &media(&first), &[("range", "bytes=100-199")])).await;
    assert_eq!((part.status, part.body.len()), (StatusCode::PARTIAL_CONTENT, 100));
    std::fs::remove_file(server.folder.path().join("bucket/recordings").join(&first.path)).unwrap();
    let gone = server.get(&media(&first)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", String::from_utf8_lossy(&gone.body));
}

#[tokio::test]
async fn a_segment_is_served_whole_in_part_and_not_again() {
    let server = Server::new().await;
    let [first, _] = recorded(&server, VideoCodec::H264).await;
    let file = std::fs::read(server.seed.index.recordings_folder().join(&first.path)).unwrap();
    let whole = server.get(&media(&first)).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "video/mp4"));
    assert_eq!(whole.body, file);
    assert!(whole.header("cache-control").ends_with("immutable"));
    let tag = whole.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", first.sha256.clone().unwrap()));
    let part =
        server.ask(request("GET", &media(&first), &[("range", "bytes=100-199"), ("if-range", &tag)])).await;
    assert_eq!((part.status, part.body.as_slice()), (StatusCode::PARTIAL_CONTENT, &file[100..200]));
    assert_eq!(part.header("content-range"), format!("bytes 100-199/{}", file.len()));
    let beyond = server.ask(request("GET", &media(&first), &[("range", "bytes=99999999-")])).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let known = server.ask(request("GET", &media(&first), &[("if-none-match", &tag)])).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let head = server.ask(request("HEAD", &media(&first), &[("accept-encoding", "gzip")])).await;
    assert_eq!(head.header("content-length"), file.len().to_string());
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn a_segment_that_is_being_written_ends_with_its_last_whole_fragment() {
    let server = Server::new().await;
    let open = server.seed.film_open(0, moment(0), MINUTE, &Film::made_up(VideoCodec::H264)).await;
    let answer = server.get(&media(&open)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body.len() as u64, open.size_bytes);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.headers.contains_key("etag"));
    let playlist = server.get(&of_range("playlist.m3u8", 0, 60)).await;
    let text = String::from_utf8(playlist.body).unwrap();
    assert!(text.contains("/media.mp4"), "{text}");
}

#[tokio::test]
async fn a_playlist_lists_pieces_by_time_and_tells_gaps() {
    let server = Server::new().await;
    let [_, second] = recorded(&server, VideoCodec::H264).await;
    let answer = server.get(&of_range("playlist.m3u8", 6, 100)).await;
    assert_eq!(answer.header("content-type"), "application/vnd.apple.mpegurl");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.starts_with("#EXTM3U\n#EXT-X-START:TIME-OFFSET=2.000,PRECISE=YES\n"), "{text}");
    assert!(text.contains("#EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:04.000Z"), "{text}");
    assert!(text.contains("CLASS=\"gap\"") && text.contains("X-CAUSE=\"waiting\""), "{text}");
    assert!(text.contains(&format!("\nrecordings/{}/media.mp4\n", second.start.as_micros())), "{text}");
    assert!(!text.contains("preview"), "{text}");
}

/// An hour of recordings cost 7 200 reads of fragments; now there is none.
#[tokio::test]
async fn a_playlist_reads_no_file_that_the_index_knows() {
    let server = Server::new().await;
    let segments = recorded(&server, VideoCodec::H265).await;
    let paths = ["", "&codec=h264"].map(|codec| format!("{}{codec}", of_range("playlist.m3u8", 0, 130)));
    let [any, previews] = [server.get(&paths[0]).await.body, server.get(&paths[1]).await.body];
    let file = |segment: &Segment| server.seed.index.recordings_folder().join(&segment.path);
    for segment in &segments {
        std::fs::write(file(segment), vec![0; usize::try_from(segment.size_bytes).unwrap()]).unwrap();
    }
    assert_eq!([server.get(&paths[0]).await.body, server.get(&paths[1]).await.body], [any.clone(), previews]);
    std::fs::remove_file(file(&segments[0])).unwrap();
    let rest = String::from_utf8(server.get(&paths[0]).await.body).unwrap();
    let lost = media(&segments[0]).replace(&format!("{BASE}/"), "");
    assert!(String::from_utf8(any).unwrap().contains(&lost));
    assert!(!rest.contains(&lost) && rest.contains("/media.mp4"), "one that is lost costs no other: {rest}");
}

/// Everything that reads files has its bound, and says when it is full.
#[tokio::test]
async fn a_full_house_is_told_at_once_and_with_a_time() {
    let server = Server::new().await;
    let [first, _] = recorded(&server, VideoCodec::H264).await;
    for path in [of_range("playlist.m3u8", 0, 60), of_range("export.mp4", 0, 60), media(&first)] {
        let answer = server.get_when_full(&path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.header("retry-after"), "5", "{path}");
        assert_eq!(answer.json()["type"], "urn:anjian:problem:busy", "{path}");
        assert_eq!(server.get(&path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn h265_is_played_as_h264_where_that_is_asked_for() {
    let server = Server::new().await;
    let [first, _] = recorded(&server, VideoCodec::H265).await;
    let any = String::from_utf8(server.get(&of_range("playlist.m3u8", 0, 20)).await.body).unwrap();
    assert!(any.contains("/media.mp4") && !any.contains("preview"), "{any}");
    let path = format!("{}&codec=h264", of_range("playlist.m3u8", 0, 20));
    let text = String::from_utf8(server.get(&path).await.body).unwrap();
    let piece = text.lines().find(|line| line.contains("/preview.m4s?bytes=")).unwrap();
    // The scripted decoder hands the segment itself back.
    let file = std::fs::read(server.seed.index.recordings_folder().join(&first.path)).unwrap();
    let media = server.get(&format!("{BASE}/{piece}")).await;
    assert_eq!((media.status, media.header("content-type")), (StatusCode::OK, "video/mp4"));
    let init = server.get(&format!("{BASE}/{}", piece.replace("preview.m4s", "preview-init.mp4"))).await;
    assert_eq!([init.body, media.body].concat(), file);

    for (bytes, status) in [("1-9", 400), ("9", 400), ("", 400), ("9-1", 400)] {
        let path = format!("{BASE}/recordings/{}/preview.m4s?bytes={bytes}", first.start.as_micros());
        assert_eq!(server.get(&path).await.status.as_u16(), status, "{bytes}");
    }
    let without = Server::without_decoder().await;
    recorded(&without, VideoCodec::H265).await;
    assert_eq!(without.get(&format!("{BASE}/{piece}")).await.status, StatusCode::NOT_IMPLEMENTED);
}

#[tokio::test]
async fn an_export_is_one_file_of_exactly_the_range() {
    let server = Server::new().await;
    recorded(&server, VideoCodec::H264).await;
    let path = of_range("export.mp4", 50, 80);
    let head = server.ask(request("HEAD", &path, &[])).await;
    assert_eq!((head.status, head.header("content-type")), (StatusCode::OK, "video/mp4"));
    let name = head.header("content-disposition");
    assert!(name.contains("filename=\"gate-1_20260301-080050_20260301-080120.mp4\""), "{name}");
    assert!(name.contains("%E4%B8%80%E5%8F%B7%E9%97%A8"), "{name}");
    let whole = server.get(&path).await;
    assert_eq!(whole.body.len().to_string(), head.header("content-length"));
    assert_eq!(&whole.body[4..8], b"ftyp");
    let tag = whole.header("etag").to_owned();
    let parts = ["bytes=0-999", "bytes=1000-"];
    let mut put_together = Vec::new();
    for range in parts {
        let part = server.ask(request("GET", &path, &[("range", range), ("if-range", &tag)])).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        put_together.extend(part.body);
    }
    assert_eq!(put_together, whole.body);
    let changed = server.ask(request("GET", &path, &[("range", parts[0]), ("if-range", "\"old\"")])).await;
    assert_eq!((changed.status, changed.body.len()), (StatusCode::OK, whole.body.len()));
}

#[tokio::test]
async fn a_change_of_codec_says_where_to_part_the_range() {
    let server = Server::new().await;
    server.seed.film(0, moment(0), MINUTE, &Film::made_up(VideoCodec::H264)).await;
    server.seed.film(0, moment(60), MINUTE, &Film::made_up(VideoCodec::H265)).await;
    let answer = server.get(&of_range("export.mp4", 0, 120)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("2026-03-01T00:01:00Z") && !detail.contains(".mp4"), "{detail}");
}

#[tokio::test]
async fn a_still_is_asked_of_the_segment_that_holds_the_moment() {
    let server = Server::new().await;
    recorded(&server, VideoCodec::H264).await;
    let still = server.get(&format!("{BASE}/still.jpg?at={}", moment(75))).await;
    assert_eq!((still.status, still.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(still.body, b"still 000110.000000Z.mp4 5000");
    assert!(still.header("content-disposition").contains("gate-1_20260301-080115.jpg"));
    let tag = still.header("etag").to_owned();
    let again = request("GET", &format!("{BASE}/still.jpg?at={}", moment(75)), &[("if-none-match", &tag)]);
    assert_eq!(server.ask(again).await.status, StatusCode::NOT_MODIFIED);
    let gap = server.get(&format!("{BASE}/still.jpg?at={}", moment(65))).await;
    assert_eq!(gap.status, StatusCode::NOT_FOUND);
    let detail = gap.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("waiting, no data for 5 s"), "{detail}");
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_is_a_problem_that_says_so() {
    let server = Server::new().await;
    let [first, _] = recorded(&server, VideoCodec::H264).await;
    let day = "from=2026-03-01T00:00:00Z&to=2026-03-02T02:00:00Z";
    let table = [
        (format!("{BASE}/recordings?{day}"), 400, "more than 25 hours"),
        (format!("{BASE}/playlist.m3u8?{day}"), 400, "more than 25 hours"),
        (format!("{BASE}/export.mp4?{day}"), 400, "more than 12 hours"),
        (format!("{BASE}/playlist.m3u8?to={BEGAN}"), 400, "from: is needed"),
        (format!("{}&codec=av1", of_range("playlist.m3u8", 0, 9)), 400, "any or h264"),
        (format!("{BASE}/still.jpg"), 400, "at: is needed"),
        (of_range("playlist.m3u8", 300, 360), 404, "nothing of gate-1 was recorded"),
        (of_range("export.mp4", 61, 69), 404, "waiting"),
        (
            "/api/v1/cameras/nobody/recordings?from=2026-03-01T00:00:00Z&to=2026-03-01T01:00:00Z".into(),
            404,
            "no camera",
        ),
        ("/api/v1/cameras/..%2f..%2fetc/recordings".into(), 400, "from: is needed"),
        (format!("/api/v1/cameras/..%2f..%2fetc/still.jpg?at={BEGAN}"), 400, "not the id of a camera"),
        (format!("{BASE}/recordings/1/media.mp4"), 404, "no segment"),
        (format!("{BASE}/recordings/..%2f..%2fetc%2fpasswd/media.mp4"), 400, "not the id of a segment"),
        (format!("{}/../media.mp4", media(&first)), 404, "nothing at"),
        (
            format!("{BASE}/recordings/{}/preview.m4s?bytes=0-9", first.start.as_micros()),
            404,
            "H.264 already",
        ),
    ];
    for (path, status, says) in table {
        let answer = server.get(&path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{path}: {detail}");
    }
    let file = server.seed.index.recordings_folder().join(&first.path);
    std::fs::remove_file(file).unwrap();
    let gone = server.get(&media(&first)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.json()["detail"].as_str().unwrap().contains("anjian check"));
}
