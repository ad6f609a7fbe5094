//! Addresses of streams, as `a=control` and Content-Base give them. Pure.

use anjian_domain::SourceUrl;
use url::Url;

/// The address without user and password, as requests carry it.
pub(super) fn plain(url: &SourceUrl) -> Url {
    let mut plain = url.expose().clone();
    // Both fail only for addresses without a host.
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain
}

/// What SETUP is to ask for. `base` is the answer's Content-Base or Content-Location. Hosts other than the one that
/// answered are not believed: cameras behind a router name the one that they have inside.
pub(super) fn of_control(asked: &Url, base: Option<&str>, control: Option<&str>) -> String {
    let base = base.and_then(|base| Url::parse(base).ok()).map_or_else(
        || asked.to_string(),
        |mut base| {
            move_to(&mut base, asked);
            base.to_string()
        },
    );
    match control.map(str::trim) {
        None | Some("" | "*") => base,
        Some(control) => match Url::parse(control) {
            Ok(mut absolute) if absolute.scheme().starts_with("rtsp") => {
                move_to(&mut absolute, asked);
                absolute.to_string()
            }
            _ => joined(&base, control),
        },
    }
}

/// As cameras mean it: put behind the base, not resolved against it.
fn joined(base: &str, control: &str) -> String {
    let slash = if base.ends_with('/') || control.starts_with('/') { "" } else { "/" };
    format!("{base}{slash}{control}")
}

/// Keeps the path and takes the host that answers.
fn move_to(url: &mut Url, asked: &Url) {
    if url.host_str() != asked.host_str() || url.port() != asked.port() {
        let _ = url.set_host(asked.host_str());
        let _ = url.set_port(asked.port());
    }
}

/// Where a redirect leads. User and password stay, if it names none.
pub(super) fn redirected(from: &SourceUrl, location: &str) -> Option<SourceUrl> {
    let mut to = from.expose().join(location.trim()).ok()?;
    if to.username().is_empty() {
        let _ = to.set_username(from.expose().username());
        let _ = to.set_password(from.expose().password());
    }
    to.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: Option<&str>, control: Option<&str>, expected: &str) {
        let asked = Url::parse("rtsp://camera:8554/live?channel=1").unwrap();
        assert_eq!(of_control(&asked, base, control), expected);
    }

    #[test]
    fn controls_lead_to_the_camera_that_answered() {
        let asked = "rtsp://camera:8554/live?channel=1";
        check(None, None, asked);
        check(None, Some("*"), asked);
        check(None, Some("trackID=1"), "rtsp://camera:8554/live?channel=1/trackID=1");
        check(Some("rtsp://camera:8554/live/"), Some("video"), "rtsp://camera:8554/live/video");
        check(Some("rtsp://camera:8554/live"), Some("video"), "rtsp://camera:8554/live/video");
        check(Some("rtsp://10.0.0.9/live/"), Some("video"), "rtsp://camera:8554/live/video");
        check(None, Some("rtsp://10.0.0.9:554/live/video"), "rtsp://camera:8554/live/video");
        check(Some("nonsense"), Some("video"), "rtsp://camera:8554/live?channel=1/video");
    }

    #[test]
    fn redirects_keep_the_password() {
        let from: SourceUrl = "rtsp://u:p@camera/live".parse().unwrap();
        let to = |location| redirected(&from, location).map(|to| to.expose().to_string());
        assert_eq!(to("/other").as_deref(), Some("rtsp://u:p@camera/other"));
        assert_eq!(to("rtsp://b:8554/x").as_deref(), Some("rtsp://u:p@b:8554/x"));
        assert_eq!(to("http://b/x"), None);
    }
}
