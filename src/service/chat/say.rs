//! What a visitor sends: stored and committed before it is answered.

use super::{CHANNEL, Visitor, is_open};
use crate::channel::{Intake as _, Received};
use crate::domain::contact::{ChannelName, Origin};
use crate::domain::inbound::{Content, Inbound};
use crate::domain::language::Language;
use crate::domain::message::Attachment;
use crate::service::{House, ServiceError};

/// What a visitor sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The chat was opened.
    Opened,
    /// Text.
    Text(String),
    /// A button.
    Press {
        /// Its payload.
        payload: String,
        /// Its words.
        label: String,
    },
    /// A file, of which we keep a copy.
    File(Attachment),
}

/// Takes a message in; the same `client_id` again has no effect. Returns after the commit.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Invalid`, `Unavailable` when it could not be stored (the
/// browser keeps it and tries again).
pub async fn say(
    house: &House,
    visitor: &Visitor,
    client_id: &str,
    said: Said,
    language: Option<Language>,
) -> Result<(), ServiceError> {
    say_as(house, visitor, client_id, said, language, (None, Origin::Real)).await
}

/// As [`say`], for a named visitor and for the demo's traffic.
///
/// # Errors
/// As [`say`].
pub async fn say_as(
    house: &House,
    visitor: &Visitor,
    client_id: &str,
    said: Said,
    language: Option<Language>,
    (name, origin): (Option<&str>, Origin),
) -> Result<(), ServiceError> {
    is_open(house)?;
    check_id(client_id)?;
    let channel = ChannelName(CHANNEL.to_owned());
    let raw = format!("{said:?}").into_bytes();
    let content = match said {
        Said::Opened => Content::Start { reference: None },
        Said::Text(text) => Content::Text { text },
        Said::Press { payload, label } => {
            Content::Press { payload, label: Some(label).filter(|label| !label.is_empty()) }
        }
        Said::File(attachment) => {
            Content::Files { caption: String::new(), attachments: vec![attachment] }
        }
    };
    let inbound = Inbound {
        channel: channel.clone(),
        // The browser's own address: a message that is sent again after the customer became known is
        // still the same.
        provider_id: format!("{}:{client_id}", visitor.own_address().0),
        address: visitor.address(),
        name: name.map(str::to_owned),
        language,
        content,
        provider_at: None,
        origin,
        segments: None,
    };
    let received = Received { provider_id: inbound.provider_id.clone(), raw, content: Ok(inbound) };
    let accepted = house.accept(&channel, received).await;
    accepted.map(drop).map_err(|error| ServiceError::Unavailable(error.to_string()))
}

/// Whether a message can be known by this id.
pub(super) fn check_id(client_id: &str) -> Result<(), ServiceError> {
    if client_id.is_empty() || client_id.len() > 64 || client_id.chars().any(char::is_control) {
        return Err(ServiceError::Invalid("client_id must have 1 to 64 characters".to_owned()));
    }
    Ok(())
}
