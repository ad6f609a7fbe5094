//! Access units as RTP packets, and sender reports.

use super::codec::Codec;

/// A packet's bytes of a picture at most.
const PAYLOAD_MAX: usize = 1200;

/// What an RTP header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) payload_type: u8,
    pub(super) sequence: u16,
    pub(super) stamp: u32,
    pub(super) ssrc: u32,
    pub(super) is_last: bool,
}

pub(super) fn rtp(header: Header, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, header.payload_type | u8::from(header.is_last) << 7];
    packet.extend(header.sequence.to_be_bytes());
    packet.extend(header.stamp.to_be_bytes());
    packet.extend(header.ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// The payloads of a NAL unit: itself, or fragments (FU-A of RFC 6184, FU of RFC 7798).
pub(super) fn payloads(codec: Codec, nal: &[u8]) -> Vec<Vec<u8>> {
    if nal.len() <= PAYLOAD_MAX {
        return vec![nal.to_vec()];
    }
    let head_bytes = if codec == Codec::H264 { 1 } else { 2 };
    let (head, body) = nal.split_at(head_bytes);
    let count = body.len().div_ceil(PAYLOAD_MAX);
    let fragment = |(number, chunk): (usize, &[u8])| {
        let ends = u8::from(number == 0) << 7 | u8::from(number + 1 == count) << 6;
        let mut payload = match codec {
            Codec::H264 => vec![head[0] & 0xe0 | 28, ends | head[0] & 0x1f],
            Codec::H265 => vec![head[0] & 0x81 | 49 << 1, head[1], ends | head[0] >> 1 & 0x3f],
        };
        payload.extend(chunk);
        payload
    };
    body.chunks(PAYLOAD_MAX).enumerate().map(fragment).collect()
}

/// An RTCP sender report: NTP seconds and fraction, and the RTP time that belongs to them.
pub(super) fn sender_report(ssrc: u32, ntp: u64, stamp: u32) -> Vec<u8> {
    let mut report = vec![0x80, 200, 0, 6];
    report.extend(ssrc.to_be_bytes());
    report.extend(ntp.to_be_bytes());
    report.extend(stamp.to_be_bytes());
    report.extend([0; 8]);
    report
}
