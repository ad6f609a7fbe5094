//! A camera that plays a clip once, with its sound, and ends: what it sent is known to the last picture.

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

use gstreamer_rtsp_server as gst_rtsp_server;
use gstreamer_rtsp_server::prelude::*;

pub(crate) struct OnceServer {
    port: i32,
    main_loop: glib::MainLoop,
    thread: Option<JoinHandle<()>>,
}

impl OnceServer {
    /// Plays an MKV under `/once`: `video` is h264 or h265, `sound` what packs its sound, if it has any.
    pub(crate) fn start(clip: &Path, video: &str, sound: Option<&str>) -> Self {
        anjian_ingest::init().unwrap();
        let sound =
            sound.map(|pack| format!("d.audio_0 ! queue ! {pack} name=pay1 pt=97")).unwrap_or_default();
        let launch = format!(
            "( filesrc location={} ! matroskademux name=d \
             d.video_0 ! queue ! {video}parse ! rtp{video}pay name=pay0 pt=96 config-interval=-1 {sound} )",
            clip.display()
        );
        let context = glib::MainContext::new();
        let main_loop = glib::MainLoop::new(Some(&context), false);
        let (told, port) = sync_channel(1);
        let running = main_loop.clone();
        let thread = std::thread::spawn(move || serve(&context, &running, &launch, &told));
        Self { port: port.recv().unwrap(), main_loop, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("rtsp://127.0.0.1:{}/once", self.port)
    }
}

fn serve(
    context: &glib::MainContext,
    running: &glib::MainLoop,
    launch: &str,
    told: &std::sync::mpsc::SyncSender<i32>,
) {
    let serve = || {
        let server = gst_rtsp_server::RTSPServer::new();
        server.set_address("127.0.0.1");
        server.set_service("0");
        let factory = gst_rtsp_server::RTSPMediaFactory::new();
        factory.set_launch(launch);
        let mounts = gst_rtsp_server::RTSPMountPoints::new();
        mounts.add_factory("/once", factory);
        server.set_mount_points(Some(&mounts));
        let _source = server.attach(Some(context)).unwrap();
        told.send(server.bound_port()).unwrap();
        running.run();
    };
    context.with_thread_default(serve).unwrap();
}

impl Drop for OnceServer {
    fn drop(&mut self) {
        self.main_loop.quit();
        self.thread.take().unwrap().join().unwrap();
    }
}
