//! A Redis of the trial's own, on one port through all its lives, with an append-only file.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// The folder that Redis keeps its append-only file in.
const WRITTEN: &str = "appendonlydir";
/// How long it may take to come up.
const LIMIT: Duration = Duration::from_secs(30);

/// The server.
pub(super) struct Durable {
    folder: PathBuf,
    port: u16,
    child: Child,
}

impl Durable {
    /// Starts one in a folder.
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("looking for a port")?;
        let port = listener.local_addr()?.port();
        drop(listener);
        let mut server = Self { folder: folder.to_owned(), port, child: launch(folder, port)? };
        server.wait()?;
        Ok(server)
    }

    pub(super) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// One command without arguments that answers in one line.
    pub(super) fn command(&self, word: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(format!("{word}\r\n").as_bytes())?;
        let mut answer = [0; 128];
        let length = stream.read(&mut answer)?;
        Ok(String::from_utf8_lossy(answer.get(..length).unwrap_or_default()).into_owned())
    }

    /// Ends it without warning.
    pub(super) fn kill(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Starts it on what it had written down.
    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        self.child = launch(&self.folder, self.port)?;
        self.wait()
    }

    /// Keeps a copy of what it has written down so far.
    pub(super) fn copy(&self) -> anyhow::Result<()> {
        copy_folder(&self.folder.join(WRITTEN), &self.copied())
    }

    /// Ends it without warning and starts it on the last copy.
    pub(super) fn come_back_old(&mut self) -> anyhow::Result<()> {
        self.kill();
        copy_folder(&self.copied(), &self.folder.join(WRITTEN))?;
        self.restart()
    }

    fn copied(&self) -> PathBuf {
        self.folder.join("copy")
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("redis-server ended: {status}");
            }
            if self.command("PING").is_ok_and(|answer| answer.starts_with("+PONG")) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("redis-server did not start within {} seconds", LIMIT.as_secs())
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(folder: &Path, port: u16) -> anyhow::Result<Child> {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes"])
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("starting redis-server, which must be installed")
}

/// Makes `to` a copy of `from`. A file that goes away meanwhile is left out.
fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => std::fs::create_dir_all(to)?,
    }
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        match std::fs::copy(entry.path(), to.join(entry.file_name())) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
