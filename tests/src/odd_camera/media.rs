//! What is sent and when: pictures with the stamps of the script, sound, metadata and sender reports.

use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anyhow::Result;

use super::clip::{Clip, GROUP, clip};
use super::packets::{Header, payloads, rtp, sender_report};
use super::script::{Identity, PayloadType, Scene, Script, Second, SenderClock, Sequence, Stamps};

const TICKS_PER_S: i64 = 90_000;

/// Seconds from 1900 to 1970.
const NTP_TO_UNIX_S: i64 = 2_208_988_800;

/// Size of the pictures, and after an encoder's restart.
pub(super) const fn sizes(scene: Scene) -> [&'static str; 2] {
    match scene {
        Scene::Pattern => ["320x240", "480x272"],
        Scene::HatComesOff => ["640x360", "704x396"],
    }
}

/// Where a packet belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Video,
    VideoControl,
    Second,
    Stray,
}

/// The media of one connection.
pub(super) struct Media {
    script: Script,
    clips: [Arc<Clip>; 2],
    began: Duration,
    /// The next picture.
    number: u32,
    sequence: u16,
    sound_sequence: u16,
    ssrc: u32,
}

impl Media {
    pub(super) fn begin(script: &Script) -> Result<Self> {
        let [before, after] = sizes(script.scene).map(|size| clip(script.codec, script.scene, size));
        let clips = [before?, after?];
        let sequence = if script.sequence == Sequence::Wraps { u16::MAX - 40 } else { 1000 };
        let began = SystemClock.monotonic() + script.slow.first;
        let ssrc = if script.identity == Identity::Zero { 0 } else { 0x1234_5678 };
        let script = script.clone();
        Ok(Self { script, clips, began, number: 0, sequence, sound_sequence: 0, ssrc })
    }

    /// When the next picture is due; `None` after the last.
    pub(super) fn due(&self) -> Option<Duration> {
        let after_burst = self.number.saturating_sub(self.script.burst);
        (self.number < self.script.pictures).then(|| self.began + self.script.interval * after_burst)
    }

    /// Packets of the next picture and of what belongs to it.
    pub(super) fn next(&mut self) -> Vec<(Channel, Vec<u8>)> {
        let number = self.number;
        self.number += 1;
        self.change_identity(number);
        let mut packets = self.beside(number);
        let stamp = self.stamp(number);
        if let Some(report) = self.report(number, stamp) {
            packets.push((Channel::VideoControl, report));
        }
        packets.extend(self.picture(number, stamp).into_iter().map(|packet| (Channel::Video, packet)));
        packets
    }

    fn change_identity(&mut self, number: u32) {
        let begins_group = number > 0 && number.is_multiple_of(GROUP);
        match self.script.identity {
            Identity::ChangesAt(at) | Identity::AnewAt(at) if at == number => self.ssrc ^= 0x0f0f_0f0f,
            Identity::EachGroup if begins_group => self.ssrc = self.ssrc.wrapping_add(77),
            _ => {}
        }
        match self.script.sequence {
            Sequence::RestartsAt(at) if at == number => self.sequence = 0,
            Sequence::EachGroup if begins_group => self.sequence = 0,
            Sequence::JumpsAt(at) if at == number => self.sequence = self.sequence.wrapping_add(2000),
            _ => {}
        }
        if self.script.identity == Identity::AnewAt(number) {
            self.sequence = 9;
        }
    }

    fn picture(&mut self, number: u32, stamp: u32) -> Vec<Vec<u8>> {
        let script = &self.script;
        let is_restarted = script.restart_at.is_some_and(|at| number >= at);
        let clip = Arc::clone(&self.clips[usize::from(is_restarted)]);
        let first = if is_restarted { number - script.restart_at.unwrap_or(0) } else { number };
        let unit = &clip.units[first as usize % clip.units.len()];
        let payload_type = match script.payload_type {
            PayloadType::Steady => 96,
            PayloadType::ChangesAt(at) => {
                if number < at {
                    96
                } else {
                    97
                }
            }
            PayloadType::NotAsDescribed => 98,
            PayloadType::Unassigned => 35,
        };
        let (codec, leaves_out) = (script.codec, script.parameters_in_sdp_only);
        let nals = unit.iter().filter(|nal| !(leaves_out && codec.is_parameter_set(nal)));
        let bodies: Vec<Vec<u8>> = nals.flat_map(|nal| payloads(codec, nal)).collect();
        let count = bodies.len();
        let pack = |(index, body): (usize, Vec<u8>)| {
            let is_last = index + 1 == count && !self.script.lacks_marker;
            let offset = if self.script.stamps == Stamps::EachPacket { index as u32 * 7 } else { 0 };
            let stamp = stamp.wrapping_add(offset);
            let header = Header { payload_type, sequence: self.sequence, stamp, ssrc: self.ssrc, is_last };
            if self.script.sequence != Sequence::Zero {
                self.sequence = self.sequence.wrapping_add(1);
            }
            rtp(header, &body)
        };
        bodies.into_iter().enumerate().map(pack).collect()
    }

