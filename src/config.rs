//! The configuration: embedded defaults, then a file, then the environment.
//!
//! `config/default.toml` lists every key with a comment; a key that it does not list is refused.

mod files;
mod given;
mod listed;
mod outside;
mod pace;
mod routing;
mod webchat;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use config::{Environment, File, FileFormat};
use serde::Deserialize;

pub use self::files::Files;
use self::given::wrong_queue;
use self::listed::listed;
pub use self::outside::{Lookups, Mail};
pub use self::pace::Pace;
pub use self::routing::{BestAgent, Routing, RoutingMode, Teams};
pub use self::webchat::{Asked, WebChat};

const DEFAULTS: &str = include_str!("../config/default.toml");

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Config {
    pub http: Http,
    pub database: Database,
    pub replicas: Replicas,
    pub queue: Queue,
    pub routing: Routing,
    pub intents: Intents,
    pub policies: Policies,
    pub teams: Teams,
    pub lookups: Lookups,
    pub mail: Mail,
    pub channels: Channels,
    #[serde(default)]
    pub pace: BTreeMap<String, Pace>,
    pub alerts: Alerts,
    pub session: Session,
    pub survey: Survey,
    pub limits: Limits,
    pub files: Files,
    pub log: Log,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Http {
    pub listen: SocketAddr,
    pub public_url: String,
    #[serde(deserialize_with = "listed")]
    pub trusted_proxies: Vec<IpAddr>,
    pub shutdown_seconds: u64,
    pub head_seconds: u32,
    pub body_seconds: u32,
    pub connections: u32,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Database {
    pub url: Hidden,
}

/// `[replicas]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Replicas {
    pub takeover_seconds: u32,
}

/// `[queue]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Queue {
    pub url: Hidden,
    pub lease_seconds: u32,
    pub presence_seconds: u32,
}

/// `[intents]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Intents {
    pub dir: String,
    pub shadow_dir: String,
    pub shadow_kept: u32,
}

/// `[policies]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Policies {
    pub file: String,
}

/// `[channels]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Channels {
    pub webchat: WebChat,
    pub rest: Rest,
    #[serde(default)]
    pub telegram: BTreeMap<String, Telegram>,
}

/// `[channels.rest]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Rest {
    pub enabled: bool,
    pub token: Hidden,
    pub callback_url: String,
}

/// `[channels.telegram.NAME]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Telegram {
    pub token: Hidden,
    #[serde(default)]
    pub api_root: Option<String>,
    #[serde(default)]
    pub mode: TelegramMode,
}

/// How a bot receives.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TelegramMode {
    /// One process asks for updates.
    #[default]
    Polling,
    /// Telegram posts them to us.
    Webhook,
}

/// `[alerts]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Alerts {
    pub webhook_url: Hidden,
    pub secret: Hidden,
}

/// `[session]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Session {
    pub idle_minutes: u32,
    pub absolute_hours: u32,
}

/// `[survey]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Survey {
    pub enabled: bool,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Limits {
    pub body_kilobytes: u32,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

/// How logs look.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A value that may hold a secret: shown by its first characters up to `:` only.
#[derive(Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_once(':') {
            Some((scheme, _)) if scheme.len() < 12 => write!(f, "{scheme}:…"),
            _ if self.0.is_empty() => f.write_str("(empty)"),
            _ => f.write_str("…"),
        }
    }
}

/// Every problem of a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  {}", .0.join("\n  "))]
pub struct ConfigErrors(pub Vec<String>);

