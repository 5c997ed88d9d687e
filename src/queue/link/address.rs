//! Addresses of several servers: `redis+cluster://` and `redis+sentinel://`.

use redis::{ConnectionInfo, IntoConnectionInfo};

/// The most servers an address may name.
const MOST: usize = 64;

/// How the server that holds the keys is found.
#[derive(Clone)]
pub(super) enum Kind {
    /// Any server of the cluster knows.
    Cluster,
    /// Sentinels know who is the primary of this name.
    Sentinel {
        /// The name they watch it under.
        name: String,
        /// How to reach each sentinel.
        sentinels: Vec<ConnectionInfo>,
    },
}

/// Several servers, one of which holds the keys.
#[derive(Clone)]
pub(super) struct Several {
    /// How it is found.
    pub(super) kind: Kind,
    /// The servers of a cluster that were named; none under Sentinel.
    pub(super) servers: Vec<(String, u16)>,
    scheme: &'static str,
    login: String,
    database: u16,
}

impl Several {
    /// How to reach one server: with the login, the encryption and the database of the address.
    pub(super) fn server(&self, host: &str, port: u16) -> Result<ConnectionInfo, String> {
        info(self.scheme, &self.login, host, port, self.database)
    }

    /// The number of the database.
    pub(super) fn database(&self) -> i64 {
        self.database.into()
    }
}

fn info(
    scheme: &str,
    login: &str,
    host: &str,
    port: u16,
    database: u16,
) -> Result<ConnectionInfo, String> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let url = format!("{scheme}://{login}{host}:{port}/{database}");
    let info = url.into_connection_info().map_err(|_| format!("{host}:{port} is no address"))?;
    Ok(super::with_settings(info))
}

/// Reads an address of several servers; `None` when it is of another kind.
///
/// # Errors
/// What is wrong with it, without its password.
pub(super) fn several(url: &str) -> Result<Option<Several>, String> {
    let Some((scheme, rest)) = url.split_once("://") else { return Ok(None) };
    let (scheme, is_cluster) = match scheme {
        "redis+cluster" => ("redis", true),
        "rediss+cluster" => ("rediss", true),
        "redis+sentinel" => ("redis", false),
        "rediss+sentinel" => ("rediss", false),
        _ => return Ok(None),
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (servers, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, hosts) = match servers.rsplit_once('@') {
        Some((login, hosts)) => (format!("{login}@"), hosts),
        None => (String::new(), servers),
    };
    let several = if is_cluster {
        let given = cluster(path, query);
        given.and_then(|()| {
            Ok(Several {
                kind: Kind::Cluster,
                servers: listed(hosts, 6379)?,
                scheme,
                login,
                database: 0,
            })
        })
    } else {
        sentinel(scheme, login, &listed(hosts, 26379)?, path, query)
    }?;
    for (host, port) in &several.servers {
        several.server(host, *port)?;
    }
    Ok(Some(several))
}

fn cluster(path: &str, query: &str) -> Result<(), String> {
    match (path, query) {
        ("" | "0", "") => Ok(()),
        ("" | "0", _) => Err("the address of a cluster takes no options".to_owned()),
        _ => Err("a cluster has no database but 0".to_owned()),
    }
}

fn sentinel(
    scheme: &'static str,
    login: String,
    hosts: &[(String, u16)],
    path: &str,
    query: &str,
) -> Result<Several, String> {
    let (name, database) = path.split_once('/').unwrap_or((path, "0"));
    if name.is_empty() {
        return Err(
            "the name of the primary is missing: redis+sentinel://HOST:PORT/NAME".to_owned()
        );
    }
    let database = if database.is_empty() { "0" } else { database };
    let database = database.parse();
    let database =
        database.map_err(|_| "the database after the name must be a number".to_owned())?;
    let (mut user, mut password) = ("", "");
    for option in query.split('&').filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            Some(("sentinel_user", value)) => user = value,
            Some(("sentinel_password", value)) => password = value,
            _ => return Err("the options are sentinel_user and sentinel_password".to_owned()),
        }
    }
    let asking = if password.is_empty() { String::new() } else { format!("{user}:{password}@") };
    let sentinels = hosts.iter().map(|(host, port)| info(scheme, &asking, host, *port, 0));
    let kind =
        Kind::Sentinel { name: name.to_owned(), sentinels: sentinels.collect::<Result<_, _>>()? };
    let several = Several { kind, servers: Vec::new(), scheme, login, database };
    several.server("localhost", 6379).map_err(|_| "the login cannot be read".to_owned())?;
    Ok(several)
}

