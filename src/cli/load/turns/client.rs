//! Customers who write over connections of their own, each waiting for the answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::future::try_join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::service::clock::fresh_id;

/// How many messages each customer writes before the next one takes the connection.
const EACH: usize = 8;

/// What came back.
#[derive(Debug, Default)]
pub(in crate::cli::load) struct Heard {
    /// How long each answer took, microseconds, sorted.
    pub(in crate::cli::load) waits: Vec<u32>,
    /// Answers that were none.
    pub(in crate::cli::load) refused: usize,
    /// Seconds that passed.
    pub(in crate::cli::load) seconds: f64,
    /// Processor seconds of the server, where they are told.
    pub(in crate::cli::load) processor: Option<f64>,
}

impl Heard {
    /// Answers a second.
    pub(in crate::cli::load) fn rate(&self) -> f64 {
        self.waits.len() as f64 / self.seconds.max(f64::EPSILON)
    }

    /// Processor microseconds of the server for each answer.
    pub(in crate::cli::load) fn cost(&self) -> Option<f64> {
        Some(1e6 * self.processor? / (self.waits.len() as f64).max(1.0))
    }

    /// The wait that so many percent stay below, ms.
    pub(in crate::cli::load) fn percentile(&self, percent: usize) -> f64 {
        let at = (self.waits.len() * percent / 100).min(self.waits.len().saturating_sub(1));
        f64::from(self.waits.get(at).copied().unwrap_or_default()) / 1e3
    }
}

/// Everybody who writes.
pub(in crate::cli::load) struct Crowd<'a> {
    address: SocketAddr,
    senders: u64,
    sentences: &'a [String],
}

impl<'a> Crowd<'a> {
    /// So many customers of a server.
    pub(in crate::cli::load) const fn new(
        address: SocketAddr,
        senders: u64,
        sentences: &'a [String],
    ) -> Self {
        Self { address, senders, sentences }
    }

    /// Writes for so many seconds.
    ///
    /// # Errors
    /// The server cannot be reached, or what it says is no HTTP.
    pub(in crate::cli::load) async fn write_for(&self, seconds: f64) -> anyhow::Result<Heard> {
        let began = Instant::now();
        let until = began + Duration::try_from_secs_f64(seconds).context("--seconds")?;
        let senders = (0..self.senders).map(|number| self.sender(number, until));
        let parts = try_join_all(senders).await?;
        let mut all = Heard { seconds: began.elapsed().as_secs_f64(), ..Heard::default() };
        for part in parts {
            all.waits.extend(part.waits);
            all.refused += part.refused;
        }
        all.waits.sort_unstable();
        Ok(all)
    }

    async fn sender(&self, number: u64, until: Instant) -> anyhow::Result<Heard> {
        let mut line = Line::open(self.address).await?;
        let mut heard = Heard::default();
        let mut at = usize::try_from(number)?.wrapping_mul(7_919);
        while Instant::now() < until {
            let sender = fresh_id().simple().to_string();
            for _ in 0..EACH {
                at += 1;
                let Some(text) = self.sentences.get(at % self.sentences.len().max(1)) else {
                    break;
                };
                let body = json!({"sender": sender, "message": text}).to_string();
                if Instant::now() >= until {
                    break;
                }
                line.timed(&body, &mut heard).await?;
            }
        }
        Ok(heard)
    }
}

/// One connection that stays open.
pub(in crate::cli::load) struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What a request begins with, up to its length.
    head: String,
}

impl Line {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub(in crate::cli::load) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        let mut line = Self { stream, buffer: Vec::with_capacity(4_096), head: String::new() };
        line.to("/webhooks/rest/webhook", "");
        Ok(line)
    }

    /// Posts to this path from now on, with these lines in the head.
    pub(in crate::cli::load) fn to(&mut self, path: &str, lines: &str) {
        self.head = format!(
            "POST {path} HTTP/1.1\r\nhost: load\r\n{lines}content-type: application/json\r\n\
             content-length: "
        );
    }

    /// Posts a message and notes how long its answer took.
    ///
    /// # Errors
    /// As [`Line::ask`].
    pub(in crate::cli::load) async fn timed(
        &mut self,
        body: &str,
        heard: &mut Heard,
    ) -> anyhow::Result<()> {
        let asked = Instant::now();
        match self.ask(body).await? {
            200..=299 => heard.waits.push(u32::try_from(asked.elapsed().as_micros())?),
            _ => heard.refused += 1,
        }
        Ok(())
    }

    /// Posts a message; the status of the answer, which is read to its end.
    ///
    /// # Errors
    /// The connection breaks, or what comes is no HTTP.
    pub(in crate::cli::load) async fn ask(&mut self, body: &str) -> anyhow::Result<u16> {
        let request = format!("{}{}\r\n\r\n{body}", self.head, body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if let Some((status, length)) = answer(&self.buffer)?
                && self.buffer.len() >= length
            {
                return Ok(status);
            }
            let read = self.stream.read_buf(&mut self.buffer).await?;
            anyhow::ensure!(read > 0, "the server closed the connection");
        }
    }
}

/// The status of an answer and its length with its head, once the head is there.
fn answer(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end]).context("the head of an answer")?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).context("no status")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Ok(Some((status, end + 4 + length.context("an answer without content-length")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_to_its_end() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(answer(whole).unwrap(), Some((200, whole.len())));
        assert_eq!(answer(&whole[..20]).unwrap(), None);
        assert!(answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn percentiles_are_of_what_was_heard() {
        let heard = Heard {
            waits: (1..=100).map(|n| n * 1_000).collect(),
            seconds: 2.0,
            ..Heard::default()
        };
        assert!((heard.percentile(50) - 51.0).abs() < 0.1);
        assert!((heard.percentile(99) - 100.0).abs() < 0.1);
        assert!((heard.rate() - 50.0).abs() < 0.1);
    }
}
