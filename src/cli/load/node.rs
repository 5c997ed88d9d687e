//! A Redis of the harness's own: in a temporary folder, on a free port, killed when dropped.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use crate::service::clock::fresh_id;

/// A running server that nobody else knows.
pub(super) struct Node {
    folder: PathBuf,
    port: u16,
    child: Child,
}

impl Node {
    /// Starts one that appends to its log every second, and waits until it answers.
    ///
    /// # Errors
    /// There is no program redis-server, or it does not come up.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("sportello-load-{}", fresh_id()));
        std::fs::create_dir_all(&folder).context("a temporary folder for redis-server")?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr())?.port();
        let mut node = Self { child: spawn(&folder, port)?, folder, port };
        node.wait().await?;
        Ok(node)
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn wait(&mut self) -> anyhow::Result<()> {
        for _ in 0..500 {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("redis-server stopped at once: {status}");
            }
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("redis-server did not answer within five seconds")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have died already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn spawn(folder: &Path, port: u16) -> anyhow::Result<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""]);
    command.args(["--appendonly", "yes", "--appendfsync", "everysec"]);
    // No rewrite of the log may begin in the middle of a measurement.
    command.args(["--auto-aof-rewrite-percentage", "0", "--dir"]).arg(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder);
    command.spawn().context(
        "the program redis-server does not start: install it, or name a server with --redis URL",
    )
}
