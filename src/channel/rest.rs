//! A Rasa-compatible REST channel: its wire types, conversions, and the push to a callback.
//!
//! The customer's side posts a message and gets the bot's answers in the reply; what people write
//! later is fetched, or pushed to the configured callback in the same shape.

mod attachment;

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub use self::attachment::{RestAttachment, RestFile};
use super::{Capabilities, Reach, Sending};
use crate::domain::contact::{Address, ChannelName, Origin, read_segments};
use crate::domain::inbound::{Content, Inbound};
use crate::domain::language::Language;
use crate::domain::message::{Body, clean};
use crate::domain::time::SECOND;

/// The configured name of the REST channel.
pub const NAME: &str = "rest";

/// What the channel carries; how it is shown is the other side's affair.
pub const CAPABILITIES: Capabilities =
    Capabilities { reach: Reach::Pull, text_chars: 20_000, buttons: 50, label_chars: 200 };

/// The longest sender's name, in characters.
const SENDER_CHARS: usize = 200;
/// The longest repeat id that is kept as it is, in characters.
const ID_CHARS: usize = 64;
/// How a hashed repeat id begins.
const HASHED: &str = "sha256:";
/// How long a callback may take.
const CALLBACK_LIMIT: Duration = Duration::from_secs(10);
/// When to try a callback again if it does not say so, in ms.
const TRY_AGAIN: i64 = 5 * SECOND;

/// What the customer's side posts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestRequest {
    /// Who writes: any name that stays the same for the same customer.
    pub sender: String,
    /// What is written: text, `/start`, or a button's payload when `metadata.press` is true.
    #[serde(default)]
    pub message: String,
    /// Optional: `message_id` (a repeat has no effect), `name`, `language`, `press`, `label`,
    /// `segments` (exactly these from now on).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// One message for the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestMessage {
    /// Its id, the same however often it is fetched or pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whom it is for: the sender of the request.
    pub recipient_id: String,
    /// Its text.
    pub text: String,
    /// Choices offered with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<RestButton>,
    /// The first file that came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<RestAttachment>,
    /// All files that came with it, when there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<RestAttachment>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestButton {
    /// What the customer reads.
    pub title: String,
    /// What is posted back, with `metadata.press`, when it is chosen.
    pub payload: String,
}

/// Why a request says nothing that we can take in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// The sender is missing or too long.
    #[error("`sender` must have 1 to 200 characters")]
    Sender,
    /// The message is empty.
    #[error("`message` is empty")]
    Message,
    /// The segments are none.
    #[error(
        "`metadata.segments` must be a list of at most 20 words of 1 to 40 letters, digits, or - _ . :"
    )]
    Segments,
}

impl RestRequest {
    /// The id by which a repeat is known: the header's if given, else `metadata.message_id`.
    pub fn repeat_id(&self, idempotency_key: Option<&str>) -> Option<String> {
        let own = || match self.metadata.as_ref()?.get("message_id")? {
            Value::String(id) if !id.is_empty() => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        };
        idempotency_key.filter(|key| !key.is_empty()).map(str::to_owned).or_else(own)
    }

    /// What the request says. `id` is its repeat id, or a fresh one when it has none.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn read(&self, channel: &ChannelName, id: &str) -> Result<Inbound, BadRequest> {
        let address = address(&self.sender)?;
        let Address(sender) = &address;
        Ok(Inbound {
            channel: channel.clone(),
            provider_id: format!("{}:{sender}:{}", sender.len(), kept_id(id)),
            name: self.word("name"),
            language: self.word("language").and_then(|tag| Language::from_tag(&tag)),
            content: self.content()?,
            address,
            provider_at: None,
            origin: Origin::Real,
            segments: self.segments()?,
        })
    }

    fn content(&self) -> Result<Content, BadRequest> {
        let text = clean(&self.message);
        if text.is_empty() {
            return Err(BadRequest::Message);
        }
        let pressed = self.metadata.as_ref().and_then(|it| it.get("press")?.as_bool());
        Ok(match text.strip_prefix("/start") {
            _ if pressed == Some(true) => {
                Content::Press { payload: text, label: self.word("label") }
            }
            Some("") => Content::Start { reference: None },
            Some(rest) if rest.starts_with(char::is_whitespace) => {
                Content::Start { reference: Some(rest.trim().to_owned()) }
            }
            _ => Content::Text { text },
        })
    }

    /// The segments that the caller puts the sender into; without the key they stay as they are.
    fn segments(&self) -> Result<Option<BTreeSet<String>>, BadRequest> {
        let written = self.metadata.as_ref().and_then(|it| it.get("segments"));
        let Some(written) = written.filter(|it| !it.is_null()) else { return Ok(None) };
        let words: Option<Vec<&str>> =
            written.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        let words = words.ok_or(BadRequest::Segments)?;
        read_segments(words).map(Some).map_err(|_| BadRequest::Segments)
    }

    fn word(&self, key: &str) -> Option<String> {
        let word = clean(self.metadata.as_ref()?.get(key)?.as_str()?);
        (!word.is_empty()).then_some(word)
    }
}

