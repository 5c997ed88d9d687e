//! Which addresses lookups may go to.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

const INSIDE: &str = "the lookup goes to a private address: set lookups.allow_private";

/// Resolves names to addresses outside only. It is asked for the connection itself, so no later
/// answer of a name server can lead elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Outside;

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().any(|address| is_private(address.ip())) {
                return Err(INSIDE.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Refuses an inside address that stands in the URL itself, which nobody resolves.
pub(super) fn refuse_literal(url: &reqwest::Url) -> Result<(), String> {
    let host = url.host_str().ok_or_else(|| "the lookup's address has no host".to_owned())?;
    let literal: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    if literal.is_ok_and(is_private) { Err(INSIDE.to_owned()) } else { Ok(()) }
}

/// What went wrong at the bottom, without the address, which holds what the customer gave.
pub(super) fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut deepest: &dyn Error = &error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    format!("{error}: {deepest}")
}

/// Whether an address is inside: loopback, private, link-local, shared, documentation, multicast.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || v4.is_unspecified()
                || first == 0
                || first >= 240
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (18..20).contains(&second))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_private(IpAddr::V4(v4)),
            None => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
                    || (v6.segments()[0] == 0x2001 && v6.segments()[1] == 0xdb8)
                    || (v6.segments()[0] == 0x64 && v6.segments()[1] == 0xff9b)
                    || v6.segments()[0] == 0x2002
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn inside_addresses_are_known_in_every_spelling() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "fc00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(inside.parse().is_ok_and(is_private), "{inside}");
        }
        for outside in ["8.8.8.8", "2606:4700::1111"] {
            assert!(outside.parse().is_ok_and(|address| !is_private(address)), "{outside}");
        }
    }

    #[test]
    fn inside_literals_are_refused_however_they_are_written() {
        for url in ["http://127.0.0.1/", "http://0x7f.1/", "http://2130706433/", "http://[::1]/"] {
            let url: reqwest::Url = url.parse().unwrap();
            assert_eq!(refuse_literal(&url), Err(INSIDE.to_owned()), "{url}");
        }
        let outside: [reqwest::Url; 2] =
            ["http://8.8.8.8/", "https://shop.example/"].map(|url| url.parse().unwrap());
        assert!(outside.iter().all(|url| refuse_literal(url).is_ok()));
    }

    #[tokio::test]
    async fn a_connection_by_name_never_goes_inside() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        #[expect(clippy::disallowed_methods, reason = "the test's own client")]
        let client = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(Outside)).build();
        let asked = client.unwrap().get(format!("http://localhost:{port}/secret")).send();
        let reason = tokio::select! {
            answer = asked => why(answer.unwrap_err()),
            _ = listener.accept() => panic!("it connected"),
        };
        assert!(reason.contains(INSIDE) && !reason.contains("secret"), "{reason}");
    }
}
