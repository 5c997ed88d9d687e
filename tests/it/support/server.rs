//! Servers of the tests' own: a Redis per test, a PostgreSQL database per test.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

/// A Redis of this test's own, on a Unix socket in a temporary folder.
pub(crate) struct RedisServer {
    child: Child,
    folder: TempDir,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Self { child: Self::launch(&folder), folder };
        server.await_socket();
        server
    }

    fn launch(folder: &TempDir) -> Child {
        Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no"])
            .arg("--dir")
            .arg(folder.path())
            .arg("--unixsocket")
            .arg(folder.path().join("redis.sock"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is needed: scripts/test installs it")
    }

    fn await_socket(&mut self) {
        let began = Instant::now();
        while std::os::unix::net::UnixStream::connect(self.folder.path().join("redis.sock"))
            .is_err()
        {
            assert!(began.elapsed() < Duration::from_secs(20), "redis-server did not start");
            assert!(self.child.try_wait().is_ok_and(|ended| ended.is_none()), "redis-server ended");
            std::thread::yield_now();
        }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.path().join("redis.sock").display())
    }

    /// Runs one command on it.
    pub(crate) fn command(&self, words: &[&str]) {
        let client = redis::Client::open(self.url()).expect("an address");
        let mut connection = client.get_connection().expect("redis-server");
        redis::cmd(words[0]).arg(&words[1..]).exec(&mut connection).expect("a good command");
    }

    /// Kills it, with all that it knew.
    pub(crate) fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_file(self.folder.path().join("redis.sock")));
    }

    /// It hangs: connections stay open and nothing is answered.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
    }

    /// It answers again.
    pub(crate) fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        let sent = kill.arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.is_ok_and(|sent| sent.success()), "kill -{name}");
    }

    /// Starts it again, empty.
    pub(crate) fn restart(&mut self) {
        self.child = Self::launch(&self.folder);
        self.await_socket();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A PostgreSQL database of this test's own.
pub(crate) struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    /// Creates one on the server that `scripts/test` started.
    pub(crate) async fn create() -> Self {
        let server = std::env::var("SPORTELLO_TEST_POSTGRES").expect(
            "SPORTELLO_TEST_POSTGRES must name a PostgreSQL server of the tests' own: run scripts/test",
        );
        let name = format!("t_{}", sportello::service::clock::fresh_id().simple());
        let mut connection = PgConnection::connect(&server).await.expect("PostgreSQL");
        let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(sql).execute(&mut connection).await.expect("a database");
        let (base, _) = server.rsplit_once('/').expect("a database in the address");
        let url = format!("{base}/{name}");
        Self { server, name, url }
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Nobody gets in, and who is in is thrown out.
    pub(crate) async fn shut(&self) {
        let (name, out) = (&self.name, "pg_terminate_backend(pid)");
        self.command(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        let sql = format!("SELECT {out} FROM pg_stat_activity WHERE datname = '{name}'");
        self.command(&sql).await;
    }

    /// It can be reached again.
    pub(crate) async fn open(&self) {
        self.command(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name)).await;
    }

    async fn command(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.server).await.expect("PostgreSQL");
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::query(sql).execute(&mut connection).await.expect("a command");
    }

    /// Drops it.
    pub(crate) async fn drop_it(self) {
        let mut connection = PgConnection::connect(&self.server).await.expect("PostgreSQL");
        let sql = AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name));
        drop(sqlx::query(sql).execute(&mut connection).await);
    }
}
