//! What unpacks a connection's streams: depayloader, parser, decoder and recorder's tap, built once a stream is known.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anjian_domain::MediaTime;
use gstreamer as gst;
use gstreamer::prelude::*;

use crate::client::{Kind, Media, Target};
use crate::codec::Codec;
use crate::decode::DecodeChain;
use crate::recorder::Tap;
use crate::stream_time::StreamTime;
use crate::{CameraFault, Sound, sound};

/// Builds into a pipeline what its streams need.
pub(crate) struct Unpack {
    pipeline: glib::WeakRef<gst::Pipeline>,
    chain: DecodeChain,
    tap: Option<Tap>,
    sound: Sound,
    time: Arc<StreamTime>,
    has_video: bool,
    has_sound: bool,
    foreign_codec: Option<String>,
    /// Why the connection ended, if the camera did not end it.
    pub(crate) ended: Arc<OnceLock<CameraFault>>,
}

impl Unpack {
    pub(crate) fn new(
        pipeline: &gst::Pipeline,
        chain: &DecodeChain,
        tap: Option<Tap>,
        sound: Sound,
        time: &Arc<StreamTime>,
    ) -> Self {
        Self {
            pipeline: pipeline.downgrade(),
            chain: chain.clone(),
            tap,
            sound,
            time: Arc::clone(time),
            has_video: false,
            has_sound: false,
            foreign_codec: None,
            ended: Arc::default(),
        }
    }

    fn choose_video(&mut self, media: &Media) -> bool {
        if Codec::of_rtp(&media.encoding).is_some() {
            return !std::mem::replace(&mut self.has_video, true);
        }
        if !media.encoding.is_empty() {
            self.foreign_codec.get_or_insert_with(|| media.encoding.clone());
        }
        false
    }

    fn choose_sound(&mut self, media: &Media) -> bool {
        let Some(tap) = self.tap.as_ref().filter(|_| self.sound == Sound::Record) else { return false };
        if sound::depay(&media.encoding).is_none() || media.clock_hz == 0 {
            tracing::info!(encoding = media.encoding, "sound in this codec is not recorded");
            return false;
        }
        let is_first = !std::mem::replace(&mut self.has_sound, true);
        if is_first {
            tap.expect_sound();
        }
        is_first
    }
}

impl Target for Unpack {
    fn choose(&mut self, media: &Media) -> bool {
        match media.kind {
            Kind::Video => self.choose_video(media),
            Kind::Audio => self.choose_sound(media),
            Kind::Other => false,
        }
    }

    fn fault(&self) -> Option<CameraFault> {
        match &self.foreign_codec {
            _ if self.has_video => None,
            Some(codec) => Some(CameraFault::UnsupportedCodec(codec.clone())),
            None => Some(CameraFault::NoVideo),
        }
    }

    fn open(&mut self, media: &Media) -> Result<gst::Pad, glib::BoolError> {
        let pipeline =
            self.pipeline.upgrade().ok_or_else(|| glib::bool_error!("the connection was given up"))?;
        let pad = gst::Pad::builder(gst::PadDirection::Src).build();
        pad.set_active(true)?;
        match (Codec::of_rtp(&media.encoding), sound::depay(&media.encoding), &self.tap) {
            (Some(codec), ..) => self.chain.attach(&pipeline, &pad, Some(codec.depay()), codec)?,
            (None, Some(depay), Some(tap)) => sound::attach(&pipeline, &pad, depay, tap)?,
            _ => return Err(glib::bool_error!("{} is not unpacked", media.encoding)),
        }
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        pad.push_event(gst::event::StreamStart::new(&media.encoding));
        pad.push_event(gst::event::Caps::new(&caps(media)));
        pad.push_event(gst::event::Segment::new(&segment));
        Ok(pad)
    }

    fn on_placed(&self) -> Box<dyn Fn(MediaTime, Duration) + Send> {
        let time = Arc::clone(&self.time);
        Box::new(move |media, arrived| time.note_arrival(media, arrived))
    }

    fn reported(&self, media: MediaTime, report: &[u8]) {
        self.time.reports.report(media, report);
    }

    fn note(&self, subject: &'static str, note: Option<String>) {
        self.time.note(subject, note);
    }

    fn end(&self, fault: Option<CameraFault>) {
        if let Some(fault) = fault {
            // A connection ends once.
            let _ = self.ended.set(fault);
        }
        self.chain.feed.end();
    }
}

/// As depayloaders want them: what the description says of the stream, word for word.
fn caps(media: &Media) -> gst::Caps {
    let kind = if media.kind == Kind::Audio { "audio" } else { "video" };
    let clock_hz = i32::try_from(media.clock_hz).ok().filter(|clock_hz| *clock_hz > 0).unwrap_or(90_000);
    let mut caps = gst::Structure::builder("application/x-rtp")
        .field("media", kind)
        .field("encoding-name", &media.encoding)
        .field("payload", i32::from(media.payload_type))
        .field("clock-rate", clock_hz);
    if media.channels > 0 && media.kind == Kind::Audio {
        caps = caps.field("encoding-params", media.channels.to_string());
    }
    for (name, value) in media.parameters.iter().filter(|(name, _)| is_field_name(name)) {
        caps = caps.field(name.as_str(), value);
    }
    std::iter::once(caps.build()).collect()
}

fn is_field_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
        && !["media", "payload", "clock-rate", "encoding-name", "encoding-params"].contains(&name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn caps_carry_what_the_description_says_and_nothing_that_would_break_them() {
        crate::init().unwrap();
        let mut media = Media::for_test(Kind::Video, "H264");
        media.parameters = BTreeMap::from([
            ("packetization-mode".to_owned(), "1".to_owned()),
            ("payload".to_owned(), "x".to_owned()),
            ("what ever".to_owned(), "x".to_owned()),
        ]);
        let caps = caps(&media);
        let format = caps.structure(0).unwrap();
        assert_eq!(format.get::<&str>("packetization-mode").unwrap(), "1");
        assert_eq!((format.get::<i32>("payload").unwrap(), format.n_fields()), (96, 5));
    }
}
