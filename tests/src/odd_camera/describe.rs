//! The session description.

use super::clip::Clip;
use super::codec::Codec;
use super::script::{Control, PayloadType, Script, Second};

/// The number of the video among the media, and the description.
pub(super) fn describe(script: &Script, clip: &Clip, url: &str) -> String {
    let mut lines: Vec<String> =
        ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=odd", "c=IN IP4 0.0.0.0", "t=0 0"].map(str::to_owned).into();
    if matches!(script.control, Control::SessionOnly | Control::Star) {
        lines.push("a=control:*".to_owned());
    }
    let video = video(script, clip, url);
    let second = second(script.second);
    match script.second {
        Second::ForeignSoundFirst | Second::MetadataFirst | Second::JpegFirst => {
            lines.extend(second);
            lines.extend(video);
        }
        _ => {
            lines.extend(video);
            lines.extend(second);
        }
    }
    let end = if script.is_sloppy { "\n" } else { "\r\n" };
    lines.iter().map(|line| format!("{line}{end}")).collect()
}

fn video(script: &Script, clip: &Clip, url: &str) -> Vec<String> {
    let payload_type = match script.payload_type {
        PayloadType::Unassigned => 35,
        PayloadType::Steady | PayloadType::ChangesAt(_) | PayloadType::NotAsDescribed => 96,
    };
    let mut lines = vec![
        format!("m=video 0 RTP/AVP {payload_type}"),
        format!("a=rtpmap:{payload_type} {}/90000", script.codec.name()),
    ];
    if !script.lacks_parameters_in_sdp {
        lines.push(format!("a=fmtp:{payload_type} {}", parameters(script.codec, clip)));
    }
    match script.control {
        Control::Relative | Control::BaseWithoutSlash | Control::Query => {
            lines.push("a=control:video".to_owned());
        }
        Control::Absolute => lines.push(format!("a=control:{url}/video")),
        Control::OtherHost => lines.push("a=control:rtsp://192.0.2.1:554/live/video".to_owned()),
        Control::Star => lines.push("a=control:*".to_owned()),
        Control::Missing | Control::SessionOnly => {}
    }
    lines
}

fn parameters(codec: Codec, clip: &Clip) -> String {
    let sets: Vec<String> =
        clip.parameter_sets.iter().map(|set| glib::base64_encode(set).to_string()).collect();
    match (codec, &sets[..]) {
        (Codec::H264, _) => format!("packetization-mode=1;sprop-parameter-sets={}", sets.join(",")),
        (Codec::H265, [vps, sps, pps, ..]) => format!("sprop-vps={vps}; sprop-sps={sps}; sprop-pps={pps}"),
        (Codec::H265, _) => String::new(),
    }
}

fn second(second: Second) -> Vec<String> {
    let lines: &[&str] = match second {
        Second::None | Second::StrayChannel => &[],
        Second::StaticPcma | Second::SoundRefused | Second::SilentSound => {
            &["m=audio 0 RTP/AVP 8", "a=control:second"]
        }
        Second::StaticPcmu => &["m=audio 0 RTP/AVP 0", "a=control:second"],
        Second::BrokenAac => &[
            "m=audio 0 RTP/AVP 97",
            "a=rtpmap:97 MPEG4-GENERIC/0/0",
            "a=fmtp:97 config=zz;mode=",
            "a=control:second",
        ],
        Second::ForeignSoundFirst => {
            &["m=audio 0 RTP/AVP 97", "a=rtpmap:97 X-VENDOR/16000", "a=control:second"]
        }
        Second::Metadata | Second::MetadataFirst => {
            &["m=application 0 RTP/AVP 107", "a=rtpmap:107 vnd.onvif.metadata/90000", "a=control:second"]
        }
        Second::JpegFirst => &["m=video 0 RTP/AVP 26", "a=control:second"],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}
