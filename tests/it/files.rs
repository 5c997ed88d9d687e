//! Files: kept in parts with little in hand, checked by their bytes, copied once, read by whoever may.

mod door;
mod sending;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use sportello::channel::file::{Files as _, NotFetched, Pieces};
use sportello::domain::agent::Role;
use sportello::domain::message::Attachment;
use sportello::domain::time::{DAY, HOUR, MINUTE};
use sportello::service::clock::fresh_id;
use sportello::service::file::{self, FileRefused};
use sportello::service::view::AttachmentView;

use self::door::{Answer, Door, read};
use crate::support::cast::{asks_for_a_person, hire, newest, read as read_ticket, thread};
use crate::support::{Backend, TestApp, on_both};

/// The largest part or piece that may be in hand.
const PART: usize = 256 * 1_024;
const PIECE: usize = 64 * 1_024;

/// The beginning of a JPEG, and then noise.
fn photo(bytes: usize) -> Vec<u8> {
    let mut photo = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01".to_vec();
    photo.extend((photo.len()..bytes).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[1]));
    photo
}

/// Bytes that count how many of them are in somebody's hands.
struct Held {
    bytes: Vec<u8>,
    held: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes.len(), Ordering::SeqCst);
    }
}

/// A sender of these bytes, and the most that was held of them at once.
fn counted(bytes: &[u8]) -> (Pieces, Arc<AtomicUsize>) {
    let (held, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let chunks: Vec<Vec<u8>> = bytes.chunks(PIECE).map(<[u8]>::to_vec).collect();
    let seen = Arc::clone(&most);
    let pieces = stream::iter(chunks).map(move |bytes| {
        let now = held.fetch_add(bytes.len(), Ordering::SeqCst) + bytes.len();
        seen.fetch_max(now, Ordering::SeqCst);
        Ok(Bytes::from_owner(Held { bytes, held: Arc::clone(&held) }))
    });
    (pieces.boxed(), most)
}

fn plain(bytes: &[u8]) -> Pieces {
    counted(bytes).0
}

async fn rows(app: &TestApp) -> (i64, i64) {
    let files = app.number("SELECT COUNT(*) FROM file").await;
    (files, app.number("SELECT COUNT(*) FROM file_part").await)
}

async fn a_large_file_passes_through_small_hands(backend: Backend) {
    let app = TestApp::start(backend).await;
    let bytes = photo(20 * 1_024 * 1_024);
    let (pieces, most) = counted(&bytes);
    let kept = file::keep(&app.house, None, Some("a.png".into()), pieces).await.unwrap();
    assert_eq!(
        (kept.mime.as_deref(), kept.name.as_deref()),
        (Some("image/jpeg"), Some("a.png.jpg"))
    );
    assert_eq!(kept.bytes, Some(20 * 1_024 * 1_024));
    let most = most.load(Ordering::SeqCst);
    assert!(most <= 2 * PIECE, "{most} bytes of the sender's were held at once");
    assert_eq!(rows(&app).await, (1, 80));

    let (mut sum, mut largest) = (Sha256::new(), 0);
    let mut pieces = app.house.read(kept.file.unwrap()).await.unwrap();
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap();
        largest = largest.max(piece.len());
        sum.update(&piece);
    }
    assert_eq!(sum.finalize(), Sha256::digest(&bytes));
    assert!(largest <= PART, "{largest}");

    let (pieces, _) = counted(&photo(20 * 1_024 * 1_024 + 1));
    let refused = file::keep(&app.house, None, None, pieces).await.unwrap_err();
    assert!(matches!(refused, FileRefused::TooLarge { megabytes: 20 }), "{refused:?}");
    assert_eq!(rows(&app).await, (1, 80), "nothing of it is left");
    app.stop().await;
}

