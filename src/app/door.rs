//! The accept loop: one task a connection, so many at once, none held open by a caller that is silent.
//!
//! HTTP/1.1 only; a proxy that speaks HTTP/2 to browsers speaks 1.1 to us. The time limit of a
//! request's head counts from the connection's first moment, and again between two requests.
//!
//! One address may have half of all connections, so that it alone cannot keep everybody else out. The
//! share is that large because a proxy in front is one address too, with all customers behind it: on
//! another machine, give it `http.connections` of twice what it needs. Addresses of this machine are not
//! counted: they are a proxy or a tool beside us.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::lifecycle;

/// The most bytes that are read ahead, a request's whole head among them.
const READ_AHEAD: usize = 32 * 1024;
/// How long to wait when the system has no more files to give.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// What a caller may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Patience {
    /// For a request's head, and between two requests.
    pub(super) head: Duration,
    /// For a pause within a request's body.
    pub(super) body: Duration,
    /// How many connections are open at once; one address has at most half of them.
    pub(super) connections: usize,
    /// The own proxies, for which that does not hold.
    pub(super) proxies: Vec<IpAddr>,
}

/// Serves until the stop, then ends the connections that are between two requests and waits for the
/// others.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    let router = router.layer(RequestBodyTimeoutLayer::new(patience.body));
    let places = Arc::new(Semaphore::new(patience.connections));
    let peers = Arc::new(Peers::new(patience.connections, patience.proxies));
    let open = GracefulShutdown::new();
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.head).max_buf_size(READ_AHEAD);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            () = stop.cancelled() => break,
            next = next => next,
        };
        let Some(seat) = peers.seat(peer.ip()) else {
            tracing::debug!(%peer, "hung up: this address has half of all connections");
            continue;
        };
        let site = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            site.call(request)
        });
        let connection = open.watch(builder.serve_connection(TokioIo::new(stream), service));
        lifecycle::start(tasks, async move {
            if let Err(error) = connection.await {
                tracing::trace!(%error, %peer, "connection ended");
            }
            drop((place, seat));
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// How many connections each address has open.
#[derive(Debug)]
struct Peers {
    open: Mutex<HashMap<IpAddr, usize>>,
    most: usize,
    proxies: Vec<IpAddr>,
}

/// An address's connection, counted until this is dropped.
#[derive(Debug)]
struct Seat {
    peers: Arc<Peers>,
    peer: IpAddr,
}

impl Peers {
    fn new(places: usize, proxies: Vec<IpAddr>) -> Self {
        let proxies = proxies.into_iter().map(|own| own.to_canonical()).collect();
        Self { open: Mutex::default(), most: (places / 2).max(1), proxies }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more connection of an address; `None` when it has its share.
    fn seat(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let peer = peer.to_canonical();
        let mut open = self.open();
        let taken = open.entry(peer).or_insert(0);
        if *taken >= self.most && !peer.is_loopback() && !self.proxies.contains(&peer) {
            return None;
        }
        *taken += 1;
        Some(Seat { peers: Arc::clone(self), peer })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut taken) = self.peers.open().entry(self.peer) {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

/// The next connection; what goes wrong with one of them, or for want of files, is waited out.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::trace!(%error, "no immediate sending");
                }
                return (stream, peer);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted; trying again");
                tokio::time::sleep(OUT_OF_FILES).await;
            }
        }
    }
}

fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_never_has_more_than_half() {
        let peers = Arc::new(Peers::new(5, Vec::new()));
        let [one, same, other] = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"]
            .map(|it| it.parse::<IpAddr>().unwrap());
        let seats: Vec<_> = [one, same].into_iter().filter_map(|it| peers.seat(it)).collect();
        assert_eq!(seats.len(), 2);
        assert!(peers.seat(one).is_none() && peers.seat(same).is_none());
        let others = peers.seat(other);
        assert!(others.is_some(), "others come in");
        drop(seats);
        assert!(peers.seat(one).is_some(), "places come back");
        drop(others);
        assert!(peers.open().is_empty(), "nothing is kept of who left");
    }

    #[test]
    fn what_runs_beside_us_is_not_counted_out() {
        let peers = Arc::new(Peers::new(1, Vec::new()));
        let seats: Vec<_> = (0..9).map(|_| peers.seat(IpAddr::from([127, 0, 0, 1]))).collect();
        assert!(seats.iter().all(Option::is_some));
        let strange = IpAddr::from([192, 0, 2, 1]);
        assert!(peers.seat(strange).is_some(), "one place is everybody's");
    }
}