/// Whom a sender's name stands for.
///
/// # Errors
/// [`BadRequest::Sender`].
pub fn address(sender: &str) -> Result<Address, BadRequest> {
    let sender = clean(sender);
    let fits = (1..=SENDER_CHARS).contains(&sender.chars().count());
    if fits { Ok(Address(sender)) } else { Err(BadRequest::Sender) }
}

/// A short plain id as it is; of anything else, which records might not take, the SHA-256.
fn kept_id(id: &str) -> String {
    let plain = id.len() <= ID_CHARS && id.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && !id.starts_with(HASHED) {
        return id.to_owned();
    }
    format!("{HASHED}{}", URL_SAFE_NO_PAD.encode(Sha256::digest(id.as_bytes())))
}

impl RestMessage {
    /// A stored message as the customer's side gets it.
    pub fn new(id: impl Into<String>, address: &Address, body: &Body) -> Self {
        let buttons = body.buttons.iter().map(|button| RestButton {
            title: button.label.clone(),
            payload: button.payload.clone(),
        });
        Self {
            id: Some(id.into()),
            recipient_id: address.0.clone(),
            text: body.text.clone(),
            buttons: buttons.collect(),
            attachment: None,
            attachments: Vec::new(),
        }
    }
}

/// Pushes messages to the configured callback, as a JSON list. The ids let the receiver drop
/// repeats, yet a push without an answer is not repeated by itself.
pub async fn call_back(
    client: &reqwest::Client,
    url: &Url,
    token: Option<&str>,
    messages: &[RestMessage],
) -> Sending {
    let mut request = client.post(url.clone()).timeout(CALLBACK_LIMIT).json(messages);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    match request.send().await {
        Ok(response) => answered(response.status(), retry_after(&response), messages),
        Err(error) if error.is_connect() => {
            Sending::Later { after: TRY_AGAIN, reason: "the callback cannot be reached".to_owned() }
        }
        Err(error) if error.is_builder() => {
            Sending::Refused { reason: "the callback's address or token is unusable".to_owned() }
        }
        Err(_) => Sending::Unconfirmed { reason: "the callback did not answer".to_owned() },
    }
}

/// What the callback's answer means.
fn answered(status: StatusCode, wait: Option<i64>, messages: &[RestMessage]) -> Sending {
    let reason = format!("the callback answered {status}");
    let later = || Sending::Later { after: wait.unwrap_or(TRY_AGAIN), reason: reason.clone() };
    match status {
        _ if status.is_success() => Sending::Sent {
            provider_id: messages.last().and_then(|last| last.id.clone()).unwrap_or_default(),
        },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => later(),
        _ if status.is_server_error() => Sending::Unconfirmed { reason },
        _ => Sending::Refused { reason },
    }
}

