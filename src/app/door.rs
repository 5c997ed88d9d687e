//! The accept loop: one task a connection, so many at once, none held open by a caller that is silent.
//!
//! HTTP/1.1 only; a proxy that speaks HTTP/2 to browsers speaks 1.1 to us. The time limit of a
//! request's head counts from the connection's first moment, and again between two requests.

use std::net::SocketAddr;
use std::sync::Arc;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Patience {
    /// For a request's head, and between two requests.
    pub(super) head: Duration,
    /// For a pause within a request's body.
    pub(super) body: Duration,
    /// How many connections are open at once.
    pub(super) connections: usize,
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
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
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
