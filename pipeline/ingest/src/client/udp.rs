//! The two sockets of a stream over UDP.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// Pairs of ports that are tried.
const TRIES: u32 = 50;

/// How long a packet is waited for before other things are looked at.
const PATIENCE: Duration = Duration::from_millis(50);

/// No packet of UDP is longer.
const PACKET_MAX: usize = 1 << 16;

/// Packets on an even port, reports on the next.
#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) port: u16,
    packets: UdpSocket,
    reports: UdpSocket,
    /// Sockets that speak both take IPv4 addresses in their IPv6 form.
    is_both: bool,
}

impl Sockets {
    pub(super) fn open() -> std::io::Result<Self> {
        let mut refused = None;
        for _ in 0..TRIES {
            match Self::try_open() {
                Ok(sockets) => return Ok(sockets),
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.unwrap_or_else(|| std::io::Error::other("no free pair of ports")))
    }

    fn try_open() -> std::io::Result<Self> {
        let bind = |port: u16| {
            let both = UdpSocket::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)));
            both.or_else(|_| UdpSocket::bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))))
        };
        let packets = bind(0)?;
        let port = packets.local_addr()?.port();
        let next = port.checked_add(1).filter(|_| port.is_multiple_of(2));
        let next = next.ok_or_else(|| std::io::Error::other("an odd port"))?;
        let reports = bind(next)?;
        packets.set_read_timeout(Some(PATIENCE))?;
        reports.set_nonblocking(true)?;
        let is_both = packets.local_addr()?.is_ipv6() && reports.local_addr()?.is_ipv6();
        Ok(Self { port, packets, reports, is_both })
    }

    /// Opens the way through firewalls that let answers pass.
    pub(super) fn knock(&self, camera: IpAddr, ports: Option<(u16, u16)>) {
        if let Some((packets, reports)) = ports {
            // Whether anything gets through shows when packets come.
            let _ = self.packets.send_to(&[0; 4], self.place(camera, packets));
            let _ = self.reports.send_to(&[0; 4], self.place(camera, reports));
        }
    }

    /// Sends a report of our own.
    pub(super) fn report(&self, camera: IpAddr, ports: Option<(u16, u16)>, report: &[u8]) {
        if let Some((_, reports)) = ports {
            let _ = self.reports.send_to(report, self.place(camera, reports));
        }
    }

    fn place(&self, camera: IpAddr, port: u16) -> SocketAddr {
        match camera {
            IpAddr::V4(address) if self.is_both => (address.to_ipv6_mapped(), port).into(),
            camera => (camera, port).into(),
        }
    }

    /// Waits a moment for a packet.
    pub(super) fn packet(&self, buffer: &mut Vec<u8>) -> std::io::Result<bool> {
        receive(&self.packets, buffer)
    }

    /// A report, if one came.
    pub(super) fn next_report(&self, buffer: &mut Vec<u8>) -> std::io::Result<bool> {
        receive(&self.reports, buffer)
    }

    /// Waits for no packet from now on.
    pub(super) fn never_wait(&self) -> std::io::Result<()> {
        self.packets.set_nonblocking(true)
    }
}

fn receive(socket: &UdpSocket, buffer: &mut Vec<u8>) -> std::io::Result<bool> {
    buffer.resize(PACKET_MAX, 0);
    match socket.recv(buffer) {
        Ok(count) => {
            buffer.truncate(count);
            Ok(true)
        }
        // Refused: an answer to a knock.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::WouldBlock
                    | ErrorKind::TimedOut
                    | ErrorKind::ConnectionRefused
                    | ErrorKind::Interrupted
            ) =>
        {
            buffer.clear();
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
