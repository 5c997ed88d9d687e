//! A receiver of pages: answers as it is told and keeps what came.

use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::task::JoinHandle;

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) timestamp: i64,
    pub(super) body: Value,
    signature: String,
    raw: String,
}

impl Call {
    fn read(headers: &HeaderMap, raw: String) -> Self {
        let header = |name| headers.get(name).unwrap().to_str().unwrap().to_owned();
        Self {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp").parse().unwrap(),
            body: serde_json::from_str(&raw).unwrap(),
            signature: header("webhook-signature"),
            raw,
        }
    }

    /// As the documents tell receivers to check.
    pub(super) fn is_signed_with(&self, secret: &str) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.raw).as_bytes());
        let expected = STANDARD.encode(mac.finalize().into_bytes());
        self.signature.split(' ').any(|word| word == format!("v1,{expected}"))
    }
}

/// The receiver.
pub(super) struct Pager {
    pub(super) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    serving: JoinHandle<()>,
}

impl Pager {
    /// Answers with these statuses in turn.
    pub(super) async fn that_answers(statuses: &[u16]) -> Self {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (kept, statuses) = (Arc::clone(&calls), statuses.to_vec());
        let take = move |headers: HeaderMap, body: String| async move {
            let mut kept = kept.lock().unwrap();
            kept.push(Call::read(&headers, body));
            StatusCode::from_u16(statuses[kept.len() - 1]).unwrap()
        };
        let router = axum::Router::new().route("/page", axum::routing::post(take));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/page", listener.local_addr().expect("an address"));
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, calls, serving }
    }

    /// What came so far.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Is not there any more.
    pub(super) async fn hang_up(self) {
        self.serving.abort();
        drop(self.serving.await);
    }
}