/// `host:port,host,[address]:port`.
fn listed(hosts: &str, usual: u16) -> Result<Vec<(String, u16)>, String> {
    let listed: Result<Vec<_>, _> = hosts.split(',').map(|host| place(host, usual)).collect();
    match listed?.len() {
        0..=MOST => hosts.split(',').map(|host| place(host, usual)).collect(),
        _ => Err(format!("an address names at most {MOST} servers")),
    }
}

/// A host and its port.
pub(super) fn place(text: &str, usual: u16) -> Result<(String, u16), String> {
    let wrong = || format!("`{text}` is no HOST:PORT");
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (text, usual),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() || host.contains(char::is_whitespace) || (host.contains(':') && bare == host)
    {
        return Err(wrong());
    }
    Ok((bare.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Several {
        several(url).expect("a good address").expect("of several servers")
    }

    #[test]
    fn a_cluster_lists_its_servers() {
        let found = read("rediss+cluster://ada:s%40fe@one:7001,two,[::1]:7003/");
        let at = |host: &str, port| (host.to_owned(), port);
        assert_eq!(found.servers, [at("one", 7001), at("two", 6379), at("::1", 7003)]);
        let server = found.server("one", 7001).expect("an address");
        assert_eq!(server.redis_settings().username(), Some("ada"));
        assert_eq!(server.redis_settings().password(), Some("s@fe"));
        assert!(matches!(server.addr(), redis::ConnectionAddr::TcpTls { .. }));
    }

    #[test]
    fn sentinels_have_a_login_of_their_own() {
        let found = read("redis+sentinel://:secret@one,two:26380/shop/3?sentinel_password=other");
        let Kind::Sentinel { name, sentinels } = &found.kind else { panic!("sentinels") };
        assert_eq!((name.as_str(), sentinels.len()), ("shop", 2));
        assert_eq!(sentinels[0].redis_settings().password(), Some("other"));
        assert!(
            matches!(sentinels[0].addr(), redis::ConnectionAddr::Tcp(host, 26379) if host == "one")
        );
        let server = found.server("primary", 6379).expect("an address");
        assert_eq!(server.redis_settings().password(), Some("secret"));
        assert_eq!((server.redis_settings().db(), found.database()), (3, 3));
        let open = read("redis+sentinel://:secret@one/shop");
        let Kind::Sentinel { sentinels, .. } = open.kind else { panic!("sentinels") };
        assert_eq!(
            sentinels[0].redis_settings().password(),
            None,
            "the primary's login is not shown"
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_without_its_password() {
        for (url, told) in [
            ("redis+cluster://:secret@", "no HOST:PORT"),
            ("redis+cluster://:secret@one:x", "`one:x` is no HOST:PORT"),
            ("redis+cluster://:secret@one,,two", "`` is no HOST:PORT"),
            ("redis+cluster://:secret@one/3", "no database but 0"),
            ("redis+cluster://:secret@one?x=1", "no options"),
            ("redis+sentinel://:secret@one", "name of the primary"),
            ("redis+sentinel://:secret@one/shop/x", "must be a number"),
            ("redis+sentinel://:secret@one/shop?password=secret", "sentinel_password"),
            ("redis+sentinel://:secret@::1:26379/shop", "no HOST:PORT"),
        ] {
            let error = several(url).err().unwrap_or_else(|| panic!("{url} was taken"));
            assert!(error.contains(told) && !error.contains("secret"), "{url}: {error}");
        }
        assert!(several("redis://one").expect("another kind").is_none());
        let many = vec!["one"; 65].join(",");
        assert!(several(&format!("redis+cluster://{many}")).is_err());
    }
}
