//! The server's thread: its loop, its mounts and who may connect.

use std::sync::mpsc::SyncSender;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_rtsp as gst_rtsp;
use gstreamer_rtsp_server as gst_rtsp_server;
use gstreamer_rtsp_server::prelude::*;

use super::access::Access;
use super::clip::Packets;

/// The one role there is: may see everything.
const VIEWER: &str = "viewer";

/// What is played under a path.
#[derive(Debug)]
pub(super) struct Mount {
    pub(super) path: String,
    pub(super) packets: Packets,
}

/// Serves until the loop is told to quit. Tells the port, or why there is none, once the loop runs.
pub(super) fn serve(
    main_loop: &glib::MainLoop,
    port: u16,
    mounts: &[Mount],
    access: &Access,
    told: SyncSender<Result<u16, String>>,
) {
    let context = main_loop.context();
    let served = context.with_thread_default(|| {
        let server = match listen(&context, port, mounts, access) {
            Ok(server) => server,
            Err(reason) => {
                let _ = told.send(Err(reason));
                return;
            }
        };
        let bound_port = u16::try_from(server.bound_port()).map_err(|_| format!("no port for {port}"));
        // From inside the loop: whoever hears it may quit the loop at once.
        let source = glib::idle_source_new(None, glib::Priority::DEFAULT, move || {
            let _ = told.send(bound_port.clone());
            glib::ControlFlow::Break
        });
        source.attach(Some(&context));
        main_loop.run();
        server.client_filter(Some(&mut |_, _| gst_rtsp_server::RTSPFilterResult::Remove));
    });
    if served.is_err() {
        tracing::error!("the clip server's loop belongs to another thread");
    }
}

fn listen(
    context: &glib::MainContext,
    port: u16,
    mounts: &[Mount],
    access: &Access,
) -> Result<gst_rtsp_server::RTSPServer, String> {
    let server = gst_rtsp_server::RTSPServer::new();
    server.set_address("127.0.0.1");
    server.set_service(&port.to_string());
    server.set_auth(auth(access)?.as_ref());
    let mount_points = gst_rtsp_server::RTSPMountPoints::new();
    for mount in mounts {
        mount_points.add_factory(&mount.path, factory(&mount.packets));
    }
    server.set_mount_points(Some(&mount_points));
    server
        .attach(Some(context))
        .map_err(|_| format!("cannot listen on 127.0.0.1:{port}: choose a free port"))?;
    Ok(server)
}

fn factory(packets: &Packets) -> gst_rtsp_server::RTSPMediaFactory {
    let factory = gst_rtsp_server::RTSPMediaFactory::new();
    let pay = packets.codec.pay();
    factory
        .set_launch(&format!("( appsrc name=clip format=time ! {pay} name=pay0 pt=96 config-interval=-1 )"));
    // Each client has the clip to itself, from its first keyframe on.
    factory.set_shared(false);
    factory.add_role_from_structure(
        &gst::Structure::builder(VIEWER)
            .field(gst_rtsp_server::RTSP_PERM_MEDIA_FACTORY_ACCESS, true)
            .field(gst_rtsp_server::RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, true)
            .build(),
    );
    let packets = packets.clone();
    factory.connect_media_configure(move |_, media| play(media, &packets));
    factory
}

/// Feeds a client's pipeline, packet by packet as it asks for them; its sink keeps the pace.
fn play(media: &gst_rtsp_server::RTSPMedia, packets: &Packets) {
    let bin = media.element().downcast::<gst::Bin>().ok();
    let source =
        bin.and_then(|bin| bin.by_name("clip")).and_then(|clip| clip.downcast::<gst_app::AppSrc>().ok());
    let Some(source) = source else { return };
    source.set_caps(Some(&packets.caps));
    let mut packets = packets.for_ever();
    let callbacks = gst_app::AppSrcCallbacks::builder().need_data(move |source, _| {
        if let Some(packet) = packets.next() {
            // Refused only when the client has gone.
            let _ = source.push_buffer(packet);
        }
    });
    source.set_callbacks(callbacks.build());
}

fn auth(access: &Access) -> Result<Option<gst_rtsp_server::RTSPAuth>, String> {
    if access.credentials.is_none() && access.pem.is_none() {
        return Ok(None);
    }
    let auth = gst_rtsp_server::RTSPAuth::new();
    let role = gst_rtsp_server::RTSP_TOKEN_MEDIA_FACTORY_ROLE;
    let mut token = gst_rtsp_server::RTSPToken::builder().field(role, VIEWER).build();
    if let Some(pem) = &access.pem {
        let certificate = gio::TlsCertificate::from_pem(pem);
        let certificate =
            certificate.map_err(|error| format!("certificate and key are not PEM ({error})"))?;
        auth.set_tls_certificate(Some(&certificate));
    }
    match &access.credentials {
        Some((user, password)) => {
            auth.set_supported_methods(gst_rtsp::RTSPAuthMethod::Digest);
            auth.add_digest(user, password, &token);
        }
        None => auth.set_default_token(Some(&mut token)),
    }
    Ok(Some(auth))
}
