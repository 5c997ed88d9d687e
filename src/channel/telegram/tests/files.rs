//! Files in both directions, byte by byte.

use std::collections::BTreeMap;
use std::io;

use axum::body::Bytes;
use futures::TryStreamExt as _;
use uuid::Uuid;

use super::*;
use crate::channel::file::Pieces;
use crate::domain::id::FileId;
use crate::domain::message::Attachment;

const MEGABYTE: usize = 1_024 * 1_024;

/// Our copies: some break off after their last piece.
#[derive(Default)]
struct Shelf {
    files: BTreeMap<FileId, Vec<Bytes>>,
    broken: bool,
}

#[async_trait]
impl Files for Shelf {
    async fn read(&self, id: FileId) -> io::Result<Pieces> {
        let pieces = self.files.get(&id).cloned().ok_or(io::ErrorKind::NotFound)?;
        let end = self.broken.then(|| Err(io::Error::other("the disk is away")));
        Ok(Box::pin(futures::stream::iter(pieces.into_iter().map(Ok).chain(end))))
    }
}

impl Shelf {
    /// Keeps a file in pieces; what a message says of it.
    fn put(&mut self, name: &str, mime: &str, bytes: &[u8]) -> Attachment {
        let id = FileId(Uuid::from_u128(u128::try_from(self.files.len()).unwrap() + 1));
        self.files.insert(id, bytes.chunks(64 * 1_024).map(Bytes::copy_from_slice).collect());
        Attachment {
            kind: "document".into(),
            name: Some(name.into()),
            mime: Some(mime.into()),
            bytes: Some(u64::try_from(bytes.len()).unwrap()),
            file: Some(id),
            ..Attachment::default()
        }
    }
}

/// Bytes of every value, so that none is lost or changed unseen.
fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap()).collect()
}

fn sender() -> (FakeTelegram, TelegramChannel) {
    let fake = FakeTelegram::start();
    fake.customer_says(CHAT, "ciao");
    let bot = channel(&fake, Mode::Polling);
    (fake, bot)
}

fn with(text: &str, attachments: Vec<Attachment>) -> Outbound {
    outbound(Body { attachments, ..Body::text(text) })
}

#[tokio::test]
async fn files_arrive_whole_as_what_they_are() {
    let (fake, bot) = sender();
    let mut shelf = Shelf::default();
    let large = bytes(3 * MEGABYTE + 7);
    let sent = [
        (shelf.put("listino \"2026\".pdf", "application/pdf", &large), "document"),
        (shelf.put("tazza.jpg", "image/jpeg", &bytes(900)), "photo"),
        (shelf.put("nota.ogg", "audio/ogg", &bytes(901)), "voice"),
        (shelf.put("brano.mp3", "audio/mpeg", &bytes(902)), "audio"),
        (shelf.put("video.mp4", "video/mp4", &bytes(903)), "video"),
    ];
    for (n, (attachment, kind)) in sent.iter().enumerate() {
        let sending = bot.send(&with("Ecco", vec![attachment.clone()]), &shelf).await;
        let shown = fake.sent_to(CHAT, n + 1).await.pop().unwrap();
        assert_eq!(sending, Sending::Sent { provider_id: shown.message_id.to_string() });
        let file = shown.file.unwrap();
        assert_eq!((file.kind, shown.text.as_str()), (*kind, "Ecco"));
        assert_eq!(file.mime, attachment.mime);
        let whole: Vec<u8> = shelf.files[&attachment.file.unwrap()].concat();
        assert_eq!(file.bytes, whole, "{kind}");
    }
}

#[tokio::test]
async fn the_words_and_the_buttons_go_under_the_last_file() {
    let (fake, bot) = sender();
    let mut shelf = Shelf::default();
    let files = vec![shelf.put("a.pdf", "", b"a"), shelf.put("b.pdf", "", b"b")];
    let body = Body { attachments: files.clone(), ..asking(&[("Sì", "yes")]) };
    bot.send(&outbound(body), &shelf).await;
    let shown = fake.sent_to(CHAT, 2).await;
    let told: Vec<_> = shown.iter().map(|it| (it.text.as_str(), it.buttons.len())).collect();
    assert_eq!(told, [("", 0), ("Come posso aiutarLa?", 1)]);

    let long = "Una frase di prova. ".repeat(60);
    bot.send(&with(&long, files), &shelf).await;
    let shown = fake.sent_to(CHAT, 5).await;
    assert_eq!((shown[3].text.as_str(), shown[4].text.as_str()), ("", long.trim()));
}

#[tokio::test]
async fn what_is_no_good_photo_goes_as_a_document() {
    let (fake, bot) = sender();
    let mut shelf = Shelf::default();
    let photo = shelf.put("panorama.png", "image/png", &bytes(500));
    fake.fail_next(1, Fault::Bad("Bad Request: PHOTO_INVALID_DIMENSIONS"));
    let sending = bot.send(&with("", vec![photo]), &shelf).await;
    assert!(matches!(sending, Sending::Sent { .. }), "{sending:?}");
    let file = fake.sent_to(CHAT, 1).await.remove(0).file.unwrap();
    assert_eq!((file.kind, file.bytes.len()), ("document", 500));
}

