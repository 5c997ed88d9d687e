//! A server to measure: a process of its own with its own records, killed when dropped.

pub(super) mod peer;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use crate::service::clock::fresh_id;
use crate::store::bare;

/// What is measured.
#[derive(Clone, Debug)]
pub(in crate::cli::load) enum Kind {
    /// `sportello serve`.
    Ours,
    /// One row for each request.
    Bare,
    /// Another bot, installed in this folder.
    Peer(PathBuf),
}

/// Where it keeps its records.
#[derive(Clone, Debug)]
pub(in crate::cli::load) enum Records {
    /// In an SQLite file.
    File,
    /// In a database of its own on this server.
    Postgres(String),
    /// Nowhere.
    Memory,
}

impl Kind {
    /// For a person.
    pub(super) const fn name(&self, records: &Records) -> &'static str {
        match (self, records) {
            (Self::Ours, Records::Postgres(_)) => "turns on PostgreSQL",
            (Self::Ours, _) => "turns on SQLite",
            (Self::Bare, Records::Postgres(_)) => "bare rows on PostgreSQL",
            (Self::Bare, _) => "bare rows on SQLite",
            (Self::Peer(_), _) => "node-nlp behind express",
        }
    }
}

/// A running server.
pub(in crate::cli::load) struct Server {
    /// Where it listens.
    pub(in crate::cli::load) address: SocketAddr,
    folder: PathBuf,
    child: Child,
    /// A database to take away: the server's address and its name.
    database: Option<(String, String)>,
}

impl Server {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// It does not start.
    pub(in crate::cli::load) async fn start(
        kind: &Kind,
        records: &Records,
        program: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let tag = fresh_id().simple().to_string();
        let folder = std::env::temp_dir().join(format!("sportello-load-{tag}"));
        std::fs::create_dir_all(&folder).context("a temporary folder")?;
        let address = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr())?;
        let (url, database) = match records {
            Records::Postgres(url) => {
                let name = format!("load_{tag}");
                (bare::fresh(url, &name).await?, Some((url.clone(), name)))
            }
            _ => (format!("sqlite://{}", folder.join("load.db").display()), None),
        };
        let mut command = command(kind, address, &url, program)?;
        let log =
            std::fs::File::create(folder.join("log")).context("a log in a temporary folder")?;
        command.current_dir(&folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().context("the server does not start")?;
        let mut server = Self { address, folder, child, database };
        server.wait().await?;
        Ok(server)
    }

    /// The process.
    pub(in crate::cli::load) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Processor seconds that it has used, where the system tells.
    pub(in crate::cli::load) fn processor(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).ok()?;
        let (_, rest) = stat.rsplit_once(')')?;
        let mut words = rest.split_whitespace().skip(11);
        let mut ticks = || words.next()?.parse::<f64>().ok();
        // A hundred ticks a second, on every Linux.
        Some((ticks()? + ticks()?) / 100.0)
    }

    /// Ends it and takes its records away.
    ///
    /// # Errors
    /// Its database cannot be removed.
    pub(in crate::cli::load) async fn stop(mut self) -> anyhow::Result<()> {
        self.end();
        if let Some((url, name)) = self.database.take() {
            bare::discard(&url, &name).await?;
        }
        Ok(())
    }

    fn end(&mut self) {
        // It may have died already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    async fn wait(&mut self) -> anyhow::Result<()> {
        for _ in 0..3_000 {
            if let Some(status) = self.child.try_wait()? {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                anyhow::bail!("the server stopped at once: {status}: {log}");
            }
            if tokio::net::TcpStream::connect(self.address).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("the server did not answer within thirty seconds")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        // What cannot be removed stays in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn command(
    kind: &Kind,
    address: SocketAddr,
    url: &str,
    program: Option<&Path>,
) -> anyhow::Result<Command> {
    let ours = std::env::current_exe().context("this program's own file")?;
    let listen = address.to_string();
    Ok(match kind {
        Kind::Ours => {
            let program = program.map(std::path::absolute).transpose()?.unwrap_or(ours);
            let mut command = Command::new(program);
            command.arg("serve").env("SPORTELLO__HTTP__LISTEN", listen);
            command.env("SPORTELLO__DATABASE__URL", url);
            command
        }
        Kind::Bare => {
            let mut command = Command::new(ours);
            command.args(["load", "bare", "--database", url, "--listen", &listen]);
            command
        }
        Kind::Peer(folder) => {
            let mut command = Command::new("node");
            command.arg(folder.join("bot.mjs")).arg(address.port().to_string());
            command
        }
    })
}