impl Config {
    /// Reads the layers and checks them together.
    ///
    /// # Errors
    /// Every problem found, with the key or the source that it is in.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigErrors> {
        let environment =
            Environment::with_prefix("SPORTELLO").prefix_separator("__").separator("__");
        Self::read(file, environment)
    }

    fn read(file: Option<&Path>, environment: Environment) -> Result<Self, ConfigErrors> {
        let mut layers =
            config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        let read = layers
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize::<Self>)
            .map_err(|error| ConfigErrors(vec![error.to_string()]))?;
        let problems = read.problems();
        if problems.is_empty() { Ok(read) } else { Err(ConfigErrors(problems)) }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let database = &self.database.url.0;
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|kind| database.starts_with(kind)) {
            problems.push("database.url must begin with sqlite:// or postgres://".to_owned());
        }
        problems.extend(wrong_queue(&self.queue.url.0));
        for (key, url) in [
            ("http.public_url", &self.http.public_url),
            ("lookups.base_url", &self.lookups.base_url),
            ("channels.rest.callback_url", &self.channels.rest.callback_url),
            ("alerts.webhook_url", &self.alerts.webhook_url.0),
        ] {
            if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
                problems.push(format!("{key} must begin with http:// or https://"));
            }
        }
        if !self.alerts.webhook_url.0.is_empty() && self.alerts.secret.0.len() < 16 {
            problems
                .push("alerts.secret must have at least 16 characters to sign pages".to_owned());
        }
        for (key, value) in [
            ("queue.lease_seconds", self.queue.lease_seconds),
            ("queue.presence_seconds", self.queue.presence_seconds),
            ("routing.offer_seconds", self.routing.offer_seconds),
            ("routing.misses", self.routing.misses),
            ("session.idle_minutes", self.session.idle_minutes),
            ("session.absolute_hours", self.session.absolute_hours),
            ("limits.body_kilobytes", self.limits.body_kilobytes),
            ("replicas.takeover_seconds", self.replicas.takeover_seconds),
            ("http.head_seconds", self.http.head_seconds),
            ("http.body_seconds", self.http.body_seconds),
            ("http.connections", self.http.connections),
            ("files.max_megabytes", self.files.max_megabytes),
        ] {
            if value == 0 {
                problems.push(format!("{key} must be at least 1"));
            }
        }
        problems.extend(self.routing.problems());
        problems.extend(self.pace.iter().filter_map(|(name, pace)| pace.problem(name)));
        problems.extend(self.channels.webchat.problems());
        problems.extend(self.mail.problems());
        for (name, telegram) in &self.channels.telegram {
            if telegram.token.0.is_empty() {
                problems.push(format!("channels.telegram.{name}.token is missing"));
            }
            if telegram.mode == TelegramMode::Webhook && self.http.public_url.is_empty() {
                problems.push(format!(
                    "channels.telegram.{name}.mode = \"webhook\" needs http.public_url"
                ));
            }
        }
        problems
    }

    /// Whether the server listens only to this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.http.listen.ip().is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        let source: HashMap<String, String> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let environment = Environment::with_prefix("SPORTELLO")
            .prefix_separator("__")
            .separator("__")
            .source(Some(source));
        Config::read(None, environment)
    }

    #[test]
    fn defaults_are_whole_and_the_environment_has_the_last_word() {
        let config = with(&[
            ("SPORTELLO__HTTP__LISTEN", "0.0.0.0:9000"),
            ("SPORTELLO__SURVEY__ENABLED", "false"),
            ("SPORTELLO__CHANNELS__TELEGRAM__SHOP__TOKEN", "0123"),
        ])
        .unwrap();
        assert_eq!(config.http.listen.port(), 9000);
        assert!(!config.is_local() && !config.survey.enabled);
        assert_eq!(config.channels.telegram["shop"].token.0, "0123");
    }

    #[test]
    fn unknown_keys_and_bad_values_are_refused_by_name() {
        let unknown = with(&[("SPORTELLO__HTTP__LISTN", "x")]).unwrap_err().to_string();
        assert!(unknown.contains("listn"), "{unknown}");
        let several = with(&[
            ("SPORTELLO__DATABASE__URL", "mysql://x"),
            ("SPORTELLO__QUEUE__URL", "amqp://x"),
        ]);
        assert_eq!(several.unwrap_err().0.len(), 2);
    }

    #[test]
    fn proxies_are_listed_with_commas_in_the_environment() {
        assert!(with(&[]).unwrap().http.trusted_proxies.is_empty());
        let proxies = |list| with(&[("SPORTELLO__HTTP__TRUSTED_PROXIES", list)]);
        let read = proxies("10.0.0.1, ::1").unwrap().http.trusted_proxies;
        assert_eq!(read, ["10.0.0.1".parse::<IpAddr>().unwrap(), "::1".parse().unwrap()]);
        let wrong = proxies("10.0.0.1,proxy").unwrap_err().to_string();
        assert!(wrong.contains("proxy") && wrong.contains("no IP address"), "{wrong}");
    }

    #[test]
    fn queues_of_every_kind_are_known_and_others_refused() {
        for kind in ["rediss", "redis+cluster", "rediss+cluster", "redis+sentinel"] {
            let url = format!("{kind}://a:1/shop");
            assert!(with(&[("SPORTELLO__QUEUE__URL", &url)]).is_ok(), "{kind}");
        }
        let wrong = with(&[("SPORTELLO__QUEUE__URL", "http://a:1")]).unwrap_err().to_string();
        assert!(wrong.contains("queue.url must be memory:"), "{wrong}");
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = with(&[("SPORTELLO__DATABASE__URL", "postgres://a:hush@h/d")]).unwrap();
        let shown = format!("{config:?}");
        assert!(!shown.contains("hush") && shown.contains("postgres:…"), "{shown}");
    }
}