    /// The right time of a picture, milliseconds.
    fn at_ms(&self, number: u32) -> i64 {
        i64::from(number) * i64::try_from(self.script.interval.as_millis()).unwrap_or(i64::MAX)
    }

    fn stamp(&self, number: u32) -> u32 {
        let right = |ms: i64| ms * TICKS_PER_S / 1000;
        let ms = self.at_ms(number);
        let ticks = match self.script.stamps {
            Stamps::Right | Stamps::EachPacket => 777 + right(ms),
            Stamps::Zero => 0,
            Stamps::Standing => 123_456_789,
            Stamps::Backwards => 1_000_000_000 - right(ms),
            Stamps::Unit(hz) => ms * i64::from(hz) / 1000,
            Stamps::Jump { at, by_ms } if number >= at => 1_000_000_000 + right(ms + by_ms),
            Stamps::Jump { .. } => 1_000_000_000 + right(ms),
            Stamps::JumpEachGroup { by_ms } => 1_000_000_000 + right(ms + by_ms * i64::from(number / GROUP)),
            Stamps::Wraps => i64::from(u32::MAX) - right(1000) + right(ms),
            Stamps::Random => random(number),
            Stamps::Pairs => right(self.at_ms(number & !1)),
            Stamps::Jitter => 9000 + right(ms + random(number) % 31),
        };
        let anew = match self.script.identity {
            Identity::AnewAt(at) if number >= at => 3_000_000_000,
            Identity::EachGroup => i64::from(number / GROUP) * 987_654_321,
            _ => 0,
        };
        // RTP time wraps.
        (ticks + anew) as u32
    }

    fn report(&self, number: u32, stamp: u32) -> Option<Vec<u8>> {
        // Two in a second.
        if self.script.reports == SenderClock::Silent || !number.is_multiple_of(12) {
            return None;
        }
        let now_us = SystemClock.now().as_micros();
        let ntp = |beside_us: i64| {
            let us = now_us + beside_us;
            let (seconds, micros) = (us.div_euclid(1_000_000) + NTP_TO_UNIX_S, us.rem_euclid(1_000_000));
            ((seconds as u64) << 32) | (((micros as u64) << 32) / 1_000_000)
        };
        let report = |ntp, stamp| sender_report(self.ssrc, ntp, stamp);
        Some(match self.script.reports {
            SenderClock::Silent => return None,
            SenderClock::Right => report(ntp(0), stamp),
            SenderClock::Beside(ms) => report(ntp(ms * 1000), stamp),
            SenderClock::SetAt(at, ms) => report(ntp(if number < at { 0 } else { ms * 1000 }), stamp),
            SenderClock::Zero => report(0, stamp),
            SenderClock::Random => report(ntp(random(number) * 3_600_000_000), stamp),
            SenderClock::OtherStamps => report(ntp(0), stamp.wrapping_add(2_000_000_000)),
            SenderClock::Garbage => vec![0x80, 200, 0xff, 0xff, 1, 2, 3],
        })
    }

    /// What stands beside a picture.
    fn beside(&mut self, number: u32) -> Vec<(Channel, Vec<u8>)> {
        let sound = match self.script.second {
            Second::StaticPcma => Some((8, vec![0xd5; 320])),
            Second::StaticPcmu => Some((0, vec![0xff; 320])),
            Second::BrokenAac | Second::ForeignSoundFirst => Some((97, vec![0x5a; 100])),
            Second::Metadata | Second::MetadataFirst => {
                Some((107, b"<tt:MetadataStream><tt:Event/></tt:MetadataStream>".to_vec()))
            }
            Second::JpegFirst => Some((26, vec![0; 200])),
            Second::StrayChannel => return vec![(Channel::Stray, vec![0x80; 60])],
            Second::None | Second::SoundRefused | Second::SilentSound => None,
        };
        let Some((payload_type, body)) = sound else { return Vec::new() };
        let stamp = u32::try_from(self.at_ms(number) * 8).unwrap_or(u32::MAX);
        let sequence = self.sound_sequence;
        self.sound_sequence = sequence.wrapping_add(1);
        let header = Header { payload_type, sequence, stamp, ssrc: 99, is_last: true };
        vec![(Channel::Second, rtp(header, &body))]
    }
}

/// A number that looks random, below 2^31.
fn random(number: u32) -> i64 {
    i64::from(number.wrapping_mul(2_654_435_761).wrapping_add(12345) >> 1)
}
