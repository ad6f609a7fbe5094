//! Starts GStreamer and makes sure that everything this crate needs of it is there.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use gstreamer as gst;

use crate::IngestError;

const GOOD: &str = "gstreamer1.0-plugins-good";
const BASE: &str = "gstreamer1.0-plugins-base";
const BAD: &str = "gstreamer1.0-plugins-bad";
const LIBAV: &str = "gstreamer1.0-libav";

/// Element and the Debian package that holds it.
const NEEDED: [(&str, &str); 21] = [
    ("filesrc", "libgstreamer1.0-0"),
    ("capsfilter", "libgstreamer1.0-0"),
    ("fakesink", "libgstreamer1.0-0"),
    ("queue", "libgstreamer1.0-0"),
    ("rtpmp4gdepay", GOOD),
    ("rtppcmadepay", GOOD),
    ("rtppcmudepay", GOOD),
    ("rtspsrc", GOOD),
    ("rtph264depay", GOOD),
    ("rtph265depay", GOOD),
    ("rtph264pay", GOOD),
    ("rtph265pay", GOOD),
    ("qtdemux", GOOD),
    ("matroskademux", GOOD),
    ("tsdemux", BAD),
    ("h264parse", BAD),
    ("h265parse", BAD),
    ("avdec_h264", LIBAV),
    ("avdec_h265", LIBAV),
    ("videoconvert", BASE),
    ("appsink", BASE),
];

/// Starts GStreamer, once for the process; calling it again costs nothing. Everything else in this crate calls it
/// too, so that it only decides when a broken installation is noticed.
///
/// # Errors
/// When GStreamer does not start, or plugins are missing; names the Debian packages.
pub fn init() -> Result<(), IngestError> {
    static STARTED: OnceLock<Result<(), IngestError>> = OnceLock::new();
    STARTED.get_or_init(start).clone()
}

fn start() -> Result<(), IngestError> {
    gst::init().map_err(|error| IngestError::Gstreamer { reason: error.to_string() })?;
    glib::log_set_default_handler(trace_glib);
    missing(&NEEDED, |element| gst::ElementFactory::find(element).is_some())
}

/// GLib's warnings go where all our log lines go, not to stderr in a format of their own.
fn trace_glib(domain: Option<&str>, level: glib::LogLevel, message: &str) {
    let domain = domain.unwrap_or("glib");
    match level {
        glib::LogLevel::Error | glib::LogLevel::Critical => tracing::error!(domain, "{message}"),
        glib::LogLevel::Warning => tracing::warn!(domain, "{message}"),
        _ => tracing::debug!(domain, "{message}"),
    }
}

fn missing(needed: &[(&str, &str)], is_there: impl Fn(&str) -> bool) -> Result<(), IngestError> {
    let absent = || needed.iter().filter(|(element, _)| !is_there(element));
    let elements: Vec<&str> = absent().map(|(element, _)| *element).collect();
    if elements.is_empty() {
        return Ok(());
    }
    let packages: BTreeSet<&str> = absent().map(|(_, package)| *package).collect();
    Err(IngestError::MissingElements {
        elements: elements.join(", "),
        packages: packages.into_iter().collect::<Vec<_>>().join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_missing_package_once() {
        let error = missing(&NEEDED, |element| !element.starts_with("avdec") && element != "rtspsrc");
        assert_eq!(
            error.unwrap_err().to_string(),
            "GStreamer misses rtspsrc, avdec_h264, avdec_h265: run apt-get install gstreamer1.0-libav \
             gstreamer1.0-plugins-good"
        );
        assert_eq!(missing(&NEEDED, |_| true), Ok(()));
    }

    #[test]
    fn starts_twice() {
        init().unwrap();
        init().unwrap();
    }
}
