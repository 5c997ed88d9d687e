//! The real binary as a child process.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command as AsyncCommand};

use super::server::{Database, RedisServer};
use super::{Backend, LIMIT};

/// A folder with a configuration of its own: intents, policies, database, queue.
pub(crate) struct Setup {
    folder: TempDir,
    settings: Vec<(String, String)>,
    pub(crate) redis: Option<RedisServer>,
    database: Option<Database>,
}

impl Setup {
    /// On the small test shop.
    pub(crate) async fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
        let database = format!("sqlite://{}", folder.path().join("house.db").display());
        let mut setup = Self { folder, settings: Vec::new(), redis: None, database: None };
        setup.set("http.listen", "127.0.0.1:0");
        setup.set("intents.dir", &fixtures.join("shop").display().to_string());
        setup.set("policies.file", &fixtures.join("sla.yaml").display().to_string());
        setup.set("database.url", &database);
        setup.set("lookups.allow_private", "true");
        if backend == Backend::Servers {
            let redis = RedisServer::start();
            setup.set("queue.url", &redis.url());
            setup.redis = Some(redis);
            let own = Database::create().await;
            setup.set("database.url", own.url());
            setup.database = Some(own);
        }
        setup
    }

    /// Sets one key; a later value wins.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        let name = format!("SPORTELLO__{}", key.to_uppercase().replace('.', "__"));
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
    }

    /// The address of its database.
    pub(crate) fn database_url(&self) -> String {
        let found = self.settings.iter().find(|(name, _)| name.ends_with("DATABASE__URL"));
        found.map(|(_, url)| url.clone()).expect("a database")
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its own PostgreSQL database.
    pub(crate) fn database(&self) -> &Database {
        self.database.as_ref().expect("a test on servers")
    }

    /// Runs one command to its end: exit code, standard output, standard error.
    pub(crate) fn command(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sportello"))
            .args(args)
            .envs(self.settings.iter().cloned())
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        let mut stdin = child.stdin.take().expect("standard input");
        drop(stdin.write_all(input.as_bytes()));
        drop(stdin);
        let ended = child.wait_with_output().expect("an end");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ended.status.code().unwrap_or(-1), text(&ended.stdout), text(&ended.stderr))
    }

    /// Adds a person and makes a token for it.
    pub(crate) fn hire(&self, email: &str, role: &str) -> String {
        let (code, _, error) =
            self.command(&["user", "add", email, "--role", role], "long enough\n");
        assert_eq!(code, 0, "{error}");
        let (code, token, error) =
            self.command(&["token", "create", "--user", email, "--name", "test"], "");
        assert_eq!(code, 0, "{error}");
        token.trim().to_owned()
    }

    /// Starts `serve` and waits until it listens.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// Starts `serve` with more in its environment.
    pub(crate) async fn serve_with(&self, more: &[(&str, &str)]) -> Server {
        let mut child = AsyncCommand::new(env!("CARGO_BIN_EXE_sportello"))
            .arg("serve")
            .envs(self.settings.iter().cloned())
            .envs(more.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary");
        let mut lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
        let mut seen = Vec::new();
        let listening = async {
            while let Some(line) = lines.next_line().await.expect("a line") {
                let address = line.split("address=").nth(1).map(str::to_owned);
                seen.push(line);
                if let Some(address) = address {
                    return Some(address);
                }
            }
            None
        };
        let address = tokio::time::timeout(LIMIT, listening).await.ok().flatten();
        let address = address.unwrap_or_else(|| panic!("serve did not start: {seen:#?}"));
        #[expect(clippy::disallowed_methods, reason = "keeps the child's error pipe from filling")]
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        #[expect(clippy::disallowed_methods, reason = "the test's own client")]
        let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
        Server { child, address: address.parse().expect("an address"), client }
    }

    /// Drops what is not in the folder.
    pub(crate) async fn clean_up(mut self) {
        if let Some(database) = self.database.take() {
            database.drop_it().await;
        }
    }
}

/// A running `sportello serve`.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
}

impl Server {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("a running child")
    }

    /// Whether it has ended by itself.
    pub(crate) fn is_dead(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_some())
    }

    /// Kills it without warning.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("a kill");
    }

    /// Sends it a signal, such as `STOP` and `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().expect("a running child").to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.is_ok_and(|sent| sent.success()), "kill -{name}");
    }

    /// Asks it to stop, and expects that it does so well.
    pub(crate) async fn stop(mut self) {
        let id = self.child.id().expect("a running child").to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(asked.success());
        let ended = tokio::time::timeout(LIMIT, self.child.wait()).await;
        let ended = ended.expect("a stop in time").expect("an end");
        assert!(ended.success(), "{ended}");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A customer writes by the REST channel; the bot's answers.
    pub(crate) async fn says(
        &self,
        sender: &str,
        text: &str,
        id: &str,
    ) -> Result<Vec<Value>, reqwest::Error> {
        let body = serde_json::json!({
            "sender": sender, "message": text,
            "metadata": {"message_id": id, "language": "en"},
        });
        let request = self.client.post(self.url("/webhooks/rest/webhook")).json(&body);
        request.send().await?.error_for_status()?.json().await
    }

    /// What a customer can poll.
    pub(crate) async fn polled(&self, sender: &str) -> Vec<Value> {
        let url = self.url(&format!("/webhooks/rest/messages?sender={sender}"));
        self.client.get(url).send().await.expect("an answer").json().await.expect("JSON")
    }

    /// An agent's call: status and JSON (null when empty).
    pub(crate) async fn call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let mut request = self.client.request(method, self.url(path)).bearer_auth(token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
