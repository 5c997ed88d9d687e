//! Several servers of the test's own on free ports: a cluster, a watched primary, or one alone.
//! Nothing of the product is used here, so that integration tests can share the file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The slots of a cluster.
const SLOTS: usize = 16_384;
/// The name that sentinels know the primary by.
const NAME: &str = "shop";

/// The program of Valkey; without it the test says so and is left out.
pub(crate) fn valkey() -> Option<&'static str> {
    let found = Command::new("valkey-server").arg("--version").output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some("valkey-server");
    }
    let told = "!!! NOT CHECKED: the program valkey-server is missing (scripts/test installs it)";
    // Not by `eprintln!`, which a passing test keeps to itself.
    drop(writeln!(std::io::stderr(), "{told}"));
    None
}

/// One server.
pub(crate) struct Node {
    pub(crate) port: u16,
    child: Child,
}

/// Servers that belong together, killed when dropped.
pub(crate) struct Fleet {
    folder: PathBuf,
    program: &'static str,
    /// Servers with data: in a cluster primaries first, then one replica or none for each.
    pub(crate) nodes: Vec<Node>,
    sentinels: Vec<Node>,
}

impl Fleet {
    fn new(program: &'static str) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("sportello-fleet-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        Self { folder, program, nodes: Vec::new(), sentinels: Vec::new() }
    }

    /// One server alone.
    pub(crate) fn single(program: &'static str) -> Self {
        let mut fleet = Self::new(program);
        fleet.launch(&[]);
        fleet
    }

    /// A primary, its replica, and three sentinels of which two must agree.
    pub(crate) fn watched(program: &'static str) -> Self {
        let mut fleet = Self::new(program);
        fleet.launch(&[]);
        let primary = fleet.nodes[0].port.to_string();
        fleet.launch(&["--replicaof", "127.0.0.1", &primary]);
        fleet.until("replicated", || {
            ask(fleet.nodes[1].port, &["INFO", "replication"]).contains("master_link_status:up")
        });
        for _ in 0..3 {
            fleet.launch_sentinel(&primary);
        }
        fleet.until("the sentinels know each other", || {
            fleet.sentinels.iter().all(|node| {
                let known = ask(node.port, &["INFO", "sentinel"]);
                known.contains("slaves=1") && known.contains("sentinels=3")
            })
        });
        fleet
    }

    /// A cluster of three primaries, each with so many replicas.
    pub(crate) fn cluster(program: &'static str, replicas: usize) -> Self {
        let mut fleet = Self::new(program);
        let mut buses = Vec::new();
        for _ in 0..3 * (1 + replicas) {
            let bus = free_port().to_string();
            let timeout = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
            let rest = ["--cluster-port", bus.as_str(), "--cluster-replica-validity-factor", "0"];
            fleet.launch(&[timeout, rest].concat());
            buses.push(bus);
        }
        for (place, node) in fleet.nodes.iter().enumerate() {
            ask(node.port, &["CLUSTER", "SET-CONFIG-EPOCH", &(place + 1).to_string()]);
            let first = fleet.nodes[0].port.to_string();
            ask(node.port, &["CLUSTER", "MEET", "127.0.0.1", &first, &buses[0]]);
        }
        for place in 0..3 {
            let (from, to) = (place * SLOTS / 3, (place + 1) * SLOTS / 3 - 1);
            let range = [from.to_string(), to.to_string()];
            let words = ["CLUSTER", "ADDSLOTSRANGE", &range[0], &range[1]];
            ask(fleet.nodes[place].port, &words);
        }
        fleet.until("the cluster is whole", || fleet.is_whole());
        for place in 3..fleet.nodes.len() {
            let primary = ask(fleet.nodes[place % 3].port, &["CLUSTER", "MYID"]);
            ask(fleet.nodes[place].port, &["CLUSTER", "REPLICATE", primary.trim()]);
        }
        fleet.until("replicated", || {
            fleet.nodes.iter().skip(3).all(|node| {
                ask(node.port, &["INFO", "replication"]).contains("master_link_status:up")
            })
        });
        fleet.until("the cluster is whole", || fleet.is_whole());
        fleet
    }

    fn is_whole(&self) -> bool {
        let known = format!("cluster_known_nodes:{}", self.nodes.len());
        self.nodes.iter().all(|node| {
            let state = ask(node.port, &["CLUSTER", "INFO"]);
            state.contains("cluster_state:ok") && state.contains(&known)
        })
    }

