//! A running pipeline, its pictures, and its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use anjian_domain::{Clock, MediaTime, Picture};
use gstreamer as gst;
use gstreamer::prelude::*;
use metrics::gauge;

use crate::IngestError;
use crate::buffer_time::time_in;
use crate::decode::DecodeChain;
use crate::feed::{Feed, Trouble};
use crate::picture::picture_of;

/// How long pictures may still come out of the decoder after the pipeline reported trouble.
const LAST_PICTURES: Duration = Duration::from_millis(500);

/// Takes pictures from a pipeline, and stops it when dropped.
#[derive(Debug)]
pub(crate) struct Pictures {
    pipeline: gst::Pipeline,
    chain: DecodeChain,
    clock: Arc<dyn Clock>,
}

/// Ending a pipeline takes a good-bye to the server.
const ENDING_MAX: Duration = Duration::from_secs(3);

/// Pipelines that do not end although they should have.
const PIPELINES_LEFT: &str = "anjian_pipelines_left_behind";

/// Pipelines that did not end in time, and still have not.
static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);

/// How many pipelines of this process do not end although they should have. Each keeps its threads and descriptors.
#[must_use]
pub fn pipelines_left_behind() -> usize {
    LEFT_BEHIND.load(Ordering::SeqCst)
}

/// What a pipeline has to say.
#[derive(Debug)]
pub(crate) enum Pulled {
    Picture(MediaTime, Picture),
    Waiting,
    Ended,
    Failed(Trouble),
}

impl Pictures {
    /// Starts a pipeline. Does not wait for it: whatever goes wrong comes with the pictures.
    pub(crate) fn play(pipeline: gst::Pipeline, chain: DecodeChain, clock: Arc<dyn Clock>) -> Self {
        let pictures = Self { pipeline, chain, clock };
        if let Err(error) = pictures.pipeline.set_state(gst::State::Playing) {
            pictures.feed().report(Trouble::internal(&glib::bool_error!("{error}")));
        }
        pictures
    }

    #[cfg(test)]
    pub(crate) const fn pipeline(&self) -> &gst::Pipeline {
        &self.pipeline
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.chain.feed
    }

    /// Waits at most `patience` for the next picture; those that were decoded before the end or before trouble
    /// come first.
    pub(crate) fn pull(&self, patience: Duration) -> Pulled {
        let feed = self.feed();
        let pulled = feed.wait(&*self.clock, patience, || {
            let end = || feed.is_ended().then_some(Pulled::Ended);
            self.pull_now().or_else(end).or_else(|| feed.trouble().map(Pulled::Failed))
        });
        match pulled {
            None => Pulled::Waiting,
            // The last picture may have come between looking for it and looking for the end.
            Some(Pulled::Ended) => {
                let end = || feed.trouble().map_or(Pulled::Ended, Pulled::Failed);
                self.pull_now().unwrap_or_else(end)
            }
            Some(Pulled::Failed(trouble)) if feed.packets() > 0 => {
                let end = || feed.is_ended().then_some(Pulled::Ended);
                let last = feed.wait(&*self.clock, LAST_PICTURES, || self.pull_now().or_else(end));
                let last = last.filter(|last| !matches!(last, Pulled::Ended)).or_else(|| self.pull_now());
                last.unwrap_or(Pulled::Failed(trouble))
            }
            Some(picture) => picture,
        }
    }

    fn pull_now(&self) -> Option<Pulled> {
        let sample = self.chain.sink.as_ref()?.try_pull_sample(gst::ClockTime::ZERO)?;
        let at = sample.segment().zip(sample.buffer()).and_then(|(segment, buffer)| time_in(segment, buffer));
        let picture = picture_of(&sample);
        Some(match (at, picture) {
            (Some(at), Ok(picture)) => Pulled::Picture(at, picture),
            (None, _) => return None,
            (_, Err(reason)) => Pulled::Failed(Trouble::Gstreamer {
                error: glib::Error::new(gst::StreamError::Format, &reason),
            }),
        })
    }
}

impl Drop for Pictures {
    fn drop(&mut self) {
        end(&self.pipeline);
    }
}

/// Ends the streaming threads of a pipeline and waits for them, but not for ever: `rtspsrc` (1.22) now and then never
/// comes to its end after a server said goodbye, and a camera that hangs there would never be seen again.
fn end(pipeline: &gst::Pipeline) {
    let (told, ended) = sync_channel(0);
    let ending = pipeline.clone();
    let thread = std::thread::Builder::new().name("end-pipeline".to_owned()).spawn(move || {
        // Fails only for pipelines that never ran.
        let _ = ending.set_state(gst::State::Null);
        // Nobody waits for one that ends late.
        if told.send(()).is_err() {
            let pipelines = LEFT_BEHIND.fetch_sub(1, Ordering::SeqCst) - 1;
            gauge!(PIPELINES_LEFT).set(pipelines as f64);
        }
    });
    match thread {
        Ok(_) if ended.recv_timeout(ENDING_MAX) == Err(RecvTimeoutError::Timeout) => {
            let pipelines = LEFT_BEHIND.fetch_add(1, Ordering::SeqCst) + 1;
            drop(ended);
            gauge!(PIPELINES_LEFT).set(pipelines as f64);
            tracing::error!(pipelines, "a pipeline does not end; its threads stay behind");
        }
        Ok(_) => {}
        Err(_) => {
            let _ = pipeline.set_state(gst::State::Null);
        }
    }
}

/// For building pipelines: what cannot happen once [`crate::init`] found all elements.
pub(crate) fn broken(error: &glib::BoolError) -> IngestError {
    IngestError::Gstreamer { reason: error.message.to_string() }
}

#[cfg(test)]
mod tests {
    use anjian_domain::SystemClock;

    use super::*;

    /// A pipeline whose streaming thread hangs, as one of `rtspsrc` does after some goodbyes.
    #[test]
    fn a_pipeline_that_does_not_end_is_counted_until_it_does() {
        crate::init().unwrap();
        let pipeline = gst::parse::launch("videotestsrc name=source ! fakesink").unwrap();
        let pipeline = pipeline.downcast::<gst::Pipeline>().unwrap();
        let pad = pipeline.by_name("source").unwrap().static_pad("src").unwrap();
        let (hanging, hangs) = sync_channel(1);
        let (release, released) = sync_channel::<()>(0);
        let released = std::sync::Mutex::new(released);
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            let _ = hanging.try_send(());
            let _ = released.lock().map(|released| released.recv());
            gst::PadProbeReturn::Ok
        });
        pipeline.set_state(gst::State::Playing).unwrap();
        hangs.recv().unwrap();
        let before = pipelines_left_behind();
        end(&pipeline);
        assert_eq!(pipelines_left_behind(), before + 1);
        drop(release);
        let until = SystemClock.monotonic() + Duration::from_secs(20);
        while pipelines_left_behind() > before && SystemClock.monotonic() < until {
            SystemClock.sleep(Duration::from_millis(10));
        }
        assert_eq!(pipelines_left_behind(), before);
    }
}