/// The `Retry-After` header in ms, when it is a number of seconds.
fn retry_after(response: &reqwest::Response) -> Option<i64> {
    let seconds: u32 = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(i64::from(seconds) * SECOND)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::message::Button;

    fn read(request: Value) -> Result<Inbound, BadRequest> {
        let request: RestRequest = serde_json::from_value(request).unwrap();
        request.read(&ChannelName(NAME.into()), "1")
    }

    #[test]
    fn a_request_of_rasa_is_read() {
        let inbound = read(json!({"sender": "u1", "message": " hi ", "input_channel": "x",
            "metadata": {"name": "Ann", "language": "en-GB"}}))
        .unwrap();
        assert_eq!(inbound.address.0, "u1");
        assert_eq!(inbound.content, Content::Text { text: "hi".into() });
        assert_eq!((inbound.name.as_deref(), inbound.language), (Some("Ann"), Some(Language::En)));
    }

    #[test]
    fn segments_are_given_or_left_alone() {
        let given = |metadata: Value| {
            let read = read(json!({"sender": "u", "message": "x", "metadata": metadata}));
            read.map(|inbound| inbound.segments)
        };
        assert_eq!(given(json!({"name": "Ann"})), Ok(None));
        assert_eq!(given(json!({"segments": null})), Ok(None));
        assert_eq!(given(json!({"segments": []})), Ok(Some(BTreeSet::new())));
        assert_eq!(given(json!({"segments": ["vip"]})), Ok(Some(["vip".to_owned()].into())));
        for bad in [json!("vip"), json!(["v i p"]), json!([1])] {
            assert_eq!(given(json!({"segments": bad})), Err(BadRequest::Segments));
        }
    }

    #[test]
    fn starts_and_presses_are_told_apart() {
        let said = |message: &str, press: bool| {
            read(json!({"sender": "u", "message": message, "metadata": {"press": press}}))
                .unwrap()
                .content
        };
        assert_eq!(said("/start", false), Content::Start { reference: None });
        let reference = Some("order_1001".to_owned());
        assert_eq!(said("/start order_1001", false), Content::Start { reference });
        assert_eq!(said("/starter", false), Content::Text { text: "/starter".into() });
        assert_eq!(said("nc", true), Content::Press { payload: "nc".into(), label: None });
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(read(json!({"sender": " ", "message": "x"})), Err(BadRequest::Sender));
        let long = "x".repeat(201);
        assert_eq!(read(json!({"sender": long, "message": "x"})), Err(BadRequest::Sender));
        assert_eq!(read(json!({"sender": "u"})), Err(BadRequest::Message));
    }

    #[test]
    fn ids_of_different_senders_never_meet() {
        let id = |sender: &str, id: &str| {
            let request =
                RestRequest { sender: sender.into(), message: "x".into(), metadata: None };
            request.read(&ChannelName(NAME.into()), id).unwrap().provider_id
        };
        assert_ne!(id("a:1", "2"), id("a", "1:2"));
        assert_eq!(id("a", "7f3k-1"), "1:a:7f3k-1");
        let odd = ["\0".to_owned(), "x".repeat(9_000), "y".repeat(9_000), id("a", "\0")];
        let kept: BTreeSet<_> = odd.iter().map(|odd| id("a", odd)).collect();
        assert_eq!(kept.len(), odd.len(), "{kept:?}");
        assert!(kept.iter().all(|id| id.len() < 64 && !id.contains('\0')), "{kept:?}");
        let request: RestRequest = serde_json::from_value(
            json!({"sender": "u", "message": "x", "metadata": {"message_id": 7}}),
        )
        .unwrap();
        assert_eq!(request.repeat_id(None).as_deref(), Some("7"));
        assert_eq!(request.repeat_id(Some("key")).as_deref(), Some("key"));
    }

    #[test]
    fn a_message_has_the_shape_of_rasa() {
        let button = Button { label: "5".into(), payload: "r:x:5".into() };
        let body = Body { text: "Rate us".into(), buttons: vec![button], ..Body::default() };
        let message = RestMessage::new("m1", &Address("u1".into()), &body);
        let wire = json!({"id": "m1", "recipient_id": "u1", "text": "Rate us",
            "buttons": [{"title": "5", "payload": "r:x:5"}]});
        assert_eq!(serde_json::to_value(message).unwrap(), wire);
    }

    #[test]
    fn answers_of_a_callback_are_told_apart() {
        let outcome = |status| answered(status, Some(7_000), &[]);
        assert!(matches!(outcome(StatusCode::OK), Sending::Sent { .. }));
        let busy = outcome(StatusCode::TOO_MANY_REQUESTS);
        assert!(matches!(busy, Sending::Later { after: 7_000, .. }), "{busy:?}");
        assert!(matches!(outcome(StatusCode::BAD_GATEWAY), Sending::Unconfirmed { .. }));
        assert!(matches!(outcome(StatusCode::NOT_FOUND), Sending::Refused { .. }));
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a test's server needs no tracked shutdown")]
    async fn a_callback_gets_the_messages_and_the_token() {
        use axum::{Json, Router, http::HeaderMap, routing::post};
        let expected = RestMessage { id: Some("m1".into()), ..RestMessage::default() };
        let message = expected.clone();
        let take = move |headers: HeaderMap, Json(got): Json<Vec<RestMessage>>| async move {
            let known = headers.get("authorization").is_some_and(|it| it == "Bearer word");
            if known && got == [expected] { StatusCode::OK } else { StatusCode::BAD_REQUEST }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let serving = tokio::spawn(async {
            axum::serve(listener, Router::new().route("/", post(take))).await
        });
        let client = reqwest::Client::builder().build().unwrap();
        let messages = [message];
        let sending = call_back(&client, &url, Some("word"), &messages).await;
        assert_eq!(sending, Sending::Sent { provider_id: "m1".into() });
        let sending = call_back(&client, &url, None, &messages).await;
        assert!(matches!(sending, Sending::Refused { .. }), "{sending:?}");
        serving.abort();
        assert!(serving.await.is_err(), "the server is gone");
        let client = reqwest::Client::builder().build().unwrap();
        let sending = call_back(&client, &url, None, &messages).await;
        assert!(matches!(sending, Sending::Later { .. }), "{sending:?}");
    }
}
