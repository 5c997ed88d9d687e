//! Reads an update: pure, and never at a loss; what it does not know is kept and said so.

use serde_json::Value;
use teloxide::types::{
    CallbackQuery, Chat, ChatId, ChatMemberUpdated, Message, Update, UpdateKind, User,
};

use super::enclosed::attachments;
use super::webhook::fingerprint;
use crate::channel::Received;
use crate::domain::contact::{Address, ChannelName, Origin};
use crate::domain::inbound::{Content, Inbound};
use crate::domain::language::Language;
use crate::domain::message::clean;
use crate::domain::time::UtcMillis;

/// The update's id, also when nothing else can be read.
pub(super) fn update_id(update: &Value) -> Option<i64> {
    update.get("update_id")?.as_i64()
}

/// One update as the service takes it.
pub(super) fn received(channel: &ChannelName, update: &Value) -> Received {
    let raw = update.to_string().into_bytes();
    let provider_id =
        update_id(update).map_or_else(|| fingerprint(&raw), |number| number.to_string());
    let content = read(update).map(|said| Inbound {
        channel: channel.clone(),
        provider_id: provider_id.clone(),
        address: Address(said.chat.to_string()),
        name: said.name,
        language: said.language,
        content: said.content,
        provider_at: said.at,
        origin: Origin::Real,
        segments: None,
    });
    Received { provider_id, raw, content }
}

/// What an update says, and who says it.
struct Said {
    chat: ChatId,
    name: Option<String>,
    language: Option<Language>,
    at: Option<UtcMillis>,
    content: Content,
}

impl Said {
    fn by(user: Option<&User>, chat: &Chat, at: Option<i64>, content: Content) -> Self {
        let served = matches!(content, Content::Unreachable | Content::Moved { .. });
        let content = if chat.is_private() || served {
            content
        } else {
            Content::Unsupported { kind: "group".to_owned() }
        };
        Self {
            chat: chat.id,
            name: user.map(|user| clean(&user.full_name())).filter(|name| !name.is_empty()),
            language: user.and_then(|user| Language::from_tag(user.language_code.as_deref()?)),
            at: at.map(UtcMillis),
            content,
        }
    }
}

fn read(update: &Value) -> Result<Said, String> {
    // From text, never from the value: teloxide reads the kind of an update only from borrowed keys.
    let typed: Update = serde_json::from_str(&update.to_string())
        .map_err(|error| format!("not an update that we know: {error}"))?;
    match typed.kind {
        UpdateKind::Message(message) => Ok(moved(&message)
            .unwrap_or_else(|| message_said(&message, message_content(&message, update)))),
        UpdateKind::EditedMessage(message) => {
            let text = message.text().or(message.caption()).unwrap_or_default();
            Ok(message_said(&message, Content::Edited { text: clean(text) }))
        }
        UpdateKind::CallbackQuery(query) => press(&query),
        UpdateKind::MyChatMember(change) => Ok(member(&change)),
        _ => Err(format!("an update that we cannot read: {}", kinds(update))),
    }
}

/// The names of what an update holds.
fn kinds(update: &Value) -> String {
    let fields = update.as_object().into_iter().flatten();
    let names: Vec<&str> =
        fields.map(|(name, _)| name.as_str()).filter(|name| *name != "update_id").collect();
    names.join(", ")
}

fn message_said(message: &Message, content: Content) -> Said {
    let at = message.date.timestamp_millis();
    Said::by(message.from.as_ref(), &message.chat, Some(at), content)
}

fn message_content(message: &Message, update: &Value) -> Content {
    if let Some(text) = message.text() {
        return text_content(&clean(text));
    }
    let attachments = attachments(message);
    if attachments.is_empty() {
        return Content::Unsupported { kind: message_kind(update) };
    }
    let caption = clean(message.caption().unwrap_or_default());
    match message.media_group_id() {
        Some(album) => Content::Album { album: album.0.clone(), caption, attachments },
        None => Content::Files { caption, attachments },
    }
}

/// A group has become a supergroup, told in the old one or in the new one.
fn moved(message: &Message) -> Option<Said> {
    let from = message.migrate_from_chat_id().copied().unwrap_or(message.chat.id);
    let to = message.migrate_to_chat_id().copied();
    let to = to.or(Some(message.chat.id)).filter(|to| *to != from)?;
    let said = message_said(message, Content::Moved { to: Address(to.to_string()) });
    Some(Said { chat: from, ..said })
}

/// `/start` opens the conversation; other commands are words: `/track_order` says "track order".
fn text_content(text: &str) -> Content {
    if text.is_empty() {
        return Content::Unsupported { kind: "empty".to_owned() };
    }
    let Some(command) = text.strip_prefix('/') else {
        return Content::Text { text: text.to_owned() };
    };
    let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let word = word.split('@').next().unwrap_or_default();
    let rest = rest.trim();
    if word.eq_ignore_ascii_case("start") {
        return Content::Start { reference: Some(rest.to_owned()).filter(|word| !word.is_empty()) };
    }
    let words = word.replace('_', " ");
    match format!("{words} {rest}").trim() {
        "" => Content::Text { text: text.to_owned() },
        said => Content::Text { text: said.to_owned() },
    }
}

/// What Telegram calls a message that has neither text nor a file.
fn message_kind(update: &Value) -> String {
    const FRAME: [&str; 8] = [
        "message_id",
        "from",
        "chat",
        "date",
        "reply_to_message",
        "via_bot",
        "forward_origin",
        "has_protected_content",
    ];
    let fields = update.get("message").and_then(Value::as_object).into_iter().flatten();
    let mut names = fields.map(|(name, _)| name.as_str()).filter(|name| !FRAME.contains(name));
    names.next().unwrap_or("message").to_owned()
}

fn press(query: &CallbackQuery) -> Result<Said, String> {
    let payload = query.data.clone().ok_or("a button press without data")?;
    let message = query.message.as_ref().ok_or("a button press without its message")?;
    let label = query.regular_message().and_then(|message| label(message, &payload));
    let content = Content::Press { payload, label };
    Ok(Said::by(Some(&query.from), message.chat(), None, content))
}

/// What the pressed button says.
fn label(message: &Message, payload: &str) -> Option<String> {
    use teloxide::types::InlineKeyboardButtonKind::CallbackData;
    let mut buttons = message.reply_markup()?.inline_keyboard.iter().flatten();
    let pressed = buttons.find(|it| matches!(&it.kind, CallbackData(data) if data == payload))?;
    Some(pressed.text.clone())
}

/// In a private chat, `kicked` says that the customer has blocked the bot.
fn member(change: &ChatMemberUpdated) -> Said {
    let now = &change.new_chat_member;
    let content = if now.is_banned() || now.is_left() {
        Content::Unreachable
    } else {
        Content::Unsupported { kind: "unblocked".to_owned() }
    };
    Said::by(Some(&change.from), &change.chat, Some(change.date.timestamp_millis()), content)
}