#[tokio::test]
async fn a_copy_that_breaks_off_is_sent_later_and_one_that_is_gone_never() {
    let (fake, bot) = sender();
    let mut shelf = Shelf { broken: true, ..Shelf::default() };
    let file = shelf.put("a.pdf", "application/pdf", &bytes(MEGABYTE));
    let file = Attachment { bytes: file.bytes.map(|it| it + 1), ..file };
    let sending = bot.send(&with("", vec![file.clone()]), &shelf).await;
    assert!(matches!(sending, Sending::Later { .. }), "{sending:?}");
    assert_eq!(fake.sent_to(CHAT, 0).await, []);
    let sending = bot.send(&with("", vec![file]), &Shelf::default()).await;
    assert!(matches!(sending, Sending::Refused { .. }), "{sending:?}");
}

#[tokio::test]
async fn a_file_is_told_to_have_gone_wrong_as_a_text_is() {
    let (fake, bot) = sender();
    let mut shelf = Shelf::default();
    let file = shelf.put("a.pdf", "application/pdf", b"a");
    for (fault, wanted) in [
        (Fault::TooMany(7), "Throttled"),
        (Fault::Blocked, "Unreachable"),
        (Fault::Bad("Bad Request: nonsense"), "Refused"),
        (Fault::BadGateway, "Unconfirmed"),
        (Fault::CutBefore, "Unconfirmed"),
        (Fault::Cut, "Unconfirmed"),
    ] {
        fake.fail_next(1, fault);
        let sending = bot.send(&with("", vec![file.clone()]), &shelf).await;
        assert!(format!("{sending:?}").starts_with(wanted), "{fault:?}: {sending:?}");
    }
}

#[tokio::test]
async fn a_place_is_sent_as_a_place() {
    let (fake, bot) = sender();
    let reference = Some("45.4642,9.19".to_owned());
    let place = Attachment { kind: "location".into(), reference, ..Attachment::default() };
    let sending = bot.send(&with("Siamo qui", vec![place]), &Shelf::default()).await;
    let shown = fake.sent_to(CHAT, 2).await;
    assert_eq!(sending, Sending::Sent { provider_id: shown[1].message_id.to_string() });
    assert_eq!(shown[1].text, "Siamo qui");
    assert_eq!(fake.count("sendlocation"), 1);
}

/// What a customer's file says of itself, as the channel reads it.
async fn received(scene: &Scene, file: File) -> Attachment {
    scene.fake.customer_sends_file(CHAT, file, "");
    scene.accepted(1).await;
    let Content::Files { attachments, .. } = scene.house.said().remove(0) else {
        panic!("no file")
    };
    attachments.into_iter().next().unwrap()
}

fn document(bytes: impl Into<Bytes>) -> File {
    let name = Some("scontrino.pdf".to_owned());
    File { kind: "document", name, mime: Some("application/pdf".into()), bytes: bytes.into() }
}

#[tokio::test]
async fn what_a_customer_sends_is_fetched_whole() {
    let scene = Scene::begin();
    let sent = bytes(2 * MEGABYTE + 3);
    let attachment = received(&scene, document(sent.clone())).await;
    assert_eq!(attachment.bytes, Some(u64::try_from(sent.len()).unwrap()));
    let bot = channel(&scene.fake, Mode::Polling);
    let parcel = bot.fetch(&attachment).await.ok().unwrap();
    assert_eq!(parcel.name.as_deref(), Some("scontrino.pdf"));
    assert_eq!(parcel.bytes, attachment.bytes);
    let pieces: Vec<Bytes> = parcel.pieces.try_collect().await.unwrap();
    assert!(pieces.len() > 1, "it comes in pieces");
    assert_eq!(pieces.concat(), sent);
    scene.end().await;
}

#[tokio::test]
async fn a_download_that_breaks_off_is_an_error_and_never_a_short_file() {
    let scene = Scene::begin();
    let attachment = received(&scene, document(bytes(MEGABYTE))).await;
    scene.fake.cut_downloads();
    let bot = channel(&scene.fake, Mode::Polling);
    let parcel = bot.fetch(&attachment).await.ok().unwrap();
    assert!(parcel.pieces.try_collect::<Vec<Bytes>>().await.is_err());
    scene.end().await;
}

#[tokio::test]
async fn what_cannot_be_had_is_told_apart() {
    let scene = Scene::begin();
    let attachment = received(&scene, document(vec![0; 20 * MEGABYTE + 1])).await;
    let bot = channel(&scene.fake, Mode::Polling);
    let fetch = async |attachment: &Attachment| bot.fetch(attachment).await.err().unwrap();
    assert!(matches!(fetch(&attachment).await, NotFetched::TooLarge(_)));
    assert_eq!(scene.fake.count("getfile"), 0, "its size was told before");
    let untold = Attachment { bytes: None, ..attachment.clone() };
    assert!(matches!(fetch(&untold).await, NotFetched::TooLarge(_)));
    let unknown = Attachment { reference: Some("nonsense".into()), ..untold };
    assert!(matches!(fetch(&unknown).await, NotFetched::Gone(_)));
    let place = Attachment { kind: "location".into(), ..unknown };
    assert!(matches!(fetch(&place).await, NotFetched::Gone(_)));
    scene.end().await;
}

#[tokio::test]
async fn a_file_that_telegram_forgot_is_gone() {
    let scene = Scene::begin();
    let attachment = received(&scene, document(b"abc".as_slice())).await;
    scene.fake.forget_files();
    let bot = channel(&scene.fake, Mode::Polling);
    let problem = bot.fetch(&attachment).await.err().unwrap();
    assert!(matches!(problem, NotFetched::Gone(_)), "{problem:?}");
    scene.end().await;
}
