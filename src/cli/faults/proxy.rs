//! The way to the Redis, which can be cut under everybody's hands.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::lifecycle;

/// A proxy before one server.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// Starts one.
    pub(super) async fn before(server: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("looking for a port")?;
        let address = listener.local_addr()?;
        let (cuts, seen) = watch::channel(0);
        let tasks = TaskTracker::new();
        let carried = tasks.clone();
        lifecycle::start(&tasks, async move {
            while let Ok((client, _)) = listener.accept().await {
                lifecycle::start(&carried, carry(client, server, seen.clone()));
            }
        });
        Ok(Self { address, cuts })
    }

    /// Cuts every connection: what was asked may have been done, and nobody is told.
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr, mut cuts: watch::Receiver<u64>) {
    cuts.mark_unchanged();
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    tokio::select! {
        _ = cuts.changed() => {}
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
    }
}
