//! Which addresses belong to the public internet.
//!
//! From IANA's registries of special-purpose addresses
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>), multicast included. Where a registry makes an exception
//! for single addresses inside a block, the whole block counts as special: no webhook listens there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks of IPv4 that are not the public internet: first address and length of the prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 17] = [
    // This network (RFC 791).
    (Ipv4Addr::UNSPECIFIED, 8),
    // Private (RFC 1918).
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Behind a provider's address translation (RFC 6598). Clouds keep metadata here too.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Loopback (RFC 1122).
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local (RFC 3927), where most clouds keep metadata.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // Azure's virtual server of the host, for metadata as well, amid public addresses.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Protocol assignments (RFC 6890).
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation (RFC 5737).
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Relays to 6to4, withdrawn (RFC 7526).
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // Benchmarks (RFC 2544).
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Multicast (RFC 5771).
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and broadcast (RFC 1112, RFC 919).
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    // AS112 sinks for stray name queries (RFC 7535).
    (Ipv4Addr::new(192, 31, 196, 0), 24),
];

/// The addresses of IPv6 that are given out for use on the internet (RFC 4291, section 2.4). Loopback, link-local,
/// unique-local, multicast and all that is not given out lie outside.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Blocks within [`GLOBAL_V6`] that are not the public internet.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    // Protocol assignments (RFC 2928), Teredo's tunnels to any IPv4 address among them (RFC 4380).
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation (RFC 3849, RFC 9637).
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4: tunnels to any IPv4 address (RFC 3056).
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// IPv4 addresses as IPv6 sockets write them (RFC 4291, section 2.5.5.2).
const MAPPED: (Ipv6Addr, u32) = (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);

/// IPv4 addresses as seen through NAT64 (RFC 6052). Networks that have IPv6 only reach every public server so.
const TRANSLATED: (Ipv6Addr, u32) = (Ipv6Addr::new(0x0064, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether a connection to `address` leaves for the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => is_public_v4(v4),
            None => lies_in_v6(v6, GLOBAL_V6) && !SPECIAL_V6.iter().any(|&block| lies_in_v6(v6, block)),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|&(first, length)| {
        let mask = u32::MAX << (u32::BITS - length);
        address.to_bits() & mask == first.to_bits()
    })
}

/// The IPv4 address that is meant by an IPv6 one.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    [MAPPED, TRANSLATED].iter().any(|&block| lies_in_v6(address, block)).then(|| Ipv4Addr::new(a, b, c, d))
}

fn lies_in_v6(address: Ipv6Addr, (first, length): (Ipv6Addr, u32)) -> bool {
    let mask = u128::MAX << (u128::BITS - length);
    address.to_bits() & mask == first.to_bits()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().expect(text))
    }

    #[test]
    fn public_servers_are_reached() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "93.184.215.14",
            "172.15.255.255",
            "172.32.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "192.167.255.255",
            "168.63.129.17",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4003:80f::200e",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn the_edges_of_every_special_block_are_refused() {
        for text in [
            "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255",
            "127.0.0.1 127.255.255.255 169.254.0.0 169.254.255.255 172.16.0.0 172.31.255.255",
            "192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255",
            "198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.0 255.255.255.255",
            ":: ::1 fe80::1 febf::1 fec0::1 fc00::1 fdff::1 ff02::1 ff0e::1 100::1 5f00::1",
            "2001::1 2001:1ff:ffff::1 2001:db8::1 3fff::1 3fff:fff::1 4000::1",
        ] {
            for text in text.split(' ') {
                assert!(!public(text), "{text}");
            }
        }
    }

    #[test]
    fn the_metadata_of_clouds_is_refused() {
        for text in [
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn an_ipv4_address_in_disguise_is_seen_through() {
        for text in [
            "::ffff:127.0.0.1",
            "::ffff:a9fe:a9fe",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "2001:0:7f00:1::1",
            "::127.0.0.1",
            "::8.8.8.8",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    proptest! {
        /// What the standard library calls special is never public, in any disguise.
        #[test]
        fn no_special_ipv4_address_is_public(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                || v4.is_documentation() || v4.is_broadcast() || v4.is_unspecified();
            let mapped = v4.to_ipv6_mapped();
            let translated = Ipv6Addr::from_bits(TRANSLATED.0.to_bits() | u128::from(bits));
            prop_assert_eq!(is_public(v4.into()), is_public(mapped.into()));
            prop_assert_eq!(is_public(v4.into()), is_public(translated.into()));
            prop_assert!(!special || !is_public(v4.into()));
        }

        /// Any host within a special block is refused as its first address is.
        #[test]
        fn no_host_of_a_special_block_is_public(block in 0..SPECIAL_V4.len(), host: u32) {
            let (first, length) = SPECIAL_V4[block];
            let host = host.checked_shr(length).unwrap_or(0);
            prop_assert!(!is_public(Ipv4Addr::from_bits(first.to_bits() | host).into()));
        }

        /// Of IPv6 only global unicast addresses are public.
        #[test]
        fn nothing_outside_global_unicast_is_public(bits: u128) {
            let v6 = Ipv6Addr::from_bits(bits);
            let special = v6.is_loopback() || v6.is_unspecified() || v6.is_multicast()
                || v6.is_unique_local() || v6.is_unicast_link_local();
            prop_assert!(!special || !is_public(v6.into()));
            prop_assert!(embedded(v6).is_some() || bits >> 125 == 1 || !is_public(v6.into()));
        }
    }
}
