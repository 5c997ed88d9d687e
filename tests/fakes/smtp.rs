//! A mail server that keeps what it is sent, and goes wrong when told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How the next letter goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 451: try later.
    Later,
    /// 550: never.
    Refused,
    /// Taken, but the connection breaks before the answer.
    Cut,
}

/// One letter.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Letter {
    /// The code in it.
    pub(crate) fn code(&self) -> String {
        let mut found = self.body.split(|c: char| !c.is_ascii_digit());
        found.find(|part| part.len() == 6).expect("a code").to_owned()
    }
}

#[derive(Default)]
struct Kept {
    letters: Vec<Letter>,
    faults: VecDeque<Fault>,
}

/// The server; it ends with the test's runtime.
pub(crate) struct FakeSmtp {
    pub(crate) address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl FakeSmtp {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let kept = Arc::<Mutex<Kept>>::default();
        let shared = kept.clone();
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, shared.clone()));
            }
        });
        Self { address, kept }
    }

    /// What came so far.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.kept.lock().expect("the fake").letters.clone()
    }

    /// The next letter goes wrong.
    pub(crate) fn fail(&self, fault: Fault) {
        self.kept.lock().expect("the fake").faults.push_back(fault);
    }
}

/// One connection, until it ends.
async fn talk(stream: TcpStream, kept: Arc<Mutex<Kept>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    if write.write_all(b"220 fake ESMTP\r\n").await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" | "HELO" => "250-fake\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match kept.lock().expect("the fake").faults.front() {
                    Some(Fault::Later) => "451 later\r\n",
                    Some(Fault::Refused) => "550 no such box\r\n",
                    _ => "250 ok\r\n",
                }
            }
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        if answer.starts_with('4') || answer.starts_with("55") {
            kept.lock().expect("the fake").faults.pop_front();
        }
        if write.write_all(answer.as_bytes()).await.is_err() || verb == "QUIT" {
            return;
        }
        if verb == "DATA" {
            let mut text = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line == "." {
                    break;
                }
                text.push_str(&line);
                text.push('\n');
            }
            let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
            let letter = Letter { to: to.clone(), head: head.to_owned(), body: body.to_owned() };
            let fault = {
                let mut kept = kept.lock().expect("the fake");
                kept.letters.push(letter);
                kept.faults.pop_front()
            };
            if fault == Some(Fault::Cut) || write.write_all(b"250 kept\r\n").await.is_err() {
                return;
            }
        }
    }
}