    /// Its address for `queue.url`.
    pub(crate) fn url(&self) -> String {
        let listed = |nodes: &[Node]| {
            let places = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port));
            places.collect::<Vec<_>>().join(",")
        };
        match (self.sentinels.is_empty(), self.nodes.len()) {
            (false, _) => format!("redis+sentinel://{}/{NAME}", listed(&self.sentinels)),
            (true, 1) => format!("redis://{}", listed(&self.nodes)),
            (true, _) => format!("redis+cluster://{}", listed(&self.nodes)),
        }
    }

    /// Which node holds this key now, as a primary.
    pub(crate) fn home_of(&self, key: &str) -> usize {
        let holds = |node: &Node| {
            TcpStream::connect(("127.0.0.1", node.port)).is_ok()
                && ask(node.port, &["ROLE"]).starts_with("master")
                && !ask(node.port, &["GET", key]).starts_with("MOVED")
        };
        self.nodes.iter().position(holds).expect("a server that holds the key")
    }

    /// Kills a server without warning.
    pub(crate) fn kill(&mut self, node: usize) {
        drop(self.nodes[node].child.kill());
        drop(self.nodes[node].child.wait());
    }

    fn launch(&mut self, more: &[&str]) {
        let node = self.spawn(|port, folder| {
            let mut words = vec!["--port".to_owned(), port.to_string()];
            words.extend(
                ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"].map(String::from),
            );
            words.extend(["--repl-diskless-sync-delay", "0", "--dir"].map(String::from));
            words.push(folder.display().to_string());
            words.extend(more.iter().map(ToString::to_string));
            words
        });
        self.nodes.push(node);
    }

    fn launch_sentinel(&mut self, primary: &str) {
        let node = self.spawn(|port, folder| {
            let file = folder.join("sentinel.conf");
            let text = format!(
                "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor {NAME} 127.0.0.1 {primary} 2\n\
                 sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 2000\n",
                folder.display()
            );
            std::fs::write(&file, text).expect("a file");
            vec![file.display().to_string(), "--sentinel".to_owned()]
        });
        self.sentinels.push(node);
    }

    /// Another process may take the port between the look and the start: a few attempts.
    fn spawn(&self, words: impl Fn(u16, &Path) -> Vec<String>) -> Node {
        for _ in 0..5 {
            let port = free_port();
            let folder = self.folder.join(port.to_string());
            std::fs::create_dir_all(&folder).expect("a folder");
            let mut command = Command::new(self.program);
            command.args(words(port, &folder)).current_dir(&folder);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let program = self.program;
            let child = command.spawn().unwrap_or_else(|error| {
                panic!("these tests need the program {program} (scripts/test installs it): {error}")
            });
            let mut node = Node { port, child };
            let began = Instant::now();
            while began.elapsed() < LIMIT && matches!(node.child.try_wait(), Ok(None)) {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return node;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            drop(node.child.kill());
            drop(node.child.wait());
        }
        panic!("{} does not start", self.program);
    }

    fn until(&self, what: &str, so: impl Fn() -> bool) {
        let began = Instant::now();
        while !so() {
            assert!(began.elapsed() < LIMIT, "{}: waited in vain: {what}", self.program);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for node in self.sentinels.iter_mut().chain(&mut self.nodes) {
            drop(node.child.kill());
            drop(node.child.wait());
        }
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// One command on one server: its answer as lines of text, errors without their dash.
pub(crate) fn ask(port: u16, words: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("our own server");
    stream.set_read_timeout(Some(LIMIT)).expect("a limit");
    let words = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
    let sent = format!("*{}\r\n{}", words.len(), words.collect::<String>());
    stream.write_all(sent.as_bytes()).expect("sent");
    let mut answer = String::new();
    read(&mut BufReader::new(stream), &mut answer);
    answer
}

fn read(stream: &mut BufReader<TcpStream>, answer: &mut String) {
    let mut line = String::new();
    stream.read_line(&mut line).expect("an answer");
    let (kind, rest) = line.trim_end().split_at(1);
    let length = || rest.parse::<i64>().ok().and_then(|length| usize::try_from(length).ok());
    match kind {
        "$" => {
            let Some(length) = length() else { return };
            let mut text = vec![0; length + 2];
            stream.read_exact(&mut text).expect("an answer");
            answer.push_str(&String::from_utf8_lossy(&text[..length]));
            answer.push('\n');
        }
        "*" => {
            for _ in 0..length().unwrap_or(0) {
                read(stream, answer);
            }
        }
        _ => {
            answer.push_str(rest);
            answer.push('\n');
        }
    }
}
