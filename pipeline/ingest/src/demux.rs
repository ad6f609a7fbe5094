//! Reads a file's packets and finds the one video stream that is wanted; sound and all else is left alone.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::codec::Codec;
use crate::container::Container;
use crate::feed::{Feed, Trouble};

/// Puts into `pipeline` what reads a file, and calls `attach` with the first stream that can be decoded, on the
/// thread that reads. Whatever goes wrong is reported to `feed`.
pub(crate) fn read_file(
    pipeline: &gst::Pipeline,
    path: &Path,
    container: Container,
    feed: &Arc<Feed>,
    attach: impl Fn(&gst::Pipeline, &gst::Pad, Codec) -> Result<(), glib::BoolError> + Send + Sync + 'static,
) -> Result<(), glib::BoolError> {
    let file = gst::ElementFactory::make("filesrc").property("location", path).build()?;
    let demuxer = gst::ElementFactory::make(container.demuxer()).build()?;
    pipeline.add_many([&file, &demuxer])?;
    file.link(&demuxer)?;

    let choice = Arc::new(Mutex::new(Choice::default()));
    let (weak, reporter, choosing) = (pipeline.downgrade(), Arc::clone(feed), Arc::clone(&choice));
    demuxer.connect_pad_added(move |_, pad| {
        let chosen = choosing.lock().unwrap_or_else(PoisonError::into_inner).consider(pad);
        let (Some(codec), Some(pipeline)) = (chosen, weak.upgrade()) else { return };
        if let Err(error) = attach(&pipeline, pad, codec) {
            reporter.report(Trouble::internal(&error));
        }
    });
    let reporter = Arc::clone(feed);
    demuxer.connect_no_more_pads(move |_| {
        if let Some(trouble) = choice.lock().unwrap_or_else(PoisonError::into_inner).missing() {
            reporter.report(trouble);
        }
    });
    Ok(())
}

/// Which stream is decoded, and what else was there.
#[derive(Debug, Default)]
struct Choice {
    is_made: bool,
    foreign_codec: Option<String>,
}

impl Choice {
    /// The codec of a stream, when it is the one to decode.
    fn consider(&mut self, pad: &gst::Pad) -> Option<Codec> {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let format = caps.structure(0)?;
        let codec = Codec::of_stream(format.name());
        if codec.is_none() {
            self.foreign_codec = self.foreign_codec.take().or_else(|| foreign_codec(format));
        }
        codec.filter(|_| !std::mem::replace(&mut self.is_made, true))
    }

    /// What to say when all streams are known and none was chosen.
    fn missing(&self) -> Option<Trouble> {
        match &self.foreign_codec {
            _ if self.is_made => None,
            Some(codec) => Some(Trouble::Codec(codec.clone())),
            None => Some(Trouble::NoVideo),
        }
    }
}

/// The name that people know a codec by; `None` for sound, subtitles and the like.
fn foreign_codec(format: &gst::StructureRef) -> Option<String> {
    match format.name().as_str() {
        "image/jpeg" => Some("JPEG".to_owned()),
        "video/mpeg" => {
            let version =
                format.get::<i32>("mpegversion").map_or(String::new(), |version| format!("-{version}"));
            Some(format!("MPEG{version}"))
        }
        name => name.strip_prefix("video/").map(|codec| codec.trim_start_matches("x-").to_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_have_the_names_that_people_know() {
        crate::init().unwrap();
        let mpeg4 = gst::Structure::builder("video/mpeg").field("mpegversion", 4_i32).build();
        assert_eq!(foreign_codec(&mpeg4).as_deref(), Some("MPEG-4"));
        for (name, codec) in
            [("video/x-vp9", Some("VP9")), ("image/jpeg", Some("JPEG")), ("audio/mpeg", None)]
        {
            assert_eq!(foreign_codec(&gst::Structure::new_empty(name)).as_deref(), codec);
        }
    }
}