async fn what_lies_or_breaks_off_is_not_kept(backend: Backend) {
    let app = TestApp::start(backend).await;
    let keep = async |name: &str, bytes: &[u8]| {
        file::keep(&app.house, None, Some(name.to_owned()), plain(bytes)).await
    };
    let mut program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec();
    program.resize(700_000, 0x90);
    for (name, bytes) in [
        ("photo.jpg", program.as_slice()),
        ("photo.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
        ("a.txt", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a.pdf", b"\x7fELF\x02\x01\x01\0"),
        ("a.gif", b"\x01\x02\x03"),
    ] {
        let refused = keep(name, bytes).await.unwrap_err();
        assert!(matches!(refused, FileRefused::Type { .. }), "{name}: {refused:?}");
    }
    assert!(matches!(keep("a.jpg", b"").await.unwrap_err(), FileRefused::Empty));
    let cut =
        stream::iter([Ok(Bytes::from(photo(600_000))), Err(std::io::ErrorKind::BrokenPipe.into())]);
    let refused = file::keep(&app.house, None, None, cut.boxed()).await.unwrap_err();
    assert!(matches!(refused, FileRefused::CutOff(_)), "{refused:?}");
    assert_eq!(rows(&app).await, (0, 0));

    // The process, or the connection's task, ends in the middle.
    let endless = stream::iter([Ok(Bytes::from(photo(600_000)))]).chain(stream::pending());
    let mut keeping = Box::pin(file::keep(&app.house, None, None, endless.boxed()));
    tokio::select! {
        _ = &mut keeping => panic!("it never ends"),
        () = app.until("two parts are there", async || rows(&app).await.1 == 2) => {}
    }
    drop(keeping);
    assert_eq!(rows(&app).await, (1, 2));
    app.clock.advance(HOUR - 1);
    assert_eq!(file::sweep(&app.house).await.unwrap(), 0, "somebody may still send it");
    app.clock.advance(MINUTE);
    assert_eq!(file::sweep(&app.house).await.unwrap(), 1);
    assert_eq!(rows(&app).await, (0, 0));

    keep("a.jpg", &photo(9_000)).await.unwrap();
    app.clock.advance(DAY - MINUTE);
    assert_eq!(file::sweep(&app.house).await.unwrap(), 0);
    app.clock.advance(2 * MINUTE);
    assert_eq!(file::sweep(&app.house).await.unwrap(), 1, "no message used it for a day");
    app.stop().await;
}

async fn two_files_at_once_stay_apart(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let conversation = crate::support::cast::record(&app, ticket).await.ticket.conversation_id;
    let (first, second) = (photo(2_000_000), photo(1_500_001));
    let keep = |bytes| file::keep(&app.house, Some(conversation), None, plain(bytes));
    let (one, two) = futures::join!(keep(&first), keep(&second));
    let (one, two) = (one.unwrap().file.unwrap(), two.unwrap().file.unwrap());
    assert_eq!(Sha256::digest(read(&app.house, one).await), Sha256::digest(&first));
    assert_eq!(Sha256::digest(read(&app.house, two).await), Sha256::digest(&second));
    app.stop().await;
}

/// The attachments of the customer's message, as the desk shows them.
async fn shown(app: &TestApp) -> Vec<AttachmentView> {
    let sara = hire(app, &format!("sara{}", fresh_id().simple()), Role::Supervisor, &[], 3).await;
    let view = read_ticket(app, &sara, newest(app).await.ticket.id).await;
    let line = view.thread.into_iter().rev().find(|line| !line.attachments.is_empty());
    line.expect("a line with files").attachments
}

async fn what_comes_in_is_copied_once(backend: Backend) {
    let door = Arc::new(Door::new(Some(2)));
    let app = TestApp::start_with_door(backend, door.clone()).await;
    door.says(&app, "1", "human please").await;
    let bytes = photo(700_000);
    door.has("p", &[Answer::Bytes(bytes.clone())]);
    // The same effect twice: what a process that hung and its successor do.
    door.brings(&app, "2", &[("photo", "p"), ("location", "45.46,9.19")]).await;
    let twin = uuid::Uuid::from_u128(u128::MAX);
    let twin = match backend {
        Backend::Embedded => format!("x'{}'", twin.simple()),
        Backend::Servers => format!("'{twin}'"),
    };
    app.sql(&format!(
        "INSERT INTO outbox (id, kind, conversation_id, payload, created_at, due_at, attempts, status, lease_until) \
         SELECT {twin}, kind, conversation_id, payload, created_at, due_at, 0, 'waiting', 0 \
         FROM outbox WHERE kind = 'fetch'"
    ))
    .await;
    app.settle().await;
    assert_eq!(door.fetched.load(Ordering::SeqCst), 2, "both asked for it");
    assert_eq!(rows(&app).await, (1, 3), "and one copy was kept");

    let seen = shown(&app).await;
    let states: Vec<_> = seen.iter().map(|file| file.state.as_str()).collect();
    assert_eq!(states, ["here", "told"]);
    assert_eq!((seen[0].kind.as_str(), seen[0].mime.as_deref()), ("photo", Some("image/jpeg")));
    assert_eq!(seen[0].bytes, Some(700_000));
    let id = seen[0].file.clone().unwrap().parse().unwrap();
    assert!(read(&app.house, id).await == bytes, "the bytes are the provider's");

    // A process that died after the copy's commit, before it noted the effect's end.
    app.sql("UPDATE outbox SET status = 'leased', lease_until = 0 WHERE kind = 'fetch'").await;
    app.settle().await;
    assert_eq!(door.fetched.load(Ordering::SeqCst), 2, "nobody asks again");
    assert_eq!(rows(&app).await, (1, 3));

    let conversation = newest(&app).await.ticket.conversation_id;
    let mut tx = app.house.db.begin().await.unwrap();
    sportello::store::file::delete_of(&mut tx, conversation).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(rows(&app).await, (0, 0));
    app.stop().await;
}

async fn what_a_customer_uploads_is_said_once_and_named_truly(backend: Backend) {
    let door = Arc::new(Door::new(None));
    let app = TestApp::start_with_door(backend, door.clone()).await;
    door.says(&app, "1", "human please").await;
    let kept = file::keep(&app.house, None, Some("a.jpg".into()), plain(&photo(9_000))).await;
    let lie = Attachment { mime: Some("text/html".into()), bytes: Some(1), ..kept.unwrap() };
    door.uploads(&app, "2", lie.clone()).await;
    app.settle().await;
    let seen = shown(&app).await;
    assert_eq!((seen[0].state.as_str(), seen[0].mime.as_deref()), ("here", Some("image/jpeg")));
    assert_eq!((seen[0].bytes, seen[0].name.as_deref()), (Some(9_000), Some("a.jpg")));
    door.uploads(&app, "3", lie).await;
    app.settle().await;
    let seen = shown(&app).await;
    assert_eq!((seen[0].state.as_str(), &seen[0].file), ("gone", &None), "it was said before");
    assert_eq!(rows(&app).await, (1, 1));
    app.clock.advance(2 * DAY);
    assert_eq!(file::sweep(&app.house).await.unwrap(), 0, "what was said stays");
    app.stop().await;
}

async fn what_cannot_be_copied_says_why(backend: Backend) {
    let door = Arc::new(Door::new(None));
    let app = TestApp::start_with_door(backend, door.clone()).await;
    door.says(&app, "1", "human please").await;
    door.has("gone", &[Answer::No(NotFetched::Gone("expired".into()))]);
    door.has("large", &[Answer::No(NotFetched::TooLarge("20 MB".into()))]);
    door.has("program", &[Answer::Bytes(b"MZ\x90\0\x03\0\0\0".to_vec())]);
    let later = Answer::No(NotFetched::Later("503".into()));
    let cut = Answer::Cut(photo(400_000));
    door.has("shy", &[later.clone(), cut.clone(), Answer::Bytes(photo(400_000))]);
    door.has("never", &[later]);
    let files = ["gone", "large", "program", "shy", "never"].map(|it| ("document", it));
    door.brings(&app, "2", &files).await;
    app.settle().await;
    let states =
        async || -> Vec<String> { shown(&app).await.into_iter().map(|file| file.state).collect() };
    assert_eq!(states().await, ["gone", "too_large", "refused", "coming", "coming"]);
    for _ in 0..3 {
        app.pass(10 * MINUTE).await;
    }
    assert_eq!(states().await, ["gone", "too_large", "refused", "here", "coming"]);
    for _ in 0..12 {
        app.pass(10 * MINUTE).await;
    }
    assert_eq!(states().await, ["gone", "too_large", "refused", "here", "gone"]);
    let parts = app.number("SELECT COUNT(*) FROM file_part").await;
    assert_eq!(parts, 2, "nothing of what was cut off is left");
    let said = thread(&app, newest(&app).await.ticket.id).await;
    assert!(said.iter().any(|line| line.message.body.text == "it is broken"));
    app.stop().await;
}

on_both!(
    a_large_file_passes_through_small_hands,
    what_lies_or_breaks_off_is_not_kept,
    two_files_at_once_stay_apart,
    what_comes_in_is_copied_once,
    what_a_customer_uploads_is_said_once_and_named_truly,
    what_cannot_be_copied_says_why,
);
