//! From where a request comes.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The caller's address: the connection's, unless that is a trusted proxy. Then it is the last one
/// in `X-Forwarded-For` that is not itself trusted: what stands before it anybody may have written.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|own| own.to_canonical() == address);
    let mut caller = peer.to_canonical();
    let told = headers.get_all("x-forwarded-for").iter().rev();
    let told = told.filter_map(|value| value.to_str().ok()).flat_map(|list| list.rsplit(','));
    for entry in told {
        match read(entry.trim()) {
            Some(before) if is_trusted(caller) => caller = before,
            _ => break,
        }
    }
    caller
}

/// An address with or without a port.
fn read(entry: &str) -> Option<IpAddr> {
    let address = entry.parse().or_else(|_| entry.parse::<SocketAddr>().map(|it| it.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, told: &[&str], trusted: &[&str]) -> String {
        let headers = told.iter().map(|value| {
            ("x-forwarded-for".parse().unwrap(), axum::http::HeaderValue::from_str(value).unwrap())
        });
        let trusted: Vec<IpAddr> = trusted.iter().map(|it| it.parse().unwrap()).collect();
        address(peer.parse().unwrap(), &headers.collect(), &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let (proxy, inner) = ("10.0.0.1", "10.0.0.2");
        assert_eq!(caller("203.0.113.9", &["198.51.100.1"], &[proxy]), "203.0.113.9");
        assert_eq!(caller(proxy, &["198.51.100.1"], &[]), proxy);
        assert_eq!(caller(proxy, &["198.51.100.1"], &[proxy]), "198.51.100.1");
        assert_eq!(caller("::ffff:10.0.0.1", &["[2001:db8::1]:443"], &[proxy]), "2001:db8::1");
        assert_eq!(caller(proxy, &[], &[proxy]), proxy);
        assert_eq!(caller(proxy, &["198.51.100.1, 10.0.0.2"], &[proxy, inner]), "198.51.100.1");
    }

    #[test]
    fn what_a_caller_writes_itself_is_not_believed() {
        let proxy = "10.0.0.1";
        assert_eq!(caller(proxy, &["1.1.1.1, 203.0.113.9"], &[proxy]), "203.0.113.9");
        assert_eq!(caller(proxy, &["1.1.1.1", "203.0.113.9"], &[proxy]), "203.0.113.9");
        assert_eq!(caller(proxy, &["1.1.1.1, nonsense"], &[proxy]), proxy);
    }
}
