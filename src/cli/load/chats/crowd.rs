//! Visitors with an open chat each: a session, and a stream that is read to its end.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::future::try_join_all;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::cli::load::turns::client::{Heard, Line};
use crate::service::clock::fresh_id;

/// How many chats are opened at once.
const AT_ONCE: usize = 32;

/// Open chats.
pub(super) struct Chats {
    address: SocketAddr,
    /// The cookie of each.
    cookies: Vec<String>,
    /// Those who read the streams.
    readers: JoinSet<()>,
}

impl Chats {
    /// None yet.
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, cookies: Vec::new(), readers: JoinSet::new() }
    }

    /// Opens so many more.
    ///
    /// # Errors
    /// The server refuses one.
    pub(super) async fn open(&mut self, count: u64) -> anyhow::Result<()> {
        let address = self.address;
        let opened = stream::iter(0..count).map(|_| open(address)).buffer_unordered(AT_ONCE);
        let opened: Vec<_> = opened.try_collect().await?;
        for (cookie, mut stream) in opened {
            self.cookies.push(cookie);
            self.readers.spawn(async move {
                let mut bytes = [0; 1_024];
                while matches!(stream.read(&mut bytes).await, Ok(read) if read > 0) {}
            });
        }
        Ok(())
    }

    /// The last `count` visitors write, each once in `every`, for so many seconds.
    ///
    /// # Errors
    /// A connection breaks.
    pub(super) async fn write(
        &self,
        count: u64,
        every: Duration,
        seconds: f64,
        sentences: &[String],
    ) -> anyhow::Result<Heard> {
        let count = usize::try_from(count)?.min(self.cookies.len());
        let writers = self.cookies.iter().rev().take(count).enumerate();
        let until = Instant::now() + Duration::try_from_secs_f64(seconds)?;
        let first = |number: usize| every.mul_f64(number as f64 / count.max(1) as f64);
        let parts = writers.map(|(number, cookie)| {
            self.writer(cookie, first(number), every, until, sentences.iter().cycle().skip(number))
        });
        let mut all = Heard::default();
        for part in try_join_all(parts).await? {
            all.waits.extend(part.waits);
            all.refused += part.refused;
        }
        all.waits.sort_unstable();
        Ok(all)
    }

    async fn writer<'a>(
        &self,
        cookie: &str,
        first: Duration,
        every: Duration,
        until: Instant,
        mut sentences: impl Iterator<Item = &'a String>,
    ) -> anyhow::Result<Heard> {
        let mut heard = Heard::default();
        tokio::time::sleep(first).await;
        let mut line = Line::open(self.address).await?;
        line.to("/chat/messages", &format!("cookie: {cookie}\r\n"));
        while Instant::now() < until {
            let text = sentences.next().context("nothing to say")?;
            let id = fresh_id().simple().to_string();
            line.timed(&json!({"client_id": id, "text": text}).to_string(), &mut heard).await?;
            tokio::time::sleep(every).await;
        }
        Ok(heard)
    }
}

/// A session, and its stream once it has begun.
async fn open(address: SocketAddr) -> anyhow::Result<(String, TcpStream)> {
    let mut stream = TcpStream::connect(address).await.context("connecting")?;
    let session = "POST /chat/session HTTP/1.1\r\nhost: load\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(session.as_bytes()).await?;
    let head = head(&mut stream).await?;
    let cookie = cookie(&head).with_context(|| format!("no session: {head}"))?;
    let follow = format!("GET /chat/stream HTTP/1.1\r\nhost: load\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(follow.as_bytes()).await?;
    let begun = self::head(&mut stream).await?;
    anyhow::ensure!(begun.starts_with("HTTP/1.1 200"), "no stream: {begun}");
    Ok((cookie, stream))
}

async fn head(stream: &mut TcpStream) -> anyhow::Result<String> {
    let mut bytes = Vec::with_capacity(1_024);
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        anyhow::ensure!(stream.read_buf(&mut bytes).await? > 0, "the server closed the connection");
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The session's cookie: name and value.
fn cookie(head: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"))?;
    let (_, set) = line.split_once(':')?;
    Some(set.split(';').next()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_taken_from_the_head() {
        let head = "HTTP/1.1 201 Created\r\nSet-Cookie: chat=abc; Path=/\r\n\r\n";
        assert_eq!(cookie(head).as_deref(), Some("chat=abc"));
        assert_eq!(cookie("HTTP/1.1 204 No Content\r\n\r\n"), None);
    }
}
