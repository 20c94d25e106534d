//! Where the networks of sandboxes lie: in small subnets of 198.18.0.0/15, which no
//! public host uses. Docker's own pools hold about thirty networks, these 8,192.

use serde_json::Value;
use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};

/// The first address of the pool.
const POOL: u32 = 0xC612_0000;
/// The addresses of one subnet, a /28.
const SIZE: u32 = 16;
/// How many subnets the pool holds.
pub const COUNT: u32 = (1 << 17) / SIZE;

/// Addresses that are in use.
pub type Taken = Vec<RangeInclusive<u32>>;

/// One /28 of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet(u32);

impl Subnet {
    fn range(self) -> RangeInclusive<u32> {
        let first = POOL + self.0 * SIZE;
        first..=first + (SIZE - 1)
    }

    fn is_free(self, taken: &Taken) -> bool {
        let own = self.range();
        let meets =
            |other: &RangeInclusive<u32>| own.start() <= other.end() && other.start() <= own.end();
        !taken.iter().any(meets)
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/28", Ipv4Addr::from(*self.range().start()))
    }
}

/// Deals out subnets, each call another one.
pub struct Subnets {
    cursor: AtomicU32,
}

impl Subnets {
    /// Begins anywhere, so that several Waterlines on one host seldom meet.
    pub fn new() -> Subnets {
        let mut seed = [0; 4];
        // Without randomness they meet, and the engine sends one of them on.
        let _unseeded = getrandom::fill(&mut seed);
        Subnets {
            cursor: AtomicU32::new(u32::from_le_bytes(seed) % COUNT),
        }
    }

    /// The next one that meets nothing of `taken`; `None` when the pool is full.
    pub fn next(&self, taken: &Taken) -> Option<Subnet> {
        (0..COUNT)
            .map(|_| Subnet(self.cursor.fetch_add(1, Ordering::Relaxed) % COUNT))
            .find(|subnet| subnet.is_free(taken))
    }
}

/// How many subnets of the pool are free.
pub fn count_free(taken: &Taken) -> u32 {
    let free = (0..COUNT).filter(|index| Subnet(*index).is_free(taken));
    free.count().try_into().unwrap_or(COUNT)
}

/// The routes of this machine; nothing where it does not tell.
pub fn local_routes() -> Taken {
    let text = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    routes(&text)
}

/// The destinations in `/proc/net/route`, except the default route.
fn routes(text: &str) -> Taken {
    let route = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        // Addresses stand there as the machine keeps them in memory.
        let address = |text: &str| {
            let number = u32::from_str_radix(text, 16).ok()?;
            Some(u32::from_be_bytes(number.to_ne_bytes()))
        };
        let (to, mask) = (address(columns.get(1)?)?, address(columns.get(7)?)?);
        (mask != 0).then_some((to & mask)..=(to | !mask))
    };
    text.lines().skip(1).filter_map(route).collect()
}

/// The subnets of an engine's networks, from `GET /networks`.
pub fn of_networks(networks: &Value) -> Taken {
    let range = |config: &Value| {
        let (address, bits) = config["Subnet"].as_str()?.split_once('/')?;
        let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
        let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        Some((address & mask)..=(address | !mask))
    };
    let networks = networks.as_array().into_iter().flatten();
    networks
        .filter_map(|network| network["IPAM"]["Config"].as_array())
        .flatten()
        .filter_map(range)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_pool_is_used_whole_and_only_it() {
        let subnets = Subnets {
            cursor: AtomicU32::new(COUNT - 1),
        };
        let next = |taken: &Taken| subnets.next(taken).map(|subnet| subnet.to_string());
        assert_eq!(next(&vec![]).as_deref(), Some("198.19.255.240/28"));
        assert_eq!(next(&vec![]).as_deref(), Some("198.18.0.0/28"));
        assert_eq!(next(&vec![]).as_deref(), Some("198.18.0.16/28"));
        let all_but_one = vec![POOL..=POOL + 999, POOL + 1024..=u32::MAX];
        assert_eq!(next(&all_but_one).as_deref(), Some("198.18.3.240/28"));
        assert_eq!(count_free(&all_but_one), 1);
        assert_eq!(next(&vec![0..=u32::MAX]), None);
        assert_eq!(count_free(&vec![]), COUNT);
    }

    #[test]
    fn local_routes_and_networks_are_left_out_but_the_default_route_is_not() {
        let header = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n";
        let lines = "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\n\
                     tun0\t000012C6\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\n";
        let taken = routes(&format!("{header}{lines}"));
        assert_eq!(taken, [POOL..=POOL + 0xffff], "198.18.0.0/16");
        assert_eq!(count_free(&taken), COUNT / 2);
        let networks = json!([
            {"IPAM": {"Config": [{"Subnet": "198.19.0.0/28"}, {"Subnet": "fd00::/64"}]}},
            {"IPAM": {"Config": null}},
            {"IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]}}
        ]);
        assert_eq!(count_free(&of_networks(&networks)), COUNT - 1);
    }
}
