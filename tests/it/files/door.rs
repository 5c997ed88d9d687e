//! A channel that hands over files as the test says, and counts how often.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sportello::channel::file::{Files, NotFetched, Parcel};
use sportello::channel::{Capabilities, Channel, Intake as _, Received, Sending};
use sportello::domain::contact::{Address, ChannelName, Origin};
use sportello::domain::id::FileId;
use sportello::domain::inbound::{Content, Inbound, Outbound};
use sportello::domain::language::Language;
use sportello::domain::message::Attachment;
use tokio::sync::Barrier;

use crate::support::TestApp;

/// What the provider answers.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Bytes(Vec<u8>),
    /// The bytes, and then the connection is cut.
    Cut(Vec<u8>),
    No(NotFetched),
}

/// The provider and its channel.
pub(super) struct Door {
    name: ChannelName,
    answers: Mutex<HashMap<String, Vec<Answer>>>,
    pub(super) fetched: AtomicUsize,
    pub(super) sent: Mutex<Vec<(String, Vec<u8>)>>,
    /// Where so many fetches wait for each other.
    pub(super) together: Option<Barrier>,
}

impl Door {
    pub(super) fn new(together: Option<usize>) -> Self {
        Self {
            name: ChannelName("filing".to_owned()),
            answers: Mutex::default(),
            fetched: AtomicUsize::new(0),
            sent: Mutex::default(),
            together: together.map(Barrier::new),
        }
    }

    /// What a reference is answered with, one after the other; the last one stays.
    pub(super) fn has(&self, reference: &str, answers: &[Answer]) {
        self.answers.lock().unwrap().insert(reference.to_owned(), answers.to_vec());
    }

    /// A customer sends files with these kinds and references.
    pub(super) async fn brings(&self, app: &TestApp, id: &str, files: &[(&str, &str)]) {
        let attachments = files.iter().map(|(kind, reference)| Attachment {
            kind: (*kind).to_owned(),
            name: None,
            reference: Some((*reference).to_owned()),
            ..Attachment::default()
        });
        let attachments = attachments.collect();
        let content = Content::Files { caption: "it is broken".to_owned(), attachments };
        self.takes(app, id, content).await;
    }

    /// A customer sends what was taken in before.
    pub(super) async fn uploads(&self, app: &TestApp, id: &str, attachment: Attachment) {
        let content = Content::Files { caption: String::new(), attachments: vec![attachment] };
        self.takes(app, id, content).await;
    }

    /// A customer writes.
    pub(super) async fn says(&self, app: &TestApp, id: &str, text: &str) {
        self.takes(app, id, Content::Text { text: text.to_owned() }).await;
    }

    async fn takes(&self, app: &TestApp, id: &str, content: Content) {
        let inbound = Inbound {
            channel: self.name.clone(),
            provider_id: id.to_owned(),
            address: Address("ada".to_owned()),
            name: Some("Ada".to_owned()),
            language: Some(Language::En),
            content,
            provider_at: None,
            origin: Origin::Real,
            segments: None,
        };
        let received =
            Received { provider_id: id.to_owned(), raw: id.into(), content: Ok(inbound) };
        app.house.accept(&self.name, received).await.expect("stored");
    }
}

#[async_trait::async_trait]
impl Channel for Door {
    fn name(&self) -> &ChannelName {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { buttons: 8, label_chars: 64, ..sportello::channel::capabilities::TELEGRAM }
    }

    async fn send(&self, outbound: &Outbound, files: &dyn Files) -> Sending {
        let mut bytes = Vec::new();
        for id in outbound.body.attachments.iter().filter_map(|file| file.file) {
            bytes.extend(read(files, id).await);
        }
        self.sent.lock().unwrap().push((outbound.body.text.clone(), bytes));
        Sending::Sent { provider_id: "1".to_owned() }
    }

    async fn fetch(&self, attachment: &Attachment) -> Result<Parcel, NotFetched> {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        if let Some(together) = &self.together {
            together.wait().await;
        }
        let reference = attachment.reference.clone().unwrap_or_default();
        let mut answers = self.answers.lock().unwrap();
        let known = answers.get_mut(&reference).expect("a known reference");
        let answer = if known.len() > 1 { known.remove(0) } else { known[0].clone() };
        let (bytes, cut) = match answer {
            Answer::Bytes(bytes) => (bytes, false),
            Answer::Cut(bytes) => (bytes, true),
            Answer::No(problem) => return Err(problem),
        };
        let pieces: Vec<_> =
            bytes.chunks(50_000).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
        let end = cut.then(|| Err(std::io::ErrorKind::ConnectionReset.into()));
        let pieces = stream::iter(pieces).chain(stream::iter(end)).boxed();
        Ok(Parcel { name: None, mime: Some("text/html".to_owned()), bytes: None, pieces })
    }
}

/// All bytes of a file.
pub(super) async fn read(files: &dyn Files, id: FileId) -> Vec<u8> {
    let mut pieces = files.read(id).await.expect("the file");
    let mut all = Vec::new();
    while let Some(piece) = pieces.next().await {
        all.extend_from_slice(&piece.expect("a piece"));
    }
    all
}
