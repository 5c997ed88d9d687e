//! A TCP proxy that can be shut, and that can lose a reply.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the proxy does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Passes everything on.
    Fair,
    /// Cuts what is open and lets nobody in.
    Shut,
    /// Passes requests on, and cuts the connection instead of passing a reply on.
    NoReplies,
}

/// A proxy before one server.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    weather: Arc<watch::Sender<Weather>>,
}

impl Proxy {
    /// Starts one, with fair weather.
    #[expect(clippy::disallowed_methods, reason = "the test's own proxy")]
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let weather = Arc::new(watch::channel(Weather::Fair).0);
        let forecast = weather.subscribe();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, forecast.clone()));
            }
        });
        Self { address, weather }
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr, mut weather: watch::Receiver<Weather>) {
    if *weather.borrow() == Weather::Shut {
        return;
    }
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let forecast = weather.clone();
    let (mut asked, mut answered) = (vec![0; 16_384], vec![0; 16_384]);
    loop {
        let done = tokio::select! {
            () = shut(&mut weather) => return,
            read = client.read(&mut asked) => match read {
                Ok(length) if length > 0 => server.write_all(&asked[..length]).await,
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                Ok(length) if length > 0 => {
                    if *forecast.borrow() == Weather::NoReplies {
                        return;
                    }
                    client.write_all(&answered[..length]).await
                }
                _ => return,
            },
        };
        if done.is_err() {
            return;
        }
    }
}

async fn shut(weather: &mut watch::Receiver<Weather>) {
    drop(weather.wait_for(|weather| *weather == Weather::Shut).await);
}
