//! Commands asked for at about the same time go out together.
//!
//! Under load a server spends as much on each reading and writing as on a small script. Callers hand
//! their commands to one task; it lets whoever is ready ask too, and sends what has come as one
//! pipeline. Alone, a command leaves at once. What was sent is not waited for before the next departs.

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use redis::aio::{ConnectionLike, ConnectionManager};
use redis::{Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value};
use tokio::sync::{mpsc, oneshot};

/// The most that goes out together.
const MOST: usize = 64;
/// How many may wait to be sent; more wait to be handed over.
const ROOM: usize = 1_000;

/// A command, and where its answer goes.
struct Asked {
    command: Cmd,
    answer: oneshot::Sender<RedisResult<Value>>,
}

/// The way out for single commands; clones share it. It ends with the last of them.
#[derive(Clone)]
pub struct Convoy {
    connection: ConnectionManager,
    waiting: mpsc::Sender<Asked>,
}

impl Convoy {
    /// Within a runtime, which the sending task lives in.
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends with the last caller; nothing of its own is left to do at shutdown"
    )]
    pub(super) fn new(connection: ConnectionManager) -> Self {
        let (waiting, asked) = mpsc::channel(ROOM);
        tokio::spawn(depart(asked, connection.clone()));
        Self { connection, waiting }
    }

    async fn ask(&self, command: Cmd) -> RedisResult<Value> {
        let (answer, answered) = oneshot::channel();
        self.waiting.send(Asked { command, answer }).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

async fn depart(mut asked: mpsc::Receiver<Asked>, connection: ConnectionManager) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some(()) = under_way.next() => {}
            first = asked.recv() => {
                let Some(first) = first else { break };
                tokio::task::yield_now().await;
                let mut together = vec![first];
                while together.len() < MOST
                    && let Ok(next) = asked.try_recv()
                {
                    together.push(next);
                }
                under_way.push(travel(together, connection.clone()));
            }
        }
    }
    while under_way.next().await.is_some() {}
}

/// One answer for each, in the order in which they were sent.
async fn travel(together: Vec<Asked>, mut connection: ConnectionManager) {
    let mut pipeline = Pipeline::with_capacity(together.len());
    let mut answers = Vec::with_capacity(together.len());
    // Who gave up meanwhile does not want it done any more.
    for Asked { command, answer } in together.into_iter().filter(|it| !it.answer.is_closed()) {
        pipeline.add_command(command);
        answers.push(answer);
    }
    if answers.is_empty() {
        return;
    }
    match connection.req_packed_commands(&pipeline, 0, answers.len()).await {
        Ok(values) => {
            for (answer, value) in answers.into_iter().zip(values) {
                // Who gave up does not listen.
                let _ = answer.send(Ok(value));
            }
        }
        Err(error) => {
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

fn ended() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::BrokenPipe).into()
}

impl ConnectionLike for Convoy {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(self.ask(cmd.clone()))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.connection.req_packed_commands(pipeline, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::super::super::server::Server;
    use super::*;

    async fn convoy(server: &Server) -> Convoy {
        let client = redis::Client::open(server.url()).expect("a good address");
        Convoy::new(client.get_connection_manager().await.expect("a server"))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_gets_its_own_answer_also_when_others_fail() {
        let server = Server::start().await;
        let way = convoy(&server).await;
        let ask = async |number: usize| -> RedisResult<usize> {
            let mut way = way.clone();
            if number.is_multiple_of(7) {
                return redis::cmd("NO-SUCH-COMMAND").query_async(&mut way).await;
            }
            redis::cmd("ECHO").arg(number).query_async(&mut way).await
        };
        let answers = join_all((0..500).map(ask)).await;
        for (number, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.ok(), (!number.is_multiple_of(7)).then_some(number));
        }
    }

    #[tokio::test]
    async fn who_gave_up_before_it_left_leaves_nothing_done() {
        let server = Server::start().await;
        let way = convoy(&server).await;
        let mut first = way.clone();
        let mut count = redis::cmd("INCR");
        count.arg("count");
        // Polled once: handed over, and dropped before the task had its turn.
        assert!(futures::FutureExt::now_or_never(first.req_packed_command(&count)).is_none());
        let value: i64 = count.query_async(&mut way.clone()).await.expect("an answer");
        assert_eq!(value, 1);
    }

    #[tokio::test]
    async fn without_a_server_everybody_learns_it() {
        let server = Server::start().await;
        let way = convoy(&server).await;
        drop(server);
        let ask = async || redis::cmd("PING").exec_async(&mut way.clone()).await;
        let answers = join_all((0..20).map(|_| ask())).await;
        assert!(answers.iter().all(Result::is_err));
    }
}
