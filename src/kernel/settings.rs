//! Settings of the network that are not the usual ones, and whether the loopback loses packets.
//!
//! Linux alone tells: `/proc/sys` (Documentation/networking/ip-sysctl.rst has the usual values),
//! and `IP_MTU` of a socket that is connected over the loopback (ip(7)).

/// A setting that is not the usual one, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What sysctl(8) calls it; of the loopback's MTU, `mtu (lo)`.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// What it usually is.
    pub usual: &'static str,
}

/// How a value can differ from the usual one so that replays come out otherwise.
#[cfg(target_os = "linux")]
enum Matters {
    /// If the number with this index is lower.
    Below(usize),
    /// If it is higher.
    Above,
    /// In any way.
    Always,
    /// If the range from the first number to the second is narrower.
    Narrower,
}

/// The settings that matter, each with its usual value.
#[cfg(target_os = "linux")]
const KNOWN: [(&str, &str, Matters); 7] = [
    (
        "net.ipv4.tcp_rmem",
        "4096 131072 6291456",
        Matters::Below(1),
    ),
    ("net.ipv4.tcp_wmem", "4096 16384 4194304", Matters::Below(1)),
    (
        "net.ipv4.tcp_notsent_lowat",
        "4294967295",
        Matters::Below(0),
    ),
    ("net.ipv4.tcp_min_snd_mss", "48", Matters::Above),
    ("net.ipv4.tcp_rto_min_us", "200000", Matters::Always),
    ("net.ipv4.ip_default_ttl", "64", Matters::Always),
    (
        "net.ipv4.ip_local_port_range",
        "32768 60999",
        Matters::Narrower,
    ),
];

/// The settings of this machine, or of its network namespace, that are not the usual ones and
/// matter to replays; none where the system does not tell.
#[must_use]
pub fn unusual_settings() -> Vec<Setting> {
    #[cfg(target_os = "linux")]
    {
        let read = |name: &str| {
            let text = std::fs::read_to_string(format!("/proc/sys/{}", name.replace('.', "/")));
            let words: Vec<_> = text.ok()?.split_whitespace().map(str::to_owned).collect();
            Some(words.join(" "))
        };
        let known = KNOWN.into_iter().filter_map(|(name, usual, matters)| {
            let value = read(name)?;
            let setting = Setting { name, value, usual };
            setting.differs(&matters).then_some(setting)
        });
        // Of the usual 65,536 B an IPv4 packet takes 65,535.
        let mtu = loopback_mtu().filter(|&mtu| mtu < 65_535);
        let mtu = mtu.map(|mtu| Setting {
            name: "mtu (lo)",
            value: mtu.to_string(),
            usual: "65536",
        });
        known.chain(mtu).collect()
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

#[cfg(target_os = "linux")]
impl Setting {
    /// Whether it differs so that it matters; not where a number is missing.
    fn differs(&self, matters: &Matters) -> bool {
        let number =
            |text: &str, index: usize| -> Option<u64> { text.split(' ').nth(index)?.parse().ok() };
        let both = |index| number(&self.value, index).zip(number(self.usual, index));
        let width = |text: &str| Some(number(text, 1)?.saturating_sub(number(text, 0)?));
        match matters {
            Matters::Below(index) => both(*index).is_some_and(|(value, usual)| value < usual),
            Matters::Above => both(0).is_some_and(|(value, usual)| value > usual),
            Matters::Always => both(0).is_some_and(|(value, usual)| value != usual),
            Matters::Narrower => width(&self.value)
                .zip(width(self.usual))
                .is_some_and(|(value, usual)| value < usual),
        }
    }
}

/// The largest packet that goes over the loopback, in bytes.
#[cfg(target_os = "linux")]
fn loopback_mtu() -> Option<u32> {
    use std::net::{Ipv4Addr, UdpSocket};

    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    socket.connect(socket.local_addr().ok()?).ok()?;
    let mut bytes = [0; size_of::<u32>()];
    let length =
        super::raw::get_option(&socket, libc::IPPROTO_IP, libc::IP_MTU, &mut bytes).ok()?;
    super::raw::octets(bytes.get(..length)?, 0).map(u32::from_ne_bytes)
}

/// How many datagrams were sent over the loopback to try it, and how many of them were lost
/// on the way; none where none was, or where that cannot be told. One that the receiver's
/// socket had no room for was not lost on the way.
#[must_use]
pub fn loopback_loses() -> Option<(u32, u32)> {
    use std::net::{Ipv4Addr, UdpSocket};
    use std::time::Duration;

    /// How many are sent: of 100 in 1,000 lost, all arrive once in 10^22.
    const SENT: u32 = 500;
    /// How many at a time: they have room in a receive buffer of 64 KiB.
    const AT_A_TIME: u32 = 50;
    /// How long the receiver waits for one that may be on its way still.
    const SILENCE: Duration = Duration::from_millis(100);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    socket.connect(socket.local_addr().ok()?).ok()?;
    socket.set_read_timeout(Some(SILENCE)).ok()?;
    let (mut lost, mut byte) = (0, [0]);
    for _ in 0..SENT / AT_A_TIME {
        for _ in 0..AT_A_TIME {
            socket.send(&byte).ok()?;
        }
        let arrived = (0..AT_A_TIME).take_while(|_| socket.recv(&mut byte).is_ok());
        lost += AT_A_TIME - u32::try_from(arrived.count()).ok()?;
    }
    let lost = lost.saturating_sub(super::datagram_drops(&socket)?);
    (lost > 0).then_some((SENT, lost))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_change_a_replay_is_told() {
        let differs = |name: &str, value: &str| {
            let (name, usual, matters) = KNOWN.into_iter().find(|known| known.0 == name)?;
            let value = value.to_owned();
            Some(Setting { name, value, usual }.differs(&matters))
        };
        for (name, value, wanted) in [
            ("net.ipv4.tcp_rmem", "4096 4096 4096", true),
            ("net.ipv4.tcp_rmem", "4096 131072 33554432", false),
            ("net.ipv4.tcp_min_snd_mss", "500", true),
            ("net.ipv4.tcp_min_snd_mss", "48", false),
            ("net.ipv4.ip_default_ttl", "255", true),
            ("net.ipv4.ip_local_port_range", "60000 60010", true),
            ("net.ipv4.ip_local_port_range", "1024 65535", false),
            ("net.ipv4.ip_local_port_range", "", false),
        ] {
            assert_eq!(differs(name, value), Some(wanted), "{name} {value}");
        }
    }
}
