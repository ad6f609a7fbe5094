//! Pictures: bytes, digests, ranges, caching. Clips stand in `clips`.

use anjian_indexer::{Bucket, BucketSettings};
use axum::http::StatusCode;

use super::seed::PICTURE;
use super::{Server, request};

#[tokio::test]
async fn a_snapshot_is_served_whole_in_part_and_not_again() {
    let server = Server::new().await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    for name in ["snapshot.jpg", "snapshot-annotated.jpg"] {
        let path = format!("/api/v1/violations/{id}/{name}");
        let whole = server.get(&path).await;
        assert_eq!(whole.status, StatusCode::OK);
        assert_eq!(whole.body, PICTURE);
        assert_eq!(whole.header("content-type"), "image/jpeg");
        assert!(whole.header("cache-control").starts_with("private"), "{name}");
        assert!(whole.header("cache-control").ends_with("immutable"), "{name}");
        let tag = whole.header("etag").to_owned();
        assert_eq!(tag.len(), 66, "a SHA-256 in quotes");

        let part = server.ask(request("GET", &path, &[("range", "bytes=10-19")])).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.body, PICTURE[10..20]);
        assert_eq!(part.header("content-range"), format!("bytes 10-19/{}", PICTURE.len()));

        let ranges = server.ask(request("GET", &path, &[("range", "bytes=0-1,5-6")])).await;
        assert_eq!((ranges.status, ranges.body.as_slice()), (StatusCode::OK, PICTURE), "several are as none");
        let other = [("range", "bytes=0-1"), ("if-range", "\"of other bytes\"")];
        let other = server.ask(request("GET", &path, &other)).await;
        assert_eq!((other.status, other.body.as_slice()), (StatusCode::OK, PICTURE));

        let known = server.ask(request("GET", &path, &[("if-none-match", &tag)])).await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED);
        assert!(known.body.is_empty());
    }
}

#[tokio::test]
async fn a_missing_clip_and_a_missing_file_are_problems() {
    let server = Server::new().await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    let clip = server.get(&format!("/api/v1/violations/{id}/clip.mp4")).await;
    assert_eq!(clip.status, StatusCode::NOT_FOUND);
    assert!(clip.json()["detail"].as_str().unwrap().contains("has no clip"));

    let kind = anjian_indexer::EvidenceKind::Snapshot;
    let file =
        server.seed.index.evidence_file(&anjian_domain::Viewer::local(), id, kind).await.unwrap().unwrap();
    std::fs::remove_file(file.local().unwrap()).unwrap();
    let gone = server.get(&format!("/api/v1/violations/{id}/snapshot.jpg")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.json()["detail"].as_str().unwrap().contains("anjian check"));
}

#[tokio::test]
async fn a_list_gets_small_pictures_or_else_the_whole_ones() {
    let server = Server::new().await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    let path = format!("/api/v1/violations/{id}/thumbnail.jpg");
    let small = server.get(&path).await;
    assert_eq!((small.status, small.body.as_slice()), (StatusCode::OK, &b"thumbnail 256"[..]));
    assert_eq!(small.header("content-type"), "image/jpeg");
    let tag = small.header("etag").to_owned();
    let known = server.ask(request("GET", &path, &[("if-none-match", &tag)])).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);

    let without = Server::without_decoder().await;
    let id = without.breach(1, 0, "no_hard_hat").await;
    let whole = without.get(&format!("/api/v1/violations/{id}/thumbnail.jpg")).await;
    assert_eq!((whole.status, whole.body.as_slice()), (StatusCode::OK, PICTURE));
    let unknown = without.get("/api/v1/violations/00000000-0000-0000-0000-000000000000/thumbnail.jpg").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_in_the_bucket_is_served_like_any() {
    let server = Server::new().await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    let path = format!("/api/v1/violations/{id}/snapshot.jpg");
    let local = server.get(&path).await;
    let folder = tempfile::tempdir().unwrap();
    let address = format!("file://{}", folder.path().display()).parse().unwrap();
    let index = &server.seed.index;
    index.set_bucket(Bucket::open(&BucketSettings::of(address)).unwrap()).unwrap();
    assert_eq!(index.move_evidence().await.unwrap().files, 2);

    let whole = server.get(&path).await;
    assert_eq!((whole.status, &whole.body), (StatusCode::OK, &local.body));
    assert_eq!(whole.header("etag"), local.header("etag"));
    let part = server.ask(request("GET", &path, &[("range", "bytes=1-3")])).await;
    assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &local.body[1..4]));
    let small = server.get(&format!("/api/v1/violations/{id}/thumbnail.jpg")).await;
    assert_eq!((small.status, small.body.as_slice()), (StatusCode::OK, &b"thumbnail 256"[..]));

    std::fs::rename(folder.path(), folder.path().with_extension("away")).unwrap();
    let away = server.get(&path).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE, "{:?}", away.json());
    let known = server.ask(request("GET", &path, &[("if-none-match", whole.header("etag"))])).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED, "who has it needs no bucket");
}
