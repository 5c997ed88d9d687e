//! A Redis that writes down what it knows, on one port through all its lives.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cluster::fleet::ask;

/// The folder that Redis keeps its append-only file in.
const WRITTEN: &str = "appendonlydir";

/// A Redis with an append-only file.
pub(crate) struct Durable {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Durable {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let child = launch(folder.path(), port);
        let mut server = Self { folder, port, child };
        server.wait();
        server
    }

    pub(crate) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub(crate) fn command(&self, words: &[&str]) -> String {
        ask(self.port, words)
    }

    /// Kills it without warning.
    pub(crate) fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Starts it again on what it had written down.
    pub(crate) fn restart(&mut self) {
        self.child = launch(self.folder.path(), self.port);
        self.wait();
    }

    /// Copies what it has written down so far.
    pub(crate) fn copy(&self) -> PathBuf {
        let copy = self.folder.path().join("copy");
        drop(std::fs::remove_dir_all(&copy));
        copy_folder(&self.folder.path().join(WRITTEN), &copy);
        copy
    }

    /// Kills it and starts it on an old copy.
    pub(crate) fn come_back_as(&mut self, copy: &Path) {
        self.kill();
        let written = self.folder.path().join(WRITTEN);
        std::fs::remove_dir_all(&written).expect("our own folder");
        copy_folder(copy, &written);
        self.restart();
    }

    fn wait(&mut self) {
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < Duration::from_secs(20), "redis-server did not start");
            assert!(matches!(self.child.try_wait(), Ok(None)), "redis-server ended");
            let is_here = TcpStream::connect(self.address()).is_ok();
            if is_here && self.command(&["PING"]).starts_with("PONG") {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(folder: &Path, port: u16) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes"])
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is needed: scripts/test installs it")
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
