//! A Redis of the test's own: started in a temporary folder, killed when dropped.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{Queue, RedisQueue, connect};

static STARTED: AtomicU32 = AtomicU32::new(0);

/// A running server. It listens on a Unix socket in its folder, so no port can be taken twice.
pub(super) struct Server {
    folder: PathBuf,
    child: Child,
}

impl Server {
    /// Starts one and waits until it answers.
    pub(super) async fn start() -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("sportello-queue-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let mut server = Self { child: spawn(&folder), folder };
        server.wait().await;
        server
    }

    /// Kills it and starts an empty one in its place.
    pub(super) async fn restart(&mut self) {
        self.stop();
        self.child = spawn(&self.folder);
        self.wait().await;
    }

    /// Kills it.
    pub(super) fn stop(&mut self) {
        self.child.kill().expect("our own server can be killed");
        self.child.wait().expect("our own server can be waited for");
    }

    /// The address for [`connect`].
    pub(super) fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.join("socket").display())
    }

    /// A queue on it with its own keys, ready for use.
    pub(super) async fn queue(&self, tag: &str) -> Queue {
        let connection = connect(&self.url()).await.expect("a good address");
        let queue = Queue::redis(connection, tag).with_given_time();
        queue.rebuild(1, &[], &[]).await.expect("an empty queue");
        queue
    }

    /// Runs one command on it.
    pub(super) async fn command(&self, words: &[&str]) {
        let mut connection = connect(&self.url()).await.expect("a good address");
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).exec_async(&mut connection).await.expect("a good command");
    }

    async fn wait(&mut self) {
        for _ in 0..500 {
            if let Some(status) = self.child.try_wait().expect("our own server") {
                panic!("redis-server stopped at once: {status}");
            }
            let connection = connect(&self.url()).await.expect("a good address");
            if RedisQueue::new(connection, "ready").generation().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("redis-server did not answer within five seconds");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn spawn(folder: &PathBuf) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--unixsocket"]).arg(folder.join("socket"));
    command.args(["--save", "", "--appendonly", "no", "--dir"]).arg(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder);
    command.spawn().unwrap_or_else(|error| {
        panic!("these tests need the program redis-server (scripts/test installs it): {error}")
    })
}
