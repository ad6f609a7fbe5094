//! What `/healthz` answers while things work, fail and work again.

use anjian_domain::RecordingState;

use super::*;

async fn health(server: &Server) -> (StatusCode, serde_json::Value) {
    let answer = server.get("/healthz").await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn health_and_figures_answer() {
    let server = Server::new().await;
    let (status, health) = health(&server).await;
    assert_eq!(status, StatusCode::OK);
    let jobs = serde_json::json!([
        { "job": "clips", "done_at": BEGAN, "failing_since": null, "trouble": null },
        { "job": "retention", "done_at": BEGAN, "failing_since": BEGAN, "trouble": null },
    ]);
    assert_eq!((&health["status"], &health["jobs"]), (&"degraded".into(), &jobs));
    let metrics = server.get("/metrics").await;
    assert_eq!(metrics.body, b"anjian_up 1\n");
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
}

#[tokio::test]
async fn a_recorder_that_keeps_nothing_is_a_failure_until_it_records() {
    let server = Server::new().await;
    server.seed.recorder_state(0, RecordingState::Recording, at(BEGAN), None).await;
    server.seed.recorder_state(1, RecordingState::Waiting, at(BEGAN), Some("no data")).await;
    assert_eq!(
        health(&server).await.0,
        StatusCode::OK,
        "a camera that sends nothing is the camera's trouble"
    );
    for state in [RecordingState::DiskFull, RecordingState::Failed, RecordingState::Overloaded] {
        server.seed.recorder_state(0, state, at(BEGAN), Some("no room")).await;
        let (status, health) = health(&server).await;
        assert_eq!((status, &health["status"]), (StatusCode::SERVICE_UNAVAILABLE, &"failing".into()));
        let expected = serde_json::json!([
            { "camera": "gate-1", "state": state.as_str(), "since": BEGAN, "reason": "no room" },
        ]);
        assert_eq!(health["recorders"], expected);
    }
    server.seed.recorder_state(0, RecordingState::Recording, at(BEGAN), None).await;
    assert_eq!(health(&server).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_thread_that_died_is_a_failure() {
    let server = Server::new().await;
    server.ailing.lock().unwrap().push(ThreadHealth {
        thread: "evidence".to_owned(),
        died_at: at(BEGAN),
        cause: "the test says so".to_owned(),
        deaths: 2,
        is_restarted: true,
    });
    let (status, health) = health(&server).await;
    assert_eq!(
        (status, &health["threads"][0]["cause"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"the test says so".into())
    );
    server.ailing.lock().unwrap().clear();
    assert_eq!(self::health(&server).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_data_folder_that_is_gone_is_a_failure_until_it_is_back() {
    let server = Server::new().await;
    let (folder, elsewhere) =
        (server.folder.path().to_path_buf(), server.folder.path().with_extension("moved"));
    std::fs::rename(&folder, &elsewhere).unwrap();
    let (status, problem) = health(&server).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(problem["title"], "Index not available", "the log names the folder, the answer does not");
    std::fs::rename(&elsewhere, &folder).unwrap();
    assert_eq!(health(&server).await.0, StatusCode::OK);
}
